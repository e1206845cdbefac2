public import Wire

public enum RouterBalance: String, CaseIterable, Codable, Sendable {
  /// By the answers to servers' ARP requests.
  case perServer = "per-server"
  /// By a virtual MAC for the pool.
  case perFlow = "per-flow"
}

/// Routers that share the servers' outbound traffic (H9). Kept in the model so that a file is checked whole;
/// nothing balances routers yet.
public struct RouterPoolConfiguration: Hashable, Sendable {
  public var name: String
  public var balance: RouterBalance
  public var members: [RouterConfiguration]
  public var probe: ProbeConfiguration?

  public init(
    name: String, balance: RouterBalance = .perServer, members: [RouterConfiguration],
    probe: ProbeConfiguration? = nil
  ) {
    self.name = name
    self.balance = balance
    self.members = members
    self.probe = probe
  }
}

public struct RouterConfiguration: Hashable, Sendable {
  public var name: String
  public var address: IPAddress
  public var port: String
  public var vlan: VLANID
  /// Nil: found by ARP or ND.
  public var mac: MACAddress?

  public init(
    name: String, address: IPAddress, port: String, vlan: VLANID = .untagged, mac: MACAddress? = nil
  ) {
    self.name = name
    self.address = address
    self.port = port
    self.vlan = vlan
    self.mac = mac
  }
}
