import Wire
import Datapath
import SwitchModel

/// Gives ports, clusters, buckets and members their numbers in the tables: those they had, or free ones.
struct NumberAllocator {
  private(set) var numbers: InstanceState.Numbers

  /// Port 0 is the switch's own interface.
  static let ownPort = 0

  init(_ configuration: SwitchConfiguration, earlier: InstanceState.Numbers) {
    numbers = InstanceState.Numbers()
    numbers.ports = NumberAllocator.assign(configuration.ports.map(\.name), earlier.ports, from: 1)
    numbers.clusters = NumberAllocator.assign(configuration.clusters.map(\.name), earlier.clusters, from: 0)
    assignBuckets(configuration.clusters, earlier.buckets)
    assignMembers(configuration, earlier.members)
  }

  static func memberKey(_ cluster: String, _ member: String) -> String { cluster + "/" + member }

  /// The highest bucket and member numbers in use, plus one.
  var bucketCount: Int { numbers.buckets.values.map { $0.first + $0.count }.max() ?? 0 }
  var memberCount: Int { (numbers.members.values.map(\.index).max() ?? 0) + 1 }
  var clusterCount: Int { (numbers.clusters.values.max() ?? -1) + 1 }

  private static func assign(_ names: [String], _ earlier: [String: Int], from first: Int) -> [String: Int] {
    var result: [String: Int] = [:]
    for name in names { result[name] = earlier[name] }
    var used = Set(result.values)
    var next = first
    for name in names where result[name] == nil {
      while used.contains(next) { next += 1 }
      result[name] = next
      used.insert(next)
    }
    return result
  }

  private mutating func assignBuckets(
    _ clusters: [ClusterConfiguration], _ earlier: [String: InstanceState.Extent]
  ) {
    for cluster in clusters {
      if let extent = earlier[cluster.name], extent.count == cluster.buckets {
        numbers.buckets[cluster.name] = extent
      }
    }
    for cluster in clusters where numbers.buckets[cluster.name] == nil {
      // The first gap that is wide enough.
      let taken = numbers.buckets.values.sorted { $0.first < $1.first }
      var first = 0
      for extent in taken {
        if extent.first - first >= cluster.buckets { break }
        first = max(first, extent.first + extent.count)
      }
      numbers.buckets[cluster.name] = InstanceState.Extent(first: first, count: cluster.buckets)
    }
  }

  /// A member that is on another port or VLAN than before is another one to the datapath.
  private mutating func assignMembers(
    _ configuration: SwitchConfiguration, _ earlier: [String: InstanceState.Member]
  ) {
    // Numbers of members that are gone stay unused in this run: flows' entries may still name them.
    var used = Set(earlier.values.map(\.index))
    var next = 1
    for cluster in configuration.clusters {
      for member in cluster.members {
        let key = NumberAllocator.memberKey(cluster.name, member.name)
        let port = numbers.ports[member.port] ?? 0
        if let known = earlier[key], known.port == port, known.vlan == member.vlan.raw {
          numbers.members[key] = known
          continue
        }
        while used.contains(next) { next += 1 }
        used.insert(next)
        numbers.members[key] = InstanceState.Member(
          index: next, port: port, vlan: member.vlan.raw, mac: nil)
      }
    }
  }
}
