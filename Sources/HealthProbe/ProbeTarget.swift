public import Wire

/// Whom a probe asks, and by which way.
public struct ProbeTarget: Hashable, Sendable {
  /// `web/s1`: for texts, and `FLOWSWITCH_TARGET` of `exec`.
  public var name: String
  public var address: IPAddress
  /// What the probe's packets name as their source; nil: what the kernel chooses.
  public var source: IPAddress?
  /// `SO_MARK` of the probe's sockets, which decides to which member they speak; 0: none is set.
  public var mark: UInt32
  /// The interface that the probe's sockets are bound to (`SO_BINDTODEVICE`), at most 15 bytes; nil: none.
  public var interface: String?
  /// More variables for `exec`.
  public var environment: [String: String]
  /// The MAC that `arp` and `nd` expect; nil: any.
  public var mac: MACAddress?
  /// The port behind which `arp` and `nd` expect the answer, and its VLAN; nil: any.
  public var port: Int?
  public var vlan: VLANID?

  public init(
    name: String, address: IPAddress, source: IPAddress? = nil, mark: UInt32 = 0, interface: String? = nil,
    environment: [String: String] = [:], mac: MACAddress? = nil, port: Int? = nil, vlan: VLANID? = nil
  ) {
    self.name = name
    self.address = address
    self.source = source
    self.mark = mark
    self.interface = interface
    self.environment = environment
    self.mac = mac
    self.port = port
    self.vlan = vlan
  }
}
