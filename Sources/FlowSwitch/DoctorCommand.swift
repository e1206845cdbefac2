import ArgumentParser
import ConfigurationFile
import Doctor
import LinuxPlatform
import SwitchModel

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Says what will work on this machine, what not, and the command that mends it.",
    discussion: """
      Looks at the kernel, the ports and their drivers, and at what dead instances left. Changes nothing. Each finding \
      has a level: ok, note (nothing to do), warning (it runs, with a drawback), fault (it does not). Run it as the \
      user and in the network namespace that the daemon will have.

      Exit status 0 if the switch will work, 1 if there is a fault.

      Examples:
        flowswitch doctor --config /etc/flowswitch/fs1.yaml
        flowswitch doctor --json | jq '.[] | select(.level != "ok")'
      """)

  @Option(
    help: ArgumentHelp(
      "The configuration file whose ports are looked at. (default: every Ethernet interface, as if it might become one)",
      valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Flag(name: [.customShort("j"), .long], help: "Write the findings to standard output, as a JSON array.")
  var json = false

  func run() async throws {
    let console = Console.current
    var configuration: SwitchConfiguration?
    if let config {
      do throws(ConfigurationFaults) {
        configuration = try ConfigurationFile(path: config).configuration
      } catch {
        for diagnostic in error.diagnostics { console.writeError(diagnostic.description) }
        throw CommandFailure(.usage, "\(config) is not fit to run")
      }
    }
    let probe: SystemProbe
    do throws(SystemError) { probe = try SystemProbe() } catch { throw CommandFailure(.refused, "\(error)") }
    let findings = Doctor(probe).examine(configuration)
    try console.write(json ? JSONText.of(findings) + "\n" : DoctorReport(findings).text)
    if !Doctor.isFit(findings) { throw CommandFailure(.usage, "") }
  }
}
