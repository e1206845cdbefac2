import SwitchModel
import Wire

/// `clusters[i]:` as it was read.
struct ClusterDraft {
  var path: String
  var position: SourcePosition
  var name: Field<String>?
  var address: Field<IPPrefix>?
  var vlan: VLANID = .untagged
  /// The VLAN could be read, so the cluster can be compared with others.
  var vlanIsKnown = true
  var services: [Field<Service>] = []
  var servicesAreKnown = true
  var mode: ClusterMode = .balanced
  var hash: FlowHash = .flow
  var buckets: Field<Int>?
  var sharedPorts: Bool?
  var members: [MemberDraft] = []
  var probe: ProbeDraft?
  var assignment: AssignmentRule = .leastMoves
  var load: LoadDraft?
  var slowStart: Duration = .zero
  var stickyTime: Duration?
}

extension ClusterDraft {
  static let keys = [
    "name", "address", "vlan", "services", "mode", "hash", "buckets", "shared-ports", "assign", "load",
    "slow-start", "sticky", "members", "probe",
  ]
  static let defaultBuckets = 1024

  init(_ item: Item) {
    self.init(path: item.path, position: item.position)
    guard let section = Section(item, keys: ClusterDraft.keys) else { return }
    name = section.required("name", "a name for the cluster")?.name()
    address = section.required("address", "the cluster's address")?.clusterAddress()
    if let item = section["vlan"] {
      let read = item.vlan()
      vlan = read?.value ?? .untagged
      vlanIsKnown = read != nil
    }
    if let item = section["services"] { readServices(item) }
    mode = section["mode"]?.choice(ClusterMode.self)?.value ?? .balanced
    hash = section["hash"]?.choice(FlowHash.self)?.value ?? .flow
    buckets = section["buckets"]?.buckets()
    sharedPorts = section["shared-ports"]?.boolean()
    readMembers(section)
    readBalancing(section)
    probe = section["probe"].map { ProbeDraft($0) }
    checkProbe(section.report)
  }

  private mutating func readMembers(_ section: Section) {
    guard let item = section.required("members", "a list of members"),
      let items = item.list("a list of members")
    else { return }
    if items.isEmpty { item.error("the list is empty", expected: "at least one member") }
    members = items.map { MemberDraft($0) }
  }

  private mutating func readServices(_ item: Item) {
    guard let items = item.list("a list of services like tcp/80, udp/53 or esp") else {
      servicesAreKnown = false
      return
    }
    if items.isEmpty {
      item.error("the list is empty", expected: "at least one service, or no key services for every protocol")
      servicesAreKnown = false
    }
    for item in items {
      guard let service = item.service(isIPv6: address?.value.address.isIPv6) else {
        servicesAreKnown = false
        continue
      }
      if let other = services.first(where: { $0.value.overlaps(service.value) }) {
        item.error(
          "\(service.value) and \(other.value) (\(other.path)) overlap", expected: "each service once")
      }
      services.append(service)
    }
  }
}

extension Item {
  fileprivate func buckets() -> Field<Int>? {
    guard let number = integer(1...65536) else { return nil }
    guard number.value.nonzeroBitCount == 1 else {
      let below = 1 << (Int.bitWidth - 1 - number.value.leadingZeroBitCount)
      error(
        "\(number.value) is not a power of two",
        expected: "a power of two from 1 to 65536, like \(below) or \(below * 2)")
      return nil
    }
    return number
  }

  /// - Parameter isIPv6: the family of the cluster; nil if unknown.
  fileprivate func service(isIPv6: Bool?) -> Field<Service>? {
    let expected = "a service like tcp/80, udp/53, icmp, esp or a protocol number from 1 to 254"
    guard let text = text(expected) else { return nil }
    do {
      let service = try Service(text: text.value)
      if let isIPv6, let other = [1: "ipv6-icmp", 58: "icmp"][service.protocolNumber],
        isIPv6 == (service.protocolNumber == 1)
      {
        error("\(service) does not go with an \(isIPv6 ? "IPv6" : "IPv4") address", expected: other)
        return nil
      }
      return field(service)
    } catch {
      switch error {
      case .unknownProtocol(let name):
        let hint = suggestion(for: name, among: IPProtocol.names).map { ", did you mean '\($0)'?" } ?? ""
        self.error("unknown protocol \(quoted(name))\(hint)", expected: expected)
      case .noPorts(let name):
        self.error("\(quoted(name)) has no ports", expected: "the protocol alone, without '/'")
      case .badPort(let port):
        self.error("\(quoted(port)) is not a port", expected: "a port from 1 to 65535")
      }
      return nil
    }
  }
}
