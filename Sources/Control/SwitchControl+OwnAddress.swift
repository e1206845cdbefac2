import LinuxPlatform
import Logging
import ProxyARP
import SwitchModel
import Wire

// The switch's own addresses (C6): configured, or found where probes need one.
extension SwitchControl {
  /// One wish for each subnet in which something is probed by sockets. A cluster's address has no length: its /24 is
  /// taken to be its subnet where none is configured; in IPv6 the link-local address reaches everybody.
  static func ownAddressWishes(
    _ configuration: SwitchConfiguration, _ remembered: [String: String], present: Set<IPPrefix>
  ) -> [OwnAddressWish] {
    var wishes: [OwnAddressWish] = []
    if let address = configuration.address {
      wishes.append(.configured(address, vlan: .untagged, isAdopted: present.contains(address)))
    }
    let taken =
      configuration.clusters.map(\.address.address)
      + configuration.routerPools.flatMap { $0.members.map(\.address) }
      + configuration.clusters.flatMap { cluster in
        cluster.members.compactMap { if case .ownAddress(let own) = $0.location { own } else { nil } }
      }
    for (address, _) in probed(configuration) {
      // The stack behind the switch's own port knows no VLANs: its addresses are on none.
      let vlan = VLANID.untagged
      if wishes.contains(where: { $0.prefix.contains(address) }) { continue }
      let subnet =
        address.isIPv6
        ? IPPrefix(IPAddress(hi: UInt64(0x80fe), lo: 0, isIPv6: true), length: 64)
        : IPPrefix(address, length: 24).network
      if wishes.contains(where: { $0.prefix.network == subnet && $0.vlan == vlan }) { continue }
      let known = remembered[subnet.description].flatMap { IPAddress($0) }
      wishes.append(
        .find(
          in: subnet, vlan: vlan, avoid: taken, remembered: known,
          isAdopted: known.map { present.contains(IPPrefix($0, length: subnet.length)) } ?? false))
    }
    return wishes
  }

  private static func probed(_ configuration: SwitchConfiguration) -> [(IPAddress, VLANID)] {
    configuration.groups.filter { group in
      guard let kind = group.probe?.kind else { return false }
      return ![.arp, .nd, .link].contains(kind)
    }.flatMap { group -> [(IPAddress, VLANID)] in
      if let pool = configuration.routerPools.first(where: { $0.name == group.name }) {
        return pool.members.map { ($0.address, pool.vlan) }
      }
      return [(group.address.address, group.vlan)]
    }
  }

  func startFinder() { perform(finder.start(now: time.now)) }

  func ownAddress(for target: IPAddress, vlan: VLANID) -> IPAddress? {
    finder.source(for: target, vlan: .untagged)?.address
      ?? (target.isIPv6
        ? finder.addresses.first { $0.address?.address.isIPv6 == true && $0.state == .used }?.address?.address
        : nil)
  }

  func perform(_ actions: [OwnAddressAction]) {
    var isChanged = false
    for action in actions {
      switch action {
      case .send(let frame):
        for port in portTable where port.isUp { port.injector?.send(frame) }
      case .use(let prefix, _):
        setOwnAddress(prefix, present: true)
        state.ownAddresses[prefix.network.description] = prefix.address.description
        if !prefix.address.isIPv6 { resolver.identity.address = prefix }
        isChanged = true
        record(
          .ownAddress, own.host.name, cause: "nobody else has \(prefix.address)",
          effect: "it is the switch's own")
      case .release(let prefix, _):
        setOwnAddress(prefix, present: false)
        if resolver.identity.address == prefix { resolver.identity.address = nil }
        isChanged = true
        record(
          .ownAddress, own.host.name, cause: "\(prefix.address) is another host's", effect: "it is given up")
      case .conflict(let address, _, let mac, let isConfigured):
        record(
          .conflict, own.host.name, cause: "\(mac) claims \(address), the switch's own address",
          effect: isConfigured ? "it is defended" : "another one is looked for")
      case .exhausted(let prefix, _):
        record(
          .conflict, own.host.name, cause: "no address of \(prefix) is free",
          effect: "members there are not probed")
      }
    }
    if isChanged {
      neighbours.identity = resolver.identity
      isStateDirty = true
      configureProbes()
    }
  }

  private func setOwnAddress(_ prefix: IPPrefix, present: Bool) {
    do {
      let session = try NetlinkSession()
      let known = try session.addresses(of: own.host.index).map(\.address).contains(prefix)
      if present && !known { try session.addAddress(prefix, to: own.host.index) }
      if !present && known { try session.deleteAddress(prefix, from: own.host.index) }
    } catch {
      log.error("address \(prefix): \(error)")
    }
  }
}
