import Glibc
import PacketCapture
import Support
import SwitchModel
import Testing
import Wire

@testable import Lab

extension LiveTests {
  /// `flowswitch capture` of a switch that forwards.
  @Suite("capture")
  struct Capture {
    /// A switch with two servers, and who sends.
    private struct Scene {
      let site: Site
      let daemon: Daemon
      let router: MACAddress
      let cluster: MACAddress

      init(_ datapath: String = "auto") throws {
        site = try Site(servers: 2)
        do {
          try site.serve()
          daemon = try site.start(SiteConfiguration(site, datapath: datapath))
          try daemon.awaitMembers()
          guard let router = MACAddress(site.mac("r")), let row = try daemon.clusters().first,
            let cluster = MACAddress(row.virtual_mac)
          else { throw SiteFailure("the cluster has no virtual MAC") }
          (self.router, self.cluster) = (router, cluster)
        } catch {
          site.remove()
          throw error
        }
      }

      /// That the cluster was sent.
      func packets() throws -> UInt64 { try #require(try daemon.clusters().first).packets }

      /// Of the router's, for the cluster; the data is `bytes` long.
      func datagram(to port: Int, _ address: IPAddress = "10.9.0.100", bytes: Int = 18) -> TestFrame {
        TestFrame(
          from: router, to: cluster,
          .ipv4("10.9.0.1", address, .udp(5000, port, [UInt8](repeating: 7, count: bytes))))
      }

      func ping(_ count: Int) throws {
        try Program("ping", ["-q", "-n", "-i", "0.01", "-c", "\(count)", Site.address])
          .inside(namespace: "\(site.name)-r").succeed()
      }

      func mac(_ member: String) -> [UInt8] { MACAddress(site.mac(member))?.bytes ?? [] }
    }

