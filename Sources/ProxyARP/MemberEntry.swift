import Wire

/// One member of a `MemberResolver`.
///
/// ```
///            answer                    refresh time over
///  asking ───────────▶ resolved ◀──────────────────────▶ refreshing
///  (backoff)            │  ▲  ▲          same MAC          │    │ no answer to `attempts`
///                 other │  │  │                            │    ▼
///                   MAC │  │  └──────── any answer ────────┼── lost (backoff, MAC kept)
///                       ▼  │                               │
///                   challenged ◀──────── other MAC ────────┘
///                       the known MAC answers: conflict, it stays
///                       it does not: changed
///
///  given: a configured MAC, never asked        down: the port is; up: refreshing, or asking if never resolved
/// ```
struct MemberEntry: Sendable {
  enum Phase: Hashable, Sendable {
    case asking(attempt: Int)
    case resolved
    case refreshing(attempt: Int)
    case challenged(by: MACAddress, attempt: Int)
    case lost(attempt: Int)
    case given
    case down
  }

  let member: ResolvableMember
  private(set) var phase: Phase
  private(set) var mac: MACAddress?
  private(set) var lastHeard: Duration?
  /// When something is to be done without being asked.
  private(set) var due: Duration?
  /// Until when challengers are not heard.
  private var deafUntil: Duration?
  private var lastQuiet: Duration?

  init(_ member: ResolvableMember, now: Duration, portIsUp: Bool) {
    self.member = member
    if case .configured(let given) = member.method {
      phase = .given
      mac = given
    } else {
      phase = portIsUp ? .asking(attempt: 0) : .down
      due = portIsUp ? now : nil
    }
  }

  /// True while its MAC may belong to nobody else in the cluster.
  var holdsMAC: Bool {
    switch phase {
    case .resolved, .refreshing, .challenged, .given: true
    case .asking, .lost, .down: false
    }
  }

  var resolution: MemberResolution {
    let state: MemberResolution.State =
      switch phase {
      case .asking: .asking
      case .resolved, .given: .reachable
      case .refreshing: .stale
      case .challenged: .conflict
      case .lost: .lost
      case .down: .down
      }
    return MemberResolution(state: state, mac: mac, lastHeard: lastHeard)
  }

  /// The time `due` has come.
  mutating func elapse(
    _ now: Duration, _ identity: SwitchIdentity, _ timing: ResolverTiming,
    _ actions: inout [ResolverAction]
  ) {
    switch phase {
    case .asking(let attempt):
      if attempt == timing.silentAttempts {
        actions.append(.conflict(.silent(member: member.member, address: member.lookup)))
      }
      ask(.all, identity, &actions)
      phase = .asking(attempt: attempt + 1)
      due = now + timing.backoff(attempt)
    case .resolved:
      verify(now, identity, timing, &actions)
    case .refreshing(let attempt):
      if attempt >= timing.attempts {
        if let mac { actions.append(.lost(member: member.member, mac: mac)) }
        ask(.all, identity, &actions)
        phase = .lost(attempt: 1)
        due = now + timing.backoff(0)
      } else {
        ask(attempt == 0 ? .known : .all, identity, &actions)
        phase = .refreshing(attempt: attempt + 1)
        due = now + timing.refreshRetry
      }
    case .challenged(let challenger, let attempt):
      if attempt >= timing.attempts {
        settle(on: challenger, now, timing, &actions)
      } else {
        ask(.known, identity, &actions)
        phase = .challenged(by: challenger, attempt: attempt + 1)
        due = now + timing.challengeRetry
      }
    case .lost(let attempt):
      ask(.all, identity, &actions)
      phase = .lost(attempt: attempt + 1)
      due = now + timing.backoff(attempt)
    case .given, .down:
      due = nil
    }
  }

