import ArgumentParser
import Management

struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Makes tokens for the API by TCP.", subcommands: [TokenNewCommand.self])
}

struct TokenNewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Makes a token and shows it once.",
    discussion: """
      The token goes to standard output, the line for the file of tokens (api.tokens) to standard error. The line has \
      the token's digest: nobody can read the token out of it.

      Roles: read (every GET), operate (explain, drain, enable, disable too), configure (the configuration too).

      Examples:
        flowswitch token new --name prometheus --role read > prometheus.token 2>> /etc/flowswitch/tokens
      """)

  @Option(help: ArgumentHelp("Who has it; for people.", valueName: "name"))
  var name: String

  @Option(help: "What it allows: \(Role.allCases.map(\.rawValue).joined(separator: ", ")).")
  var role: Role

  @Flag(name: [.customShort("j"), .long], help: "Write token and line to standard output, as a JSON object.")
  var json = false

  private struct Row: Encodable {
    var token: String
    var line: String
  }

  func validate() throws {
    guard Token.isName(name) else {
      throw ValidationError("a name has 1 to 63 letters, digits and . _ -")
    }
  }

  func run() async throws {
    let console = Console.current
    let token = Token()
    let line = token.line(name: name, role: role)
    if json {
      try console.write(JSONText.of(Row(token: token.text, line: line)) + "\n")
    } else {
      try console.write("\(token.text)\n")
      console.writeError(line)
    }
  }
}

extension Role: ExpressibleByArgument {}
