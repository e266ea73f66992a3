/// The methods that are not a matter of roles and restrictions.
enum OpenMethods {
    /// What everybody may call who can connect: whether the daemon lives, and to say who he is.
    static let forEverybody: Set<String> = [Ping.name, UseToken.name]
    /// What everybody may call who is known: without it no client knows what it can ask for.
    static let forTheKnown: Set<String> = [Discover.name]
}
