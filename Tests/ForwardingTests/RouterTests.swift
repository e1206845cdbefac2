import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

/// Routers of pools (Pipeline+Routers.swift): servers on port 5, routers on 0 and 6.
@Suite("H9 H10 pools of routers")
struct RouterTests {
  static let routerIPs: [IPAddress] = ["10.0.0.251", "10.0.0.252"]
  static let servers = (1...32).map { MACAddress(2, 0, 0, 0, 5, UInt8($0)) }
  static let server: IPAddress = "10.0.0.55"

  struct Scene {
    let sw: TestSwitch
    let pool: TestSwitch.Cluster
    var routers: [TestSwitch.Member] { pool.members }

    init(_ sw: TestSwitch, hash: UInt32 = FS_HASH_SERVER, isIPv6: Bool = false) throws {
      self.sw = sw
      sw.serve(on: 5)
      pool = sw.pool(of: [sw.member(onPort: 0), sw.member(onPort: 6)], isIPv6: isIPv6, hash: hash)
      for address in RouterTests.routerIPs {
        #expect(sw.tables.setAnswer(AnswerEntry(address: address, vlan: .untagged, pool: pool.index)))
      }
      let six = AnswerEntry(address: Net.routerV6, vlan: .untagged, pool: pool.index)
      #expect(sw.tables.setAnswer(six))
    }

    /// Its buckets are dealt to the other router, which takes its frames.
    func kill(_ number: Int) {
      let other = routers[1 - number].index
      for bucket in pool.buckets { sw.tables.setBucket(bucket, BucketWord(current: other)) }
      let dead = routers[number]
      sw.tables.setRouter(
        number,
        RouterEntry(
          link: MemberLink(mac: dead.mac, port: dead.port), steerIPv4: pool.index, steerIPv6: pool.index,
          isDead: true))
    }

    func packet(from server: MACAddress, to router: MACAddress) -> TestFrame {
      TestFrame(from: server, to: router, .ipv4(RouterTests.server, Net.client, .udp(1000, 53)))
    }
  }

