import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

/// Ports of all numbers, as the daemon's pipeline sees them; PortNumberTests of the datapath has the kernel's.
@Suite("ports of all numbers")
struct PortNumberTests {
  static let a: MACAddress = "02:00:00:00:00:0a"
  static let b: MACAddress = "02:00:00:00:00:0b"
  /// All bits of a number, set and not.
  static let ports = [1, 2, 44, 127, 128, 254, 255, 256, 257, 300, 383, 384, 499, 500]
  static let virtual: MACAddress = "02:f5:00:00:00:01"

  enum Way: Equatable {
    case to(Int)
    case dropped(Reason)
    case other
  }

  /// A switch of all the ports that there can be.
  struct Scene {
    let tables: TableMemory
    private let pipeline: HostPipeline

    init() throws {
      tables = try TableMemory.anonymous(TestSwitch.dimensions)
      pipeline = HostPipeline(tables)
      tables.setClock(fine: 1000)
      tables.setLimits(seed: 1, puntsPerTick: 100)
      tables.setVirtualMACs(first: PortNumberTests.virtual, count: 1, hashSeed: 0)
      for port in TableMemory.portNumbers {
        tables.setPort(
          port, flags: FS_PORT_UP, maxFrame: 1518,
          ifindex: 1000 + port)
      }
    }

    func send(_ from: MACAddress, _ to: MACAddress, on port: Int) -> Way {
      let frame = TestFrame(
        from: from, to: to, .ip(Net.client, Net.web.address, .tcp(1000, 80, .ack))
      ).padded()
      switch pipeline.process(frame.bytes, port: port).verdict {
      case .forward(let out, .keep): return .to(Int(out))
      case .drop(let reason): return .dropped(reason)
      default: return .other
      }
    }
  }

  @Test("H7 a station is found on each port, and is moved where a number differs in one bit only")
  func stations() throws {
    let scene = try Scene()
    let (a, b) = (PortNumberTests.a, PortNumberTests.b)
    for port in PortNumberTests.ports {
      _ = scene.send(b, .broadcast, on: 0)
      // A second time by the lane.
      for _ in 0..<2 { #expect(scene.send(a, b, on: port) == .to(0)) }
      #expect(scene.send(b, a, on: 0) == .to(port))
      #expect(scene.tables.port(ofStation: a, vlan: .untagged) == port)
      for other in (0..<9).map({ port ^ 1 << $0 }) where (1..<501).contains(other) {
        #expect(scene.send(a, b, on: other) == .to(0))
        #expect(scene.tables.port(ofStation: a, vlan: .untagged) == other)
        // Learned anew where it was before.
        #expect(scene.send(a, b, on: port) == .to(0))
        #expect(scene.tables.port(ofStation: a, vlan: .untagged) == port)
      }
      #expect(scene.tables.stations.map(\.port) == [0, port])
    }
  }

  @Test("H7 with a port its stations go, and no others")
  func ageing() throws {
    let scene = try Scene()
    let ports = [44, 255, 256, 300, 500]
    for port in ports {
      _ = scene.send(MACAddress(number: 0x02_00_00_00_01_00 + UInt64(port)), .broadcast, on: port)
    }
    for (gone, port) in ports.enumerated() {
      scene.tables.ageStations(limit: 254, gone: [port])
      #expect(scene.tables.stations.map(\.port) == Array(ports[(gone + 1)...]))
    }
  }

  @Test("H1 a member is reached behind each port") func members() throws {
    let scene = try Scene()
    let tables = scene.tables
    tables.setMember(1, vlan: .untagged, cluster: 0)
    tables.setBucket(0, BucketWord(current: 1))
    tables.setCluster(0, ClusterEntry(address: Net.web, firstBucket: 0, buckets: 1))
    for port in PortNumberTests.ports {
      let link = MemberLink(mac: PortNumberTests.b, port: port)
      tables.setMemberLink(1, link)
      #expect(tables.memberLink(1) == link)
      for _ in 0..<2 {
        #expect(scene.send(PortNumberTests.a, PortNumberTests.virtual, on: 0) == .to(port))
      }
    }
  }

  @Test("H10 a pool's router is where its link says, and nobody else speaks as it", arguments: [0, 255])
  func routers(number: Int) throws {
    let scene = try Scene()
    let (router, server) = (PortNumberTests.b, PortNumberTests.a)
    scene.tables.setMember(1, vlan: .untagged, cluster: 0)
    for port in PortNumberTests.ports {
      scene.tables.setRouter(number, RouterEntry(link: MemberLink(mac: router, port: port)))
      #expect(scene.tables.enterRouterStation(router, vlan: .untagged, router: number))
      #expect(scene.tables.port(ofStation: router, vlan: .untagged) == port)
      #expect(scene.send(server, router, on: 0) == .to(port))
      #expect(scene.send(router, server, on: port) == .to(0))
      for other in (0..<9).map({ port ^ 1 << $0 }) where (0..<501).contains(other) {
        #expect(scene.send(router, server, on: other) == .dropped(.strayRouter))
      }
    }
    #expect(scene.tables.stations.map(\.router) == [nil, number])
  }

  @Test("drops are counted at their port, and gone with it") func counters() throws {
    let scene = try Scene()
    let ports = [44, 300, 500]
    for port in ports {
      #expect(scene.send("03:00:00:00:00:01", .broadcast, on: port) == .dropped(.badSource))
    }
    for (cleared, port) in ports.enumerated() {
      scene.tables.clearPort(port)
      #expect(
        ports.map { scene.tables.count(.badSource, port: $0) } == ports.indices.map { $0 <= cleared ? 0 : 1 })
    }
  }
}
