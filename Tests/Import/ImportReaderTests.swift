import OpsImport
import OpsJSONRPC
import Testing

/// What a file says of each record.
@Suite struct ImportReaderTests {
    private func read(
        _ text: String, _ format: ImportFormat = .auto, most: Int = 10, from firstLine: Int? = nil
    ) throws -> [ImportedRecord] {
        let columns = [
            ImportColumn("name"), ImportColumn("class"), ImportColumn("criticality", .number),
            ImportColumn("owner"), ImportColumn("tags", .list),
        ]
        return try ImportReader(
            columns: columns, hasFields: true, maxRecords: most, firstLine: firstLine
        ).read(text, format).records
    }

    private func paths(_ text: String, most: Int = 10, from firstLine: Int? = nil) -> [String] {
        do {
            _ = try read(text, most: most, from: firstLine)
            return []
        } catch {
            return (error as? RPCError)?.fields.map { "\($0.path): \($0.reason)" } ?? ["\(error)"]
        }
    }

    @Test func `CSV becomes members, with numbers where members are numbers`() throws {
        let records = try read(
            "name,class,criticality,owner,fields.ram,fields.serial,fields.leased,fields.old\n"
                + "web1,server,2,,64,007,true,\n")
        #expect(records.count == 1)
        #expect(records[0].line == 2)
        #expect(
            records[0].members
                == ["name": "web1", "class": "server", "criticality": 2, "owner": nil])
        #expect(
            records[0].fields == ["ram": 64, "serial": "007", "leased": true, "old": nil])
    }

    @Test func `JSON lines are taken as they are, and told from CSV by their first character`()
        throws
    {
        let records = try read(
            "\u{FEFF}\n{\"name\": \"a\", \"fields\": {\"x\": 1}}\n\n{\"name\":\"b\"}")
        #expect(records.map(\.line) == [2, 4])
        #expect(records[0].members == ["name": "a", "fields": ["x": 1]])
        #expect(records[0].fields == nil)
    }

    @Test func `JSON lines may end as Windows ends them`() throws {
        let records = try read("{\"name\":\"a\"}\r\n\r\n{\"name\":\"b\"}\r\n")
        #expect(records.map(\.line) == [1, 3])
        #expect(records.map { $0.members["name"] } == ["a", "b"])
    }

    @Test func `an error names a hundred mistakes and says how many there are`() throws {
        let text = String(repeating: "{nonsense\n", count: 1000)
        #expect(paths(text, most: 2000).count == 100)
        #expect { _ = try read(text, .jsonl, most: 2000) } throws: {
            "\($0)".contains("1000 lines are wrong")
        }
    }

    @Test func `Every line that cannot be read is said`() {
        #expect(paths("{\"name\":\"a\"}\n[1]\nnonsense").count == 2)
        #expect(paths("{\"name\":\"a\"}\n[1]\nnonsense")[0] == "line 2: is no JSON object")
        #expect(
            paths("name,class\na,b\nc\nd,e,f") == [
                "line 3: has 1 columns, the first line has 2",
                "line 4: has 3 columns, the first line has 2",
            ])
        #expect(paths("name,\"class\nx,y") == ["line 1: a quote is opened and never closed"])
    }

    @Test func `Columns that are no members are said with those that there are`() {
        let said = paths("name,colour,name,fields.\na,b,c,d")
        #expect(said.count == 3)
        #expect(said[0].hasPrefix("line 1: \"colour\" is no member; there are name, class"))
        #expect(said[1] == "line 1: name is there twice")
        #expect(said[2].hasSuffix("fields.NAME"))
    }

    @Test func `More records than allowed are refused, none are dropped`() {
        #expect(paths("name\na\nb\nc", most: 2) == ["text: has 3 records; 2 are allowed"])
        #expect(paths("name\na\nb", most: 2).isEmpty)
    }

    @Test func `a list's cell holds several words`() throws {
        let records = try read("name,tags\na,\"x, y;z\"\nb,\n")
        #expect(records.map { $0.members["tags"] } == [["x", "y", "z"], .null])
    }

    @Test func `a piece of a file has the file's line numbers`() throws {
        #expect(try read("name\na\n\nb", from: 5001).map(\.line) == [5001, 5003])
        #expect(try read("{}\n\n{}", from: 5001).map(\.line) == [5001, 5003])
        #expect(
            paths("name,class\na,b\nc", from: 5001)
                == ["line 5002: has 1 columns, the first line has 2"])
        #expect(paths("nam\na", from: 5001).first?.hasPrefix("line 1: \"nam\"") == true)
        #expect(paths("name\na\n\"b", from: 5001).first?.hasPrefix("line 5002: a quote") == true)
    }

    @Test(arguments: [Int.max, Int.max - 1, Int.min, 0, -1])
    func `a number of a line that no file has ends nothing`(line: Int) throws {
        #expect(try read("{}\n{}\n{}", from: line).count == 3)
        #expect(try read("name\na\nb\nc", from: line).count == 3)
        #expect(paths("{}\n[1]", from: line).count == 1)
    }

    @Test func `by rows, a line that cannot be read leaves out only itself`() throws {
        let reader = ImportReader(
            columns: [ImportColumn("name"), ImportColumn("class")], maxRecords: 10)
        for (text, line) in [
            ("name,class\na,b\nc\nd,e", "line 3"),
            ("{\"name\":\"a\"}\n{\n{\"name\":\"d\"}", "line 2"),
            ("{\"name\":\"a\"}\n[1]\n{\"name\":\"d\"}", "line 2"),
        ] {
            let file = try reader.read(text, .auto, .rows)
            #expect(file.records.map { $0.members["name"] } == ["a", "d"])
            #expect(file.mistakes.map(\.path) == [line])
            #expect(throws: RPCError.self) { try reader.read(text, .auto, .all) }
        }
        // Of these nothing can be told.
        for text in ["name,\"class\nx,y", "name,colour\na,b"] {
            #expect(throws: RPCError.self) { try reader.read(text, .auto, .rows) }
        }
    }

    @Test func `mistakes come in the order of the lines, whatever is wrong`() throws {
        let reader = ImportReader(columns: [ImportColumn("name")], maxRecords: 20)
        func lines(_ text: String) throws -> [String] {
            try reader.read(text, .auto, .rows).mistakes.map { mistake in
                String(mistake.path.prefix { $0 != ":" })
            }
        }
        let objects =
            #"{"name":"a\u0000"}"# + "\n[1]\n" + String(repeating: "{}\n", count: 8)
            + #"{"name":"b\u0000"}"# + "\n[2]\n"
        #expect(try lines(objects) == ["line 1", "line 2", "line 11", "line 12"])
        let table =
            "name\na,b\nc\u{0}\n" + String(repeating: "d\n", count: 7) + "e\u{0}\nf,g\n"
        #expect(try lines(table) == ["line 2", "line 3", "line 11", "line 12"])
    }

    @Test func `what is wrong with a record is said by line and member`() {
        let error = RPCError.invalidParams(
            "wrong", fields: [.init(path: "name", reason: "is long"), .init(path: "", reason: "x")])
        #expect(error.mistakes(onLine: 7).map(\.path) == ["line 7: name", "line 7"])
        #expect(
            RPCError.conflict("taken").mistakes(onLine: 8)
                == [.init(path: "line 8", reason: "taken")])
        let all = error.mistakes(onLine: 7) + RPCError.conflict("taken").mistakes(onLine: 8)
        #expect(RPCError.badLines(all).message == "Nothing was imported: 2 lines are wrong.")
    }
}
