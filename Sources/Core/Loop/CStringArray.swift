import Glibc

/// An array of C strings that ends with a null pointer, as `execve` wants it.
final class CStringArray {
    let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        self.count = strings.count
        self.pointer = .allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() {
            (self.pointer + index).initialize(to: strdup(string))
        }
        (self.pointer + self.count).initialize(to: nil)
    }

    deinit {
        for index in 0..<self.count { free(self.pointer[index]) }
        self.pointer.deallocate()
    }
}
