import ArgumentParser
import Glibc

/// `flowswitch lab`: the test network. Two routers with a client network each, four servers that carry the same
/// addresses, an ordinary host, and the switch between them, all in network namespaces of this machine.
public struct LabCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "lab",
    abstract:
      "The test network: routers, servers and clients in network namespaces, and the switch between them.",
    subcommands: [
      LabUpCommand.self, LabDownCommand.self, LabDemoCommand.self, LabSoakCommand.self,
      LabMeasureCommand.self,
      AgentCommand.self,
    ])

  public init() {}

  /// Runs a command's body; an error of the lab becomes a message on standard error and its exit code.
  static func reporting(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as LabError {
      Console.complain("flowswitch: \(error)")
      throw ExitCode(error.exitCode)
    }
  }

  /// This executable's own path: what the lab starts in the namespaces is this program again.
  static func ownBinary() throws -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) { path in
        path.baseAddress.map { readlink("/proc/self/exe", $0, path.count) } ?? -1
      }
    }
    guard count > 0 else { throw LabError.refused("cannot read /proc/self/exe: \(errorText(errno))") }
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }
}
