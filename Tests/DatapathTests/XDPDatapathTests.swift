import CDatapath
import CTables
import CSupport
import Datapath
import Forwarding
import Foundation
import Glibc
import Support
import Testing
import Wire

/// Loading, pinning, adopting, attaching: with interfaces in a namespace and a BPF filesystem of the test's own.
@Suite("X7 XDP datapath", .enabled(if: PipelineTarget.isRoot, "loading programs needs root"), .serialized)
struct XDPDatapathTests {
  /// Three veth pairs `pa`, `pb`, `pc`, and pins.
  struct Scene {
    let sandbox: Sandbox
    let mount: PinMount
    var root: String { mount.path + "/flowswitch" }
    var small: Dimensions {
      Dimensions(
        cpus: XDPDatapath.cpus, clusters: 8, members: 31, buckets: 1 << 13, services: 16, flows: 1 << 10)
    }

    init() throws {
      sandbox = try Sandbox(
        commands: ["pa", "pb", "pc"].map { "link add name \($0) type veth peer name far-\($0)" })
      mount = try PinMount()
    }

    func pins(_ name: String = "one") -> PinFolder { PinFolder(instance: name, root: root) }

    func make(
      _ kind: DatapathKind = .xdp, _ wanted: Dimensions? = nil, name: String = "one", direct: Bool = true
    ) throws -> XDPDatapath {
      try XDPDatapath(kind, wanted: wanted ?? small, pins: pins(name), direct: direct)
    }

    func index(_ name: String) -> Int { sandbox.interfaces[name] ?? 0 }

    func attach(_ datapath: XDPDatapath, _ port: Int, _ name: String) throws {
      try datapath.attach(port: port, interface: name, ifindex: index(name))
    }

    /// Program and mode on an interface: 0 none, 1 native, 2 generic.
    func query(_ name: String) -> (program: Int, mode: Int) {
      var program: UInt32 = 0
      var mode: CInt = 0
      if fs_bpf_xdp_query(CInt(index(name)), &program, &mode) != 0 { return (-1, 0) }
      return (Int(program), program == 0 ? 0 : Int(mode))
    }

    func linkID(_ port: Int, name: String = "one") -> Int {
      let link = fs_bpf_get(root + "/\(name)/link_\(port)")
      if link < 0 { return 0 }
      defer { close(link) }
      var facts = fs_bpf_link_facts()
      return fs_bpf_link_facts(link, &facts) == 0 ? Int(facts.id) : 0
    }

    /// As the kernel knows it: 15 bytes.
    func name(_ datapath: XDPDatapath) -> String {
      var name = [CChar](repeating: 0, count: 64)
      _ = fs_bpf_program_name(UInt32(datapath.facts.id), &name, name.count)
      return name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    var hasPins: Bool { access(root, F_OK) == 0 }

    /// Where the program is pinned by what it was made of.
    func identity(_ pins: PinFolder) -> String? {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: pins.path)) ?? []
      return names.first { $0.hasPrefix("same_") }.map { pins.path + "/" + $0 }
    }

