extension [UInt8] {
    /// Appends the bytes of `number`, lowest first.
    mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { self.append(contentsOf: $0) }
    }
}

extension UnsafeRawBufferPointer {
    /// The number whose lowest byte stands at `offset`.
    func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: Number.Type
    ) -> Number {
        Number(littleEndian: self.loadUnaligned(fromByteOffset: offset, as: type))
    }
}
