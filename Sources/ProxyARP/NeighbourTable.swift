import Wire

/// Answers the members' questions for routers and hosts (H3, H14, X1).
///
/// A member asks with the address that it shares with the others. Its question must reach no router, which would learn
/// the member's MAC for the shared address, and no other member, which would see a duplicate of its own. So the switch
/// asks in its own name and answers the member with what it learned. The datapath answers what is installed; what is
/// not comes here as a question.
///
/// Owned by control's loop; no clock, no I/O. An address that nobody asked for is never learned (RFC 826: only an entry
/// that exists is updated); the number of entries, of open questions a port and of remembered askers is bounded, the
/// entry that was asked for longest ago goes first.
public struct NeighbourTable: Sendable {
  public var identity: SwitchIdentity
  public var limits: NeighbourLimits
  /// Questions for these are ignored: the datapath answers for clusters, and members must not.
  public var reserved: [ReservedPrefix] = []
  /// Questions that were not asked because too many are open.
  public private(set) var refusedQuestions: UInt64 = 0
  /// Claims that were not believed, by reason.
  public private(set) var refusedClaims: [MACRefusal: UInt64] = [:]

  private var entries: [NeighbourKey: NeighbourEntry] = [:]

  public init(identity: SwitchIdentity, limits: NeighbourLimits = NeighbourLimits()) {
    self.identity = identity
    self.limits = limits
  }

  /// When `tick` has something to do; nil: never without other input.
  public private(set) var nextDeadline: Duration?

  public var count: Int { entries.count }

  /// Nil for an address that nobody asked for lately.
  public subscript(key: NeighbourKey) -> NeighbourView? { entries[key].map { NeighbourView($0) } }

  /// All entries, in no order, for `show arp`.
  public var neighbours: [NeighbourView] { entries.values.map { NeighbourView($0) } }

  /// A member behind `port` asks. Not for probes (asker address unspecified), nor in another family than the asker's.
  public mutating func question(
    _ question: AddressQuestion, on port: Int, now: Duration
  ) -> [NeighbourAction] {
    let target = question.target
    guard !question.askerIP.isUnspecified, question.askerIP.isIPv6 == target.isIPv6,
      !question.askerIP.isMulticast, !question.askerMAC.isMulticast, question.askerMAC != .zero,
      question.askerIP != target, !target.isMulticast, !target.isUnspecified,
      !reserved.contains(where: { $0.vlan == question.vlan && $0.prefix.contains(target) })
    else { return [] }
    let key = NeighbourKey(vlan: question.vlan, address: target)
    let asker = NeighbourEntry.Asker(port: port, mac: question.askerMAC, ip: question.askerIP)
    if identity.owns(target, on: question.vlan) {
      let own = NeighbourRecord(
        vlan: key.vlan, address: target, mac: identity.mac, isRouter: false)
      return [.install(own), NeighbourEntry.answer(own, to: asker)]
    }
    var actions: [NeighbourAction] = []
    if entries[key] == nil {
      guard makeRoom(for: port, &actions) else {
        refusedQuestions += 1
        return []
      }
    }
    var entry = entries[key] ?? NeighbourEntry(key, askedOn: port, now: now)
    entry.lastAsked = now
    if let record = entry.record {
      // The datapath did not answer: it may have lost the entry.
      actions += [.install(record), NeighbourEntry.answer(record, to: asker)]
    } else {
      entry.remember(asker, limit: limits.askers)
      if entry.due <= now { _ = entry.elapse(now, identity, limits, &actions) }
    }
    keep(entry)
    return actions
  }

  /// What a restarted daemon found installed in the datapath (X7): it stays, is asked for, and goes if nobody answers.
  public mutating func adopt(_ records: [NeighbourRecord], now: Duration) {
    for record in records.prefix(limits.entries) { keep(NeighbourEntry(adopting: record, now: now)) }
  }

  /// A member used the entry; for a datapath that reports so.
  public mutating func used(_ key: NeighbourKey, now: Duration) { entries[key]?.lastAsked = now }

  /// A valid ARP or neighbour discovery message came in on a port: an answer, an announcement, or the sender's part
  /// of a question. Messages of members about shared addresses change nothing here: nobody may ask for those.
  public mutating func received(
    _ message: AddressMessage, on port: Int, now: Duration
  ) -> [NeighbourAction] {
    guard let binding = message.binding else { return [] }
    let key = NeighbourKey(vlan: binding.vlan, address: binding.address)
    guard var entry = entries[key] else { return [] }
    if binding.mac == nil, entry.record?.mac != message.source { return [] }
    let mac = binding.mac ?? message.source
    if let reason = identity.refusal(of: mac) {
      refusedClaims[reason, default: 0] += 1
      return []
    }
    var actions: [NeighbourAction] = []
    entry.heard(mac, flags: binding.flags, on: port, now, limits, &actions)
    keep(entry)
    return actions
  }

  /// A port came up or went down: neighbours behind it are asked for everywhere.
  public mutating func linkChanged(port: Int, up: Bool, now: Duration) -> [NeighbourAction] {
    if up { return [] }
    for var entry in entries.values where entry.port == port {
      entry.portIsDown(port, now)
      keep(entry)
    }
    return tick(now)
  }

  /// Time has passed.
  public mutating func tick(_ now: Duration) -> [NeighbourAction] {
    guard let deadline = nextDeadline, deadline <= now else { return [] }
    var actions: [NeighbourAction] = []
    for var entry in entries.values.filter({ $0.due <= now }) {
      if entry.elapse(now, identity, limits, &actions) {
        entries[entry.key] = entry
      } else {
        forget(entry, &actions)
      }
    }
    nextDeadline = entries.values.lazy.map(\.due).min()
    return actions
  }

  private mutating func keep(_ entry: NeighbourEntry) {
    entries[entry.key] = entry
    nextDeadline = min(nextDeadline ?? entry.due, entry.due)
  }

  private mutating func forget(_ entry: NeighbourEntry, _ actions: inout [NeighbourAction]) {
    entries[entry.key] = nil
    if entry.record != nil { actions.append(.remove(entry.key)) }
  }

  /// False if one more question because of this port would be too many.
  private mutating func makeRoom(for port: Int, _ actions: inout [NeighbourAction]) -> Bool {
    let open = entries.values.count { $0.isAsking && $0.firstPort == port }
    guard open < limits.askingPerPort else { return false }
    guard entries.count >= limits.entries else { return true }
    let oldest = entries.values.filter { !$0.isAsking }.min { $0.lastAsked < $1.lastAsked }
    guard let oldest else { return false }
    forget(oldest, &actions)
    return true
  }
}
