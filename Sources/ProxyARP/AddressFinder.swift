public import Wire

/// The switch's own addresses, from which it probes: makes sure that no other host has them, or finds unused ones, and
/// defends them (C6; RFC 5227 §2.1–2.4 for IPv4, RFC 4862 §5.4 for IPv6).
///
/// Owned by control's loop; no clock, no I/O: time is a `Duration` since any fixed start. `OwnAddressEntry` has the
/// diagram. What is heard costs at most one frame an address and DEFEND_INTERVAL, so a flood of claims is not amplified;
/// it can take a found address away, as RFC 5227 §5 says of every host, but after MAX_CONFLICTS only once a minute.
public struct AddressFinder: Sendable {
  private var entries: [OwnAddressEntry]
  private var context: FinderContext

  /// - Parameters:
  ///   - mac: that of the switch's interface.
  ///   - wanted: of several for the same subnet and VLAN the first counts.
  ///   - seed: of the random delays and identifiers.
  public init(
    mac: MACAddress, wanted: [OwnAddressWish], seed: UInt64 = 0, timing: OwnAddressTiming = OwnAddressTiming()
  ) {
    context = FinderContext(mac: mac, timing: timing, random: FinderRandom(seed: seed, mac: mac))
    entries = Self.distinct(wanted).map { OwnAddressEntry($0, mac: mac) }
  }

  /// When `tick` has something to do; nil: never without other input.
  public var nextDeadline: Duration? { entries.lazy.compactMap(\.due).min() }

  /// Conflicts that were not reported again.
  public var suppressedReports: UInt64 { context.limiter.suppressed }

  /// In the order of the wishes.
  public var addresses: [OwnAddressView] { entries.map(\.view) }

  /// The address in use in whose subnet `target` is; nil: none.
  public func source(for target: IPAddress, vlan: VLANID) -> IPPrefix? {
    entries.lazy.filter { $0.isUsed && $0.wish.vlan == vlan }.compactMap(\.prefix)
      .first { $0.contains(target) }
  }

  /// Begins. Once.
  public mutating func start(now: Duration) -> [OwnAddressAction] {
    handle(now) { entries, context in
      for index in entries.indices { entries[index].start(&context) }
    }
  }

  /// A new configuration: what is unchanged stays as it is, an address that is no longer wanted is released.
  public mutating func configure(_ wanted: [OwnAddressWish], now: Duration) -> [OwnAddressAction] {
    handle(now) { entries, context in
      var old = entries
      entries = []
      for wish in Self.distinct(wanted) {
        if let index = old.indices.first(where: {
          old[$0].wish.vlan == wish.vlan && old[$0].keeps(wish)
        }) {
          entries.append(old.remove(at: index))
        } else {
          entries.append(OwnAddressEntry(wish, mac: context.mac))
        }
      }
      for index in old.indices { old[index].release(&context) }
      for index in entries.indices where entries[index].isNew { entries[index].start(&context) }
    }
  }

  /// Time has passed.
  public mutating func tick(_ now: Duration) -> [OwnAddressAction] {
    handle(now) { entries, context in
      for index in entries.indices {
        if let due = entries[index].due, due <= now { entries[index].elapse(&context) }
      }
    }
  }

  /// A valid ARP or neighbour discovery message came to the switch, or through it.
  public mutating func received(_ message: AddressMessage, now: Duration) -> [OwnAddressAction] {
    guard let claim = OwnAddressClaim(message, own: context.mac) else { return [] }
    return handle(now) { entries, context in
      for index in entries.indices where entries[index].wish.vlan == message.vlan {
        entries[index].claimed(claim.address, by: claim.mac, isProbe: claim.isProbe, &context)
      }
    }
  }

  private mutating func handle(
    _ now: Duration, _ event: (inout [OwnAddressEntry], inout FinderContext) -> Void
  ) -> [OwnAddressAction] {
    context.now = now
    context.actions = []
    event(&entries, &context)
    return context.actions
  }

  private static func distinct(_ wanted: [OwnAddressWish]) -> [OwnAddressWish] {
    struct Key: Hashable {
      var network: IPPrefix
      var vlan: VLANID
    }
    var seen: Set<Key> = []
    return wanted.filter { seen.insert(Key(network: $0.prefix.network, vlan: $0.vlan)).inserted }
  }
}
