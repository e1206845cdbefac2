import ArgumentParser
import ConfigurationFile
import Glibc
import Logging
import Management
import SwitchModel

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs the switch, in the foreground.",
    discussion: """
      Logs go to standard error. SIGTERM and SIGINT stop the switch and put the ports back as they were; with --keep \
      the datapath goes on forwarding without the daemon, and the next run takes it over. SIGHUP reads the file again, \
      as `reload` does.

      Examples:
        flowswitch run --config /etc/flowswitch/fs1.yaml
        flowswitch run --config fs1.yaml --socket /tmp/fs1.sock --log-level debug
      """)

  @Option(
    help: ArgumentHelp("The configuration file.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String

  @Option(
    help: ArgumentHelp(
      "The control socket. (default: \(ControlSocket.directory)/NAME.sock, by the switch's name)",
      valueName: "path"))
  var socket: String?

  @Option(
    help: ArgumentHelp(
      "Where configurations that worked are kept. (default: \(ConfigurationStore.root))", valueName: "folder"),
    completion: .directory)
  var stateFolder: String?

  @Flag(help: "Leave the datapath forwarding when the daemon stops.")
  var keep = false

  @Option(help: ArgumentHelp("How much is logged: \(LogLevelArgument.names).", valueName: "level"))
  var logLevel = LogLevelArgument(level: .info)

  func run() async throws {
    let console = Console.current
    let file: ConfigurationFile
    do throws(ConfigurationFaults) {
      file = try ConfigurationFile(path: config)
    } catch {
      for diagnostic in error.diagnostics { console.writeError(diagnostic.description) }
      let root = stateFolder ?? ConfigurationStore.root
      let lastGood = ConfigurationStore.lastGood(forSource: source, root: root)
      throw CommandFailure(
        .usage,
        "\(config) is not fit to run" + (lastGood.map { "; the last one that worked is \($0)" } ?? ""))
    }
    for diagnostic in file.diagnostics { console.writeError(diagnostic.description) }
    if let hand = file.foreignHand, file.runsForeignPrograms {
      throw CommandFailure(.usage, "\(config) names programs for the switch to run, and \(hand)")
    }
    // Nothing that the daemon makes is for others to write, the control socket before its mode is set least of all.
    umask(0o022)
    try await runSwitch(
      file: LoadedConfiguration(file), source: source,
      socket: socket ?? ControlSocket.path(ofSwitch: file.configuration.name), stateFolder: stateFolder,
      keep: keep, logLevel: logLevel.level)
  }

  /// The file's absolute path.
  private var source: String {
    guard let path = realpath(config, nil) else { return config }
    defer { free(path) }
    return String(cString: path)
  }
}
