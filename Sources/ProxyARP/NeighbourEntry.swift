import Wire

/// One address of a `NeighbourTable`.
///
/// ```
///            claim                 refresh time over
///  asking ──────────▶ known ◀─────────────────────────▶ refreshing ──▶ forgotten
///    │                              any claim              no answer to `attempts`
///    └──▶ forgotten: no answer to `attempts`
/// ```
struct NeighbourEntry: Sendable {
  enum Phase: Hashable, Sendable {
    case asking(attempt: Int)
    case known
    case refreshing(attempt: Int)
  }

  struct Asker: Hashable, Sendable {
    var port: Int
    var mac: MACAddress
    var ip: IPAddress
  }

  let key: NeighbourKey
  /// The port where the first question came in.
  let firstPort: Int
  private(set) var phase = Phase.asking(attempt: 0)
  private(set) var record: NeighbourRecord?
  /// Where the neighbour was last heard.
  private(set) var port: Int?
  private(set) var due: Duration
  private(set) var lastHeard: Duration?
  private(set) var askers: [Asker] = []
  var lastAsked: Duration
  private var lastChange: Duration?

  init(_ key: NeighbourKey, askedOn port: Int, now: Duration) {
    self.key = key
    firstPort = port
    due = now
    lastAsked = now
  }

  /// One that a restarted daemon found in the datapath: in use, and to be asked for.
  init(adopting record: NeighbourRecord, now: Duration) {
    self.init(NeighbourKey(vlan: record.vlan, address: record.address), askedOn: -1, now: now)
    self.record = record
    phase = .refreshing(attempt: 1)
  }

  var isAsking: Bool { record == nil }

  mutating func remember(_ asker: Asker, limit: Int) {
    if askers.count < limit, !askers.contains(asker) { askers.append(asker) }
  }

  /// The time `due` has come. False: the entry is to be forgotten.
  mutating func elapse(
    _ now: Duration, _ identity: SwitchIdentity, _ limits: NeighbourLimits,
    _ actions: inout [NeighbourAction]
  ) -> Bool {
    switch phase {
    case .asking(let attempt):
      guard attempt < limits.attempts else { return false }
      ask(.allBut(firstPort), to: nil, identity, &actions)
      phase = .asking(attempt: attempt + 1)
    case .known:
      guard now - lastAsked < limits.keep else { return false }
      refresh(now)
      return elapse(now, identity, limits, &actions)
    case .refreshing(let attempt):
      guard attempt < limits.attempts else { return false }
      if attempt == 0, let record, let port {
        ask(.only(port), to: record.mac, identity, &actions)
      } else {
        ask(.all, to: nil, identity, &actions)
      }
      phase = .refreshing(attempt: attempt + 1)
    }
    due = now + limits.retry
    return true
  }

  /// Its address was claimed by a MAC that can be right.
  mutating func heard(
    _ mac: MACAddress, flags: NeighbourFlags?, on port: Int, _ now: Duration,
    _ limits: NeighbourLimits, _ actions: inout [NeighbourAction]
  ) {
    let isRouter = flags?.isRouter ?? record?.isRouter ?? false
    let new = NeighbourRecord(vlan: key.vlan, address: key.address, mac: mac, isRouter: isRouter)
    if let old = record, old.mac != mac {
      // RFC 4861 §7.2.5: without the override flag it replaces nothing, but makes what is known doubtful.
      let tooSoon = lastChange.map { now - $0 < limits.changeHold } ?? false
      if tooSoon || flags?.overrides == false {
        if phase == .known { refresh(now) }
        return
      }
    }
    if record?.mac != mac { lastChange = now }
    if record != new { actions.append(.install(new)) }
    record = new
    self.port = port
    phase = .known
    lastHeard = now
    due = now + limits.refresh
    for asker in askers { actions.append(Self.answer(new, to: asker)) }
    askers = []
  }

  /// Asks for the neighbour at the next tick: first where it was heard, unless that port is gone.
  mutating func refresh(_ now: Duration) {
    guard phase == .known else { return }
    phase = .refreshing(attempt: port == nil ? 1 : 0)
    due = now
  }

  mutating func portIsDown(_ down: Int, _ now: Duration) {
    guard port == down else { return }
    port = nil
    refresh(now)
  }

  static func answer(_ record: NeighbourRecord, to asker: Asker) -> NeighbourAction {
    let frame =
      if record.address.isIPv6 {
        NeighbourMessage.answer(
          record.address, at: record.mac, isRouter: record.isRouter, vlan: record.vlan,
          to: asker.mac, asker.ip
        ).frame
      } else {
        ARPPacket.reply(record.address, at: record.mac, vlan: record.vlan, to: asker.mac, asker.ip)
          .frame
      }
    return .answer(port: asker.port, frame: frame)
  }

  private func ask(
    _ ports: PortScope, to station: MACAddress?, _ identity: SwitchIdentity,
    _ actions: inout [NeighbourAction]
  ) {
    let frame = identity.query(key.address, vlan: key.vlan, to: station)
    actions.append(.ask(ports: ports, frame: frame))
  }
}
