import Testing
import Wire

@testable import ProxyARP

@Suite("Neighbour table (H3, H14, X1)")
struct NeighbourTableTests {
  struct Rig {
    var table: NeighbourTable
    var now = Duration.seconds(100)

    init(_ limits: NeighbourLimits = NeighbourLimits()) {
      table = NeighbourTable(identity: Scene.identity, limits: limits)
    }

    mutating func ask(
      _ target: IPAddress, from asker: MACAddress = mac(1), on port: Int = 1
    ) -> [NeighbourAction] {
      let shared = target.isIPv6 ? Scene.shared6 : Scene.shared
      return table.question(
        AddressQuestion(vlan: .untagged, askerMAC: asker, askerIP: shared, target: target), on: port, now: now
      )
    }

    mutating func heard(_ message: AddressMessage, on port: Int = 9) -> [NeighbourAction] {
      table.received(message, on: port, now: now)
    }

    mutating func wait(_ time: Duration) -> [NeighbourAction] {
      var seen: [NeighbourAction] = []
      let end = now + time
      while now < end {
        now += .milliseconds(100)
        seen += table.tick(now)
      }
      return seen
    }
  }

  static func record(_ address: IPAddress, _ mac: MACAddress, isRouter: Bool = false) -> NeighbourRecord {
    NeighbourRecord(vlan: .untagged, address: address, mac: mac, isRouter: isRouter)
  }

  static func key(_ address: IPAddress) -> NeighbourKey { NeighbourKey(vlan: .untagged, address: address) }

  static func scope(_ action: NeighbourAction) -> PortScope? {
    if case .ask(let ports, _) = action { return ports }
    return nil
  }

