extension WorkerPool {
    /// Makes something of each element on all threads that there are, in the order of the elements.
    ///
    /// - Parameter size: How many elements are one piece of work.
    public func map<Element: Sendable, Made: Sendable>(
        _ elements: [Element], inPartsOf size: Int,
        _ make: @escaping @Sendable (Element) -> Made
    ) async throws -> [Made] {
        let parts = stride(from: 0, to: elements.count, by: size).map { start in
            elements[start..<min(start + size, elements.count)]
        }
        return try await withThrowingTaskGroup(of: (Int, [Made]).self) { group in
            for (number, part) in parts.enumerated() {
                group.addTask { try await self.run { (number, part.map(make)) } }
            }
            var made = Array(repeating: [Made](), count: parts.count)
            for try await (number, part) in group { made[number] = part }
            return Array(made.joined())
        }
    }
}