  /// Begins a refresh now.
  mutating func verify(
    _ now: Duration, _ identity: SwitchIdentity, _ timing: ResolverTiming,
    _ actions: inout [ResolverAction]
  ) {
    guard phase == .resolved else { return }
    phase = .refreshing(attempt: 0)
    elapse(now, identity, timing, &actions)
  }

  /// The member's address was claimed behind its port, by a MAC that can be right.
  mutating func heard(
    _ claimed: MACAddress, _ now: Duration, _ identity: SwitchIdentity, _ timing: ResolverTiming,
    _ actions: inout [ResolverAction]
  ) {
    switch phase {
    case .down:
      return
    case .given:
      if claimed == mac {
        lastHeard = now
      } else if let mac {
        actions.append(
          .conflict(.notConfigured(member: member.member, configured: mac, claimed: claimed)))
      }
    case .asking, .lost:
      settle(on: claimed, now, timing, &actions)
    case .resolved, .refreshing:
      if claimed == mac {
        phase = .resolved
        lastHeard = now
        due = now + timing.refresh - spread(timing)
      } else if listens(now) {
        phase = .challenged(by: claimed, attempt: 0)
        elapse(now, identity, timing, &actions)
      }
    case .challenged(let challenger, _):
      guard claimed == mac else { return }
      actions.append(
        .conflict(.twoMACs(member: member.member, first: claimed, second: challenger)))
      phase = .resolved
      lastHeard = now
      deafUntil = now + timing.conflictHold
      due = now + timing.conflictRecheck
    }
  }

  /// The member itself asks whether its address is in use (RFC 5227 §2.1.1). It would take a question of ours from
  /// 0.0.0.0 for another host's probe and give the address up: ask later. Once in a while only, or a member that
  /// probes forever would never be missed.
  mutating func probesItsAddress(_ now: Duration, _ timing: ResolverTiming) {
    guard let next = due, lastQuiet.map({ now - $0 > timing.probeQuiet * 6 }) ?? true else { return }
    lastQuiet = now
    due = max(next, now + timing.probeQuiet)
  }

  mutating func linkChanged(up: Bool, _ now: Duration) {
    if phase == .given { return }
    guard up else {
      phase = .down
      due = nil
      return
    }
    guard phase == .down else { return }
    // What was known is asked for by broadcast at once: another host may be there now.
    phase = mac == nil ? .asking(attempt: 0) : .refreshing(attempt: 1)
    due = now
  }

  /// A restarted daemon found the member's MAC in the datapath (X7).
  mutating func adopt(_ mac: MACAddress, _ now: Duration) {
    switch phase {
    case .asking:
      phase = .refreshing(attempt: 0)
      due = now
    case .down: break
    case .resolved, .refreshing, .challenged, .lost, .given: return
    }
    self.mac = mac
  }

  private enum Audience { case known, all }

  private func ask(
    _ audience: Audience, _ identity: SwitchIdentity, _ actions: inout [ResolverAction]
  ) {
    let station = audience == .known ? mac : nil
    let frame = identity.query(member.lookup, vlan: member.vlan, to: station)
    actions.append(.send(port: member.port, frame: frame))
  }

  private mutating func settle(
    on new: MACAddress, _ now: Duration, _ timing: ResolverTiming, _ actions: inout [ResolverAction]
  ) {
    if let old = mac, old != new {
      actions.append(.changed(member: member.member, old: old, new: new))
    } else {
      actions.append(.resolved(member: member.member, mac: new))
    }
    mac = new
    phase = .resolved
    lastHeard = now
    due = now + timing.refresh - spread(timing)
  }

  /// After a conflict a challenger is heard again only when the known MAC left a question to it unanswered.
  private func listens(_ now: Duration) -> Bool {
    if case .refreshing(let attempt) = phase, attempt > 1 { return true }
    return deafUntil.map { now >= $0 } ?? true
  }

  /// Up to a quarter of the refresh time, so that members found together are not asked together.
  private func spread(_ timing: ResolverTiming) -> Duration {
    timing.refresh * Int(member.member % 32) / 128
  }
}
