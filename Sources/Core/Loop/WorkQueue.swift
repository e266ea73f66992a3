/// First in, first out; taking from the front costs nothing even when the queue is long.
struct WorkQueue {
    private var items: [WorkItem] = []
    private var head = 0

    var count: Int { self.items.count - self.head }

    mutating func append(_ item: WorkItem) {
        self.items.append(item)
    }

    mutating func popFirst() -> WorkItem? {
        guard self.head < self.items.count else { return nil }
        defer { self.skipFirst() }
        return self.items[self.head]
    }

    mutating func remove(_ item: WorkItem) {
        guard let index = self.items[self.head...].firstIndex(where: { $0 === item }) else {
            return
        }
        self.items.remove(at: index)
    }

    private mutating func skipFirst() {
        self.head += 1
        guard self.head * 2 > self.items.count else { return }
        self.items.removeFirst(self.head)
        self.head = 0
    }
}
