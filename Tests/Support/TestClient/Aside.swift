import Dispatch

/// Runs what blocks on a thread of its own and waits for it without holding one of Swift's.
///
/// Swift's pool has a thread a core; a test that blocked one would keep other tests waiting.
public func aside<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "opsloop.tests.aside").async {
            continuation.resume(with: Result { try body() })
        }
    }
}
