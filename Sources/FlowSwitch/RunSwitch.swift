import Logging
import SwitchModel

/// Runs the switch until it is told to stop.
///
/// - Parameters:
///   - configuration: checked.
///   - socket: path of the control socket.
///   - keep: leave the datapath forwarding when stopping.
/// - Throws: `CommandFailure` with the status that the process ends with.
func runSwitch(
  configuration: SwitchConfiguration, socket: String, keep: Bool, logLevel: Logger.Level
) async throws {
  throw CommandFailure(.refused, "the datapath is not linked into this build")
}
