import CDatapath
import CTables
import Datapath
import Forwarding
import Glibc
import LinuxPlatform
import Support
import Synchronization
import Testing
import Wire

/// The program at tc ingress: attached, adopted, removed; and what is its own: tags that are not among a frame's bytes,
/// frames that are yet to be segmented, flooding, the way to control.
@Suite("X7 tc datapath", .enabled(if: PipelineTarget.isRoot, "loading programs needs root"), .serialized)
struct TCDatapathTests {
  typealias Scene = XDPDatapathTests.Scene

  func inScene(_ body: (Scene) throws -> Void) throws {
    let scene = try Scene()
    defer { scene.mount.unmount() }
    try scene.sandbox.inside { try body(scene) }
  }

  /// Programs at tc ingress of an interface.
  func programs(_ scene: Scene, _ name: String) -> [Int] {
    var found = [UInt32](repeating: 0, count: 8)
    let count = fs_bpf_tcx_query(CInt(scene.index(name)), &found, 8)
    return count < 0 ? [-1] : found.prefix(Int(count)).map { Int($0) }
  }

  @Test("the program is taken by the verifier, with room to grow", arguments: [true, false])
  func load(direct: Bool) throws {
    try inScene { scene in
      let datapath = try scene.make(.tc, direct: direct)
      defer { datapath.close(keep: false) }
      // The kernel's limit is a million.
      #expect((1...300_000).contains(datapath.facts.verified), "\(datapath.facts.verified) instructions")
      #expect(scene.name(datapath) == (direct ? "flowswitch_tc" : "flowswitch_tc_l"), "none is given up")
    }
  }

  @Test("ports are attached as links, and nothing is left when they are detached")
  func attach() throws {
    try inScene { scene in
      let datapath = try scene.make(.tc)
      try scene.attach(datapath, 0, "pa")
      try scene.attach(datapath, 1, "pb")
      try datapath.pin()
      #expect(programs(scene, "pa") == [datapath.facts.id] && programs(scene, "pb") == [datapath.facts.id])
      #expect(programs(scene, "pc") == [] && scene.query("pa") == (0, 0), "XDP is left alone")
      #expect(XDPDatapath.hasSwitch(ifindex: scene.index("pa")))
      #expect(!XDPDatapath.hasSwitch(ifindex: scene.index("pc")))
      datapath.detach(port: 0)
      #expect(programs(scene, "pa") == [] && programs(scene, "pb") == [datapath.facts.id])
      datapath.close(keep: false)
      #expect(programs(scene, "pb") == [] && !scene.hasPins)
    }
  }

  @Test(
    "X7 what a killed daemon left goes on, and is adopted with links, tables and the next one's program",
    arguments: [true, false])
  func adopt(direct: Bool) throws {
    try inScene { scene in
      let station: MACAddress = "02:00:00:00:00:77"
      var former = 0
      do {
        let killed = try scene.make(.tc, direct: direct)
        killed.tables.enterStation(station, vlan: .untagged, port: 1)
        try scene.attach(killed, 0, "pa")
        try scene.attach(killed, 1, "pb")
        try killed.pin()
        former = killed.facts.id
        // Neither closed nor detached.
      }
      #expect(programs(scene, "pa") == [former], "it forwards without its daemon")
      let links = (scene.linkID(0), scene.linkID(1))
      #expect(scene.pins().attachedKind == .tc && scene.pins().attachedInterfaces.count == 2)
      let next = try scene.make(.tc)
      #expect(next.isAdopted && next.tables.port(ofStation: station, vlan: .untagged) == 1)
      #expect(next.probe(interface: "pa", ifindex: scene.index("pa"), generic: false) == nil)
      #expect(programs(scene, "pa") == [former], "looking disturbs nothing")
      try scene.attach(next, 0, "pa")
      try scene.attach(next, 1, "pb")
      try next.pin()
      #expect(programs(scene, "pa") == [next.facts.id] && programs(scene, "pb") == [next.facts.id])
      #expect((scene.linkID(0), scene.linkID(1)) == links, "exchanged within the links: no frame without")
      next.close(keep: false)
      #expect(programs(scene, "pa") == [] && programs(scene, "pb") == [] && !scene.hasPins)
    }
  }

