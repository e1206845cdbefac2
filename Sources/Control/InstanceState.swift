import CTables
import Datapath
import Foundation
import LinuxPlatform
import SwitchModel
import SystemPackage

/// What an instance remembers beside its datapath's tables, so that a restarted daemon can tell what their numbers
/// mean, and can put the ports back as they were found. A file in the run folder, replaced in one step.
struct InstanceState: Codable, Sendable {
  /// What numbers stand for in the tables. They are kept while the datapath lives: a cluster's number is in its virtual
  /// MAC, a member's in flow entries.
  struct Numbers: Codable, Equatable, Sendable {
    var ports: [String: Int] = [:]
    var clusters: [String: Int] = [:]
    var buckets: [String: Extent] = [:]
    /// `cluster/member`.
    var members: [String: Member] = [:]
    /// By `NumberAllocator.routerKey`.
    var routers: [String: Int] = [:]

    init() {}

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      ports = try values.decodeIfPresent([String: Int].self, forKey: .ports) ?? [:]
      clusters = try values.decodeIfPresent([String: Int].self, forKey: .clusters) ?? [:]
      buckets = try values.decodeIfPresent([String: Extent].self, forKey: .buckets) ?? [:]
      members = try values.decodeIfPresent([String: Member].self, forKey: .members) ?? [:]
      routers = try values.decodeIfPresent([String: Int].self, forKey: .routers) ?? [:]
    }
  }

  struct Extent: Codable, Equatable, Sendable {
    var first: Int
    var count: Int
  }

  struct Member: Equatable, Sendable {
    var index: Int
    var port: Int
    var vlan: UInt16
  }

  var numbers = Numbers() { didSet { numbersText = nil } }
  /// As they are in the file: with tens of thousands of members they are all but a little of it, and seldom change.
  private var numbersText: Data?
  /// Ports as they were found, by name.
  var portStates: [String: PortState] = [:]
  var datapath: String?
  /// What the configuration asked for, and why it became that.
  var choice: String?
  var reason: String?
  /// Of the tables in a file; those in maps tell their own.
  var dimensions: Dimensions?
  /// The tables' layout (`FS_ABI`).
  var abi: UInt32?
  var seed: UInt64 = 0
  /// The BPF filesystem was mounted by this instance.
  var mountedBPF = false
  /// What the operator wants of members other than `enabled`, by `cluster/member`.
  var adminStates: [String: AdminState] = [:]
  /// Members whose probes have failed, by `cluster/member`: they stay so over a restart until a probe succeeds.
  var failedProbes: Set<String> = []
  /// Primaries, by cluster.
  var primaries: [String: String] = [:]
  /// Addresses that were found for the switch itself, by subnet and VLAN.
  var ownAddresses: [String: String] = [:]

  init() {}

  private enum CodingKeys: String, CodingKey {
    case numbers, portStates, datapath, choice, reason, dimensions, abi, seed, mountedBPF, adminStates,
      failedProbes
    case primaries, ownAddresses
  }

  /// All but the numbers.
  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(portStates, forKey: .portStates)
    try values.encodeIfPresent(datapath, forKey: .datapath)
    try values.encodeIfPresent(choice, forKey: .choice)
    try values.encodeIfPresent(reason, forKey: .reason)
    try values.encodeIfPresent(dimensions, forKey: .dimensions)
    try values.encodeIfPresent(abi, forKey: .abi)
    try values.encode(seed, forKey: .seed)
    try values.encode(mountedBPF, forKey: .mountedBPF)
    try values.encode(adminStates, forKey: .adminStates)
    try values.encode(failedProbes, forKey: .failedProbes)
    try values.encode(primaries, forKey: .primaries)
    try values.encode(ownAddresses, forKey: .ownAddresses)
  }

  /// Of another version's file what it has: above all the ports' states, which nobody else knows.
  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func value<T: Decodable>(_ key: CodingKeys, _ usual: T) throws -> T {
      try values.decodeIfPresent(T.self, forKey: key) ?? usual
    }
    numbers = try value(.numbers, Numbers())
    portStates = try value(.portStates, [:])
    datapath = try value(.datapath, nil)
    choice = try value(.choice, nil)
    reason = try value(.reason, nil)
    dimensions = try value(.dimensions, nil)
    abi = try value(.abi, nil)
    seed = try value(.seed, 0)
    mountedBPF = try value(.mountedBPF, false)
    adminStates = try value(.adminStates, [:])
    failedProbes = try value(.failedProbes, [])
    primaries = try value(.primaries, [:])
    ownAddresses = try value(.ownAddresses, [:])
  }

  /// Nil when there is no such file.
  /// - Throws: when it is not one that `save` wrote.
  static func load(_ path: String) throws(ControlError) -> InstanceState? {
    if access(path, F_OK) != 0 && errno == ENOENT { return nil }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ControlError("\(path) can't be read")
    }
    let state: InstanceState
    do {
      state = try JSONDecoder().decode(InstanceState.self, from: data)
    } catch {
      throw ControlError("\(path) is damaged")
    }
    guard state.numbers.isConsistent else { throw ControlError("\(path) is damaged: its numbers contradict") }
    return state
  }

  /// The file's tables, if this version can read them.
  var fileDimensions: Dimensions? {
    datapath == DatapathKind.pcap.rawValue && abi == FS_ABI ? dimensions : nil
  }

  /// Keeps the numbers' text for the next savings.
  mutating func prepareToSave() throws {
    if numbersText == nil { numbersText = try JSONEncoder().encode(numbers) }
  }

  func save(_ path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    var data = try encoder.encode(self)
    let numbers = try numbersText ?? JSONEncoder().encode(self.numbers)
    // One object, of which the numbers are the last value.
    data.removeLast(2)
    data.append(contentsOf: Data(",\n  \"numbers\" : ".utf8))
    data.append(numbers)
    data.append(contentsOf: Data("\n}".utf8))
    let temporary = path + ".new"
    do {
      try data.write(to: URL(filePath: temporary))
    } catch {
      unlink(temporary)
      throw error
    }
    if rename(temporary, path) != 0 {
      let code = errno
      unlink(temporary)
      throw SystemError("replace", path, code: .init(rawValue: code))
    }
  }
}

extension InstanceState.Numbers {
  /// Numbers within the tables' limits, none of them given twice. From a file, they could be anything.
  var isConsistent: Bool {
    func areUnique(_ numbers: [Int], _ range: Range<Int>) -> Bool {
      Set(numbers).count == numbers.count && numbers.allSatisfy(range.contains)
    }
    let limit = 1 << 24
    guard areUnique(Array(ports.values), 1..<Int(FS_STATION_ROUTER)),
      areUnique(Array(clusters.values), 0..<limit),
      areUnique(members.values.map(\.index), 1..<1 << Int(FS_MEMBER_BITS)),
      members.values.allSatisfy({ (0..<Int(FS_STATION_ROUTER)).contains($0.port) }),
      areUnique(Array(routers.values), 0..<256)
    else { return false }
    var end = 0
    for extent in buckets.values.sorted(by: { $0.first < $1.first }) {
      guard extent.first >= end, (1...65536).contains(extent.count), extent.first < limit else {
        return false
      }
      end = extent.first + extent.count
    }
    return true
  }
}
