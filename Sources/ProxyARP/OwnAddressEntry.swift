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

  mutating func start(_ scene: inout FinderScene) {
    isNew = false
    if wish.isConfigured {
      address = wish.prefix.address
      isRemembered = true
    } else {
      guard choose(&scene) else { return }
      if case .found(_, let remembered) = wish.choice { isRemembered = remembered == address }
    }
    if wish.isAdopted, isRemembered {
      take(&scene)
    } else {
      pause(&scene)
    }
  }

  /// The time `due` has come.
  mutating func elapse(_ scene: inout FinderScene) {
    guard let address else {
      // Exhausted before: the candidates begin anew.
      if choose(&scene) { pause(&scene) }
      return
    }
    switch phase {
    case .pause:
      probe(address, sent: 0, &scene)
    case .probing(let sent):
      let all = address.isIPv6 ? 1 : scene.timing.probes
      if sent < all { probe(address, sent: sent, &scene) } else { take(&scene) }
    case .announcing(let sent):
      announce(address, sent: sent, &scene)
    case .bound:
      due = nil
    case .exhausted:
      if choose(&scene) { pause(&scene) }
    }
  }

  /// Another host has the address, or says so; `isProbe`: it asks whether anybody else has.
  mutating func claimed(
    _ claimed: IPAddress, by other: MACAddress, isProbe: Bool, _ scene: inout FinderScene
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
      if isRemembered { report(claimed, other, &scene) }
      conflicts += 1
      if wish.isConfigured {
        phase = .pause(duplicate: true)
        due = scene.now + scene.timing.rateLimit
      } else {
        candidates?.heard(claimed)
        if choose(&scene) { pause(&scene) }
      }
    case .announcing, .bound:
      // Its probe is answered by the interface that has the address.
      if isProbe { return }
      report(claimed, other, &scene)
      let isRecent = lastDefence.map { scene.now - $0 < scene.timing.defendInterval } ?? false
      if !isRecent {
        lastDefence = scene.now
        scene.actions.append(.send(announcement(claimed, scene)))
      } else if !wish.isConfigured {
        release(&scene)
        candidates?.heard(claimed)
        // One that lasted for a while was no failed attempt.
        conflicts = scene.now - taken > scene.timing.rateLimit ? 1 : conflicts + 1
        if choose(&scene) { pause(&scene) }
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

  mutating func release(_ scene: inout FinderScene) {
    if isUsed, let prefix { scene.actions.append(.release(prefix, vlan: wish.vlan)) }
    phase = .exhausted
    due = nil
    address = nil
  }

  /// The next candidate. False: there is none.
  private mutating func choose(_ scene: inout FinderScene) -> Bool {
    isRemembered = false
    lastDefence = nil
    address = candidates?.next(&scene.random)
    if address != nil { return true }
    phase = .exhausted
    due = scene.now + scene.timing.rateLimit
    scene.actions.append(.exhausted(in: wish.prefix.network, vlan: wish.vlan))
    return false
  }

  private mutating func pause(_ scene: inout FinderScene) {
    phase = .pause(duplicate: false)
    let wait = scene.random.duration(from: .zero, to: scene.timing.probeWait)
    due = scene.now + wait + (conflicts >= scene.timing.maxConflicts ? scene.timing.rateLimit : .zero)
  }

  private mutating func probe(_ address: IPAddress, sent: Int, _ scene: inout FinderScene) {
    scene.actions.append(.send(probeFrame(address, scene)))
    phase = .probing(sent: sent + 1)
    let timing = scene.timing
    if address.isIPv6 {
      due = scene.now + timing.solicitWait
    } else if sent + 1 < timing.probes {
      due = scene.now + scene.random.duration(from: timing.probeMin, to: timing.probeMax)
    } else {
      due = scene.now + timing.announceWait
    }
  }

  private mutating func take(_ scene: inout FinderScene) {
    guard let address, let prefix else { return }
    taken = scene.now
    scene.actions.append(.use(prefix, vlan: wish.vlan))
    announce(address, sent: 0, &scene)
  }

  private mutating func announce(_ address: IPAddress, sent: Int, _ scene: inout FinderScene) {
    scene.actions.append(.send(announcement(address, scene)))
    let isLast = sent + 1 >= scene.timing.announcements
    phase = isLast ? .bound : .announcing(sent: sent + 1)
    due = isLast ? nil : scene.now + scene.timing.announceInterval
  }

  private func report(_ address: IPAddress, _ other: MACAddress, _ scene: inout FinderScene) {
    scene.report(
      .conflict(address, vlan: wish.vlan, with: other, configured: wish.isConfigured))
  }

  private func announcement(_ address: IPAddress, _ scene: FinderScene) -> [UInt8] {
    VirtualAddress(vlan: wish.vlan, address: address, mac: scene.mac).announcement
  }

  private func probeFrame(_ address: IPAddress, _ scene: FinderScene) -> [UInt8] {
    guard address.isIPv6 else {
      return ARPPacket.request(for: address, from: scene.mac, vlan: wish.vlan).frame
    }
    var message = NeighbourMessage.solicitation(
      for: address, from: scene.mac, .unspecifiedIPv6, vlan: wish.vlan)
    // From `::` there is no such option (RFC 4861 §4.3).
    message.linkLayer = nil
    return message.frame
  }
}