  @Test(
    "X7 a port's number may change, and the hook, and what was there goes",
    arguments: [DatapathKind.xdp, .tc], [true, false])
  func changes(to kind: DatapathKind, direct: Bool) throws {
    try inScene { scene in
      let first = try scene.make(kind == .tc ? .xdp : .tc, direct: direct)
      try scene.attach(first, 0, "pa")
      try scene.attach(first, 1, "pb")
      try first.pin()
      first.close(keep: true)
      let second = try scene.make(kind)
      #expect(second.isAdopted)
      try scene.attach(second, 1, "pa")
      try scene.attach(second, 0, "pb")
      for name in ["pa", "pb"] {
        #expect(programs(scene, name) == (kind == .tc ? [second.facts.id] : []))
        #expect(scene.query(name).program == (kind == .tc ? 0 : second.facts.id))
      }
      second.close(keep: false)
      #expect(programs(scene, "pa") == [] && scene.query("pa") == (0, 0) && !scene.hasPins)
    }
  }

  @Test(
    "an interface where another switch forwards is refused, with either hook",
    arguments: [DatapathKind.tc, .xdp], [DatapathKind.tc, .xdp])
  func taken(kind: DatapathKind, other: DatapathKind) throws {
    try inScene { scene in
      let first = try scene.make(kind)
      try scene.attach(first, 0, "pa")
      let second = try scene.make(other, name: "two")
      let error = #expect(throws: DatapathError.self) { try scene.attach(second, 0, "pa") }
      #expect(error?.code == EBUSY && error?.message.contains("another switch") == true)
      #expect(second.probe(interface: "pa", ifindex: scene.index("pa"), generic: false) != nil)
      #expect(second.probe(interface: "pb", ifindex: scene.index("pb"), generic: false) == nil)
      #expect(programs(scene, "pb") == [] && scene.query("pb") == (0, 0))
      first.close(keep: false)
      second.close(keep: false)
    }
  }

  /// Frames that were seen somewhere.
  final class Seen: Sendable {
    private let frames = Mutex<[[UInt8]]>([])
    var all: [[UInt8]] { frames.withLock { $0 } }
    func add(_ frame: [UInt8]) { frames.withLock { $0.append(frame) } }
  }

