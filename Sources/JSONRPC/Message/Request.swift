/// A call of a method, or a notification when it has no id.
public struct Request: Sendable, Equatable {
    /// The id that the answer repeats; nil for a notification, which is never answered.
    public var id: RequestID?
    /// The method's name.
    public var method: String
    /// An array or an object; nil when there are none (`null` counts as none).
    public var params: JSON?

    /// Makes a request.
    public init(id: RequestID?, method: String, params: JSON? = nil) {
        self.id = id
        self.method = method
        self.params = params
    }

    /// True when nobody waits for an answer.
    public var isNotification: Bool { id == nil }
}
