/// A coding key whose text is the wire name already and is not translated by `WireName`.
///
/// Types whose keys are data, such as labels, conform their key type to this. The keys of a
/// `Dictionary` are verbatim without it.
public protocol VerbatimKey: CodingKey {}
