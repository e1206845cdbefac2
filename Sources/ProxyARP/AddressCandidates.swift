import Wire

/// The addresses that a switch may find for itself in a subnet, one after the other (C6).
///
/// IPv4: from the top of the subnet downwards, where administrators and DHCP servers seldom begin; every switch of a
/// network tries the same ones, and the probes' random delay tells them apart. IPv6: the identifier made of the MAC (RFC
/// 4291 App. A), then random ones (RFC 8981 §3.3.3 says so for duplicates).
struct AddressCandidates: Sendable {
  let subnet: IPPrefix
  /// Never a candidate: avoided, heard of, or tried. What is heard is bounded, or a flood would be stored.
  private(set) var taken: Set<IPAddress>
  private let avoid: Set<IPAddress>
  private var remembered: IPAddress?
  private var attempt = 0
  private let mac: MACAddress

  static var mostHeard: Int { 4096 }
  /// Random IPv6 identifiers until the subnet counts as full.
  private static var mostRandom: Int { 64 }

  init(subnet: IPPrefix, avoid: [IPAddress], remembered: IPAddress?, mac: MACAddress) {
    self.subnet = subnet.network
    self.avoid = Set(avoid)
    self.mac = mac
    taken = self.avoid
    self.remembered = remembered
  }

  /// Somebody has the address.
  mutating func heard(_ address: IPAddress) {
    guard subnet.contains(address), taken.count < avoid.count + Self.mostHeard else { return }
    taken.insert(address)
  }

  func isPossible(_ address: IPAddress) -> Bool {
    guard subnet.contains(address), !taken.contains(address), !subnet.isSingleAddress else { return false }
    if address.isIPv6 { return address != subnet.address && !address.isMulticast }
    return subnet.length == 31 || (address != subnet.address && address != broadcast)
  }

  /// Nil: none is left. What was heard is then forgotten, so that a later call begins anew.
  mutating func next(_ random: inout FinderRandom) -> IPAddress? {
    if let first = remembered {
      remembered = nil
      if isPossible(first) { return first }
    }
    let found = subnet.address.isIPv6 ? nextIPv6(&random) : nextIPv4()
    if found == nil {
      taken = avoid
      attempt = 0
    }
    return found
  }

  private var broadcast: IPAddress {
    let mask = subnet.mask
    return IPAddress(v4: UInt32(truncatingIfNeeded: subnet.address.lo | ~mask.lo))
  }

  private func nextIPv4() -> IPAddress? {
    let bottom = UInt32(truncatingIfNeeded: subnet.address.lo).byteSwapped
    var number = UInt32(truncatingIfNeeded: broadcast.lo).byteSwapped
    while true {
      let address = IPAddress(v4: number.byteSwapped)
      if isPossible(address) { return address }
      guard number > bottom else { return nil }
      number -= 1
    }
  }

  private mutating func nextIPv6(_ random: inout FinderRandom) -> IPAddress? {
    while attempt <= Self.mostRandom {
      let identifier = IPAddress(
        hi: attempt == 0 ? 0 : random.next(),
        lo: attempt == 0 ? IPAddress.linkLocal(of: mac).lo : random.next(), isIPv6: true)
      attempt += 1
      let mask = subnet.mask
      let address = IPAddress(
        hi: subnet.address.hi | identifier.hi & ~mask.hi, lo: subnet.address.lo | identifier.lo & ~mask.lo,
        isIPv6: true)
      if isPossible(address) { return address }
    }
    return nil
  }
}