    /// The program that is pinned is another build's from here on.
    func forgetIdentity() { if let path = identity(pins()) { unlink(path) } }
  }

  func inScene(_ body: (Scene) throws -> Void) throws {
    let scene = try Scene()
    defer { scene.mount.unmount() }
    try scene.sandbox.inside { try body(scene) }
  }

  @Test("the program is taken by the verifier, with room to grow", arguments: [true, false])
  func load(direct: Bool) throws {
    try inScene { scene in
      let datapath = try scene.make(direct: direct)
      defer { datapath.close(keep: false) }
      let facts = datapath.facts
      #expect(!datapath.isAdopted && facts.id > 0 && facts.codeBytes > 10_000 && facts.machineBytes > 0)
      // The kernel's limit is a million.
      #expect((1...300_000).contains(facts.verified), "the verifier looked at \(facts.verified) instructions")
      #expect(scene.name(datapath) == (direct ? "flowswitch_xdp" : "flowswitch_xdp_"), "none is given up")
      #expect(TableID.allCases.allSatisfy { datapath.tables.bytes($0).allSatisfy { $0 == 0 } })
    }
  }

  @Test("ports are attached natively or generically, as asked", arguments: [DatapathKind.xdp, .xdpGeneric])
  func attach(kind: DatapathKind) throws {
    try inScene { scene in
      let datapath = try scene.make(kind)
      try scene.attach(datapath, 0, "pa")
      try scene.attach(datapath, 1, "pb")
      for name in ["pa", "pb"] {
        #expect(scene.query(name) == (datapath.facts.id, kind == .xdp ? 1 : 2))
      }
      #expect(scene.query("pc") == (0, 0))
      datapath.detach(port: 0)
      #expect(scene.query("pa") == (0, 0) && scene.query("pb").program == datapath.facts.id)
      datapath.close(keep: false)
      #expect(scene.query("pb") == (0, 0))
    }
  }

  @Test(
    "X7 closed to be kept, the kernel goes on; the next one adopts tables, links, and the program if it is the same",
    arguments: [true, false], [true, false])
  func adopt(direct: Bool, isSame: Bool) throws {
    try inScene { scene in
      let first = try scene.make(direct: direct)
      let station: MACAddress = "02:00:00:00:00:77"
      first.tables.setLimits(seed: 0xabc, puntsPerTick: 5)
      first.tables.enterStation(station, vlan: .untagged, port: 1)
      first.tables.setBucket(77, BucketWord(current: 3, previous: 4, isTransit: true))
      try scene.attach(first, 0, "pa")
      try scene.attach(first, 1, "pb")
      try first.pin()
      let links = (scene.linkID(0), scene.linkID(1))
      let firstProgram = first.facts.id
      first.close(keep: true)
      #expect(scene.query("pa") == (firstProgram, 1), "it forwards without its daemon")
      if !isSame { scene.forgetIdentity() }

      let second = try scene.make()
      #expect(second.isAdopted && (second.facts.id == firstProgram) == isSame)
      #expect(second.tables.port(ofStation: station, vlan: .untagged) == 1)
      #expect(second.tables.bucket(77) == BucketWord(current: 3, previous: 4, isTransit: true))
      second.tables.setLimits(seed: 0xdef, puntsPerTick: 6)
      #expect(
        scene.query("pa").program == firstProgram, "until the ports are attached, the former program works")
      try scene.attach(second, 0, "pa")
      try scene.attach(second, 1, "pb")
      try second.pin()
      #expect(scene.query("pa") == (second.facts.id, 1) && scene.query("pb") == (second.facts.id, 1))
      #expect(
        (scene.linkID(0), scene.linkID(1)) == links,
        "the program was exchanged within the links: no frame without")
      // The former one's memory is the same memory.
      first.tables.setBucket(78, BucketWord(current: 9))
      #expect(second.tables.bucket(78).current == 9)
      second.close(keep: false)
      #expect(scene.query("pa") == (0, 0) && scene.query("pb") == (0, 0) && !scene.hasPins)
    }
  }

  @Test("X7 a pinned program that uses other maps than the pinned ones is not taken")
  func foreignProgram() throws {
    try inScene { scene in
      let first = try scene.make()
      try first.pin()
      let second = try XDPDatapath(.xdp, wanted: scene.small, pins: scene.pins("other"))
      try second.pin()
      // As if a daemon had died between the pins of its maps and that of its program.
      let (here, there) = (scene.identity(scene.pins()), scene.identity(scene.pins("other")))
      try #require(here != nil && there != nil)
      let (id, strange) = (first.facts.id, second.facts.id)
      first.close(keep: true)
      #expect(rename(there ?? "", here ?? "") == 0)
      let next = try scene.make()
      #expect(next.isAdopted && next.facts.id != id && next.facts.id != strange)
      next.close(keep: false)
      second.close(keep: false)
    }
  }

  @Test("X7 a daemon that dies leaves everything as it is")
  func dies() throws {
    try inScene { scene in
      do {
        let killed = try scene.make()
        try scene.attach(killed, 0, "pa")
        try killed.pin()
        killed.tables.enterStation("02:00:00:00:00:01", vlan: .untagged, port: 0)
        // Neither closed nor detached.
      }
      #expect(scene.query("pa").mode == 1)
      let next = try scene.make()
      #expect(next.isAdopted && next.tables.stations.count == 1)
      next.close(keep: false)
      #expect(!scene.hasPins)
    }
  }

  @Test("X7 adopted ports that are none now are detached, and get no more frames")
  func fewerPorts() throws {
    try inScene { scene in
      let first = try scene.make()
      for (port, name) in ["pa", "pb", "pc"].enumerated() { try scene.attach(first, port, name) }
      try first.pin()
      first.close(keep: true)
      let second = try scene.make()
      try scene.attach(second, 0, "pa")
      try scene.attach(second, 2, "pc")
      second.detachOthers(than: [0: scene.index("pa"), 2: scene.index("pc")])
      #expect(scene.query("pb") == (0, 0) && scene.query("pa").mode == 1 && scene.query("pc").mode == 1)
      #expect(scene.linkID(1) == 0)
      try second.pin()
      let ports = fs_bpf_get(scene.root + "/one/map_fs_ports")
      defer { close(ports) }
      let present = (0..<3).map { port in
        var key = UInt32(port)
        var value: UInt32 = 0
        return fs_bpf_map_lookup(ports, &key, &value) == 0 ? Int(value) : 0
      }
      #expect(present == [scene.index("pa"), 0, scene.index("pc")])
      second.close(keep: false)
    }
  }

  @Test("X7 adopted links are found though the ports' numbers changed")
  func renumbered() throws {
    try inScene { scene in
      let first = try scene.make()
      try scene.attach(first, 0, "pa")
      try scene.attach(first, 1, "pb")
      try first.pin()
      first.close(keep: true)
      let second = try scene.make()
      try scene.attach(second, 0, "pb")
      try scene.attach(second, 1, "pa")
      #expect(scene.query("pa") == (second.facts.id, 1) && scene.query("pb") == (second.facts.id, 1))
      try second.pin()
      second.close(keep: false)
      #expect(scene.query("pa") == (0, 0) && scene.query("pb") == (0, 0))
    }
  }

  @Test("an adopted native link gives way to a generic one")
  func otherMode() throws {
    try inScene { scene in
      let first = try scene.make(.xdp)
      try scene.attach(first, 0, "pa")
      try first.pin()
      first.close(keep: true)
      let second = try scene.make(.xdpGeneric)
      try scene.attach(second, 0, "pa")
      #expect(second.isAdopted && scene.query("pa") == (second.facts.id, 2))
      second.close(keep: false)
    }
  }

  @Test("tables that are too small are copied into larger ones; too large ones are adopted")
  func growth() throws {
    try inScene { scene in
      let first = try scene.make()
      first.tables.enterStation("02:00:00:00:00:01", vlan: .untagged, port: 0)
      try scene.attach(first, 0, "pa")
      try first.pin()
      first.close(keep: true)
      func wanted(members: Int, buckets: Int = 1 << 13) -> Dimensions {
        Dimensions(
          cpus: XDPDatapath.cpus, clusters: 8, members: members, buckets: buckets, services: 16,
          flows: 1 << 10)
      }
      let same = try scene.make(.xdp, wanted(members: 50))
      #expect(same.isAdopted && same.tables.dimensions == scene.small, "room was left")
      let smaller = try scene.make(.xdp, wanted(members: 2, buckets: 1))
      #expect(smaller.isAdopted)
      let larger = try scene.make(.xdp, wanted(members: 1000))
      #expect(larger.isAdopted && larger.tables.dimensions.members >= 1251)
      #expect(
        larger.tables.port(ofStation: "02:00:00:00:00:01", vlan: .untagged) == 0,
        "\(larger.tables.stations), before: \(smaller.tables.stations)")
      // The old program goes on until the port is attached.
      smaller.tables.bytes(.flows).storeBytes(of: 5 << 27, toByteOffset: 24, as: UInt64.self)
      try scene.attach(larger, 0, "pa")
      larger.catchUp(isLast: true)
      #expect(larger.tables.bytes(.flows).load(as: UInt64.self) == 5 << 27)
      try larger.pin()
      #expect(scene.query("pa") == (larger.facts.id, 1), "the link goes on with the new program and tables")
      larger.close(keep: true)
      let next = try scene.make(.xdp, wanted(members: 1000))
      #expect(next.isAdopted && next.tables.dimensions == larger.tables.dimensions)
      next.close(keep: true)
      unlink(scene.root + "/one/map_fs_flows")
      #expect(try !scene.make().isAdopted, "a map is missing")
      next.close(keep: false)
    }
  }

  @Test("an interface that is taken: the message names the other program")
  func taken() throws {
    try inScene { scene in
      let first = try scene.make()
      try scene.attach(first, 0, "pa")
      let second = try scene.make(name: "two")
      let error = #expect(throws: DatapathError.self) { try scene.attach(second, 0, "pa") }
      let text = error?.message ?? ""
      #expect(
        error?.code == EBUSY && text.contains("pa already has the XDP program flowswitch_xdp"), "\(text)")
      #expect(text.contains("id \(first.facts.id)") && text.contains("bpftool net show dev pa"), "\(text)")
      #expect(second.probe(interface: "pa", ifindex: scene.index("pa"), generic: false) != nil)
      #expect(second.probe(interface: "pb", ifindex: scene.index("pb"), generic: false) == nil)
      #expect(scene.query("pa").program == first.facts.id && scene.query("pb") == (0, 0))
      first.close(keep: false)
      try scene.attach(second, 0, "pa")
      second.close(keep: false)
    }
  }

  @Test("an interface that is not there, vanishes, comes back")
  func vanished() throws {
    try inScene { scene in
      let datapath = try scene.make()
      for index in [54_321, 70_000] {
        let error = #expect(throws: DatapathError.self) {
          try datapath.attach(port: 0, interface: "eth9", ifindex: index)
        }
        #expect(error?.message.contains("eth9") == true, "\(error?.message ?? "")")
      }
      try scene.attach(datapath, 0, "pa")
      try scene.attach(datapath, 1, "pb")
      try scene.sandbox.run(["link del pa"])
      datapath.detach(port: 0)
      try scene.sandbox.run(["link add name pa type veth peer name far-pa"])
      try scene.attach(datapath, 0, "pa")
      #expect(scene.query("pa") == (datapath.facts.id, 1))
      try scene.sandbox.run(["link del pa", "link add name pa type veth peer name far-pa"])
      try scene.attach(datapath, 0, "pa")
      #expect(scene.query("pa") == (datapath.facts.id, 1), "also when nobody noticed that it was gone")
      datapath.close(keep: false)
      #expect(!scene.hasPins)
    }
  }

  @Test("without a BPF filesystem the message says so")
  func noFilesystem() throws {
    try inScene { scene in
      let error = #expect(throws: DatapathError.self) {
        _ = try XDPDatapath(.xdp, wanted: scene.small, pins: PinFolder(instance: "x", root: "/proc/nowhere"))
      }
      #expect(error?.message.contains("BPF filesystem") == true, "\(error?.message ?? "")")
    }
  }
}
