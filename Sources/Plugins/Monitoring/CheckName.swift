internal import OpsCore
internal import OpsJSONRPC

/// What a check may be called: 1 to 100 letters, digits, dots, underscores, hyphens and spaces.
///
/// A colon would make it look like a ref, which a method takes in the same place.
enum CheckName {
    static let pattern = "^[A-Za-z0-9._-]([A-Za-z0-9._ -]{0,98}[A-Za-z0-9._-])?$"

    static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard 1...100 ~= bytes.count, bytes.first != space, bytes.last != space else {
            return false
        }
        return bytes.allSatisfy { isWordByte($0) || $0 == space }
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static let space = UInt8(ascii: " ")
}

extension ParamRule where Value == String {
    /// The text may be a check's name.
    static var checkName: Self {
        Self(
            describe: { $0.schema["pattern"] = .string(CheckName.pattern) },
            complaint: { name in
                CheckName.isValid(name)
                    ? nil
                    : "must be 1 to 100 letters, digits, . _ - or inner spaces, not \"\(name)\""
            })
    }
}
