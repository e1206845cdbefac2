import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

/// The table drawn in Pipeline+ARP.swift, row by row.
@Suite("H3 H4 ARP of shared addresses")
struct ARPTests {
  static let web2: IPPrefix = "10.0.0.200"
  static let unknown: IPAddress = "10.0.0.99"
  static let own: IPAddress = "10.0.0.11"

  /// Two clusters, members on 1 and 2, a known router on port 0.
  struct Scene {
    let sw: TestSwitch
    let web: TestSwitch.Cluster
    let mail: TestSwitch.Cluster
    var member: TestSwitch.Member { web.members[0] }

    init(_ sw: TestSwitch, vlan: Int = 0) throws {
      self.sw = sw
      web = sw.cluster(Net.web, vlan: vlan, members: [sw.member(onPort: 1), sw.member(onPort: 2)])
      mail = sw.cluster(ARPTests.web2, vlan: vlan, members: [sw.member(onPort: 1)])
      sw.neighbour(Net.routerIP, sw.router, vlan: vlan, isRouter: true)
      try sw.learn(sw.router, on: 0)
    }

    func request(
      from mac: MACAddress, _ sender: IPAddress, for target: IPAddress,
      to destination: MACAddress = .broadcast,
      tags: [TestFrame.Tag] = []
    ) -> TestFrame {
      TestFrame(from: mac, to: destination, tags: tags, .arp(.request, sender: sender, mac, target: target))
    }

    func reply(from mac: MACAddress, _ sender: IPAddress, to: MACAddress, _ target: IPAddress) -> TestFrame {
      TestFrame(from: mac, to: to, .arp(.reply, sender: sender, mac, target: target, to))
    }

    /// What the switch answers.
    func answer(
      _ address: IPAddress, is mac: MACAddress, to asker: MACAddress, _ target: IPAddress,
      tags: [TestFrame.Tag] = []
    ) -> TestFrame {
      TestFrame(from: mac, to: asker, tags: tags, .arp(.reply, sender: address, mac, target: target, asker))
    }
  }

