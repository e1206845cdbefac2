// The rows of the `show` commands, as the operator's contract names them. `Codable` with the snake_case names of the
// JSON; counters are integers.

public struct PortRow: Codable, Hashable, Sendable {
  public var name: String
  public var role: PortRole
  /// `up`, `down` or `absent`.
  public var link: String
  /// Nil where the driver does not say.
  public var speed_mbps: Int?
  /// `xdp`, `xdp-generic`, `tc`, `pcap`.
  public var mode: String
  public var rx_packets: UInt64
  public var tx_packets: UInt64
  public var rx_bytes: UInt64
  public var tx_bytes: UInt64
  public var rx_dropped: UInt64
  public var tx_dropped: UInt64
  public var stations: Int

  public init(
    name: String, role: PortRole, link: String, speed_mbps: Int?, mode: String, rx_packets: UInt64,
    tx_packets: UInt64, rx_bytes: UInt64, tx_bytes: UInt64, rx_dropped: UInt64, tx_dropped: UInt64,
    stations: Int
  ) {
    self.name = name
    self.role = role
    self.link = link
    self.speed_mbps = speed_mbps
    self.mode = mode
    self.rx_packets = rx_packets
    self.tx_packets = tx_packets
    self.rx_bytes = rx_bytes
    self.tx_bytes = tx_bytes
    self.rx_dropped = rx_dropped
    self.tx_dropped = tx_dropped
    self.stations = stations
  }
}

public struct ClusterRow: Codable, Hashable, Sendable {
  public var name: String
  /// `server`; gateways to come.
  public var kind: String
  public var address: String
  public var virtual_mac: String
  public var mode: ClusterMode
  /// `operational`, `degraded` (not all members), `failed` (no member).
  public var state: String
  public var members_operational: Int
  public var members_total: Int
  public var buckets: Int
  public var packets: UInt64
  public var bytes: UInt64

  public init(
    name: String, kind: String, address: String, virtual_mac: String, mode: ClusterMode, state: String,
    members_operational: Int, members_total: Int, buckets: Int, packets: UInt64, bytes: UInt64
  ) {
    self.name = name
    self.kind = kind
    self.address = address
    self.virtual_mac = virtual_mac
    self.mode = mode
    self.state = state
    self.members_operational = members_operational
    self.members_total = members_total
    self.buckets = buckets
    self.packets = packets
    self.bytes = bytes
  }
}

public struct MemberRow: Codable, Hashable, Sendable {
  public var cluster: String
  public var name: String
  public var port: String
  /// Nil while unresolved.
  public var mac: String?
  /// The address by which it is found, nil where the MAC is configured.
  public var address: String?
  public var weight: Int
  /// `enabled`, `draining`, `disabled`.
  public var admin_state: String
  /// `operational`, `failed`, `unresolved`; `primary`, `secondary-operational`, `secondary-failed`.
  public var state: String
  public var buckets: Int
  public var packets: UInt64
  public var bytes: UInt64
  public var packets_per_second: UInt64
  public var bytes_per_second: UInt64
  public var new_flows_per_second: UInt64
  public var leaving_packets_per_second: UInt64
  /// RFC 3339, UTC.
  public var last_change: String

  public init(
    cluster: String, name: String, port: String, mac: String?, address: String?, weight: Int,
    admin_state: String, state: String, buckets: Int, packets: UInt64, bytes: UInt64,
    packets_per_second: UInt64, bytes_per_second: UInt64, new_flows_per_second: UInt64,
    leaving_packets_per_second: UInt64, last_change: String
  ) {
    self.cluster = cluster
    self.name = name
    self.port = port
    self.mac = mac
    self.address = address
    self.weight = weight
    self.admin_state = admin_state
    self.state = state
    self.buckets = buckets
    self.packets = packets
    self.bytes = bytes
    self.packets_per_second = packets_per_second
    self.bytes_per_second = bytes_per_second
    self.new_flows_per_second = new_flows_per_second
    self.leaving_packets_per_second = leaving_packets_per_second
    self.last_change = last_change
  }
}

public struct BucketRow: Codable, Hashable, Sendable {
  public var cluster: String
  public var index: Int
  /// Nil: no member can serve.
  public var member: String?
  public var previous: String?
  /// `steady`, `observing`, `transit`, `empty`.
  public var state: String
  public var packets: UInt64

  public init(
    cluster: String, index: Int, member: String?, previous: String?, state: String, packets: UInt64
  ) {
    self.cluster = cluster
    self.index = index
    self.member = member
    self.previous = previous
    self.state = state
    self.packets = packets
  }
}

public struct FlowRow: Codable, Hashable, Sendable {
  /// `tcp`, `udp`, … or the protocol's number.
  public var `protocol`: String
  /// `10.10.0.5:40000`, `[fd00::5]:40000`, or an address alone.
  public var source: String
  public var destination: String
  public var cluster: String
  public var member: String
  public var packets: UInt64
  public var bytes: UInt64
  /// The flow has an entry in the flow table.
  public var entry: Bool

  public init(
    protocol: String, source: String, destination: String, cluster: String, member: String,
    packets: UInt64, bytes: UInt64, entry: Bool
  ) {
    self.protocol = `protocol`
    self.source = source
    self.destination = destination
    self.cluster = cluster
    self.member = member
    self.packets = packets
    self.bytes = bytes
    self.entry = entry
  }
}

public struct StationRow: Codable, Hashable, Sendable {
  public var mac: String
  public var vlan: Int
  public var port: String
  /// `learned`, `static`, `own`.
  public var kind: String
  public var age_seconds: Int

  public init(mac: String, vlan: Int, port: String, kind: String, age_seconds: Int) {
    self.mac = mac
    self.vlan = vlan
    self.port = port
    self.kind = kind
    self.age_seconds = age_seconds
  }
}

/// An address that the switch answers for, or a neighbour that it knows.
public struct ARPRow: Codable, Hashable, Sendable {
  public var address: String
  public var vlan: Int
  /// Nil while asked for.
  public var mac: String?
  /// `virtual` (answered to everyone), `member`, `neighbour` (answered to members).
  public var kind: String
  /// The cluster, `cluster/member`, or the port of a neighbour.
  public var owner: String
  /// `reachable`, `asking`, `stale`, `conflict`.
  public var state: String
  public var age_seconds: Int

  public init(
    address: String, vlan: Int, mac: String?, kind: String, owner: String, state: String,
    age_seconds: Int
  ) {
    self.address = address
    self.vlan = vlan
    self.mac = mac
    self.kind = kind
    self.owner = owner
    self.state = state
    self.age_seconds = age_seconds
  }
}

public struct DropRow: Codable, Hashable, Sendable {
  public var reason: String
  public var port: String
  public var packets: UInt64

  public init(reason: String, port: String, packets: UInt64) {
    self.reason = reason
    self.port = port
    self.packets = packets
  }
}

public struct VersionRow: Codable, Hashable, Sendable {
  public var version: String
  public var name: String
  public var pid: Int
  public var datapath: String
  /// Why this datapath.
  public var datapath_reason: String
  public var kernel: String
  public var started_at: String
  public var adopted: Bool

  public init(
    version: String, name: String, pid: Int, datapath: String, datapath_reason: String, kernel: String,
    started_at: String, adopted: Bool
  ) {
    self.version = version
    self.name = name
    self.pid = pid
    self.datapath = datapath
    self.datapath_reason = datapath_reason
    self.kernel = kernel
    self.started_at = started_at
    self.adopted = adopted
  }
}
