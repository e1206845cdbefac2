import Wire

@testable import ProxyARP

/// An address finder with a clock that stands still unless told.
struct FinderRig {
  static let subnet = prefix("10.50.0.0/24")
  static let top = ip("10.50.0.254")

  static func prefix(_ text: String) -> IPPrefix {
    guard let prefix = IPPrefix(text) else { preconditionFailure("not a prefix: \(text)") }
    return prefix
  }

  var finder: AddressFinder
  var now = Duration.seconds(100)
  /// What it did at the start.
  private(set) var first: [OwnAddressAction] = []

  init(_ wishes: [OwnAddressWish], seed: UInt64 = 1) {
    finder = AddressFinder(mac: Scene.switchMAC, wanted: wishes, seed: seed)
    first = finder.start(now: now)
  }

  /// Finds an address in 10.50.0.0/24.
  init(avoid: [String] = [], remembered: String? = nil, isAdopted: Bool = false) {
    self.init([
      .find(
        in: Self.subnet, vlan: .untagged, avoid: avoid.map { ip($0) }, remembered: remembered.map { ip($0) },
        isAdopted: isAdopted)
    ])
  }

  /// Lets time pass in steps of 100 ms; the actions with the time since the start of the wait.
  mutating func wait(_ time: Duration) -> [(at: Duration, action: OwnAddressAction)] {
    var seen: [(at: Duration, action: OwnAddressAction)] = []
    let start = now
    while now - start < time {
      now += .milliseconds(100)
      seen += finder.tick(now).map { (now - start, $0) }
    }
    return seen
  }

  /// Time passes, and what was used meanwhile.
  mutating func used(after time: Duration) -> [IPPrefix] {
    wait(time).compactMap { item in
      if case .use(let prefix, _) = item.action { prefix } else { nil }
    }
  }

  mutating func heard(_ message: AddressMessage) -> [OwnAddressAction] {
    guard let through = Scene.through(Self.frame(message)) else { return [] }
    return finder.received(through, now: now)
  }

  static func frame(_ message: AddressMessage) -> [UInt8] {
    switch message {
    case .arp(let packet): packet.frame
    case .neighbour(let message): message.frame
    }
  }

  static func probe(for address: IPAddress, from mac: MACAddress) -> AddressMessage {
    if address.isIPv6 {
      var message = NeighbourMessage.solicitation(
        for: address, from: mac, .unspecifiedIPv6, vlan: .untagged)
      message.linkLayer = nil
      return .neighbour(message)
    }
    return .arp(.request(for: address, from: mac, vlan: .untagged))
  }

  static func frames(_ actions: [OwnAddressAction]) -> [AddressMessage] {
    actions.compactMap { action in
      if case .send(let frame) = action { Scene.through(frame) } else { nil }
    }
  }

  var address: IPAddress? { finder.addresses.first?.address?.address }
  var state: OwnAddressView.State? { finder.addresses.first?.state }
}
