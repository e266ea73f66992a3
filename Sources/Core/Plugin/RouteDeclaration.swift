/// An HTTP path that a plugin answers.
public struct RouteDeclaration: Sendable, Codable, Equatable {
    /// The path, such as `/hooks/slack`.
    public var path: String
    /// The plugin's method that answers it.
    public var method: String
    /// Whether callers need no token.
    public var isPublic: Bool

    /// Declares a route.
    public init(path: String, method: String, isPublic: Bool = false) {
        self.path = path
        self.method = method
        self.isPublic = isPublic
    }

    private enum CodingKeys: String, CodingKey { case path, method, isPublic = "public" }
}
