/// As whom a connection acts, and what it may do.
public struct Admission: Sendable {
    /// Who acts.
    public let principal: Principal
    /// What it may do; nil means everything.
    public let access: (any Access)?
}
