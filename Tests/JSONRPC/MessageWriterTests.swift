import OpsJSONRPC
import Testing

struct MessageWriterTests {
    @Test func `a message is one line`() {
        #expect(
            written {
                MessageWriter.request(id: RequestID(1), method: "a\n", params: ["b": "\n"], to: &$0)
            }
                == #"{"jsonrpc":"2.0","id":1,"method":"a\n","params":{"b":"\n"}}"# + "\n")
        #expect(
            written { MessageWriter.notification(method: "event.event", params: nil, to: &$0) }
                == #"{"jsonrpc":"2.0","method":"event.event"}"# + "\n")
        #expect(
            written { MessageWriter.result(nil, id: RequestID("x"), to: &$0) }
                == #"{"jsonrpc":"2.0","id":"x","result":null}"# + "\n")
        #expect(
            written { MessageWriter.error(.forbidden("No."), id: .null, to: &$0) }
                == #"{"jsonrpc":"2.0","id":null,"error":{"code":1002,"message":"No.","data":{"kind":"forbidden","retryable":false}}}"#
                + "\n")
    }

    @Test func `the line end can be left out or doubled`() {
        let response = Response(id: RequestID(1), result: .success(true))
        let text = #"{"jsonrpc":"2.0","id":1,"result":true}"#
        #expect(written { MessageWriter.response(response, to: &$0, ending: .none) } == text)
        #expect(written { MessageWriter.response(response, to: &$0) } == text + "\n")
        #expect(
            written { MessageWriter.response(response, to: &$0, ending: .blankLine) } == text
                + "\n\n")
    }

    @Test func `what is written is read back equal`() {
        let failure = RPCError(
            code: 2000, kind: "odd", message: "m\"\n", retryable: true, retryAfterMs: 5,
            fields: [.init(path: "a[0]", reason: "r")], hint: "h", requestID: "q")
        for response in [
            Response(id: RequestID("ä\""), result: .success(["a": 1.5])),
            Response(id: RequestID(-7), result: .failure(failure)),
        ] {
            let text = written { MessageWriter.response(response, to: &$0) }
            #expect(MessageParser.parse(text) == .single(.response(response)))
        }
        let request = Request(id: RequestID(3), method: "x.y", params: [1, nil])
        let text = written {
            MessageWriter.request(id: RequestID(3), method: "x.y", params: request.params, to: &$0)
        }
        #expect(MessageParser.parse(text) == .single(.request(request)))
    }

    private func written(_ body: (inout [UInt8]) -> Void) -> String {
        var out: [UInt8] = []
        body(&out)
        return String(decoding: out, as: UTF8.self)
    }
}
