/// How results are printed.
enum OutputFormat: String, CaseIterable {
    case table, json, jsonl, yaml
}
