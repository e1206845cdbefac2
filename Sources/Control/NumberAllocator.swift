import CTables
import SwitchModel
import Wire

/// Gives ports, clusters, buckets and members their numbers in the tables: those they had, or free ones. Numbers of what
/// is gone stay unused in this run, as far as they go round: stations, flows' entries and neighbours' ARP caches may
/// still lead to them.
struct NumberAllocator {
  private(set) var numbers: InstanceState.Numbers

  /// Port 0 is the switch's own interface.
  static let ownPort = 0

  init(_ configuration: SwitchConfiguration, earlier: InstanceState.Numbers) {
    let groups = configuration.groups
    numbers = InstanceState.Numbers()
    numbers.ports = NumberAllocator.assign(
      configuration.ports.map(\.name), earlier.ports, 1..<Int(FS_STATION_ROUTER))
    numbers.clusters = NumberAllocator.assign(
      groups.map(\.name), earlier.clusters, 0..<65536)
    assignBuckets(groups, earlier.buckets)
    assignMembers(groups, earlier.members)
    assignRouters(configuration, earlier.routers)
  }

  static func memberKey(_ cluster: String, _ member: String) -> String { cluster + "/" + member }

  /// The highest numbers in use, plus one.
  var bucketCount: Int { numbers.buckets.values.map { $0.first + $0.count }.max() ?? 0 }
  var memberCount: Int { (numbers.members.values.map(\.index).max() ?? 0) + 1 }
  var portCount: Int { (numbers.ports.values.max() ?? 0) + 1 }
  var clusterCount: Int { (numbers.clusters.values.max() ?? -1) + 1 }

  /// Members that the configuration does not name any more, on ports that are still there: buckets in transition may
  /// lead to them until their flows are gone (X8).
  private(set) var leaving: Set<String> = []

  /// A member that was leaving is gone.
  mutating func release(_ key: String) {
    guard leaving.remove(key) != nil else { return }
    numbers.members[key] = nil
  }

  private static func assign(
    _ names: [String], _ earlier: [String: Int], _ range: Range<Int>
  ) -> [String: Int] {
    var result: [String: Int] = [:]
    for name in names { result[name] = earlier[name] }
    let held = Set(result.values)
    let gone = Set(earlier.values).subtracting(held)
    // First those that never were, then those of what is gone.
    var free = Array(range.filter { !held.contains($0) && !gone.contains($0) }.prefix(names.count))
    free += gone.sorted()
    var next = free.makeIterator()
    for name in names where result[name] == nil { result[name] = next.next() }
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
    // Beside what is in use until the datapath is told of the new place.
    var room = BucketRoom(Array(numbers.buckets.values) + Array(earlier.values))
    for cluster in clusters where numbers.buckets[cluster.name] == nil {
      let first = room.take(cluster.buckets)
      numbers.buckets[cluster.name] = InstanceState.Extent(first: first, count: cluster.buckets)
    }
  }

  /// One router may be in two pools, of IPv4 and of IPv6: it is the same by its port and name.
  private mutating func assignRouters(_ configuration: SwitchConfiguration, _ earlier: [String: Int]) {
    let keys = Set(configuration.routerPools.flatMap { $0.members.map(NumberAllocator.routerKey) })
    numbers.routers = NumberAllocator.assign(keys.sorted(), earlier, 0..<256)
  }

  static func routerKey(_ router: RouterConfiguration) -> String {
    "\(router.port)/\(router.vlan.raw)/\(router.name)"
  }

  /// A member that is on another port or VLAN than before is another one to the datapath.
  private mutating func assignMembers(
    _ groups: [ClusterConfiguration], _ earlier: [String: InstanceState.Member]
  ) {
    var used = Set(earlier.values.map(\.index))
    var next = 1
    for cluster in groups {
      for member in cluster.members {
        let key = NumberAllocator.memberKey(cluster.name, member.name)
        let port = numbers.ports[member.port] ?? 0
        if let known = earlier[key], known.port == port, known.vlan == member.vlan.raw {
          numbers.members[key] = known
          continue
        }
        while used.contains(next) { next += 1 }
        used.insert(next)
        numbers.members[key] = InstanceState.Member(index: next, port: port, vlan: member.vlan.raw)
      }
    }
    let clusters = Set(groups.map(\.name))
    let ports = Set(numbers.ports.values)
    for (key, member) in earlier where numbers.members[key] == nil && ports.contains(member.port) {
      guard let end = key.firstIndex(of: "/"), clusters.contains(String(key[..<end])) else { continue }
      numbers.members[key] = member
      leaving.insert(key)
    }
  }
}
