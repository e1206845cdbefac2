/// Where an instance keeps its things.
public struct SwitchPaths: Sendable {
  public let name: String
  public let runFolder: String
  /// Where the BPF filesystem is, or is to be.
  public let bpfFolder: String

  public init(name: String, runFolder: String = "/run/flowswitch", bpfFolder: String = "/sys/fs/bpf") {
    self.name = name
    self.runFolder = runFolder
    self.bpfFolder = bpfFolder
  }

  public var socket: String { "\(runFolder)/\(name).sock" }
  var lock: String { "\(runFolder)/\(name).lock" }
  var state: String { "\(runFolder)/\(name).state" }
  /// Stays when the switch is stopped.
  var events: String { "\(runFolder)/\(name).events" }
  var tables: String { "\(runFolder)/\(name).tables" }
  var pinRoot: String { "\(bpfFolder)/flowswitch" }
}
