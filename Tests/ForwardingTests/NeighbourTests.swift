import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

/// Neighbour discovery, the same table as ARP's with its own rows (Pipeline+Neighbours.swift).
@Suite("H3 X1 neighbour discovery of shared addresses")
struct NeighbourTests {
  static let second: IPPrefix = "fd50::200"
  static let own: IPAddress = "fe80::11"
  static let unknown: IPAddress = "fd50::99"

  struct Scene {
    let sw: TestSwitch
    let web: TestSwitch.Cluster
    let mail: TestSwitch.Cluster
    var member: MACAddress { web.members[0].mac }

    init(_ sw: TestSwitch, vlan: Int = 0) throws {
      self.sw = sw
      web = sw.cluster(Net.webV6, vlan: vlan, members: [sw.member(onPort: 1), sw.member(onPort: 2)])
      mail = sw.cluster(NeighbourTests.second, vlan: vlan, members: [sw.member(onPort: 1)])
      sw.neighbour(Net.routerV6, sw.router, vlan: vlan, isRouter: true)
      try sw.learn(sw.router, on: 0)
    }

    /// A solicitation; `to` nil: to the group of the target.
    func solicit(
      from mac: MACAddress, _ source: IPAddress, for target: IPAddress, to: (MACAddress, IPAddress)? = nil,
      option: Bool = true, extra: [UInt8] = [], headers: [ExtensionHeader] = [], hopLimit: Int = 255,
      tags: [TestFrame.Tag] = []
    ) -> TestFrame {
      let group = target.solicitedNode
      let (toMAC, toIP) = to ?? (MACAddress.group(of: group), group)
      let message = UpperPayload.neighbourSolicitation(target, option: option ? mac : nil, extra: extra)
      return TestFrame(
        from: mac, to: toMAC, tags: tags, .ipv6(source, toIP, message, headers: headers, hopLimit: hopLimit))
    }

    func advertise(
      from mac: MACAddress, _ address: IPAddress, source: IPAddress? = nil, to: MACAddress? = nil
    )
      -> TestFrame
    {
      TestFrame(
        from: mac, to: to ?? "33:33:00:00:00:01",
        .ipv6(source ?? address, "ff02::1", .neighbourAdvertisement(address, flags: 0x20, option: mac)))
    }

    func answer(
      _ address: IPAddress, is mac: MACAddress, to asker: MACAddress, _ destination: IPAddress,
      isRouter: Bool = false,
      tags: [TestFrame.Tag] = []
    ) -> TestFrame {
      TestFrame(
        from: mac, to: asker, tags: tags,
        .ipv6(
          address, destination, .neighbourAdvertisement(address, flags: isRouter ? 0xe0 : 0x60, option: mac)))
    }
  }

