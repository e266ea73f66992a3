/// Who calls and what it may do; a class, so that every call takes a reference and no copy.
final class Identity: Sendable {
    let principal: Principal
    let access: (any Access)?

    init(_ principal: Principal, _ access: (any Access)? = nil) {
        self.principal = principal
        self.access = access
    }
}
