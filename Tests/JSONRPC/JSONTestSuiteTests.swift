import OpsJSONRPC
import TestVectors
import Testing

/// The public test suite of Nicolas Seriot, read from the shared data folder beside the package.
@Suite(
    .enabled(if: JSONTestSuite.isPresent, "the shared folder with jsontestsuite is not here"))
struct JSONTestSuiteTests {
    @Test func `every valid text is accepted`() throws {
        let texts = JSONTestSuite.texts("y_")
        #expect(texts.count == 95)
        for (name, bytes) in texts {
            #expect(throws: Never.self, "\(name)") { try JSON.parse(bytes) }
        }
    }

    @Test func `every invalid text is refused`() throws {
        let texts = JSONTestSuite.texts("n_")
        #expect(texts.count == 188)
        for (name, bytes) in texts {
            #expect(throws: JSON.SyntaxError.self, "\(name)") { try JSON.parse(bytes) }
        }
    }

    @Test func `every optional text is decided as listed`() throws {
        let texts = JSONTestSuite.texts("i_")
        #expect(texts.count == 35)
        for (name, bytes) in texts {
            let decision = try #require(JSONTestSuite.decisions[name], "\(name) is not listed")
            #expect(((try? JSON.parse(bytes)) != nil) == (decision == .accepted), "\(name)")
        }
    }

    @Test func `every valid text is written so that it reads back equal`() throws {
        for (name, bytes) in JSONTestSuite.texts("y_") {
            let value = try JSON.parse(bytes)
            #expect(try JSON.parse(value.text) == value, "\(name)")
            #expect(try JSON.parse(value.prettyText) == value, "\(name)")
        }
    }

    @Test func `every invalid text is a parse error as a message`() throws {
        for (name, bytes) in JSONTestSuite.texts("n_") {
            guard case .single(.invalid(.null, let error)) = MessageParser.parse(bytes: bytes)
            else {
                Issue.record("\(name) was let through")
                continue
            }
            #expect(error.kind == "parse_error", "\(name)")
        }
    }

    @Test func `no valid text is a parse error as a message`() throws {
        for (name, bytes) in JSONTestSuite.texts("y_") {
            if case .single(.invalid(_, let error)) = MessageParser.parse(bytes: bytes) {
                #expect(error.code == -32600, "\(name)")
            }
        }
    }

    @Test func `every valid array or object is one frame`() throws {
        for (name, bytes) in JSONTestSuite.texts("y_") {
            guard bytes.contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") })
            else {
                continue
            }
            #expect(Framer.frames(of: bytes + [0x0A]).count == 1, "\(name)")
        }
    }

    @Test func `after every invalid text the stream finds the next request`() throws {
        let request = #"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"#
        for (name, bytes) in JSONTestSuite.texts("n_") {
            // A text that leaves a bracket open may still go on in the next line; the second
            // request is then the first that stands alone.
            let frames = Framer.frames(of: bytes + Array("\n\(request)\n\(request)\n".utf8))
            #expect(frames.last == request, "\(name)")
        }
    }
}

enum JSONTestSuite {
    enum Decision { case accepted, refused }

    private static let folder = "jsontestsuite/test_parsing"

    static var isPresent: Bool { SharedData.has(folder) }

    static func texts(_ prefix: String) -> [(name: String, bytes: [UInt8])] {
        SharedData.files(of: folder).filter { $0.name.hasPrefix(prefix) }
    }

    /// Numbers of any size keep their text; what is not proper UTF-8 or cannot become it is
    /// refused; so are a byte order mark and more than 128 levels.
    static let decisions: [String: Decision] = [
        "i_number_double_huge_neg_exp.json": .accepted,
        "i_number_huge_exp.json": .accepted,
        "i_number_neg_int_huge_exp.json": .accepted,
        "i_number_pos_double_huge_exp.json": .accepted,
        "i_number_real_neg_overflow.json": .accepted,
        "i_number_real_pos_overflow.json": .accepted,
        "i_number_real_underflow.json": .accepted,
        "i_number_too_big_neg_int.json": .accepted,
        "i_number_too_big_pos_int.json": .accepted,
        "i_number_very_big_negative_int.json": .accepted,
        "i_object_key_lone_2nd_surrogate.json": .refused,
        "i_string_1st_surrogate_but_2nd_missing.json": .refused,
        "i_string_1st_valid_surrogate_2nd_invalid.json": .refused,
        "i_string_UTF-16LE_with_BOM.json": .refused,
        "i_string_UTF-8_invalid_sequence.json": .refused,
        "i_string_UTF8_surrogate_U+D800.json": .refused,
        "i_string_incomplete_surrogate_and_escape_valid.json": .refused,
        "i_string_incomplete_surrogate_pair.json": .refused,
        "i_string_incomplete_surrogates_escape_valid.json": .refused,
        "i_string_invalid_lonely_surrogate.json": .refused,
        "i_string_invalid_surrogate.json": .refused,
        "i_string_invalid_utf-8.json": .refused,
        "i_string_inverted_surrogates_U+1D11E.json": .refused,
        "i_string_iso_latin_1.json": .refused,
        "i_string_lone_second_surrogate.json": .refused,
        "i_string_lone_utf8_continuation_byte.json": .refused,
        "i_string_not_in_unicode_range.json": .refused,
        "i_string_overlong_sequence_2_bytes.json": .refused,
        "i_string_overlong_sequence_6_bytes.json": .refused,
        "i_string_overlong_sequence_6_bytes_null.json": .refused,
        "i_string_truncated-utf-8.json": .refused,
        "i_string_utf16BE_no_BOM.json": .refused,
        "i_string_utf16LE_no_BOM.json": .refused,
        "i_structure_500_nested_arrays.json": .refused,
        "i_structure_UTF-8_BOM_empty_object.json": .refused,
    ]
}
