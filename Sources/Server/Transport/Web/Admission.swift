public import OpsCore

/// Who a token stands for.
public struct Admission: Sendable {
    /// Who calls.
    public let principal: Principal
    /// What it may do; nil means everything.
    public let access: (any Access)?

    /// Makes an admission.
    public init(principal: Principal, access: (any Access)?) {
        self.principal = principal
        self.access = access
    }
}
