import Wire

/// One wish of an `AddressFinder`.
///
/// ```
///            ┌────────── another has it: next candidate ─────────┐
///            ▼        (configured: pause, then the same again)   │
///  start ─▶ pause ─▶ probing(1…3) ─ nobody answers ─▶ announcing(1…2) ─▶ bound
///            ▲                                          ▲  │  claimed: defend once, report
///   adopted ─┼──────────────────────────────────────────┘  │  claimed again within the interval:
///            └─────────────────────────────────────────────┘  release (configured: it stays)
/// ```
struct OwnAddressEntry: Sendable {
  enum Phase: Hashable, Sendable {
    /// Before the first probe. `duplicate`: after another host was found to have the configured address.
    case pause(duplicate: Bool)
    case probing(sent: Int)
    case announcing(sent: Int)
    case bound
    /// No candidate is left; looked for again when the time has come.
    case exhausted
  }

  private(set) var wish: OwnAddressWish
  private(set) var phase: Phase = .exhausted
  private(set) var address: IPAddress?
  /// When something is to be done without being asked.
  private(set) var due: Duration?
  private var candidates: AddressCandidates?
  private var conflicts = 0
  private var lastDefence: Duration?
  private var taken: Duration = .zero
  private var isRemembered = false
  /// Before `start`.
  private(set) var isNew = true

  init(_ wish: OwnAddressWish, mac: MACAddress) {
    self.wish = wish
    if case .found(let avoid, let remembered) = wish.choice {
      candidates = AddressCandidates(subnet: wish.prefix, avoid: avoid, remembered: remembered, mac: mac)
    }
  }

  var isUsed: Bool {
    switch phase {
    case .announcing, .bound: true
    case .pause, .probing, .exhausted: false
    }
  }

  var prefix: IPPrefix? { address.map { IPPrefix($0, length: wish.prefix.length) } }

  var view: OwnAddressView {
    let state: OwnAddressView.State =
      switch phase {
      case .pause(true): .conflict
      case .pause(false), .probing: .probing
      case .announcing, .bound: .used
      case .exhausted: .exhausted
      }
    return OwnAddressView(
      state: state, address: state == .exhausted ? nil : prefix, vlan: wish.vlan,
      isConfigured: wish.isConfigured)
  }

  mutating func start(_ context: inout FinderContext) {
    isNew = false
    if wish.isConfigured {
      address = wish.prefix.address
      isRemembered = true
    } else {
      guard choose(&context) else { return }
      if case .found(_, let remembered) = wish.choice { isRemembered = remembered == address }
    }
    if wish.isAdopted, isRemembered {
      take(&context)
    } else {
      pause(&context)
    }
  }

  /// The time `due` has come.
  mutating func elapse(_ context: inout FinderContext) {
    guard let address else {
      // Exhausted before: the candidates begin anew.
      if choose(&context) { pause(&context) }
      return
    }
    switch phase {
    case .pause:
      probe(address, sent: 0, &context)
    case .probing(let sent):
      let all = address.isIPv6 ? 1 : context.timing.probes
      if sent < all { probe(address, sent: sent, &context) } else { take(&context) }
    case .announcing(let sent):
      announce(address, sent: sent, &context)
    case .bound:
      due = nil
    case .exhausted:
      if choose(&context) { pause(&context) }
    }
  }

  /// Another host has the address, or says so; `isProbe`: it asks whether anybody else has.
  mutating func claimed(
    _ claimed: IPAddress, by other: MACAddress, isProbe: Bool, _ context: inout FinderContext
  ) {
    if claimed != address || phase == .exhausted {
      if !isProbe { candidates?.heard(claimed) }
      return
    }
    switch phase {
    case .exhausted:
      return
    case .pause, .probing:
      if phase == .pause(duplicate: true) { return }
      if isRemembered { report(claimed, other, &context) }
      conflicts += 1
      if wish.isConfigured {
        phase = .pause(duplicate: true)
        due = context.now + context.timing.rateLimit
      } else {
        candidates?.heard(claimed)
        if choose(&context) { pause(&context) }
      }
    case .announcing, .bound:
      // Its probe is answered by the interface that has the address.
      if isProbe { return }
      report(claimed, other, &context)
      let isRecent = lastDefence.map { context.now - $0 < context.timing.defendInterval } ?? false
      if !isRecent {
        lastDefence = context.now
        context.actions.append(.send(announcement(claimed, context)))
      } else if !wish.isConfigured {
        release(&context)
        candidates?.heard(claimed)
        // One that lasted for a while was no failed attempt.
        conflicts = context.now - taken > context.timing.rateLimit ? 1 : conflicts + 1
        if choose(&context) { pause(&context) }
      }
    }
  }