  @Test("H9 frames for a router that lives go to it, counted", arguments: PipelineTarget.available)
  func alive(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      for (i, router) in scene.routers.enumerated() {
        let frame = scene.packet(from: RouterTests.servers[0], to: router.mac)
        try sw.expect("a server's", frame, on: 5, .forwarded(router.port))
        try sw.expect("another router's", frame.from("02:00:00:00:77:77"), on: 2, .forwarded(router.port))
        let counters = sw.tables.routerCounters(i)
        #expect(counters.packets == 2 && counters.bytes == UInt64(2 * frame.bytes.count))
      }
    }
  }

  @Test(
    "H10 servers' IP frames for a dead router go to one that lives; all others to itself",
    arguments: PipelineTarget.available)
  func dead(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      scene.kill(0)
      let (dead, alive) = (scene.routers[0], scene.routers[1])
      let frame = scene.packet(from: RouterTests.servers[0], to: dead.mac)
      try sw.expect("IPv4", frame, on: 5, .forwarded(alive.port), becomes: frame.to(alive.mac))
      #expect(sw.tables.memberCounters(alive.index).packets == 1)
      try sw.expect("from no server", frame.from(Net.anyone), on: 2, .forwarded(dead.port))
      let arp = TestFrame(
        from: RouterTests.servers[0], to: dead.mac,
        .arp(.request, sender: RouterTests.server, RouterTests.servers[0], target: "10.0.0.77"))
      try sw.expect("ARP about something else", arp, on: 5, .forwarded(dead.port))
      for bucket in scene.pool.buckets { sw.tables.setBucket(bucket, BucketWord(current: 0)) }
      try sw.expect("no router lives", frame, on: 5, .dropped(.noMember))
    }
  }

  @Test(
    "H9 a server that asks for any router is told the one that has its bucket",
    arguments: PipelineTarget.available)
  func answered(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      var told: Set<MACAddress> = []
      for server in RouterTests.servers {
        let mac = try #require(sw.router(of: scene.pool, for: server)).mac
        told.insert(mac)
        for address in RouterTests.routerIPs {
          let question = TestFrame(
            from: server, to: .broadcast, .arp(.request, sender: RouterTests.server, server, target: address))
          let answer = TestFrame(
            from: mac, to: server, .arp(.reply, sender: address, mac, target: RouterTests.server, server))
          try sw.expect("broadcast", question, on: 5, .replied, becomes: answer)
          try sw.expect("unicast", question.to(scene.routers[0].mac), on: 5, .replied, becomes: answer)
          try sw.expect("from no server", question.from(Net.anyone), on: 2, .flooded)
        }
        let group = Net.routerV6.solicitedNode
        try sw.expect(
          "ND",
          TestFrame(
            from: server, to: .group(of: group),
            .ipv6("fe80::55", group, .neighbourSolicitation(Net.routerV6, option: server))), on: 5, .replied,
          becomes: TestFrame(
            from: mac, to: server,
            .ipv6(Net.routerV6, "fe80::55", .neighbourAdvertisement(Net.routerV6, flags: 0xe0, option: mac))))
      }
      #expect(told.count == 2, "servers are shared out")
      let probe = TestFrame(
        from: RouterTests.servers[0], to: .broadcast,
        .arp(.request, sender: "0.0.0.0", RouterTests.servers[0], target: RouterTests.routerIPs[0]))
      try sw.expect("RFC 5227 probe", probe, on: 5, .flooded)
      for bucket in scene.pool.buckets { sw.tables.setBucket(bucket, BucketWord(current: 0)) }
      let question = TestFrame(
        from: RouterTests.servers[0], to: .broadcast,
        .arp(.request, sender: RouterTests.server, RouterTests.servers[0], target: RouterTests.routerIPs[0]))
      try sw.expect("no router lives", question, on: 5, .flooded)
    }
  }

  @Test(
    "H9 a pool that balances flows answers with its virtual MAC, and takes every destination there",
    arguments: PipelineTarget.available)
  func perFlow(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw, hash: FS_HASH_FLOW)
      let (server, address) = (RouterTests.servers[0], RouterTests.routerIPs[0])
      let mac = scene.pool.mac
      try sw.expect(
        "ARP",
        TestFrame(
          from: server, to: .broadcast, .arp(.request, sender: RouterTests.server, server, target: address)),
        on: 5,
        .replied,
        becomes: TestFrame(
          from: mac, to: server, .arp(.reply, sender: address, mac, target: RouterTests.server, server)))
      var used: Set<TestSwitch.Member> = []
      for port in 1...64 {
        let frame = TestFrame(
          from: server, to: mac, .ipv4(RouterTests.server, "203.0.113.9", .udp(port, 53)))
        used.insert(try sw.expectSteered(frame, to: scene.pool, on: 5))
      }
      #expect(used.count == 2)
    }
  }

  @Test(
    "H9 a router that asks a server tells its own MAC; the server's next check is answered by its bucket",
    arguments: PipelineTarget.available)
  func asking(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let (router, address) = (scene.routers[0], RouterTests.routerIPs[0])
      let server = try #require(
        RouterTests.servers.first { sw.router(of: scene.pool, for: $0) == scene.routers[1] })
      try sw.expect(
        "switched",
        TestFrame(
          from: router.mac, to: .broadcast,
          .arp(.request, sender: address, router.mac, target: RouterTests.server)), on: 0, .flooded)
      // The server's entry is stale now: RFC 4861 §7.3.3, and what hosts do with ARP alike.
      let mac = scene.routers[1].mac
      try sw.expect(
        "the server checks",
        TestFrame(
          from: server, to: router.mac, .arp(.request, sender: RouterTests.server, server, target: address)),
        on: 5, .replied,
        becomes: TestFrame(
          from: mac, to: server, .arp(.reply, sender: address, mac, target: RouterTests.server, server)))
    }
  }

  @Test(
    "H9 X1 a solicitation without option asks one router, and is switched to it",
    arguments: PipelineTarget.available)
  func shortSolicitation(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let router = scene.routers[0]
      let check = TestFrame(
        from: RouterTests.servers[0], to: router.mac,
        .ipv6("fe80::55", Net.routerV6, .neighbourSolicitation(Net.routerV6, option: nil)))
      try sw.expect("no option", check, on: 5, .forwarded(router.port))
    }
  }

  @Test("H9 what a router says about itself is kept from servers", arguments: PipelineTarget.available)
  func claims(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let (router, address) = (scene.routers[0], RouterTests.routerIPs[0])
      for operation in [NetworkPayload.ARPOperation.request, .reply] {
        try sw.expect(
          "gratuitous \(operation)",
          TestFrame(
            from: router.mac, to: .broadcast, .arp(operation, sender: address, router.mac, target: address)),
          on: 0,
          .punted(.claim))
      }
      try sw.expect(
        "unsolicited advertisement",
        TestFrame(
          from: router.mac, to: "33:33:00:00:00:01",
          .ipv6(
            Net.routerV6, "ff02::1", .neighbourAdvertisement(Net.routerV6, flags: 0xa0, option: router.mac))),
        on: 0, .punted(.claim))
    }
  }

  @Test(
    "H10 a router's station neither moves nor ages; a dead one's advertisements are dropped",
    arguments: PipelineTarget.available)
  func station(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try Scene(sw)
      let router = scene.routers[0]
      let frame = TestFrame(from: router.mac, to: .broadcast, .other(type: 0x88b5, []))
      try sw.expect("on its port", frame, on: 0, .flooded)
      try sw.expect("on another", frame, on: 2, .dropped(.strayRouter))
      sw.tables.setRouter(0, RouterEntry(link: MemberLink(mac: router.mac, port: 2)))
      try sw.expect("moved", frame, on: 2, .flooded)
      try sw.expect("where it was, though it spoke last there", frame, on: 0, .dropped(.strayRouter))
      sw.tables.setRouter(0, RouterEntry(link: MemberLink(mac: router.mac, port: 0)))
      try sw.expect("back", frame, on: 0, .flooded)
      sw.tick(1000 + 32 * 100)
      sw.tables.ageStations(limit: 10)
      #expect(sw.tables.port(ofStation: router.mac, vlan: .untagged) == 0)
      #expect(sw.tables.stations.first { $0.mac == router.mac }?.router == 0)

      let advertisement = TestFrame(
        from: router.mac, to: "33:33:00:00:00:01",
        .ipv6("fe80::1", "ff02::1", .routerAdvertisement(option: router.mac)))
      try sw.expect("alive", advertisement, on: 0, .flooded)
      scene.kill(0)
      try sw.expect("dead", advertisement, on: 0, .dropped(.deadRouter))
      sw.tables.removeRouterStation(mac: router.mac, vlan: .untagged)
      try sw.expect("no pool's router any more", frame, on: 2, .flooded)
      #expect(sw.tables.port(ofStation: router.mac, vlan: .untagged) == 2)
    }
  }

  @Test(
    "H7 the switch's own frames for a probe MAC reach that member on its VLAN; nobody else uses such a MAC",
    arguments: PipelineTarget.available)
  func probes(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let members = [sw.member(onPort: 1), sw.member(onPort: 2, vlan: 10)]
      sw.cluster(Net.web, vlan: 10, members: members)
      for member in members {
        let mac = TableMemory.probeMAC(member: member.index)
        let payload = NetworkPayload.ipv4("10.0.0.5", Net.web.address, .udp(1, 2))
        let frame = TestFrame(from: TestSwitch.ownMAC, to: mac, payload)
        let tags: [TestFrame.Tag] = member.vlan == .untagged ? [] : [.vlan(10)]
        try sw.expect(
          "from the switch", frame, on: 7, .forwarded(member.port),
          becomes: TestFrame(from: TestSwitch.ownMAC, to: member.mac, tags: tags, payload))
        #expect(sw.tables.memberCounters(member.index).packets == 0)
        try sw.expect("from others", frame.from(Net.anyone), on: 5, .flooded)
        try sw.expect("spoken as", frame.from(mac), on: 5, .dropped(.ownSource))
        // The answer comes untagged to the host's stack.
        let answer = NetworkPayload.ipv4(Net.web.address, "10.0.0.5", .udp(2, 1))
        try sw.expect(
          "answer", TestFrame(from: member.mac, to: TestSwitch.ownMAC, tags: tags, answer), on: member.port,
          .forwarded(7), becomes: TestFrame(from: member.mac, to: TestSwitch.ownMAC, answer))
      }
      let nobody = TestFrame(
        from: TestSwitch.ownMAC, to: TableMemory.probeMAC(member: 30),
        .ipv4("10.0.0.5", Net.client, .udp(1, 2)))
      try sw.expect("no such member", nobody, on: 7, .dropped(.noMember))
    }
  }
}
