import FoundationEssentials
import Glibc

/// What `lab down` must know about a lab that another process built: /run/flowswitch/lab/NAME.json.
struct LabState: Codable, Sendable {
  struct Process: Codable, Sendable {
    /// `daemon`, `nginx s1` ….
    var role: String
    var identity: ProcessIdentity
  }

  var name: String
  /// Everything that the lab wrote: configurations, logs, pages.
  var directory: String
  var binary: String
  var datapath: LabDatapath
  var layout: LabLayout = .servers
  /// The process that is to take the lab down; nil: a person will, with `lab down`.
  var owner: ProcessIdentity?
  var processes: [Process] = []

  /// Nil: no such lab. A state file that cannot be read (its writer died at once) counts as one with a name only.
  static func load(_ name: String) -> LabState? {
    guard let bytes = TextFile.readBytes(LabName.stateFile(of: name)) else { return nil }
    if let state = try? JSONDecoder().decode(LabState.self, from: Data(bytes)), state.name == name {
      return state
    }
    return LabState(name: name, directory: "", binary: "", datapath: .auto, owner: nil)
  }

  func save() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try TextFile.replace(LabName.stateFile(of: name), Array(encoder.encode(self)))
  }
}