  /// The same wish, but other addresses are avoided now. False: it must begin anew.
  mutating func keeps(_ new: OwnAddressWish) -> Bool {
    if wish == new || (wish.isConfigured && new.isConfigured && wish.prefix == new.prefix) { return true }
    guard case .found(let avoid, _) = new.choice, !wish.isConfigured, new.prefix == wish.prefix,
      let address, !avoid.contains(address), isUsed
    else { return false }
    wish = new
    return true
  }

  mutating func release(_ context: inout FinderContext) {
    if isUsed, let prefix { context.actions.append(.release(prefix, vlan: wish.vlan)) }
    phase = .exhausted
    due = nil
    address = nil
  }

  /// The next candidate. False: there is none.
  private mutating func choose(_ context: inout FinderContext) -> Bool {
    isRemembered = false
    lastDefence = nil
    address = candidates?.next(&context.random)
    if address != nil { return true }
    phase = .exhausted
    due = context.now + context.timing.rateLimit
    context.actions.append(.exhausted(in: wish.prefix.network, vlan: wish.vlan))
    return false
  }

  private mutating func pause(_ context: inout FinderContext) {
    phase = .pause(duplicate: false)
    let wait = context.random.duration(from: .zero, to: context.timing.probeWait)
    due = context.now + wait + (conflicts >= context.timing.maxConflicts ? context.timing.rateLimit : .zero)
  }

  private mutating func probe(_ address: IPAddress, sent: Int, _ context: inout FinderContext) {
    context.actions.append(.send(probeFrame(address, context)))
    phase = .probing(sent: sent + 1)
    let timing = context.timing
    if address.isIPv6 {
      due = context.now + timing.solicitWait
    } else if sent + 1 < timing.probes {
      due = context.now + context.random.duration(from: timing.probeMin, to: timing.probeMax)
    } else {
      due = context.now + timing.announceWait
    }
  }

  private mutating func take(_ context: inout FinderContext) {
    guard let address, let prefix else { return }
    taken = context.now
    context.actions.append(.use(prefix, vlan: wish.vlan))
    announce(address, sent: 0, &context)
  }

  private mutating func announce(_ address: IPAddress, sent: Int, _ context: inout FinderContext) {
    context.actions.append(.send(announcement(address, context)))
    let isLast = sent + 1 >= context.timing.announcements
    phase = isLast ? .bound : .announcing(sent: sent + 1)
    due = isLast ? nil : context.now + context.timing.announceInterval
  }

  private func report(_ address: IPAddress, _ other: MACAddress, _ context: inout FinderContext) {
    context.report(
      .conflict(address, vlan: wish.vlan, with: other, configured: wish.isConfigured))
  }

  private func announcement(_ address: IPAddress, _ context: FinderContext) -> [UInt8] {
    VirtualAddress(vlan: wish.vlan, address: address, mac: context.mac).announcement
  }

  private func probeFrame(_ address: IPAddress, _ context: FinderContext) -> [UInt8] {
    guard address.isIPv6 else {
      return ARPPacket.request(for: address, from: context.mac, vlan: wish.vlan).frame
    }
    var message = NeighbourMessage.solicitation(
      for: address, from: context.mac, .unspecifiedIPv6, vlan: wish.vlan)
    // From `::` there is no such option (RFC 4861 §4.3).
    message.linkLayer = nil
    return message.frame
  }
}