  @Test(
    "H3 everybody who asks for a virtual address is told the virtual MAC", arguments: PipelineTarget.available
  )
  func answered(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let address = Net.web.address
      for (name, mac, sender, port) in [
        ("a router", sw.router, Net.routerIP, 0), ("a client on the segment", Net.anyone, "10.0.0.55", 5),
        ("a member with an address of its own", scene.member.mac, ARPTests.own, 1),
      ] as [(String, MACAddress, IPAddress, Int)] {
        try sw.expect(
          name, scene.request(from: mac, sender, for: address), on: port, .replied,
          becomes: scene.answer(address, is: scene.web.mac, to: mac, sender))
        try sw.expect(
          "\(name), unicast", scene.request(from: mac, sender, for: address, to: scene.web.mac), on: port,
          .replied,
          becomes: scene.answer(address, is: scene.web.mac, to: mac, sender))
      }
      let padded = scene.request(from: sw.router, Net.routerIP, for: address).padded()
      try sw.expect(
        "padded", padded, on: 0, .replied,
        becomes: scene.answer(address, is: scene.web.mac, to: sw.router, Net.routerIP).padded())
    }
  }

  @Test(
    "H3 RFC 5227 a probe for a virtual address: defended against strangers, a member's reaches nobody",
    arguments: PipelineTarget.available)
  func probes(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let zero: IPAddress = "0.0.0.0"
      try sw.expect(
        "a stranger's", scene.request(from: Net.anyone, zero, for: Net.web.address), on: 5, .replied,
        becomes: scene.answer(Net.web.address, is: scene.web.mac, to: Net.anyone, zero))
      try sw.expect(
        "a member's", scene.request(from: scene.member.mac, zero, for: Net.web.address), on: 1,
        .punted(.claim))
      try sw.expect(
        "for an address of its own", scene.request(from: scene.member.mac, zero, for: ARPTests.own), on: 1,
        .flooded)
    }
  }

  @Test("H3 a member's gratuitous ARP reaches nobody", arguments: PipelineTarget.available)
  func gratuitous(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let shared = Net.web.address
      let mac = scene.member.mac
      for port in [0, 1, 2, 5] {
        try sw.expect("request", scene.request(from: mac, shared, for: shared), on: port, .punted(.claim))
        try sw.expect(
          "reply", scene.reply(from: mac, shared, to: .broadcast, shared), on: port, .punted(.claim))
      }
      try sw.expect(
        "for its own address", scene.request(from: mac, ARPTests.own, for: ARPTests.own), on: 1, .flooded)
      try sw.expect(
        "its own address, as a reply", scene.reply(from: mac, ARPTests.own, to: .broadcast, ARPTests.own),
        on: 1,
        .flooded)
    }
  }

  @Test(
    "H3 a member's own answer for the shared address never reaches a router",
    arguments: PipelineTarget.available)
  func replies(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let answer = scene.reply(from: scene.member.mac, Net.web.address, to: sw.router, Net.routerIP)
      for port in [1, 2, 0] { try sw.expect("to a router", answer, on: port, .punted(.claim)) }
      try sw.expect(
        "H4 with its own address it is switched",
        scene.reply(from: scene.member.mac, ARPTests.own, to: sw.router, Net.routerIP), on: 1, .forwarded(0))
    }
  }

  @Test(
    "H3 H9 a member asks with its shared address: known neighbours are answered, others go to control",
    arguments: PipelineTarget.available)
  func questions(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let shared = Net.web.address
      let mac = scene.member.mac
      for destination in [MACAddress.broadcast, sw.router] {
        try sw.expect(
          "a known router", scene.request(from: mac, shared, for: Net.routerIP, to: destination), on: 1,
          .replied,
          becomes: scene.answer(Net.routerIP, is: sw.router, to: mac, shared))
        try sw.expect(
          "unknown", scene.request(from: mac, shared, for: ARPTests.unknown, to: destination), on: 1,
          .punted(.question))
      }
      try sw.expect(
        "H6 another cluster's address", scene.request(from: mac, shared, for: ARPTests.web2.address), on: 1,
        .replied,
        becomes: scene.answer(ARPTests.web2.address, is: scene.mail.mac, to: mac, shared))
      try sw.expect(
        "with its own address it is switched", scene.request(from: mac, ARPTests.own, for: Net.routerIP),
        on: 1,
        .flooded)
    }
  }

  @Test("H7 ARP that concerns no shared address is switched", arguments: PipelineTarget.available)
  func others(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      try sw.expect(
        "request for a known neighbour", scene.request(from: Net.anyone, "10.0.0.55", for: Net.routerIP),
        on: 5, .flooded)
      try sw.expect(
        "answer", scene.reply(from: Net.anyone, "10.0.0.55", to: sw.router, Net.routerIP), on: 5,
        .forwarded(0))
      let request = scene.request(from: Net.anyone, "10.0.0.55", for: Net.web.address)
      for (name, frame) in [
        ("another hardware type", request.setting(14, 0, 15)),
        ("another protocol", request.setting(16, 0x86, 0xdd)),
        ("other lengths", request.setting(18, 8, 16)), ("inverse ARP", request.setting(20, 0, 8)),
        ("cut", request.cut(to: 41)),
      ] {
        try sw.expect(name, frame, on: 5, .flooded)
      }
    }
  }

  @Test("H3 X2 answers and isolation keep to the VLAN", arguments: PipelineTarget.available)
  func vlans(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw, vlan: 10)
      let address = Net.web.address
      for tags in [[.vlan(10)], [.vlan(10, priority: 5)], [.service(10)]] as [[TestFrame.Tag]] {
        try sw.expect(
          "tagged", scene.request(from: sw.router, Net.routerIP, for: address, tags: tags), on: 0, .replied,
          becomes: scene.answer(address, is: scene.web.mac, to: sw.router, Net.routerIP, tags: tags))
        try sw.expect(
          "gratuitous", scene.request(from: scene.member.mac, address, for: address, tags: tags), on: 1,
          .punted(.claim))
      }
      for tags in [[], [.vlan(11)], [.priority(3)]] as [[TestFrame.Tag]] {
        try sw.expect(
          "elsewhere", scene.request(from: sw.router, Net.routerIP, for: address, tags: tags), on: 0, .flooded
        )
        try sw.expect(
          "elsewhere", scene.request(from: scene.member.mac, address, for: address, tags: tags), on: 1,
          .flooded)
      }
    }
  }

  @Test("H3 every address of a subnet cluster is answered, and isolated", arguments: PipelineTarget.available)
  func subnet(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let net = sw.cluster("10.50.0.0/24", members: [sw.member(onPort: 1)])
      let scene = try Scene(sw)
      sw.neighbour("10.50.0.254", sw.router)
      for address in ["10.50.0.1", "10.50.0.255"] as [IPAddress] {
        try sw.expect(
          "asked", scene.request(from: Net.anyone, "10.1.1.1", for: address), on: 5, .replied,
          becomes: scene.answer(address, is: net.mac, to: Net.anyone, "10.1.1.1"))
        try sw.expect(
          "claimed", scene.request(from: net.members[0].mac, address, for: address), on: 1, .punted(.claim))
      }
      try sw.expect("beyond", scene.request(from: Net.anyone, "10.1.1.1", for: "10.50.1.1"), on: 5, .flooded)
      try sw.expect(
        "a real neighbour within is not the cluster's",
        scene.request(from: Net.anyone, "10.1.1.1", for: "10.50.0.254"),
        on: 5, .flooded)
    }
  }

  @Test("a freed answer is no answer, and a changed one is the new one", arguments: PipelineTarget.available)
  func changes(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let frame = scene.request(from: scene.member.mac, Net.web.address, for: Net.routerIP)
      sw.neighbour(Net.routerIP, "02:00:00:00:00:fd")
      try sw.expect(
        "moved", frame, on: 1, .replied,
        becomes: scene.answer(Net.routerIP, is: "02:00:00:00:00:fd", to: scene.member.mac, Net.web.address))
      sw.tables.removeAnswer(Net.routerIP, vlan: .untagged)
      try sw.expect("gone", frame, on: 1, .punted(.question))
      sw.neighbour(Net.routerIP, sw.router)
      #expect(sw.tables.answers.count == 3)
    }
  }
}
