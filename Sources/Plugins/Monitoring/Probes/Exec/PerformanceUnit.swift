/// The units that plugins print behind a value, and the base unit that each is stored in.
///
/// The set is Icinga's: decimal prefixes count thousands (`KB`), binary ones 1024 (`KiB`).
enum PerformanceUnit {
    /// Returns the base unit and the factor that leads to it.
    ///
    /// A unit that nobody knows is
    /// discarded: the value stands as printed, without unit.
    static func normalise(_ unit: Substring) -> (base: String, factor: Double) {
        guard !unit.isEmpty else { return ("", 1) }
        return table[String(unit)] ?? ("", 1)
    }

    private static let large: [(String, Double)] = [
        ("", 1), ("k", 1e3), ("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15),
        ("E", 1e18), ("Z", 1e21), ("Y", 1e24),
    ]
    private static let small: [(String, Double)] = [("n", 1e-9), ("u", 1e-6), ("m", 1e-3)]
    private static let binary: [(String, Double)] = [
        "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi",
    ].enumerated().map { position, prefix in
        (prefix, (0...position).reduce(1) { product, _ in product * 1024 })
    }

    private static let table: [String: (base: String, factor: Double)] = {
        var table: [String: (base: String, factor: Double)] = [
            "s": ("s", 1), "ns": ("s", 1e-9), "us": ("s", 1e-6), "ms": ("s", 1e-3),
            "m": ("s", 60), "h": ("s", 3600), "d": ("s", 86_400),
            "%": ("%", 1), "c": ("c", 1), "packets": ("packets", 1),
            "lm": ("lm", 1), "dBm": ("dBm", 1), "C": ("C", 1), "F": ("F", 1), "K": ("K", 1),
            "ng": ("g", 1e-9), "ug": ("g", 1e-6), "mg": ("g", 1e-3), "g": ("g", 1),
            "kg": ("g", 1e3), "t": ("g", 1e6),
            "ml": ("l", 1e-3), "l": ("l", 1), "hl": ("l", 100),
        ]
        let data = [("B", "B", 1.0), ("b", "b", 1.0)]
        let electric = [
            ("A", "A", 1.0), ("O", "O", 1), ("V", "V", 1), ("W", "W", 1),
            ("As", "As", 1), ("Am", "As", 60), ("Ah", "As", 3600),
            ("Ws", "Ws", 1), ("Wm", "Ws", 60), ("Wh", "Ws", 3600),
        ]
        func add(_ units: [(String, String, Double)], _ prefixes: [(String, Double)]) {
            for (unit, base, factor) in units {
                for (prefix, scale) in prefixes { table[prefix + unit] = (base, factor * scale) }
            }
        }
        add(data, large + binary)
        add(electric, small + large)
        return table
    }()
}
