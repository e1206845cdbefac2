public import Wire

/// Finds the MAC of every member and notices when it changes, is gone or is contradicted (H4, H12, H13, X1).
///
/// Owned by control's loop; no clock, no I/O: time is a `Duration` since any fixed start, frames go out as actions.
/// All members of a cluster have the same address, so an answer belongs to the member behind the port where it came
/// in. `MemberEntry` has the diagram. Questions name the switch's own address as sender, or 0.0.0.0 like the probe of
/// RFC 5227, so that they change nobody's cache; whatever a member sends by itself (its requests and announcements)
/// counts like an answer.
///
/// Answers cause at most one question each `conflictHold` and member; all other input is answered with state alone, so
/// a flood of answers is not amplified.
public struct MemberResolver: Sendable {
  public var identity: SwitchIdentity
  public var timing: ResolverTiming
  /// Conflicts that were not reported again.
  public var suppressedReports: UInt64 { limiter.suppressed }

  private struct Key: Hashable {
    var vlan: VLANID
    var address: IPAddress
  }

  private var entries: [MemberEntry] = []
  private var indexes: [UInt32: Int] = [:]
  /// Entries by every address that they or their cluster have.
  private var byAddress: [Key: [Int]] = [:]
  private var portsDown: Set<Int> = []
  private var limiter = ReportLimiter<MemberConflict>(capacity: 256)

  public init(identity: SwitchIdentity, timing: ResolverTiming = ResolverTiming()) {
    self.identity = identity
    self.timing = timing
  }

  /// When `tick` has something to do; nil: never without other input.
  public private(set) var nextDeadline: Duration?

  /// Nil for an unknown member.
  public subscript(member: UInt32) -> MemberResolution? { indexes[member].map { entries[$0].resolution } }

  /// The members to watch from now on. One that is unchanged keeps its state; of two with the same name the first
  /// counts. Members with a configured MAC are reported as resolved at once.
  public mutating func configure(_ members: [ResolvableMember], now: Duration) -> [ResolverAction] {
    var actions: [ResolverAction] = []
    let old = entries
    let oldIndexes = indexes
    entries = []
    entries.reserveCapacity(members.count)
    indexes = Dictionary(minimumCapacity: members.count)
    byAddress = [:]
    for member in members where indexes[member.member] == nil {
      let index = entries.count
      indexes[member.member] = index
      for address in Set([member.lookup, member.shared]) {
        byAddress[Key(vlan: member.vlan, address: address), default: []].append(index)
      }
      if let known = oldIndexes[member.member], old[known].member == member {
        entries.append(old[known])
        continue
      }
      entries.append(MemberEntry(member, now: now, portIsUp: !portsDown.contains(member.port)))
      if case .configured(let mac) = member.method {
        if let reason = identity.refusal(of: mac) {
          report(.refused(member: member.member, mac: mac, reason: reason), now, &actions)
        } else {
          actions.append(.resolved(member: member.member, mac: mac))
        }
      }
    }
    nextDeadline = now
    return actions + tick(now)
  }

  /// MACs that a restarted daemon found in the datapath (X7): used, and verified. Nothing is reported unless they turn
  /// out wrong.
  public mutating func adopt(_ macs: [UInt32: MACAddress], now: Duration) -> [ResolverAction] {
    for (member, mac) in macs {
      guard let index = indexes[member], identity.refusal(of: mac) == nil else { continue }
      entries[index].adopt(mac, now)
    }
    nextDeadline = now
    return tick(now)
  }

  /// Time has passed.
  public mutating func tick(_ now: Duration) -> [ResolverAction] {
    guard let deadline = nextDeadline, deadline <= now else { return [] }
    var actions: [ResolverAction] = []
    var next: Duration?
    for index in entries.indices {
      if let due = entries[index].due, due <= now {
        entries[index].elapse(now, identity, timing, &actions)
      }
      if let due = entries[index].due { next = min(next ?? due, due) }
    }
    nextDeadline = next
    return actions
  }

  /// Asks the member now whether it is still there: a probe of it failed, say.
  public mutating func verify(_ member: UInt32, now: Duration) -> [ResolverAction] {
    guard let index = indexes[member] else { return [] }
    var actions: [ResolverAction] = []
    entries[index].verify(now, identity, timing, &actions)
    schedule(index)
    return actions
  }

  /// A port came up or went down. Ports are taken to be up until they are reported down.
  public mutating func linkChanged(port: Int, up: Bool, now: Duration) -> [ResolverAction] {
    if up { portsDown.remove(port) } else { portsDown.insert(port) }
    for index in entries.indices where entries[index].member.port == port {
      entries[index].linkChanged(up: up, now)
      schedule(index)
    }
    return tick(now)
  }

