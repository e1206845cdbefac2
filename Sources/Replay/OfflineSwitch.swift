import Balancing
import CTables
public import Datapath
public import SwitchModel
public import Wire

/// A switch that is not there: the tables as control fills them for a configuration whose members and routers are all
/// present, each at its configured MAC or at a made-up one.
///
/// Numbers are those of a fresh start: what the running switch has by its history (buckets that moved, sources that
/// stick, flows in transition) is not known here.
public struct OfflineSwitch: Sendable {
  /// A MAC that was made up, since the configuration names none.
  public struct AssumedMAC: Hashable, Sendable {
    /// `cluster/member`, `pool/router`.
    public var owner: String
    public var mac: MACAddress
  }

  /// A member or router as it stands in the tables.
  struct Place: Sendable {
    var group: Int
    var name: String
    var index: Int
    var port: Int
    var mac: MACAddress
    var vlan: VLANID
  }

  public let configuration: SwitchConfiguration
  public let assumed: [AssumedMAC]
  public let tables: TableMemory
  let groups: [ClusterConfiguration]
  let places: [Place]
  /// First bucket of each group.
  let firstBuckets: [Int]

  /// Port numbers are places in the configuration, from 1; 0 is the switch's own.
  public func portNumber(_ name: String) -> Int? {
    configuration.ports.firstIndex { $0.name == name }.map { $0 + 1 }
  }

  public func portName(_ number: Int) -> String {
    number >= 1 && number <= configuration.ports.count
      ? configuration.ports[number - 1].name : "the switch's own port"
  }

  public init(_ configuration: SwitchConfiguration) throws(ReplayError) {
    self.configuration = configuration
    groups = configuration.groups
    var places: [Place] = []
    var assumed: [AssumedMAC] = []
    var firstBuckets: [Int] = []
    var bucket = 0
    // One router may be in two pools.
    var known: [String: MACAddress] = [:]
    for (number, group) in groups.enumerated() {
      firstBuckets.append(bucket)
      bucket += group.buckets
      for member in group.members {
        let index = places.count + 1
        let port = configuration.ports.firstIndex { $0.name == member.port }.map { $0 + 1 } ?? 0
        let isRouter = number >= configuration.clusters.count
        let identity =
          isRouter ? "\(member.port)/\(member.vlan.raw)/\(member.name)" : "\(group.name)/\(member.name)"
        var mac = known[identity] ?? MACAddress(number: 0x02f5_5100_0000 + UInt64(index))
        if case .mac(let given) = member.location {
          mac = given
        } else if known[identity] == nil {
          assumed.append(AssumedMAC(owner: "\(group.name)/\(member.name)", mac: mac))
        }
        known[identity] = mac
        places.append(
          Place(group: number, name: member.name, index: index, port: port, mac: mac, vlan: member.vlan))
      }
    }
    self.places = places
    self.assumed = assumed
    self.firstBuckets = firstBuckets
    let dimensions = Dimensions(
      cpus: 1, clusters: groups.count, members: places.count, buckets: bucket,
      services: configuration.clusters.reduce(0) { $0 + $1.services.count },
      sources: configuration.clusters.contains { $0.stickyTime != nil } ? 1 << 18 : 0)
    do throws(DatapathError) { tables = try TableMemory.anonymous(dimensions) } catch {
      throw ReplayError(error.message)
    }
    try fill()
  }
}
