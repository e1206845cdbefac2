import SystemPackage
public import Wire

/// The switch's own interface (architecture, decision 5): a veth pair. The host's end has the switch's MAC and
/// address, and the host's sockets; the other end is a port of the switch like any other.
///
/// The pair outlives the daemon, as the datapath does: a restarted one adopts it.
public struct OwnInterface: Hashable, Sendable {
  /// The host's end: `fs-NAME`.
  public let host: Link
  /// The switch's end: `fsp-NAME`.
  public let port: Link
  /// Whether it was there before.
  public let isAdopted: Bool

  /// Makes the pair, or adopts the one there, and brings it into the wanted state: both ends up, the host's with the
  /// MAC and exactly the given addresses.
  /// - Parameter mtu: bytes; the ports' smallest, so that probes fit. Nil leaves the kernel's default.
  /// - Throws: `OwnInterfaceError.notOurs` when one of the names belongs to something else.
  public static func ensure(
    switchName: String, mac: MACAddress, addresses: [IPPrefix] = [], mtu: Int? = nil
  ) throws(OwnInterfaceError) -> OwnInterface {
    do {
      let session = try NetlinkSession()
      let existing = try find(switchName: switchName, session)
      if existing == nil {
        try session.createVeth(hostName(switchName), mac: mac, peer: portName(switchName), mtu: mtu)
      }
      guard let pair = try existing ?? find(switchName: switchName, session) else {
        throw SystemError(
          "create", hostName(switchName), code: .operationNotSupportedByDevice, detail: "it vanished")
      }
      try configureHost(pair.host, mac: mac, mtu: mtu, session)
      try configurePort(pair.port, mtu: mtu, session)
      try setAddresses(addresses, of: pair.host, session)
      guard let host = try session.link(index: pair.host.index),
        let port = try session.link(index: pair.port.index)
      else {
        throw SystemError(
          "set up", pair.host.name, code: .operationNotSupportedByDevice, detail: "it vanished")
      }
      return OwnInterface(host: host, port: port, isAdopted: existing != nil)
    } catch {
      throw OwnInterfaceError(error)
    }
  }

  /// Nil when there is none.
  public static func find(switchName: String) throws(OwnInterfaceError) -> OwnInterface? {
    do {
      return try find(switchName: switchName, try NetlinkSession()).map {
        OwnInterface(host: $0.host, port: $0.port, isAdopted: true)
      }
    } catch {
      throw OwnInterfaceError(error)
    }
  }

  /// Removes the pair. Returns false when there was none.
  @discardableResult
  public static func remove(switchName: String) throws(OwnInterfaceError) -> Bool {
    do {
      let session = try NetlinkSession()
      guard let pair = try find(switchName: switchName, session) else { return false }
      try session.deleteLink(index: pair.host.index)
      return true
    } catch {
      throw OwnInterfaceError(error)
    }
  }

  /// The host end's name, at most 15 bytes: `fs-` and the switch's name, hashed where that is too long.
  public static func hostName(_ switchName: String) -> String {
    InterfaceName.derived(prefix: "fs-", stem: switchName, stemLength: stemLength)
  }

  /// The switch end's name: `fsp-` and the same.
  public static func portName(_ switchName: String) -> String {
    InterfaceName.derived(prefix: "fsp-", stem: switchName, stemLength: stemLength)
  }

  /// What the longer prefix leaves, so that both ends have the same stem.
  private static let stemLength = InterfaceName.maximumLength - "fsp-".utf8.count
}

extension OwnInterface {
  private typealias Pair = (host: Link, port: Link)

  /// - Throws: `Failure.notOurs` when a name is taken by what is not this pair.
  private static func find(switchName: String, _ session: NetlinkSession) throws -> Pair? {
    let (hostName, portName) = (hostName(switchName), portName(switchName))
    let host = try session.link(named: hostName)
    let port = try session.link(named: portName)
    guard host != nil || port != nil else { return nil }
    guard let host, let port, host.kind == "veth", host.lower == port.index, !host.isLowerForeign else {
      throw OwnInterfaceError.notOurs(host?.name ?? portName)
    }
    return (host, port)
  }

  private static func configureHost(
    _ host: Link, mac: MACAddress, mtu: Int?, _ session: NetlinkSession
  ) throws(SystemError) {
    // No address but those given. A kernel without IPv6 has none of these settings, and needs none.
    for (name, value) in [
      ("addr_gen_mode", "1"), ("accept_ra", "0"), ("autoconf", "0"), ("disable_ipv6", "0"),
    ] {
      try Sysctl.ipv6(name, of: host.name).ensure(value)
    }
    // The host's other addresses are none of the segment's business: no ARP answers for them, no requests from them.
    try Sysctl.ipv4("arp_ignore", of: host.name).ensure("1")
    try Sysctl.ipv4("arp_announce", of: host.name).ensure("2")
    // A member's answer comes from an address that, without the probe's mark, is routed elsewhere or nowhere: strict
    // reverse path filtering (RFC 3704 §2.2) would drop it. The larger of this setting and that of "all" counts, and
    // loose (2) is larger than strict (1).
    let filtersAll = try Sysctl.ipv4("rp_filter", of: "all").read() ?? "0"
    try Sysctl.ipv4("rp_filter", of: host.name).ensure(filtersAll == "0" ? "0" : "2")
    if host.mac != mac { try session.setMACAddress(mac, of: host.index) }
    if let mtu, host.mtu != mtu { try session.setMTU(mtu, of: host.index) }
    // Off: what the host leaves to a NIC that is not there. A veth hands frames over unfinished, with the checksum
    // missing, segments unsplit or the tag beside the frame; XDP at the other end sends them on as they are.
    // On: GRO, since a veth takes redirected frames (ndo_xdp_xmit) only when its receiver runs NAPI, which GRO does.
    var wishes = Dictionary(uniqueKeysWithValues: transmitOffloads.map { ($0, false) })
    wishes["rx-gro"] = true
    try Ethtool().setFeatures(wishes, of: host.name)
    try session.setUp(true, of: host.index)
  }

  private static func configurePort(_ port: Link, mtu: Int?, _ session: NetlinkSession) throws(SystemError) {
    try Sysctl.ipv6("disable_ipv6", of: port.name).ensure("1")
    if let mtu, port.mtu != mtu { try session.setMTU(mtu, of: port.index) }
    let flags: LinkFlags = [.noARP, .promiscuous, .up]
    try session.setFlags(flags, mask: flags, of: port.index)
  }

  private static let transmitOffloads = [
    "tx-checksum-ip-generic", "tx-checksum-sctp", "tx-scatter-gather", "tx-scatter-gather-fraglist",
    "tx-generic-segmentation", "tx-tcp-segmentation", "tx-tcp-ecn-segmentation",
    "tx-tcp-mangleid-segmentation",
    "tx-tcp6-segmentation", "tx-udp-segmentation", "tx-sctp-segmentation", "tx-gre-segmentation",
    "tx-gre-csum-segmentation", "tx-ipxip4-segmentation", "tx-ipxip6-segmentation", "tx-udp_tnl-segmentation",
    "tx-udp_tnl-csum-segmentation", "tx-gso-list", "tx-vlan-hw-insert", "tx-vlan-stag-hw-insert",
  ]

  private static func setAddresses(
    _ wanted: [IPPrefix], of host: Link, _ session: NetlinkSession
  ) throws(SystemError) {
    let present = Set(try session.addresses(of: host.index).map(\.address))
    for address in present.subtracting(wanted) { try session.deleteAddress(address, from: host.index) }
    for address in wanted where !present.contains(address) { try session.addAddress(address, to: host.index) }
  }
}
