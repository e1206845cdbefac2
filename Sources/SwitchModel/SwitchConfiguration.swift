public import Wire

/// What the operator asked for: one configuration file, checked. Every reference in it is resolved (ports by
/// name, members within their cluster), so control needs no further checks.
public struct SwitchConfiguration: Hashable, Sendable {
  public var name: String
  public var datapath: DatapathChoice
  /// The switch's own address with its prefix length; nil: none configured.
  public var address: IPPrefix?
  /// Virtual MAC of the first cluster; the others follow. Always locally administered unicast.
  public var virtualMAC: MACAddress
  public var ports: [PortConfiguration]
  public var clusters: [ClusterConfiguration]
  /// How long a silent station is remembered.
  public var stationAgeing: Duration
  /// How long the previous path of a moved bucket must be quiet until the move is complete.
  public var settleTime: Duration
  /// How long flows without a beginning (UDP, ESP, …) are observed before a bucket moves.
  public var observeTime: Duration
  public var routerPools: [RouterPoolConfiguration]
  /// A program that is run for each event, and its first arguments; empty: none.
  public var hook: [String]
  /// Nil: the control socket alone, for the daemon's own group.
  public var api: APIConfiguration?

  public init(
    name: String, datapath: DatapathChoice = .auto, address: IPPrefix? = nil, virtualMAC: MACAddress,
    ports: [PortConfiguration], clusters: [ClusterConfiguration],
    stationAgeing: Duration = .seconds(300), settleTime: Duration = .seconds(300),
    observeTime: Duration = .seconds(10), routerPools: [RouterPoolConfiguration] = [],
    hook: [String] = [], api: APIConfiguration? = nil
  ) {
    self.name = name
    self.datapath = datapath
    self.address = address
    self.virtualMAC = virtualMAC
    self.ports = ports
    self.clusters = clusters
    self.stationAgeing = stationAgeing
    self.settleTime = settleTime
    self.observeTime = observeTime
    self.routerPools = routerPools
    self.hook = hook
    self.api = api
  }
}

public enum DatapathChoice: String, CaseIterable, Codable, Sendable {
  case auto
  case xdp
  case xdpGeneric = "xdp-generic"
  case tc
  case pcap
}

public enum PortRole: String, CaseIterable, Codable, Sendable {
  case router, server, device, peer, any
}

public struct PortConfiguration: Hashable, Sendable {
  public var name: String
  public var role: PortRole

  public init(name: String, role: PortRole) {
    self.name = name
    self.role = role
  }
}

public enum ClusterMode: String, CaseIterable, Codable, Sendable {
  case balanced, availability
}

public enum FlowHash: String, CaseIterable, Codable, Sendable {
  case flow, source, destination
}

/// `tcp/80`, `icmp`, `esp`, `47`: an IP protocol, and a port for those that have ports.
public struct Service: Hashable, Sendable {
  public var protocolNumber: UInt8
  /// 0: every port, or a protocol without ports.
  public var port: UInt16

  public init(protocolNumber: UInt8, port: UInt16 = 0) {
    self.protocolNumber = protocolNumber
    self.port = port
  }
}

public struct ClusterConfiguration: Hashable, Sendable {
  public var name: String
  public var address: IPPrefix
  /// VLAN on which the address lives.
  public var vlan: VLANID
  /// Empty: every protocol and port.
  public var services: [Service]
  public var mode: ClusterMode
  public var hash: FlowHash
  /// A power of two, 1...65536.
  public var buckets: Int
  /// The operator allows two members on one port (isolation between them is then the port's business).
  public var sharedPorts: Bool
  public var members: [MemberConfiguration]
  public var probe: ProbeConfiguration?
  public var assignment: AssignmentRule
  /// The load routine (H8); nil: off. Always off with `maglev`.
  public var loadRoutine: LoadRoutineConfiguration?
  /// How long a returned or new member's share grows to its weight (X5); zero: at once.
  public var slowStart: Duration
  /// How long a source that went silent finds its member again (X5); nil: no stickiness.
  public var stickyTime: Duration?

  public init(
    name: String, address: IPPrefix, vlan: VLANID = .untagged, services: [Service] = [],
    mode: ClusterMode = .balanced, hash: FlowHash = .flow, buckets: Int = 1024,
    sharedPorts: Bool = false, members: [MemberConfiguration], probe: ProbeConfiguration? = nil,
    assignment: AssignmentRule = .leastMoves, loadRoutine: LoadRoutineConfiguration? = nil,
    slowStart: Duration = .zero, stickyTime: Duration? = nil
  ) {
    self.name = name
    self.address = address
    self.vlan = vlan
    self.services = services
    self.mode = mode
    self.hash = hash
    self.buckets = buckets
    self.sharedPorts = sharedPorts
    self.members = members
    self.probe = probe
    self.assignment = assignment
    self.loadRoutine = loadRoutine
    self.slowStart = slowStart
    self.stickyTime = stickyTime
  }
}

/// How buckets are given to members.
public enum AssignmentRule: String, CaseIterable, Codable, Sendable {
  /// Every change moves the fewest buckets that it can (X8).
  case leastMoves = "least-moves"
  /// By the members alone (Maglev, NSDI 2016, §3.4), so that several switches compute the same.
  case maglev
}

/// What the load routine compares.
public enum LoadMeasure: String, CaseIterable, Codable, Sendable {
  case packets, bytes
  case newFlows = "new-flows"
}

/// The periodic load routine (H8).
public struct LoadRoutineConfiguration: Hashable, Sendable {
  public var measure: LoadMeasure
  public var interval: Duration
  /// How far a member's load may be from its due share before buckets move, in percent of the share.
  public var tolerance: Int

  public init(measure: LoadMeasure = .packets, interval: Duration = .seconds(10), tolerance: Int = 25) {
    self.measure = measure
    self.interval = interval
    self.tolerance = tolerance
  }
}

public struct MemberConfiguration: Hashable, Sendable {
  public var name: String
  public var port: String
  /// VLAN on which the member is; the cluster's unless configured.
  public var vlan: VLANID
  /// 1...65535.
  public var weight: Int
  /// How the member's MAC is known.
  public var location: MemberLocation
  /// A member of last resort (a sorry server): it serves while no other member can. Of balanced clusters.
  public var isLastResort: Bool

  public init(
    name: String, port: String, vlan: VLANID = .untagged, weight: Int = 100,
    location: MemberLocation = .clusterAddress, isLastResort: Bool = false
  ) {
    self.name = name
    self.port = port
    self.vlan = vlan
    self.weight = weight
    self.location = location
    self.isLastResort = isLastResort
  }
}

public enum MemberLocation: Hashable, Sendable {
  /// Found by ARP or ND for the cluster's address on the member's port (H4).
  case clusterAddress
  /// Found by ARP or ND for an address of its own.
  case ownAddress(IPAddress)
  case mac(MACAddress)
}