  /// A valid ARP or neighbour discovery message came in on a port.
  public mutating func received(
    _ message: AddressMessage, on port: Int, now: Duration
  ) -> [ResolverAction] {
    var actions: [ResolverAction] = []
    if let question = message.question, question.askerIP.isUnspecified, !question.target.isIPv6 {
      quieten(question, port, now)
    }
    if let binding = message.binding {
      if let asker = message.answeredMAC { answered(binding, asker, message.source, port, now, &actions) }
      hear(binding, from: message.source, port, now, &actions)
    }
    return actions
  }

  private mutating func hear(
    _ binding: AddressBinding, from source: MACAddress, _ port: Int, _ now: Duration,
    _ actions: inout [ResolverAction]
  ) {
    let named = byAddress[Key(vlan: binding.vlan, address: binding.address)] ?? []
    guard !named.isEmpty else { return }
    let here = named.filter { entries[$0].member.port == port }
    // Without an address in it, an advertisement confirms only what is known of its sender.
    let claimed = binding.mac ?? source
    if binding.mac == nil, !here.contains(where: { entries[$0].mac == claimed }) { return }
    if here.isEmpty {
      let moved = named.first { entries[$0].mac == claimed }
      report(
        .wrongPort(
          address: binding.address, vlan: binding.vlan, port: port, mac: claimed,
          member: moved.map { entries[$0].member.member }), now, &actions)
      return
    }
    // A member that is found by its own address may claim the shared one as it likes.
    let asked = here.filter { entries[$0].member.lookup == binding.address }
    // The answer is for one member of each cluster.
    var seen: Set<Int> = []
    for cluster in asked.map({ entries[$0].member.cluster }) where seen.insert(cluster).inserted {
      let candidates = asked.filter { entries[$0].member.cluster == cluster }
      if let index = owner(of: claimed, among: candidates) { heard(claimed, index, now, &actions) }
    }
  }

  private mutating func heard(
    _ claimed: MACAddress, _ index: Int, _ now: Duration, _ actions: inout [ResolverAction]
  ) {
    if let reason = identity.refusal(of: claimed) ?? sharingRefusal(of: claimed, for: index) {
      let member = entries[index].member.member
      report(.refused(member: member, mac: claimed, reason: reason), now, &actions)
      return
    }
    var said: [ResolverAction] = []
    entries[index].heard(claimed, now, identity, timing, &said)
    for action in said {
      if case .conflict(let conflict) = action {
        report(conflict, now, &actions)
      } else {
        actions.append(action)
      }
    }
    schedule(index)
  }

  /// Of several members behind one port: the one that has the MAC, else the first without a configured one.
  private func owner(of mac: MACAddress, among candidates: [Int]) -> Int? {
    candidates.first { entries[$0].mac == mac }
      ?? candidates.first { entries[$0].phase != .given } ?? candidates.first
  }

  private func sharingRefusal(of mac: MACAddress, for index: Int) -> MACRefusal? {
    guard entries[index].mac != mac else { return nil }
    let member = entries[index].member
    let cluster = byAddress[Key(vlan: member.vlan, address: member.shared)] ?? []
    let taken = cluster.contains {
      $0 != index && entries[$0].member.cluster == member.cluster && entries[$0].mac == mac
        && entries[$0].holdsMAC
    }
    return taken ? .otherMember : nil
  }

  /// An answer for a shared address that is not for the switch.
  private mutating func answered(
    _ binding: AddressBinding, _ asker: MACAddress, _ source: MACAddress, _ port: Int, _ now: Duration,
    _ actions: inout [ResolverAction]
  ) {
    if asker == identity.mac || identity.isVirtual(asker) { return }
    let here = (byAddress[Key(vlan: binding.vlan, address: binding.address)] ?? []).filter {
      entries[$0].member.port == port && entries[$0].member.shared == binding.address
    }
    let claimed = binding.mac ?? source
    guard identity.refusal(of: claimed) == nil, let index = owner(of: claimed, among: here) else { return }
    let member = entries[index].member.member
    report(
      .answersOthers(member: member, address: binding.address, mac: claimed, to: asker), now, &actions)
  }

  private mutating func quieten(_ question: AddressQuestion, _ port: Int, _ now: Duration) {
    let named = byAddress[Key(vlan: question.vlan, address: question.target)] ?? []
    guard identity.arpSender(for: question.target, on: question.vlan).isUnspecified else { return }
    for index in named where entries[index].member.port == port {
      guard entries[index].member.lookup == question.target else { continue }
      entries[index].probesItsAddress(now, timing)
    }
  }

  private mutating func report(
    _ conflict: MemberConflict, _ now: Duration, _ actions: inout [ResolverAction]
  ) {
    if limiter.allows(conflict, hold: timing.conflictHold, now: now) {
      actions.append(.conflict(conflict))
    }
  }

  private mutating func schedule(_ index: Int) {
    if let due = entries[index].due { nextDeadline = min(nextDeadline ?? due, due) }
  }
}
