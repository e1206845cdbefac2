public import Wire

/// A member whose MAC is to be found or watched (H4).
public struct ResolvableMember: Hashable, Sendable {
  public enum Method: Hashable, Sendable {
    /// By the cluster's address on its port: the member needs nothing else.
    case sharedAddress
    /// By an address of its own; the shared one is on its loopback.
    case ownAddress(IPAddress)
    /// The operator gave the MAC; nothing is asked, contradictions are reported.
    case configured(MACAddress)
  }

  /// Control's name for it, each once.
  public var member: UInt32
  /// Index of the port behind which it is.
  public var port: Int
  public var vlan: VLANID
  /// The cluster's address, which all its members carry.
  public var shared: IPAddress
  public var method: Method
  /// Which cluster: a server may be a member of several, under the same address even (with other services).
  public var cluster: Int

  public init(
    member: UInt32, port: Int, vlan: VLANID, shared: IPAddress, method: Method, cluster: Int = 0
  ) {
    self.member = member
    self.cluster = cluster
    self.port = port
    self.vlan = vlan
    self.shared = shared
    self.method = method
  }

  /// The address that is asked for on its port.
  public var lookup: IPAddress {
    if case .ownAddress(let own) = method { return own }
    return shared
  }
}
