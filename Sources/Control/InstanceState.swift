import SystemPackage
import Datapath
import Foundation
import LinuxPlatform

/// What an instance remembers beside its datapath's tables, so that a restarted daemon can tell what their numbers
/// mean, and can put the ports back as they were found. A file in the run folder, replaced in one step.
struct InstanceState: Codable {
  /// What numbers stand for in the tables. They are kept while the datapath lives: a cluster's number is in its virtual
  /// MAC, a member's in flow entries.
  struct Numbers: Codable {
    var ports: [String: Int] = [:]
    var clusters: [String: Int] = [:]
    var buckets: [String: Extent] = [:]
    /// `cluster/member`.
    var members: [String: Member] = [:]
  }

  struct Extent: Codable {
    var first: Int
    var count: Int
  }

  struct Member: Codable, Equatable {
    var index: Int
    var port: Int
    var vlan: UInt16
    /// As found; nil while unresolved.
    var mac: String?
  }

  var numbers = Numbers()
  /// Ports as they were found, by name.
  var portStates: [String: PortState] = [:]
  var datapath: String?
  /// Of the tables in a file; those in maps tell their own.
  var dimensions: Dimensions?
  var seed: UInt64 = 0
  /// The BPF filesystem was mounted by this instance.
  var mountedBPF = false

  static func load(_ path: String) -> InstanceState? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return try? JSONDecoder().decode(InstanceState.self, from: data)
  }

  func save(_ path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    let data = try encoder.encode(self)
    let temporary = path + ".new"
    try data.write(to: URL(filePath: temporary))
    if rename(temporary, path) != 0 {
      throw SystemError("replace", path, code: .init(rawValue: errno))
    }
  }
}