  @Test("frames really go: flooded to each other port once, forwarded to one, with their tags")
  func live() throws {
    try inScene { scene in
      try scene.sandbox.run(
        ["pa", "pb", "pc"].flatMap { ["link set \($0) up promisc on", "link set far-\($0) up promisc on"] })
      let datapath = try scene.make(.tc)
      defer { datapath.close(keep: false) }
      datapath.tables.setVirtualMACs(first: "02:f5:00:00:00:00", count: 1, hashSeed: 0)
      for (port, name) in ["pa", "pb", "pc"].enumerated() {
        datapath.tables.setPort(port, flags: FS_PORT_UP, maxFrame: 1518, ifindex: scene.index(name))
        try scene.attach(datapath, port, name)
      }
      // What a far end itself sends is not shown there.
      let filter = "ether src 02:00:00:00:00:0a or ether src 02:00:00:00:00:0b"
      var atA = try PacketCapture(interface: "far-pa", filter: filter)
      var atB = try PacketCapture(interface: "far-pb", filter: filter)
      var atC = try PacketCapture(interface: "far-pc", filter: filter)
      func send(_ from: String, _ frame: TestFrame) throws {
        let injector = try PacketInjector(interface: from)
        _ = try frame.bytes.withUnsafeBytes { try injector.send($0) }
      }
      func frame(_ source: MACAddress, _ destination: MACAddress, _ tags: [TestFrame.Tag], _ mark: UInt8)
        -> TestFrame
      {
        TestFrame(from: source, to: destination, tags: tags, .other(type: 0x88b5, [mark])).padded()
      }
      /// What the far ends hold when nothing more comes.
      func heard() throws -> [[[UInt8]]] {
        var found = [[[UInt8]]](repeating: [], count: 3)
        for _ in 0..<20 {
          usleep(10_000)
          try atA.read(upTo: 64) { found[0].append(Array($0.bytes)) }
          try atB.read(upTo: 64) { found[1].append(Array($0.bytes)) }
          try atC.read(upTo: 64) { found[2].append(Array($0.bytes)) }
        }
        return found
      }
      let (a, b): (MACAddress, MACAddress) = ("02:00:00:00:00:0a", "02:00:00:00:00:0b")
      for tags in [[], [TestFrame.Tag.vlan(5, priority: 3)], [.vlan(5), .vlan(6)]] {
        let flooded = frame(a, .broadcast, tags, 1)
        try send("far-pa", flooded)
        var seen = try heard()
        #expect(seen == [[], [flooded.bytes], [flooded.bytes]])
        let answer = frame(b, a, tags, 2)
        try send("far-pb", answer)
        seen = try heard()
        #expect(seen == [[answer.bytes], [], []])
        let back = frame(a, b, tags, 3)
        try send("far-pa", back)
        seen = try heard()
        #expect(seen == [[], [back.bytes], []])
      }
      #expect(
        datapath.tables.portCounters(0).rxPackets >= 6 && datapath.tables.portCounters(1).rxPackets >= 3)
    }
  }

  @Test("what control is given comes whole, with port and tag")
  func punts() throws {
    try PipelineTarget.withKernel(.tc) { kernel in
      let sw = TestSwitch(kernel)
      sw.tables.setLimits(seed: 1, puntsPerTick: 100)
      let tagged = sw.cluster("10.0.0.100", vlan: 7, members: [sw.member(onPort: 2, vlan: 7)])
      _ = sw.cluster("10.0.0.100", members: [sw.member(onPort: 2)])
      let seen = Seen()
      let ring = try kernel.datapath.openPunts { port, frame in seen.add([UInt8(port)] + frame) }
      let member = tagged.members[0].mac
      let claim = NetworkPayload.arp(.request, sender: "10.0.0.100", member, target: "10.0.0.100")
      var sent: [[UInt8]] = []
      for tags in [[], [TestFrame.Tag.vlan(7, priority: 5)]] {
        let frame = TestFrame(from: member, to: .broadcast, tags: tags, claim).padded()
        #expect(try sw.run(frame, on: 2).outcome == .punted(.claim))
        sent.append([2] + frame.bytes)
      }
      ring.close()
      #expect(seen.all == sent)
    }
  }

  @Test("captures and taps show a tag where it was, and as it leaves")
  func shownTags() throws {
    try PipelineTarget.withKernel(.tc) { kernel in
      let sw = TestSwitch(kernel)
      let cluster = sw.cluster("10.0.0.100", vlan: 7, members: [sw.member(onPort: 2, vlan: 9)])
      let frame = sw.tcp(cluster, from: "198.51.100.7", 1000, .syn, tags: [.vlan(7, priority: 5)]).padded()
      let samples = Mutex<[CaptureSample]>([])
      let capture = try kernel.datapath.openCapture(ports: nil, snap: 256) { sample in
        samples.withLock { $0.append(sample) }
      }
      let left = try sw.run(frame, on: 0)
      capture.close()
      let shown = samples.withLock { $0 }
      #expect(left.outcome == .forwarded(2) && shown.count == 1)
      #expect(shown.first?.before == frame.bytes && shown.first?.after == left.frame.bytes)
      #expect(shown.first?.length == frame.bytes.count)
      let taps = Mutex<[TapSample]>([])
      let tap = try kernel.datapath.openTap { sample in taps.withLock { $0.append(sample) } }
      _ = try sw.run(frame, on: 0)
      tap.close()
      let tapped = taps.withLock { $0 }
      #expect(tapped.count == 1 && tapped.first?.bytes == Array(left.frame.bytes.prefix(Int(FS_TAP_BYTES))))
      #expect(tapped.first?.destination == cluster.mac)
    }
  }

  @Test("a frame that is yet to be segmented goes in one piece, if its segments fit the port")
  func segmentation() throws {
    try PipelineTarget.withKernel(.tc) { kernel in
      let sw = TestSwitch(kernel)
      let web = sw.cluster("10.0.0.100", members: [sw.member(onPort: 1)])
      let six = sw.cluster("fd50::100", members: [sw.member(onPort: 1)])
      defer { kernel.segmentPayload = 0 }
      let data = [UInt8](repeating: 1, count: 3000)
      let frames = [
        (sw.frame(web, .ip("198.51.100.7", "10.0.0.100", .tcp(1, 80, .ack, data))), 54),
        (sw.frame(web, .ip("198.51.100.7", "10.0.0.100", .udp(1, 80, data))), 42),
        (sw.frame(six, .ip("2001:db8::7", "fd50::100", .tcp(1, 80, .ack, data))), 74),
        (sw.frame(six, .ip("2001:db8::7", "fd50::100", .udp(1, 80, data))), 62),
      ]
      for (frame, headers) in frames {
        sw.setLongestFrame(1, 1518)
        kernel.segmentPayload = 0
        #expect(try sw.run(frame, on: 0).outcome == .dropped(.tooBig))
        kernel.segmentPayload = 1518 - headers
        let before = sw.tables.portCounters(1)
        let seen = try sw.run(frame, on: 0)
        #expect(seen.outcome == .forwarded(1) && seen.frame.bytes.count == frame.bytes.count)
        #expect(seen.frame.bytes.dropFirst(6) == frame.bytes.dropFirst(6), "only the destination is another")
        let after = sw.tables.portCounters(1)
        #expect(after.txPackets == before.txPackets + 1)
        #expect(after.txBytes == before.txBytes + UInt64(frame.bytes.count), "counted as one")
        kernel.segmentPayload = 1519 - headers
        #expect(try sw.run(frame, on: 0).outcome == .dropped(.tooBig))
      }
    }
  }
}
