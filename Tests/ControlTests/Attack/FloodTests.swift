import Foundation
import Glibc
import Support
import SwitchModel
import Testing
import Wire

@testable import Lab

extension LiveTests {
  /// From ten million sources, as fast as it goes (`spec/quality.md`, "Nothing lost, nothing broken"). How fast is not
  /// asserted.
  @Suite("X6 floods")
  struct Floods {
    @Test(
      "X6 steady state: SYN, ACK, UDP, fragments and ICMP errors break no connection, and new ones succeed")
    func steady() throws {
      let scene = try FloodScene()
      defer { scene.site.remove() }
      for flood in [
        .tcp("SYN", .syn, to: scene.web), .tcp("ACK", .ack, to: scene.web), .udp(to: scene.web),
        .syn6(to: scene.web6), .fragments(later: false, to: scene.web),
        .fragments(later: true, to: scene.web), .errors(to: scene.web),
        .tcp("SYN", .syn, to: scene.web).answered,
      ] as [Flood] {
        try attack(scene, flood)
      }
      try finish(scene)
    }

    @Test(
      "X6 ARP and ND: claims, requests and solicitations by millions; real ones are answered, control answers"
    )
    func neighbours() throws {
      let scene = try FloodScene()
      defer { scene.site.remove() }
      for flood in [.questions(), .solicitations(), .claims(from: "r"), .claims(from: FloodScene.bystander)]
        as [Flood]
      {
        try attack(scene, flood)
      }
      // What was claimed all the time is the cluster's.
      #expect(try scene.daemon.members().allSatisfy { $0.state == "operational" })
      #expect(
        try scene.daemon.members().prefix(3).map { $0.mac ?? "" } == ["s1", "s2", "s3"].map(scene.site.mac))
      try finish(scene)
    }

    @Test("X6 H7 unknown unicast and a source MAC a frame: stations are bounded, connections go on")
    func stations() throws {
      let scene = try FloodScene()
      defer { scene.site.remove() }
      for flood in [.unknownUnicast(), .stations(), .stations(from: FloodScene.bystander)] as [Flood] {
        try attack(scene, flood)
      }
      #expect(try scene.daemon.ports().reduce(0) { $0 + $1.stations } <= 1 << 17)
      try finish(scene)
    }

    @Test(
      "X6 X8 transitions: a member is added, one drained; no flow moves, and new ones are served",
      arguments: ["SYN", "ACK", "UDP"])
    func transitions(kind: String) throws {
      let scene = try FloodScene()
      defer { scene.site.remove() }
      let flood =
        kind == "UDP"
        ? Flood.udp(to: scene.web) : .tcp(kind, kind == "SYN" ? .syn : .ack, to: scene.web)
      let more = try scene.site.write(FloodScene.configuration(scene.site, scene.site.servers))
      try attack(scene, flood, as: "\(kind), member added") {
        let applied = try scene.daemon.ask("apply", more)
        #expect(applied.status == 0, "\(applied.errorText)")
        // Control learns s4's MAC by ARP while the flood goes on.
        try scene.daemon.awaitMembers { rows in
          rows.contains { $0.cluster == "web" && $0.name == "s4" && $0.state == "operational" }
        }
      }
      try attack(scene, flood, as: "\(kind), member drained") {
        let drained = try scene.daemon.ask("drain", "web/s1")
        #expect(drained.status == 0, "\(drained.errorText)")
      }
      // When it is over, it all ends as it should.
      try scene.daemon.awaitMembers { rows in
        rows.contains { $0.cluster == "web" && $0.name == "s4" && $0.buckets > 0 }
      }
      try finish(scene)
    }

    // MARK: The parts

    private func attack(
      _ scene: FloodScene, _ flood: Flood, as name: String? = nil, meanwhile: () throws -> Void = {}
    ) throws {
      var report = FloodReport(name: name ?? flood.name)
      let port = "p-\(flood.host)"
      let before = try state(scene, port)
      let run = try FloodRun(flood, at: scene.site)
      let end = ContinuousClock.now + .seconds(FloodScene.seconds)
      do {
        run.wait(seconds: 0.1, frames: 1)
        try meanwhile()
        try scene.forgetNeighbours()
        #expect(try scene.resolve() == [], "\(report.name): real ARP and ND are answered")
        #expect(try scene.daemon.ask("show", "members").status == 0)
        repeat {
          // Idle for longer than the settle time, a connection would have no claim to its member.
          report.broken += scene.broken().count
          for _ in 0..<8 {
            // A SYN that a full queue loses is sent again by the client.
            if scene.site.connect(seconds: 20)?.ask() == nil { report.failed += 1 } else { report.fresh += 1 }
          }
          if report.failed > 4 { break }
          usleep(50_000)
        } while ContinuousClock.now < end || run.sent < FloodScene.frames
        let sent = try run.stop()
        (report.sent, report.rate) = sent
      } catch {
        _ = try? run.stop()
        throw error
      }
      let broken = scene.broken()
      let after = try state(scene, port)
      report.broken += broken.count
      report.received = after.received - before.received
      report.delivered = after.delivered - before.delivered
      report.drops = after.drops.map { ($0.key, $0.value - before.drops[$0.key, default: 0]) }
        .filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }
      report.growth = scene.growth.own
      report.print()
      #expect(report.broken == 0, "\(report.name): established flows: \(broken)\n\(scene.daemon.said)")
      #expect(report.failed == 0, "\(report.name): new connections, \(report.fresh) succeeded")
      #expect(report.received > UInt64(report.sent) / 100, "\(report.name): the flood reached the switch")
      // By the tables: in rows of ports a frame that is flooded counts at each.
      let inward = Int64(after.counters.entered - before.counters.entered)
      let outward = Int64(after.counters.left - before.counters.left)
      #expect(
        abs(outward - inward) < Floods.slack, "\(report.name): \(inward) in, \(outward) out or with a reason")
      #expect(scene.growth.own < 64 << 20 && scene.growth.maps == 0, "\(report.name): \(scene.growth)")
    }

    /// What came in at all ports, and what left or has a reason. The counters are not read in one moment.
    private static let slack: Int64 = 5000

    private struct State {
      var received: UInt64
      var counters: SoakCounters
      var delivered: UInt64
      var drops: [String: UInt64]
    }

    private func state(_ scene: FloodScene, _ port: String) throws -> State {
      let ports = try scene.daemon.ports()
      var drops: [String: UInt64] = [:]
      for row in try scene.daemon.drops() { drops[row.reason, default: 0] += row.packets }
      return State(
        received: ports.first { $0.name == port }?.rx_packets ?? 0,
        counters: try #require(SoakCounters.read(scene.site.name)),
        delivered: scene.delivered, drops: drops)
    }

    private func finish(_ scene: FloodScene) throws {
      let talked = scene.end()
      #expect(talked.failure == nil && talked.answers > 10, "\(talked)")
      #expect(!scene.daemon.said.contains("error:"), "\(scene.daemon.said)")
      #expect(try scene.daemon.stop() == 0)
    }
  }
}
