import OpsCore

/// What `plugins.json` says under `config`.
struct HelloSettings: Declared {
    @Param("The word before the name.", .length(1...40)) var greeting: String = "Hello"
}
