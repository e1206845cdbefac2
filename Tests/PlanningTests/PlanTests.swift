import SwitchModel
import Testing
import Wire

@testable import Planning

@Suite("What another configuration would do")
struct PlanTests {
  /// Three servers behind `web`, a second cluster on two of them, a pool of two routers.
  static var base: SwitchConfiguration {
    SwitchConfiguration(
      name: "fs1", virtualMAC: MACAddress(number: 0x02_f5_00_00_00_01),
      ports: [
        PortConfiguration(name: "r1", role: .router), PortConfiguration(name: "p1", role: .server),
        PortConfiguration(name: "p2", role: .server), PortConfiguration(name: "p3", role: .server),
      ],
      clusters: [
        ClusterConfiguration(
          name: "web", address: IPPrefix(IPAddress(10, 0, 0, 1), length: 32),
          services: [Service(protocolNumber: 6, port: 80), Service(protocolNumber: 6, port: 443)], buckets: 8,
          members: ["1", "2"].map { MemberConfiguration(name: "s\($0)", port: "p\($0)") }),
        ClusterConfiguration(
          name: "db", address: IPPrefix(IPAddress(10, 0, 0, 2), length: 32), mode: .availability, buckets: 1,
          members: ["1", "2"].map { MemberConfiguration(name: "d\($0)", port: "p\($0)") }),
      ],
      routerPools: [
        RouterPoolConfiguration(
          name: "up",
          members: [RouterConfiguration(name: "a", address: IPAddress(10, 0, 0, 254), port: "r1")])
      ])
  }

  static func member(_ cluster: String, _ name: String, _ state: String = "operational") -> MemberRow {
    MemberRow(
      cluster: cluster, name: name, port: "", mac: nil, address: nil, weight: 100, admin_state: "enabled",
      state: state, buckets: 4, packets: 0, bytes: 0, packets_per_second: 100, bytes_per_second: 0,
      new_flows_per_second: 8, leaving_packets_per_second: 0, last_change: "")
  }

  static func snapshot(datapath: String = "xdp", s2: String = "operational") -> PlanSnapshot {
    PlanSnapshot(
      datapath: datapath,
      members: [
        member("web", "s1"), member("web", "s2", s2), member("db", "d1", "primary"),
        member("db", "d2", "secondary-operational"),
      ],
      buckets: [
        "web": (0..<8).map { s2 == "failed" || $0 % 2 == 0 ? "s1" : "s2" }, "db": ["d1"],
      ])
  }

  static func plan(
    _ snapshot: PlanSnapshot = snapshot(), _ change: (inout SwitchConfiguration) -> Void
  ) -> ConfigurationPlan {
    var next = base
    change(&next)
    return ConfigurationPlanner(from: base, to: next, snapshot: snapshot).plan
  }

  static func lines(_ plan: ConfigurationPlan) -> [String] {
    plan.changes.map { "\($0.kind) \($0.subject) \($0.name): \($0.details.joined(separator: ", "))" }
  }

  @Test("Nothing, for what runs")
  func same() {
    let plan = PlanTests.plan { _ in }
    #expect(plan.isEmpty && !plan.isDisruptive && plan == ConfigurationPlan())
    #expect(PlanTests.plan(PlanTests.snapshot(datapath: "pcap")) { _ in }.isEmpty)
  }

