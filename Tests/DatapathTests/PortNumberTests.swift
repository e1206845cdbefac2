import CTables
import Datapath
import Forwarding
import Glibc
import LinuxPlatform
import Support
import Testing
import Wire

/// Ports whose numbers need more than eight bits, in the kernel.
@Suite(
  "X7 ports of all numbers", .enabled(if: PipelineTarget.isRoot, "loading programs needs root"), .serialized)
struct PortNumberTests {
  static let names = ["pa", "pb", "pc"]
  static let virtual: MACAddress = "02:f5:00:00:00:01"
  static let (a, b): (MACAddress, MACAddress) = ("02:00:00:00:00:0a", "02:00:00:00:00:0b")

  /// What the far ends of the ports hear.
  struct Ears: ~Copyable {
    private var atA: PacketCapture
    private var atB: PacketCapture
    private var atC: PacketCapture

    init() throws {
      // What a far end itself sends is not shown there. The host's own stack speaks, too.
      let filter = "ether src \(PortNumberTests.a) or ether src \(PortNumberTests.b)"
      let a = try PacketCapture(interface: "far-pa", filter: filter)
      let b = try PacketCapture(interface: "far-pb", filter: filter)
      let c = try PacketCapture(interface: "far-pc", filter: filter)
      atA = a
      atB = b
      atC = c
    }

    /// What there is when nothing more comes.
    mutating func heard() throws -> [[[UInt8]]] {
      var found = [[[UInt8]]](repeating: [], count: 3)
      for _ in 0..<20 {
        usleep(10_000)
        try atA.read(upTo: 64) { found[0].append(Array($0.bytes)) }
        try atB.read(upTo: 64) { found[1].append(Array($0.bytes)) }
        try atC.read(upTo: 64) { found[2].append(Array($0.bytes)) }
      }
      return found
    }
  }

  func frame(_ source: MACAddress, _ destination: MACAddress) -> TestFrame {
    TestFrame(from: source, to: destination, .ip("198.51.100.7", "10.0.0.100", .tcp(1000, 80, .ack))).padded()
  }

  func send(_ from: String, _ frame: TestFrame) throws {
    let injector = try PacketInjector(interface: "far-\(from)")
    _ = try frame.bytes.withUnsafeBytes { try injector.send($0) }
  }

  @Test(
    "frames are flooded to each other port once, forwarded to a station, steered to a member",
    arguments: [DatapathKind.xdp, .tc], [[0, 256, 500], [500, 44, 300]])
  func live(kind: DatapathKind, numbers: [Int]) throws {
    let scene = try XDPDatapathTests.Scene()
    defer { scene.mount.unmount() }
    try scene.sandbox.inside {
      let names = PortNumberTests.names
      try scene.sandbox.run(
        names.flatMap { ["link set \($0) up promisc on", "link set far-\($0) up promisc on"] })
      // A veth takes redirected frames only if the far end polls.
      for name in names { try Sandbox.spawn(["ethtool", "-K", "far-\(name)", "gro", "on"]) }
      let datapath = try scene.make(kind)
      defer { datapath.close(keep: false) }
      let tables = datapath.tables
      tables.setVirtualMACs(first: PortNumberTests.virtual, count: 1, hashSeed: 0)
      for (port, name) in zip(numbers, names) {
        tables.setPort(
          port, flags: FS_PORT_UP, maxFrame: 1518,
          ifindex: scene.index(name))
        try scene.attach(datapath, port, name)
      }
      tables.setMember(1, vlan: .untagged, cluster: 0)
      tables.setMemberLink(1, MemberLink(mac: PortNumberTests.b, port: numbers[2]))
      tables.setBucket(0, BucketWord(current: 1))
      tables.setCluster(0, ClusterEntry(address: "10.0.0.100", firstBucket: 0, buckets: 1))
      var ears = try Ears()
      let (a, b) = (PortNumberTests.a, PortNumberTests.b)

      let flooded = frame(a, b)
      try send("pa", flooded)
      #expect(try ears.heard() == [[], [flooded.bytes], [flooded.bytes]])
      let answer = frame(b, a)
      try send("pc", answer)
      #expect(try ears.heard() == [[answer.bytes], [], []])
      #expect(tables.port(ofStation: a, vlan: .untagged) == numbers[0])
      #expect(tables.port(ofStation: b, vlan: .untagged) == numbers[2])
      // The first of them is not the port's last source's; the second goes by the lane.
      for _ in 0..<2 {
        try send("pa", flooded)
        #expect(try ears.heard() == [[], [], [flooded.bytes]])
      }
      try send("pa", frame(a, PortNumberTests.virtual))
      #expect(try ears.heard() == [[], [], [frame(a, b).bytes]], "as it is, but for the member's MAC")
      // It moves to the port between, whose number may be the same in eight bits.
      let moved = frame(b, a)
      try send("pb", moved)
      #expect(try ears.heard() == [[moved.bytes], [], []])
      try send("pa", flooded)
      #expect(try ears.heard() == [[], [flooded.bytes], []])

      let counters = numbers.map { tables.portCounters($0) }
      #expect(counters.map(\.txPackets) == [2, 1, 3] && counters[0].floodPackets >= 1)
      #expect(tables.memberCounters(1).packets == 1)
    }
  }

  @Test("X7 links, stations and members of such ports are adopted", arguments: [DatapathKind.xdp, .tc])
  func adopt(kind: DatapathKind) throws {
    let scene = try XDPDatapathTests.Scene()
    defer { scene.mount.unmount() }
    try scene.sandbox.inside {
      let link = MemberLink(mac: PortNumberTests.b, port: 300)
      do {
        let killed = try scene.make(kind)
        killed.tables.enterStation(PortNumberTests.a, vlan: .untagged, port: 500)
        killed.tables.setMemberLink(1, link)
        try scene.attach(killed, 500, "pa")
        try scene.attach(killed, 300, "pb")
        try scene.attach(killed, 44, "pc")
        try killed.pin()
        // Neither closed nor detached.
      }
      let links = (scene.linkID(500), scene.linkID(300))
      let next = try scene.make(kind)
      #expect(next.isAdopted && next.tables.port(ofStation: PortNumberTests.a, vlan: .untagged) == 500)
      #expect(next.tables.memberLink(1) == link)
      try scene.attach(next, 500, "pa")
      try scene.attach(next, 300, "pb")
      next.detachOthers(than: [500: scene.index("pa"), 300: scene.index("pb")])
      #expect((scene.linkID(500), scene.linkID(300)) == links && links.0 != 0 && links.1 != 0)
      #expect(scene.linkID(44) == 0)
      next.close(keep: false)
      #expect(!scene.hasPins)
    }
  }
}