    @Test(
      "every packet stands in it as it came and as it leaves, with what was decided and why",
      arguments: ["auto", "xdp", "pcap"])
    func decisions(_ datapath: String) throws {
      let scene = try Scene(datapath)
      defer { scene.site.remove() }
      let capture = try CaptureProcess(scene.site, scene.daemon, "all")
      let injector = try Injector(scene.site)
      try scene.ping(20)
      let conversation = try #require(scene.site.connect())
      #expect(conversation.ask() != nil)
      try injector.send(scene.datagram(to: 7, bytes: 358), count: 30)
      try injector.send(scene.datagram(to: 8, "10.9.0.77"), count: 3)
      try injector.send(
        TestFrame(from: scene.router, to: .broadcast, .other(type: 0x88b5, [1, 2, 3])).padded(), count: 2)
      let question = NetworkPayload.arp(.request, sender: "10.9.0.1", scene.router, target: "10.9.0.100")
      try injector.send(TestFrame(from: scene.router, to: .broadcast, question).padded())
      let claim = NetworkPayload.arp(
        .request, sender: "10.9.0.100", "02:00:00:00:00:99", target: "10.9.0.100")
      try injector.send(TestFrame(from: "02:00:00:00:00:99", to: .broadcast, claim).padded())
      let file = try capture.awaiting { file in file.packets.contains { $0.decision == "punt (claim)" } }
      #expect(try capture.stop() == 0)
      let whole = try CapturedFile(capture.file)
      #expect(whole.packets.count >= file.packets.count && whole.missed == 0)
      #expect(capture.said == "\(whole.packets.count) packets captured, 0 missed\n")
      #expect(Set(scene.site.ports).isSubset(of: whole.interfaces))
      #expect(whole.packets.map(\.number) == (1...UInt64(whole.packets.count)).map { $0 })

      // Toward the cluster: the destination's MAC is all that changes.
      let steered = whole.echoes(8) + whole.datagrams(to: 7) + whole.packets.filter(\.isSyn)
      #expect(whole.echoes(8).count == 20 && whole.datagrams(to: 7).count == 30)
      #expect(whole.packets.count(where: \.isSyn) == 1)
      for packet in steered {
        let (before, after) = try (#require(packet.before), #require(packet.after))
        let out = try #require(packet.out)
        let member = String(out.dropFirst(2))
        #expect(packet.from == "p-r")
        #expect(packet.decision == "forward to \(out); cluster web, member \(member)")
        #expect(Array(before.prefix(6)) == scene.cluster.bytes && Array(after.prefix(6)) == scene.mac(member))
        #expect(before.dropFirst(6) == after.dropFirst(6))
      }
      #expect(whole.datagrams(to: 7).allSatisfy { $0.length == 400 && $0.before?.count == 256 })
      // From the member: switched as it is.
      #expect(whole.echoes(0).count == 20)
      #expect(whole.echoes(0).allSatisfy { $0.decision == "forward to p-r" && $0.before == $0.after })
      let wrong = whole.datagrams(to: 8)
      #expect(wrong.count == 3)
      #expect(wrong.allSatisfy { $0.decision.hasPrefix("drop (wrong-address)") && $0.after == nil })
      let flooded = whole.packets.filter { $0.type == 0x88b5 }
      #expect(flooded.count == 2 && flooded.allSatisfy { $0.decision == "flood" && $0.after == nil })
      let answers = whole.packets.filter { $0.decision == "reply" && $0.after?[21] == 2 }
      #expect(answers.contains { $0.out == "p-r" && Array($0.after?[6..<12] ?? []) == scene.cluster.bytes })
      // In the kernel the answer took the question's place.
      #expect(answers.allSatisfy { ($0.before == nil) == (datapath != "pcap") })
      let now = UInt64(WallClock.now) * 1000
      let span = now - 120_000_000_000...now + 1_000_000_000
      #expect(whole.packets.allSatisfy { span.contains($0.time) })
      try tshark(capture.file, whole)
      try known(scene)
      #expect(try scene.daemon.stop() == 0)
    }

    /// Wireshark's own reader sees the same.
    private func tshark(_ file: String, _ read: CapturedFile) throws {
      guard let path = Tool.path(of: "tshark") else { return }
      let fields = ["frame.interface_name", "frame.comment"].flatMap { ["-e", $0] }
      let shown = try Program(path: path, ["-n", "-r", file, "-T", "fields", "-E", "separator=;"] + fields)
        .succeed()
      #expect(shown.lines.count == read.frames)
      #expect(
        shown.lines.count { $0.hasPrefix("p-r;forward to p-s") }
          == read.packets.count { $0.from == "p-r" && $0.decision.hasPrefix("forward to p-s") })
    }

    /// A flow that began while its bucket moves is known; one from before is not.
    private func known(_ scene: Scene) throws {
      let former = try Conversations(24, at: scene.site)
      #expect(former.servers == ["s1", "s2"])
      #expect(try scene.daemon.ask("drain", "web/s1").status == 0)
      #expect(
        try Waiting.until(within: .seconds(20), every: .milliseconds(100)) {
          try scene.daemon.buckets().allSatisfy { $0.member == "s2" && $0.state != "observing" }
        })
      let capture = try CaptureProcess(
        scene.site, scene.daemon, "known", ["--filter", "tcp dst port 80 and dst host \(Site.address)"])
      let next = try Conversations(24, at: scene.site)
      #expect(next.servers == ["s2"])
      #expect(former.broken() == [])
      let file = try capture.awaiting { $0.packets.contains { $0.decision.contains("member s1") } }
      #expect(try capture.stop() == 0)
      // Nobody else speaks: sixteen bits of port tell the connections.
      let flows = Dictionary(grouping: file.packets, by: { $0.word(34) })
      var kinds: [String: Int] = [:]
      for packets in flows.values {
        let isNew = packets.contains(where: \.isSyn)
        let rest = packets.filter { !$0.isSyn }
        let isKnown = rest.allSatisfy(\.isKnown)
        #expect(isKnown || !rest.contains(where: \.isKnown), "\(rest.map(\.decision))")
        #expect(packets.filter(\.isSyn).allSatisfy { !$0.isKnown })
        kinds["\(isNew ? "new" : "former")\(isKnown ? ", known" : "")", default: 0] += 1
        #expect(isNew || !isKnown)
      }
      #expect(kinds["new, known", default: 0] > 0 && kinds["former", default: 0] > 0, "\(kinds)")
      #expect(file.packets.filter { $0.isKnown }.allSatisfy { $0.decision.contains("member s2; known flow") })
    }

