import Glibc

@main
enum Main {
    static func main() {
        Signals.install()
        let program = Program(surroundings: .process())
        exit(program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }
}
