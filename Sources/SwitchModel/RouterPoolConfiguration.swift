public import Wire

public enum RouterBalance: String, CaseIterable, Codable, Sendable {
  /// By the answers to servers' ARP requests.
  case perServer = "per-server"
  /// By a virtual MAC for the pool.
  case perFlow = "per-flow"
}

/// By what a server's router is chosen in a pool with ARP answers (H9).
public enum RouterChoice: String, CaseIterable, Codable, Sendable {
  /// In turn, by the order of the servers' MACs.
  case roundRobin = "round-robin"
  /// At first in turn, then moved gently while the measured load is uneven.
  case load
}

/// Routers of one address family that share the servers' outbound traffic (H9, H10).
public struct RouterPoolConfiguration: Hashable, Sendable {
  public var name: String
  public var balance: RouterBalance
  /// Of `perServer`.
  public var choice: RouterChoice
  /// The load routine: of `choice: load`, and of `perFlow` if it is not nil.
  public var loadRoutine: LoadRoutineConfiguration?
  public var members: [RouterConfiguration]
  public var probe: ProbeConfiguration?

  public init(
    name: String, balance: RouterBalance = .perServer, choice: RouterChoice = .roundRobin,
    loadRoutine: LoadRoutineConfiguration? = nil, members: [RouterConfiguration],
    probe: ProbeConfiguration? = nil
  ) {
    self.name = name
    self.balance = balance
    self.choice = choice
    self.loadRoutine = loadRoutine
    self.members = members
    self.probe = probe
  }
}

public struct RouterConfiguration: Hashable, Sendable {
  public var name: String
  public var address: IPAddress
  /// Another address of the router's that servers may have as next hop, above all its link-local one (IPv6).
  public var linkLocal: IPAddress?
  public var port: String
  public var vlan: VLANID
  /// Nil: found by ARP or ND.
  public var mac: MACAddress?
  /// 1...65535.
  public var weight: Int

  public init(
    name: String, address: IPAddress, linkLocal: IPAddress? = nil, port: String,
    vlan: VLANID = .untagged, mac: MACAddress? = nil, weight: Int = 100
  ) {
    self.name = name
    self.address = address
    self.linkLocal = linkLocal
    self.weight = weight
    self.port = port
    self.vlan = vlan
    self.mac = mac
  }
}