    @Test("filter, count, time and port end and choose; what is wrong is refused and makes no file")
    func chosen() throws {
      let scene = try Scene()
      defer { scene.site.remove() }
      func capture(_ name: String, _ options: String...) throws -> CaptureProcess {
        try CaptureProcess(scene.site, scene.daemon, name, options)
      }
      let five = try capture("five", "--filter", "icmp and src host 10.9.0.1", "--count", "5")
      try scene.ping(20)
      #expect(try five.stop(0) == 0)
      #expect(five.said == "5 packets captured, 0 missed\n")
      let echoes = try CapturedFile(five.file)
      #expect(echoes.packets.count == 5 && echoes.echoes(8).count == 5)

      let short = try capture("short", "--for", "300ms", "--filter", "ether proto 0x88b6")
      #expect(try short.stop(0) == 0 && short.said == "0 packets captured, 0 missed\n")
      #expect(try CapturedFile(short.file).interfaces.starts(with: scene.site.ports))

      let server = try capture("server", "--port", "p-s1", "--port", "p-s2", "--filter", "icmp")
      try scene.ping(10)
      let replies = try server.awaiting { $0.packets.count == 10 }
      #expect(try server.stop(SIGTERM) == 0)
      #expect(replies.echoes(0).count == 10 && replies.packets.allSatisfy { $0.from != "p-r" })

      // As it leaves it matches, too: only then the member's MAC is in it.
      let leaving = try capture(
        "leaving", "--filter", "ether dst \(scene.site.mac("s1")) or ether dst \(scene.site.mac("s2"))",
        "--port", "p-r", "--snap", "14")
      try scene.ping(10)
      let left = try leaving.awaiting { $0.packets.count == 10 }
      #expect(try leaving.stop() == 0)
      #expect(left.packets.allSatisfy { $0.after?.count == 14 && $0.before?.count == 14 && $0.length == 98 })

      let file = "\(scene.site.folder)/none.pcapng"
      for (options, status, text) in [
        (["--port", "p-s9"], Int32(2), "there is no port p-s9"),
        (["--filter", "porrt 80"], 1, "is not understood"),
        (["--snap", "65536"], 1, "--snap"), (["--count", "0"], 1, "--count"),
      ] {
        let words = ["capture", "-w", file, "--socket", scene.daemon.socket] + options
        let result = try Program(path: Executable.flowswitch(), words).run()
        #expect(result.status == status && result.errorText.contains(text), "\(result.errorText)")
        #expect(!TextFile.exists(file))
      }
      try applied(scene)
    }

