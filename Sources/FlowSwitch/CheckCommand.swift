import ArgumentParser
import ConfigurationFile
import Management
import SwitchModel

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks a configuration file; tells every fault with its place.",
    discussion: """
      Exit status 0 if `run` would take the file, 1 if not. Faults and warnings go to standard error, a line each:
      FILE:LINE:COLUMN: PATH: WHAT IS WRONG; expected WHAT

      Examples:
        flowswitch check fs1.yaml
        flowswitch check --json fs1.yaml | jq -r '.[] | .path'
      """)

  @Argument(help: "The configuration file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Flag(name: [.customShort("j"), .long], help: "Write the diagnostics to standard output, as a JSON array.")
  var json = false

  func run() async throws {
    let console = Console.current
    let result = Result { () throws(ConfigurationFaults) in try ConfigurationFile(path: file) }
    var diagnostics: [Diagnostic]
    switch result {
    case .success(let checked):
      diagnostics = checked.diagnostics
      if let warning = await RenamedSwitch.warning(checked.configuration, file: file) {
        diagnostics.append(warning)
      }
    case .failure(let faults): diagnostics = faults.diagnostics
    }
    if json {
      try console.write(JSONText.of(diagnostics) + "\n")
    } else {
      for diagnostic in diagnostics { console.writeError(diagnostic.description) }
    }
    switch result {
    case .failure: throw CommandFailure(.usage, "")
    case .success(let checked):
      if !json { try console.write("\(file): \(CheckCommand.summary(of: checked.configuration))\n") }
    }
  }

  /// `switch fs1: 5 ports, 1 cluster, 3 members, 1 router pool`
  static func summary(of configuration: SwitchConfiguration) -> String {
    func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }
    var parts = [
      count(configuration.ports.count, "port"), count(configuration.clusters.count, "cluster"),
      count(configuration.clusters.reduce(0) { $0 + $1.members.count }, "member"),
    ]
    if !configuration.routerPools.isEmpty {
      parts.append(count(configuration.routerPools.count, "router pool"))
    }
    return "switch \(configuration.name): \(parts.joined(separator: ", "))"
  }
}
