/// Something declared by its members: the parameters of a method, the settings of a plugin, the
/// definition of a check.
///
/// Each member is a ``Param``, which carries its help text, its rules and its default, so that the
/// declaration is the schema, the help and the validation at once:
///
/// ```swift
/// struct CreateTicket: Declared {
///     @Param("One line that says what is wrong.", .length(1...200)) var title: String
///     @Param("Who is affected.") var impact: Impact = .person
/// }
/// ```
///
/// ``FieldSet`` reads the declaration once and then decodes values against it.
public protocol Declared: Decodable, Sendable {
    /// Makes the bare declaration: defaults are set, required members are not.
    init()
}