    /// It goes on while another configuration is applied.
    private func applied(_ scene: Scene) throws {
      let capture = try CaptureProcess(scene.site, scene.daemon, "applied", ["--filter", "icmp"])
      try scene.ping(5)
      try capture.awaiting { $0.echoes(8).count == 5 }
      let next = try scene.site.write(SiteConfiguration(scene.site).with { $0.settle = "77s" })
      #expect(try scene.daemon.ask("apply", next).status == 0, "\(scene.daemon.said)")
      #expect(
        try Waiting.until(within: .seconds(20)) {
          try scene.ping(1)
          return (try? CapturedFile(capture.file).echoes(8).count > 5) ?? false
        })
      #expect(try capture.stop() == 0)
      let file = try CapturedFile(capture.file)
      #expect(file.packets.map(\.number) == (1...UInt64(file.packets.count)).map { $0 })
      #expect(
        file.packets.filter { $0.from == "p-r" }.allSatisfy { $0.decision.contains("cluster web, member s") })
    }

    @Test(
      "one at a time; it ends with its client however that ends, and with the daemon",
      arguments: ["auto", "xdp", "pcap"])
    func oneAtATime(_ datapath: String) throws {
      let scene = try Scene(datapath)
      defer { scene.site.remove() }
      let descriptors = scene.daemon.descriptors
      let first = try CaptureProcess(scene.site, scene.daemon, "first")
      let second = try scene.daemon.ask("capture", "-w", "\(scene.site.folder)/second.pcapng")
      #expect(second.status == 2 && second.errorText.contains("somebody else is capturing"))
      #expect(!TextFile.exists("\(scene.site.folder)/second.pcapng"))
      let flows = try scene.daemon.ask("show", "flows", "--for", "100ms")
      #expect(flows.status == 2 && flows.errorText.contains("capturing"))
      try scene.ping(5)
      try first.awaiting { $0.echoes(8).count == 5 }
      #expect(try first.stop(SIGKILL) == 128 + SIGKILL)
      // Nobody takes it any more: the datapath shows nothing, and the next one can.
      #expect(
        try Waiting.until(within: .seconds(20)) {
          scene.daemon.descriptors <= descriptors && !scene.daemon.threads.contains("fs-tap")
        }, "\(scene.daemon.descriptors) descriptors, before \(descriptors); \(scene.daemon.threads)")
      #expect(try scene.daemon.ask("show", "flows", "--for", "100ms").status == 0)
      let third = try CaptureProcess(scene.site, scene.daemon, "third")
      #expect(scene.daemon.threads.contains("fs-tap") == (datapath != "pcap"))
      try scene.ping(5)
      try third.awaiting { $0.echoes(8).count == 5 }
      #expect(try scene.daemon.stop() == 0)
      #expect(try third.stop(0) == 3, "\(third.said)")
      #expect(try CapturedFile(third.file).echoes(8).count == 5)
    }

    @Test(
      "a reader that never reads: bounded memory, everything that it misses is counted, forwarding goes on",
      arguments: ["auto", "xdp"])
    func neverReads(_ datapath: String) throws {
      let scene = try Scene(datapath)
      defer { scene.site.remove() }
      let before = scene.daemon.residentBytes
      let reader = try HostileClient(socket: scene.daemon.socket)
      reader.send(
        "GET /api/v1/capture?snap=2000&filter=udp%20port%209 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
      )
      #expect(try Waiting.until(within: .seconds(20)) { scene.daemon.threads.contains("fs-tap") })
      let injector = try Injector(scene.site)
      // Of each 1,442 bytes are kept before and after: far more than may wait.
      let count = 60_000
      let first = try scene.packets()
      try injector.send(scene.datagram(to: 9, bytes: 1400), count: count)
      try scene.ping(20)
      // Ahead of tc ingress the kernel has a queue that may overflow.
      let seen = Int(try scene.packets() - first) - 20
      #expect(datapath == "xdp" ? seen == count : seen > 1000 && seen <= count)
      let most = scene.daemon.residentBytes
      #expect(most < before + 320 << 20, "\(before >> 20) MiB before, \(most >> 20) MiB now")
      // It reads after all: what waited comes, and how much did not.
      var body = ChunkedBody()
      var blocks = CaptureBlocks()
      let isWhole = try Waiting.until(within: .seconds(30), every: .milliseconds(1)) {
        _ = try blocks.add(body.add(reader.readAvailable()))
        return blocks.packets + blocks.missed >= UInt64(seen)
      }
      #expect(isWhole && blocks.packets + blocks.missed == UInt64(seen) && blocks.packets > 1000)
      #expect(blocks.missed > 0, "\(blocks.packets) captured, \(blocks.missed) missed")
      try scene.ping(20)
      let next = try scene.daemon.ask("capture", "-w", "\(scene.site.folder)/next.pcapng")
      #expect(next.status == 2)
      reader.close()
      #expect(try Waiting.until(within: .seconds(20)) { !scene.daemon.threads.contains("fs-tap") })
    }
  }
}
