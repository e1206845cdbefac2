import ArgumentParser
import ConfigurationFile
import Lab
import SwitchModel

/// `flowswitch`: the daemon and its command line in one binary.
struct FlowSwitchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flowswitch",
    abstract: "A layer-2 flow switch: many servers behind one address.",
    discussion: """
      The switch stands between routers and servers. All servers of a cluster carry the same address; the switch \
      sends each flow to one of them by its MAC and changes nothing else in the frame.

      Examples:
        flowswitch check /etc/flowswitch/fs1.yaml
        flowswitch run --config /etc/flowswitch/fs1.yaml
        flowswitch diff /etc/flowswitch/fs1.yaml
        flowswitch apply --confirm 60s /etc/flowswitch/fs1.yaml
        flowswitch show members --cluster web
        flowswitch show ports --json | jq '.[].rx_packets'
        flowswitch drain --wait web/s1
        flowswitch explain 10.10.0.5:40000 10.50.0.100:80

      Exit status: 0 done; 1 usage or configuration; 2 refused by the daemon or the kernel; 3 no daemon answers.
      """,
    version: "flowswitch \(FlowSwitchVersion.current)",
    subcommands: [
      RunCommand.self, CheckCommand.self, DiffCommand.self, ApplyCommand.self, ConfirmCommand.self,
      RollbackCommand.self, ReloadCommand.self, ShowCommand.self, ExplainCommand.self, DrainCommand.self,
      EnableCommand.self, DisableCommand.self, TokenCommand.self, DoctorCommand.self, ImportCommand.self,
      CaptureCommand.self, ReplayCommand.self, TopCommand.self, LabCommand.self, SchemaCommand.self,
      CompletionCommand.self, ManCommand.self,
    ])

  /// Parses and runs a command line, and says on `Console.current` what went wrong.
  static func execute(_ arguments: [String]) async -> ExitStatus {
    let console = Console.current
    do {
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return .done
    } catch let failure as CommandFailure {
      if !failure.message.isEmpty { console.writeError("flowswitch: \(failure.message)") }
      return failure.status
    } catch ConsoleError.readerGone {
      return .done
    } catch ConsoleError.failed(let reason) {
      console.writeError("flowswitch: standard output: \(reason)")
      return .refused
    } catch let code as ExitCode {
      // The command has said what there was to say.
      return ExitStatus(rawValue: code.rawValue) ?? .refused
    } catch {
      return report(error, on: console)
    }
  }

  /// Help, versions and completion scripts come as errors too, with exit code 0.
  private static func report(_ error: any Error, on console: any ConsoleOutput) -> ExitStatus {
    let message = fullMessage(for: error)
    guard exitCode(for: error) == .success else {
      let isUsage = exitCode(for: error) == .validationFailure
      console.writeError(isUsage ? message : "flowswitch: \(error)")
      return isUsage ? .usage : .refused
    }
    do {
      try console.write(message.isEmpty ? "" : "\(message)\n")
      return .done
    } catch {
      return error == .readerGone ? .done : .refused
    }
  }
}