  @Test("H3: an unknown address is asked for in the switch's name on every port but the asker's")
  func firstQuestion() throws {
    var rig = Rig()
    let actions = rig.ask(Scene.router)
    #expect(
      actions == [
        .ask(
          ports: .allBut(1),
          frame: ARPPacket.request(for: Scene.router, from: Scene.switchMAC, vlan: .untagged).frame)
      ])
    #expect(rig.ask(Scene.router, from: mac(2), on: 2).isEmpty, "asked already")
    #expect(rig.table[Self.key(Scene.router)]?.state == .asking)
  }

  @Test("H3: the answer goes to every member that asked, as if from the router, and into the datapath")
  func answers() {
    var rig = Rig()
    _ = rig.ask(Scene.router)
    _ = rig.ask(Scene.router)
    _ = rig.ask(Scene.router, from: mac(2), on: 2)
    let actions = rig.heard(Scene.reply(Scene.router, at: mac(200)))
    func answer(to asker: MACAddress) -> [UInt8] {
      ARPPacket.reply(Scene.router, at: mac(200), vlan: .untagged, to: asker, Scene.shared).frame
    }
    #expect(
      actions == [
        .install(Self.record(Scene.router, mac(200))), .answer(port: 1, frame: answer(to: mac(1))),
        .answer(port: 2, frame: answer(to: mac(2))),
      ])
    #expect(rig.heard(Scene.reply(Scene.router, at: mac(200))).isEmpty)
    #expect(
      rig.ask(Scene.router, from: mac(3), on: 3) == [
        .install(Self.record(Scene.router, mac(200))), .answer(port: 3, frame: answer(to: mac(3))),
      ])
  }

  @Test("X1: neighbour discovery the same way; the router flag is kept")
  func ipv6() throws {
    var rig = Rig()
    guard case .ask(.allBut(1), let question)? = rig.ask(Scene.router6).first else {
      Issue.record("not asked")
      return
    }
    #expect(try NeighbourMessage(parsing: question).target == Scene.router6)
    let actions = rig.heard(Scene.reply(Scene.router6, at: mac(200), isRouter: true))
    #expect(actions.first == .install(Self.record(Scene.router6, mac(200), isRouter: true)))
    guard case .answer(1, let frame)? = actions.last else {
      Issue.record("not answered")
      return
    }
    let answer = try NeighbourMessage(parsing: frame)
    #expect(answer.kind == .advertisement(.init(isRouter: true, isSolicited: true, overrides: true)))
    #expect(answer.destinationIP == Scene.shared6)
    #expect(answer.linkLayer == mac(200))
    #expect(rig.ask(Scene.router6).last == .answer(port: 1, frame: frame))
  }

  @Test("X1: an advertisement that does not override makes the known MAC doubtful only (RFC 4861 §7.2.5)")
  func override() {
    var rig = Rig()
    _ = rig.ask(Scene.router6)
    _ = rig.heard(Scene.reply(Scene.router6, at: mac(200), isRouter: true))
    rig.now += .seconds(5)
    var weak = NeighbourMessage.announcement(of: Scene.router6, at: mac(201), isRouter: true, vlan: .untagged)
    weak.kind = .advertisement(.init(isRouter: true, isSolicited: false, overrides: false))
    #expect(rig.heard(.neighbour(weak)).isEmpty)
    #expect(rig.table[Self.key(Scene.router6)]?.state == .stale)
    #expect(rig.table[Self.key(Scene.router6)]?.mac == mac(200))
    let strong = NeighbourMessage.announcement(of: Scene.router6, at: mac(201), vlan: .untagged)
    #expect(rig.heard(.neighbour(strong)) == [.install(Self.record(Scene.router6, mac(201)))])
  }

  @Test(
    "H14: a router that announces another MAC is changed in the datapath at once",
    arguments: [Scene.router, Scene.router6])
  func change(router: IPAddress) {
    var rig = Rig()
    _ = rig.ask(router)
    _ = rig.heard(Scene.reply(router, at: mac(200)))
    rig.now += .seconds(2)
    #expect(
      rig.heard(Scene.announcement(of: router, at: mac(201)), on: 8) == [
        .install(Self.record(router, mac(201)))
      ])
    #expect(rig.table[Self.key(router)]?.port == 8)
  }

  @Test("Two that fight for an address change it once a second at most, and are asked")
  func flapping() {
    var rig = Rig()
    _ = rig.ask(Scene.router)
    _ = rig.heard(Scene.reply(Scene.router, at: mac(200)))
    var installs = 0
    for turn in 0..<10_000 {
      rig.now += .milliseconds(1)
      let actions = rig.heard(Scene.announcement(of: Scene.router, at: mac(200 + UInt8(turn & 1))))
      installs += actions.count {
        if case .install = $0 { return true }
        return false
      }
    }
    #expect(installs <= 10)
  }

  @Test("H3: an address that nobody asked for is not learned")
  func unasked() {
    var rig = Rig()
    #expect(rig.heard(Scene.announcement(of: Scene.router, at: mac(200))).isEmpty)
    #expect(rig.table.count == 0)
  }

  @Test("Nobody answers: three questions, then the address is forgotten and may be asked for again")
  func unanswered() {
    var rig = Rig()
    _ = rig.ask(Scene.router)
    #expect(rig.wait(.seconds(10)).compactMap(Self.scope) == [.allBut(1), .allBut(1)])
    #expect(rig.table.count == 0)
    #expect(rig.table.nextDeadline == nil)
    #expect(rig.ask(Scene.router).count == 1)
  }

  @Test("A neighbour is refreshed by unicast where it was heard, then everywhere, and removed when gone")
  func loss() {
    var rig = Rig()
    _ = rig.ask(Scene.router)
    _ = rig.heard(Scene.reply(Scene.router, at: mac(200)))
    let seen = rig.wait(.seconds(40))
    #expect(seen.compactMap(Self.scope) == [.only(9), .all, .all])
    #expect(seen.last == .remove(Self.key(Scene.router)))
    #expect(rig.table.count == 0)
  }

  @Test("A neighbour that answers stays, and is forgotten when no member asked for ten minutes")
  func idle() {
    var rig = Rig()
    _ = rig.ask(Scene.router)
    _ = rig.heard(Scene.reply(Scene.router, at: mac(200)))
    var removed: Duration?
    while rig.now < .seconds(1000), removed == nil {
      for action in rig.wait(.milliseconds(100)) {
        if action == .remove(Self.key(Scene.router)) { removed = rig.now }
        if Self.scope(action) != nil { _ = rig.heard(Scene.reply(Scene.router, at: mac(200))) }
      }
    }
    #expect(removed.map { $0 >= .seconds(700) && $0 <= .seconds(731) } == true)
  }

  @Test("A neighbour that a member used stays")
  func used() {
    var rig = Rig()
    _ = rig.ask(Scene.router)
    _ = rig.heard(Scene.reply(Scene.router, at: mac(200)))
    for _ in 0..<100 {
      for action in rig.wait(.seconds(29)) where Self.scope(action) != nil {
        _ = rig.heard(Scene.reply(Scene.router, at: mac(200)))
      }
      _ = rig.heard(Scene.reply(Scene.router, at: mac(200)))
      rig.table.used(Self.key(Scene.router), now: rig.now)
    }
    #expect(rig.table.count == 1)
  }

  @Test("A port went down: what was behind it is asked for everywhere at once")
  func link() {
    var rig = Rig()
    _ = rig.ask(Scene.router)
    _ = rig.heard(Scene.reply(Scene.router, at: mac(200)))
    #expect(rig.table.linkChanged(port: 3, up: false, now: rig.now).isEmpty)
    #expect(rig.table.linkChanged(port: 9, up: false, now: rig.now).compactMap(Self.scope) == [.all])
    #expect(rig.heard(Scene.reply(Scene.router, at: mac(200)), on: 4).isEmpty)
    #expect(rig.table[Self.key(Scene.router)]?.port == 4)
  }

  @Test(
    "H3: questions that are none are ignored: probes, other families, multicast, the clusters' own addresses")
  func ignored() {
    var rig = Rig()
    rig.table.reserved = [ReservedPrefix(vlan: .untagged, prefix: IPPrefix(ip("10.60.0.0"), length: 24))]
    let rows: [(IPAddress, IPAddress, MACAddress)] = [
      (ip("0.0.0.0"), Scene.router, mac(1)), (Scene.shared, Scene.router6, mac(1)),
      (Scene.shared, ip("224.0.0.5"), mac(1)), (Scene.shared, ip("0.0.0.0"), mac(1)),
      (Scene.shared, Scene.shared, mac(1)), (Scene.shared, ip("10.60.0.7"), mac(1)),
      (Scene.shared, Scene.router, .broadcast), (Scene.shared, Scene.router, .zero),
    ]
    for (asker, target, mac) in rows {
      let question = AddressQuestion(vlan: .untagged, askerMAC: mac, askerIP: asker, target: target)
      #expect(rig.table.question(question, on: 1, now: rig.now).isEmpty, "\(asker) asks for \(target)")
    }
    #expect(rig.table.count == 0)
  }

  @Test("X7: neighbours found in the datapath stay, are asked for at once, and go if nobody answers")
  func adopted() {
    var rig = Rig()
    let other = ip("10.50.0.2")
    rig.table.adopt([Self.record(Scene.router, mac(9)), Self.record(other, mac(8))], now: rig.now)
    let first = rig.wait(.milliseconds(100))
    #expect(first.count == 2 && first.allSatisfy { Self.scope($0) == .all })
    #expect(rig.heard(Scene.reply(Scene.router, at: mac(9))).isEmpty)
    let actions = rig.wait(.seconds(10))
    #expect(actions.filter { Self.scope($0) == nil } == [.remove(Self.key(other))])
    #expect(rig.table.neighbours.map(\.key) == [Self.key(Scene.router)])
  }

  @Test("The switch answers for its own address")
  func ownAddress() {
    var rig = Rig()
    rig.table.identity.address = IPPrefix("10.50.0.250/24")
    let answer = ARPPacket.reply(
      ip("10.50.0.250"), at: Scene.switchMAC, vlan: .untagged, to: mac(1), Scene.shared
    ).frame
    #expect(
      rig.ask(ip("10.50.0.250")) == [
        .install(Self.record(ip("10.50.0.250"), Scene.switchMAC)), .answer(port: 1, frame: answer),
      ])
    #expect(rig.table.count == 0)
  }

  @Test(
    "H3: claims with a MAC that cannot be a neighbour's are refused and counted",
    arguments: [
      (MACAddress.zero, MACRefusal.zero), (.broadcast, .multicast), (Scene.virtualMAC, .virtualMAC),
      (Scene.switchMAC, .ownMAC),
    ])
  func refused(claimed: MACAddress, reason: MACRefusal) {
    var rig = Rig()
    _ = rig.ask(Scene.router)
    #expect(rig.heard(Scene.reply(Scene.router, at: claimed)).isEmpty)
    #expect(rig.table.refusedClaims == [reason: 1])
  }

  @Test("A member that scans the network has a bounded number of open questions; others are served")
  func scan() {
    var rig = Rig()
    var asked = 0
    for number in 0..<10_000 {
      asked += rig.ask(IPAddress(10, 51, UInt8(number >> 8), UInt8(number & 255))).count
    }
    #expect(asked == 64)
    #expect(rig.table.count == 64)
    #expect(rig.table.refusedQuestions == 10_000 - 64)
    #expect(rig.ask(Scene.router, on: 2).count == 1)
  }

  @Test("The table is bounded: the neighbour asked for longest ago goes, and askers are bounded")
  func bounded() {
    var limits = NeighbourLimits()
    limits.entries = 4
    limits.askers = 3
    var rig = Rig(limits)
    for number in UInt8(1)...4 {
      rig.now += .seconds(1)
      _ = rig.ask(IPAddress(10, 50, 1, number))
      _ = rig.heard(Scene.reply(IPAddress(10, 50, 1, number), at: mac(number)))
    }
    rig.now += .seconds(1)
    _ = rig.ask(IPAddress(10, 50, 1, 1))
    let actions = rig.ask(IPAddress(10, 50, 1, 5))
    #expect(actions.first == .remove(Self.key(IPAddress(10, 50, 1, 2))))
    #expect(rig.table.count == 4)
    for number in UInt8(1)...9 { _ = rig.ask(IPAddress(10, 50, 1, 5), from: mac(number), on: Int(number)) }
    let answers = rig.heard(Scene.reply(IPAddress(10, 50, 1, 5), at: mac(5)))
    #expect(answers.count == 1 + 3)
  }

  @Test(
    "Random input keeps the bounds, and what is installed is removed before it is forgotten",
    arguments: 1...10)
  func random(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var limits = NeighbourLimits()
    limits.entries = 20
    limits.askingPerPort = 5
    limits.keep = .seconds(60)
    var rig = Rig(limits)
    var installed: [NeighbourKey: MACAddress] = [:]
    for _ in 0..<5000 {
      let address = IPAddress(10, 50, 0, UInt8.random(in: 1...60, using: &random))
      var actions: [NeighbourAction]
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4: actions = rig.ask(address, on: Int.random(in: 1...4, using: &random))
      case 4..<7:
        let claim = Scene.reply(address, at: mac(UInt8.random(in: 0...3, using: &random)))
        actions = rig.heard(claim, on: Int.random(in: 5...6, using: &random))
      case 7: actions = rig.table.linkChanged(port: 5, up: Bool.random(using: &random), now: rig.now)
      default: actions = rig.wait(.milliseconds(Int.random(in: 1...3000, using: &random)))
      }
      for action in actions {
        switch action {
        case .install(let record):
          installed[NeighbourKey(vlan: record.vlan, address: record.address)] = record.mac
        case .remove(let key): #expect(installed.removeValue(forKey: key) != nil)
        default: break
        }
      }
      #expect(rig.table.count <= 20)
      let known = rig.table.neighbours.filter { $0.mac != nil }
      #expect(installed == Dictionary(uniqueKeysWithValues: known.map { ($0.key, $0.mac ?? .zero) }))
    }
  }
}