  @Test(
    "H3 X1 everybody who asks for a virtual address is told the virtual MAC, with a right checksum",
    arguments: PipelineTarget.available)
  func answered(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let address = Net.webV6.address
      let askers: [(String, MACAddress, IPAddress, Int)] = [
        ("a router", sw.router, "fe80::fe", 0), ("a client", Net.anyone, "fd50::55", 5),
        ("a member with an address of its own", scene.member, NeighbourTests.own, 1),
      ]
      for (name, mac, source, port) in askers {
        let answer = scene.answer(address, is: scene.web.mac, to: mac, source)
        try sw.expect(
          name, scene.solicit(from: mac, source, for: address), on: port, .replied, becomes: answer)
        try sw.expect(
          "\(name), unicast", scene.solicit(from: mac, source, for: address, to: (scene.web.mac, address)),
          on: port,
          .replied, becomes: answer)
      }
      let nonce: [UInt8] = [14, 1, 1, 2, 3, 4, 5, 6]
      let seen = try sw.run(scene.solicit(from: sw.router, "fe80::fe", for: address, extra: nonce), on: 0)
      let answer = scene.answer(address, is: scene.web.mac, to: sw.router, "fe80::fe")
      #expect(
        seen.outcome == .replied && seen.frame.bytes.prefix(answer.bytes.count).elementsEqual(answer.bytes))
    }
  }

  @Test("H3 X1 a question without room for the answer goes to control", arguments: PipelineTarget.available)
  func noRoom(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let unicast = (scene.web.mac, Net.webV6.address)
      for frame in [
        scene.solicit(from: sw.router, "fe80::fe", for: Net.webV6.address, to: unicast, option: false),
        scene.solicit(from: sw.router, "fe80::fe", for: Net.webV6.address, to: unicast, option: false).padded(
          to: 90),
      ] { try sw.expect("no option", frame, on: 0, .punted(.question)) }
      try sw.expect(
        "headers between",
        scene.solicit(from: scene.member, "fe80::11", for: Net.webV6.address, headers: [.hopByHop]), on: 1,
        .punted(.question))
    }
  }

  @Test(
    "H3 X1 RFC 4862 detection: a member's reaches nobody, a stranger's is defended by control",
    arguments: PipelineTarget.available)
  func detection(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let virtual = Net.webV6.address
      try sw.expect(
        "a member's", scene.solicit(from: scene.member, "::", for: virtual, option: false), on: 1,
        .punted(.claim))
      try sw.expect(
        "a stranger's", scene.solicit(from: Net.anyone, "::", for: virtual, option: false), on: 5,
        .punted(.defend))
      try sw.expect(
        "a member's, for its own address",
        scene.solicit(from: scene.member, "::", for: NeighbourTests.own, option: false),
        on: 1, .flooded)
    }
  }

  @Test(
    "H3 X1 a member's advertisement of a shared address reaches nobody", arguments: PipelineTarget.available)
  func advertisements(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let shared = Net.webV6.address
      for port in [0, 1, 2, 5] {
        try sw.expect("unsolicited", scene.advertise(from: scene.member, shared), on: port, .punted(.claim))
        try sw.expect(
          "solicited", scene.advertise(from: scene.member, shared, to: sw.router), on: port, .punted(.claim))
        try sw.expect(
          "from its own address", scene.advertise(from: scene.member, shared, source: NeighbourTests.own),
          on: port,
          .punted(.claim))
      }
      try sw.expect("its own", scene.advertise(from: scene.member, NeighbourTests.own), on: 1, .flooded)
      try sw.expect(
        "its own, to a router", scene.advertise(from: scene.member, NeighbourTests.own, to: sw.router), on: 1,
        .forwarded(0))
      for headers in [
        [.hopByHop], [.destinationOptions, .hopByHop], [.fragment(Piece(id: 1, offset: 0, more: false))],
        [.fragment(Piece(id: 1, offset: 0, more: true))],
      ] as [[ExtensionHeader]] {
        let hidden = TestFrame(
          from: scene.member, to: sw.router,
          .ipv6(
            NeighbourTests.own, "fe80::fe",
            .neighbourAdvertisement(shared, flags: 0x60, option: scene.member),
            headers: headers))
        try sw.expect("hidden behind \(headers)", hidden, on: 1, .punted(.claim))
      }
    }
  }

  @Test(
    "H3 X1 a member's router solicitation with the shared address reaches nobody",
    arguments: PipelineTarget.available)
  func routerSolicitations(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      func solicitation(_ source: IPAddress) -> TestFrame {
        TestFrame(
          from: scene.member, to: "33:33:00:00:00:02",
          .ipv6(source, "ff02::2", .routerSolicitation(option: scene.member)))
      }
      try sw.expect("shared", solicitation(Net.webV6.address), on: 1, .punted(.claim))
      try sw.expect("link-local", solicitation("fe80::11"), on: 1, .flooded)
      try sw.expect("unspecified", solicitation("::"), on: 1, .flooded)
      let advertisement = TestFrame(
        from: sw.router, to: "33:33:00:00:00:01",
        .ipv6("fe80::fe", "ff02::1", .routerAdvertisement(option: sw.router)))
      try sw.expect("a router's advertisement", advertisement, on: 0, .flooded)
    }
  }

  @Test("H3 H9 X1 a member asks with its shared address", arguments: PipelineTarget.available)
  func questions(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let shared = Net.webV6.address
      try sw.expect(
        "a known router", scene.solicit(from: scene.member, shared, for: Net.routerV6), on: 1, .replied,
        becomes: scene.answer(Net.routerV6, is: sw.router, to: scene.member, shared, isRouter: true))
      try sw.expect(
        "a known router, unicast",
        scene.solicit(from: scene.member, shared, for: Net.routerV6, to: (sw.router, Net.routerV6)),
        on: 1, .replied,
        becomes: scene.answer(Net.routerV6, is: sw.router, to: scene.member, shared, isRouter: true))
      try sw.expect(
        "another cluster", scene.solicit(from: scene.member, shared, for: NeighbourTests.second.address),
        on: 1, .replied,
        becomes: scene.answer(NeighbourTests.second.address, is: scene.mail.mac, to: scene.member, shared))
      try sw.expect(
        "unknown", scene.solicit(from: scene.member, shared, for: NeighbourTests.unknown), on: 1,
        .punted(.question))
      try sw.expect(
        "itself", scene.solicit(from: scene.member, shared, for: shared), on: 1, .punted(.claim))
      try sw.expect(
        "with its own address", scene.solicit(from: scene.member, NeighbourTests.own, for: Net.routerV6),
        on: 1, .flooded)
    }
  }

  @Test(
    "RFC 4861 §7.1 messages that no receiver accepts are switched like any frame",
    arguments: PipelineTarget.available)
  func invalid(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let good = scene.solicit(from: sw.router, "fe80::fe", for: Net.webV6.address)
      try sw.expect("through a router", good.setting(21, 254), on: 0, .flooded)
      try sw.expect("a code", good.setting(55, 1), on: 0, .flooded)
      try sw.expect("cut", good.cut(to: 60), on: 0, .flooded)
      try sw.expect(
        "cut, from a shared address",
        scene.solicit(from: scene.member, Net.webV6.address, for: Net.routerV6).cut(to: 70), on: 1,
        .punted(.claim))
      let echo = TestFrame(
        from: Net.anyone, to: sw.router, .ipv6("fd50::55", "fd50::fe", .icmpv6Echo(id: 1), hopLimit: 255))
      try sw.expect("an echo", echo, on: 5, .forwarded(0))
    }
  }

  @Test("X1 X2 answers and isolation keep to the VLAN", arguments: PipelineTarget.available)
  func vlans(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw, vlan: 10)
      let address = Net.webV6.address
      try sw.expect(
        "tagged", scene.solicit(from: sw.router, "fe80::fe", for: address, tags: [.vlan(10)]), on: 0,
        .replied,
        becomes: scene.answer(address, is: scene.web.mac, to: sw.router, "fe80::fe", tags: [.vlan(10)]))
      for tags in [[], [.vlan(11)], [.priority(7)]] as [[TestFrame.Tag]] {
        try sw.expect(
          "elsewhere", scene.solicit(from: sw.router, "fe80::fe", for: address, tags: tags), on: 0, .flooded)
      }
    }
  }
}
