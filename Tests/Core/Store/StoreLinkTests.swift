import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct StoreLinkTests {
    private let folder: StoreFolder
    private let store: Store
    private let ticket = Ref("ticket", 1)
    private let web = Ref("ci", "web")
    private let mail = Ref("ci", "mail")

    init() throws {
        folder = try StoreFolder()
        store = try folder.open()
    }

    @discardableResult
    private func write<T: Sendable>(
        _ body: @escaping @Sendable (WriteTransaction) throws -> T
    ) async throws -> T {
        try await store.write(as: .system, reason: "link", body)
    }

    @Test func `linking twice is linking once`() async throws {
        let (ticket, web) = (ticket, web)
        #expect(try await write { try $0.link(ticket, "affects", web) })
        #expect(try await write { try $0.link(ticket, "affects", web) } == false)
        let links = try await store.read { try $0.links(from: ticket) }
        #expect(links == [Link(from: ticket, relation: "affects", to: web, at: FixedTime.start)])
    }

    @Test func `links are found from both ends and by relation`() async throws {
        let (ticket, web, mail) = (ticket, web, mail)
        try await write { tx in
            try tx.link(ticket, "affects", web)
            try tx.link(ticket, "affects", mail)
            try tx.link(ticket, "caused_by", web)
            try tx.link(mail, "depends_on", web)
        }
        let (from, to, of, only) = try await store.read { tx in
            (
                try tx.links(from: ticket), try tx.links(to: web),
                try tx.links(of: mail), try tx.links(from: ticket, relation: "caused_by")
            )
        }
        #expect(from.map(\.to) == [mail, web, web])
        #expect(from.map(\.relation) == ["affects", "affects", "caused_by"])
        #expect(to.map(\.from) == [ticket, ticket, mail])
        #expect(of.map { $0.other(than: mail) } == [web, ticket])
        #expect(only.map(\.to) == [web])
    }

    @Test func `a link to itself is one link`() async throws {
        let web = web
        try await write { try $0.link(web, "is", web) }
        #expect(try await store.read { try $0.links(of: web) }.count == 1)
    }

    @Test func `unlinking takes away what is named, and nothing twice`() async throws {
        let (ticket, web, mail) = (ticket, web, mail)
        try await write { tx in
            try tx.link(ticket, "affects", web)
            try tx.link(ticket, "affects", mail)
            try tx.link(mail, "depends_on", web)
        }
        #expect(try await write { try $0.unlink(ticket, "affects", web) })
        #expect(try await write { try $0.unlink(ticket, "affects", web) } == false)
        #expect(try await write { try $0.unlinkAll(mail) } == 2)
        #expect(try await store.count("link") == 0)
    }

    @Test func `a link needs a relation`() async throws {
        let (ticket, web) = (ticket, web)
        let error = await #expect(throws: StoreError.self) {
            try await write { try $0.link(ticket, "", web) }
        }
        #expect(error?.code == .invalidArgument)
    }
}
