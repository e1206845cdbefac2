import ArgumentParser
import ConfigurationFile
import KeepalivedImport
import SwitchModel
import SystemPackage
import Wire

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Makes a configuration of a keepalived.conf.",
    discussion: """
      Virtual servers become clusters, real servers members. The configuration goes to standard output, what became \
      of each thing to standard error, a line each:
      FILE:LINE:COLUMN: changed|not converted: WHAT: WHAT IT HAS BECOME

      Exit status 0 if there is a configuration, 1 if the file cannot be read as a keepalived.conf.

      Examples:
        flowswitch import /etc/keepalived/keepalived.conf -o fs1.yaml
        flowswitch import keepalived.conf --router-port eth0 --port 10.0.0.11=eth1 --port 10.0.0.12=eth2
        flowswitch import --all - < keepalived.conf > fs1.yaml
      """)

  @Argument(
    help: "The file; - is standard input.", completion: .file(extensions: ["conf"]))
  var file: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "Write the configuration to a new file instead of standard output.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var output: String?

  @Option(help: ArgumentHelp("The switch's name. (default: the router_id)", valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("The interface where requests come from.", valueName: "interface"))
  var routerPort: String?

  @Option(
    name: .customLong("port"),
    help: ArgumentHelp(
      "The interface of a server: ADDRESS=INTERFACE, or INTERFACE for the next server without one. May be repeated.",
      valueName: "interface"))
  var ports: [String] = []

  @Option(
    name: .customLong("config-id"),
    help: ArgumentHelp("keepalived's --config-id, for lines that begin with @.", valueName: "id"))
  var configurationID: String?

  @Flag(help: "Tell also of what was converted as it is.")
  var all = false

  func run() async throws {
    let console = Console.current
    let options = try options()
    let imported: KeepalivedImport
    do throws(KeepalivedFault) {
      imported = try KeepalivedImport(
        bytes: try bytes(), file: shownName, options: options, includes: IncludedFiles(for: file))
    } catch {
      throw CommandFailure(.usage, error.description)
    }
    let shown = imported.findings.filter { all || $0.meaning != .converted }
    for finding in shown { console.writeError(finding.description) }
    if imported.furtherFindings > 0 {
      console.writeError("flowswitch: \(imported.furtherFindings) more findings are left out")
    }
    if let output {
      try write(imported.text, to: output)
    } else {
      try console.write(imported.text)
    }
    // What the options say may be wrong, too: a port's name, say.
    do throws(ConfigurationFaults) {
      _ = try ConfigurationFile(bytes: Array(imported.text.utf8), file: output ?? "standard output")
    } catch {
      for diagnostic in error.diagnostics { console.writeError(diagnostic.description) }
      throw CommandFailure(.usage, "the configuration needs mending before `run` takes it")
    }
    if !imported.placeholders.isEmpty {
      console.writeError(
        "flowswitch: replace \(imported.placeholders.count) placeholder\(imported.placeholders.count == 1 ? "" : "s") (CHANGE-ME-…) by interfaces: see --router-port and --port"
      )
    }
  }

  private var shownName: String { file == "-" ? "standard input" : file }

  private func options() throws -> ImportOptions {
    var options = ImportOptions(name: name, routerPort: routerPort, configurationID: configurationID)
    for port in ports {
      guard let separator = port.firstIndex(of: "=") else {
        options.ports.append(port)
        continue
      }
      guard let address = IPAddress(String(port[..<separator])) else {
        throw CommandFailure(.usage, "--port \(port): no address before '='")
      }
      options.portsByAddress[address.description] = String(port[port.index(after: separator)...])
    }
    return options
  }

  private func bytes() throws(KeepalivedFault) -> [UInt8] {
    do throws(KeepalivedIncludeError) {
      guard file == "-" else { return try IncludedFiles.read(file) }
      return try IncludedFiles.read(.standardInput)
    } catch {
      throw KeepalivedFault(
        error.reason, at: KeepalivedPlace(file: shownName, line: 0, column: 0),
        expected: "a file that can be read")
    }
  }

  /// Never over another file: what stands there may be the configuration of a running switch.
  private func write(_ text: String, to path: String) throws {
    do {
      let descriptor = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      _ = try descriptor.closeAfter { try descriptor.writeAll(Array(text.utf8)) }
    } catch let error as Errno {
      throw CommandFailure(.usage, "\(path): \(error)")
    }
  }
}