  @Test("X8: a member comes: it takes its share from all, and nothing breaks")
  func memberAdded() {
    let plan = PlanTests.plan {
      $0.clusters[0].members.append(MemberConfiguration(name: "s3", port: "p3", weight: 200))
    }
    #expect(PlanTests.lines(plan) == ["added member web/s3: port p3, weight 200"])
    #expect(
      plan.moves == [
        PlannedMove(
          cluster: "web", buckets: 8, moved: 4, packetsPerSecond: 100, newFlowsPerSecond: 8,
          members: [
            PlannedShare("s1", before: 4, after: 2), PlannedShare("s2", before: 4, after: 2),
            PlannedShare("s3", before: 0, after: 4),
          ])
      ])
    #expect(!plan.isDisruptive)
  }

  @Test("X8: a member goes: its buckets alone move, and its connections go on")
  func memberRemoved() {
    let plan = PlanTests.plan { $0.clusters[0].members.removeLast() }
    #expect(PlanTests.lines(plan) == ["removed member web/s2: port p2"])
    #expect(
      plan.moves.map(\.members) == [
        [PlannedShare("s1", before: 4, after: 8), PlannedShare("s2", before: 4, after: 0)]
      ])
    #expect(plan.moves.first?.packets_per_second == 100)
    #expect(!plan.isDisruptive)
  }

  @Test("A failed member that goes moves nothing")
  func failedMember() {
    let plan = PlanTests.plan(PlanTests.snapshot(s2: "failed")) { $0.clusters[0].members.removeLast() }
    #expect(plan.moves == [] && plan.changes.count == 1)
  }

  @Test("Of an availability cluster the primary stays while it can serve; another takes all")
  func availability() {
    #expect(PlanTests.plan { $0.clusters[1].members[1].weight = 5 }.moves == [])
    let plan = PlanTests.plan { $0.clusters[1].members.removeFirst() }
    #expect(
      plan.moves.map(\.members) == [
        [PlannedShare("d2", before: 0, after: 1), PlannedShare("d1", before: 1, after: 0)]
      ])
  }

  @Test("More buckets repeat what is there, so that none moves")
  func moreBuckets() {
    let plan = PlanTests.plan { $0.clusters[0].buckets = 32 }
    #expect(PlanTests.lines(plan) == ["changed cluster web: buckets: 8 → 32"])
    #expect(plan.moves == [] && !plan.isDisruptive)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var what: String
    var subject: String
    var reason: String
    var packets: UInt64
    var change: @Sendable (inout SwitchConfiguration) -> Void
    var testDescription: String { what }
  }

  static let cases: [Case] = [
    Case(what: "a cluster goes", subject: "web", reason: "the cluster is removed", packets: 200) {
      $0.clusters.removeFirst()
    },
    Case(what: "fewer buckets", subject: "web", reason: "fewer buckets", packets: 200) {
      $0.clusters[0].buckets = 4
    },
    Case(what: "another address", subject: "db", reason: "10.0.0.2 to 10.0.0.9", packets: 200) {
      $0.clusters[1].address = IPPrefix(IPAddress(10, 0, 0, 9), length: 32)
    },
    Case(what: "another hash", subject: "web", reason: "another hash", packets: 200) {
      $0.clusters[0].hash = .source
    },
    Case(what: "a service goes", subject: "web", reason: "tcp/443 is not served", packets: 200) {
      $0.clusters[0].services.removeLast()
    },
    Case(what: "services where all were", subject: "db", reason: "only tcp/80", packets: 200) {
      $0.clusters[1].services = [Service(protocolNumber: 6, port: 80)]
    },
    Case(what: "a member's port", subject: "web/s2", reason: "from port p2 to p3", packets: 100) {
      $0.clusters[0].members[1].port = "p3"
    },
    Case(what: "a member's VLAN", subject: "db/d1", reason: "VLAN 0 to 7", packets: 100) {
      $0.clusters[1].members[0].vlan = VLANID(raw: 7)
    },
    Case(what: "a pool goes", subject: "up", reason: "the pool is removed", packets: 0) {
      $0.routerPools = []
    },
  ]

  @Test("What breaks is named, with the reason and what flows there", arguments: cases)
  func breaks(_ one: Case) {
    let plan = PlanTests.plan(PlanTests.snapshot(), one.change)
    #expect(plan.breaks.count == 1 && plan.isDisruptive && plan.refusals == [])
    #expect(plan.breaks.first?.subject == one.subject)
    #expect(plan.breaks.first?.reason.contains(one.reason) == true, "\(plan.breaks)")
    #expect(plan.breaks.first?.packets_per_second == one.packets)
    #expect(!plan.changes.isEmpty)
  }

  @Test("A port goes, and with it the connections of those on it")
  func portRemoved() {
    let plan = PlanTests.plan {
      $0.ports.remove(at: 2)
      for i in $0.clusters.indices { $0.clusters[i].members.removeAll { $0.port == "p2" } }
    }
    #expect(plan.breaks.map(\.subject) == ["web/s2", "db/d2"])
    #expect(PlanTests.lines(plan).first == "removed port p2: it is put back as it was found")
  }

  @Test(
    "What interrupts everything",
    arguments: [
      ("xdp", DatapathChoice.pcap, "from xdp to pcap"), ("pcap", .xdp, "from pcap to xdp"),
      ("xdp", .xdpGeneric, "each port is out for a moment"), ("xdp-generic", .xdp, "each port"),
    ])
  func datapaths(_ now: String, _ wanted: DatapathChoice, _ text: String) {
    let plan = PlanTests.plan(PlanTests.snapshot(datapath: now)) { $0.datapath = wanted }
    #expect(plan.interruptions.count == 1 && plan.interruptions[0].contains(text), "\(plan.interruptions)")
  }

  @Test("The daemon's own datapath is interrupted by any change; the kernel's by none of a member's")
  func pcap() {
    func change(_ configuration: inout SwitchConfiguration) { configuration.settleTime = .seconds(1) }
    #expect(PlanTests.plan(PlanTests.snapshot(datapath: "pcap"), change).interruptions.count == 1)
    #expect(PlanTests.plan(PlanTests.snapshot(), change).interruptions == [])
    #expect(PlanTests.plan { $0.datapath = .xdp }.interruptions == [])
    #expect(
      PlanTests.plan { $0.virtualMAC = MACAddress(number: 0x02_00_00_00_00_09) }.interruptions.count == 1)
  }

  @Test("What a running switch cannot change is refused, with the reason")
  func refusals() {
    #expect(PlanTests.plan { $0.name = "fs2" }.refusals.first?.contains("'fs1' → 'fs2'") == true)
    let plan = PlanTests.plan { $0.api = APIConfiguration(listen: ListenAddress("127.0.0.1:1")) }
    #expect(
      plan.refusals == [] && PlanTests.lines(plan) == ["changed switch api: listen: none → 127.0.0.1:1"])
  }

  @Test("A summary for the log: what is different, of bounded length")
  func summary() {
    func summary(_ change: (inout SwitchConfiguration) -> Void) -> String {
      var next = PlanTests.base
      change(&next)
      return ConfigurationPlanner.summary(from: PlanTests.base, to: next)
    }
    #expect(summary { _ in } == "")
    #expect(
      summary {
        $0.hook = ["/bin/true"]
        $0.clusters[0].members.removeLast()
      } == "switch hook changed, member web/\(PlanTests.base.clusters[0].members.last?.name ?? "") removed")
    let many = summary { next in
      for i in 0..<100 { next.ports.append(PortConfiguration(name: "x\(i)", role: .any)) }
    }
    #expect(many.hasPrefix("port x0 added, ") && many.hasSuffix(" and 92 more"))
  }

  @Test("Everything else that changes is told, old and new")
  func details() {
    let plan = PlanTests.plan {
      $0.address = IPPrefix(IPAddress(10, 0, 0, 200), length: 24)
      $0.hook = ["/bin/true", "x"]
      $0.ports[3].role = .device
      $0.clusters[0].probe = ProbeConfiguration(kind: .http, port: 80, path: "/health")
      $0.clusters[0].members[0].location = .mac(MACAddress(number: 0x02_00_00_00_02_01))
      $0.routerPools[0].members[0].weight = 7
      $0.routerPools[0].members.append(
        RouterConfiguration(name: "b", address: IPAddress(10, 0, 0, 253), port: "r1"))
    }
    #expect(
      PlanTests.lines(plan) == [
        "changed switch address: found → 10.0.0.200/24", "changed switch hook: none → /bin/true x",
        "changed port p3: role: server → device",
        "changed cluster web: probe: none → http 80 /health every 1s, timeout 500ms, fall 3, rise 2",
        "changed member web/s1: location: found by the cluster's address → 02:00:00:00:02:01",
        "changed router up/a: weight: 100 → 7", "added router up/b: address 10.0.0.253, port r1",
      ])
  }
}
