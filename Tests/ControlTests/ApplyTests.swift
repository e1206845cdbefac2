import Glibc
import SwitchModel
import Testing

@testable import Lab

extension LiveTests {
  /// Another configuration in a switch that runs and has traffic.
  @Suite("apply, confirm, rollback, reload")
  struct Apply {
    /// A switch with `s1` and `s2`, a file with `s3` too, and connections.
    struct Scene {
      let site: Site
      let former: String
      let next: String
      var daemon: Daemon
      let connections: Conversations

      init(datapath: String = "auto") throws {
        site = try Site()
        do {
          try site.serve()
          let all = SiteConfiguration(site, datapath: datapath)
          former = try site.write(all.with { $0.clusters[0].members = ["s1", "s2"] })
          next = try site.write(all)
          daemon = try site.start(file: former)
          try daemon.awaitMembers()
          connections = try Conversations(40, at: site)
        } catch {
          site.remove()
          throw error
        }
      }

      func members() throws -> Set<String> { Set(try daemon.members().map(\.name)) }

      func becomes(_ names: Set<String>) throws -> Bool {
        try Waiting.until(within: .seconds(30), every: .milliseconds(100)) { try members() == names }
      }

      var kept: String? { TextFile.read("\(site.folder)/configurations/\(site.name)/running.yaml") }

      func lostPings(during body: () throws -> Void) throws -> Int { try site.lostPings(during: body) }
    }

    @Test("X7, X8: under load a member comes and another goes: no connection breaks and no packet is lost")
    func underLoad() throws {
      let scene = try Scene()
      defer { scene.site.remove() }
      let plan = try scene.daemon.ask("diff", scene.next)
      #expect(plan.status == 0 && plan.text.contains("+ member web/s3"))
      #expect(
        plan.text.contains("341 buckets move") || plan.text.contains("342 buckets move"), "\(plan.text)")
      #expect(plan.text.contains("no connection breaks"))
      let lost = try scene.lostPings {
        let result = try scene.daemon.ask("apply", scene.next)
        #expect(result.status == 0, "\(result.errorText)\n\(scene.daemon.said)")
      }
      #expect(lost == 0, "\(scene.daemon.said)")
      #expect(scene.connections.broken() == [])
      try scene.daemon.awaitMembers()
      #expect(try scene.members() == ["s1", "s2", "s3"])
      #expect(try Conversations(40, at: scene.site).servers == ["s1", "s2", "s3"])
      let last = try scene.site.write(SiteConfiguration(scene.site, ["s2", "s3"]))
      let lostAgain = try scene.lostPings {
        let result = try scene.daemon.ask("apply", last)
        #expect(result.status == 0, "\(result.errorText)\n\(scene.daemon.said)")
      }
      #expect(lostAgain == 0)
      #expect(scene.connections.broken() == [])
      #expect(try Conversations(40, at: scene.site).servers == ["s2", "s3"])
      #expect(scene.kept == TextFile.read(last))
      #expect(try scene.daemon.stop() == 0)
    }

    @Test("the daemon's own datapath is interrupted, which is said, and no connection breaks")
    func pcap() throws {
      let scene = try Scene(datapath: "pcap")
      defer { scene.site.remove() }
      #expect(try scene.daemon.ask("diff", scene.next).text.contains("forwarding is interrupted"))
      #expect(try scene.daemon.ask("apply", scene.next).status == 0, "\(scene.daemon.said)")
      #expect(scene.connections.broken() == [])
      try scene.daemon.awaitMembers()
      #expect(try Conversations(40, at: scene.site).servers == ["s1", "s2", "s3"])
      #expect(try scene.daemon.stop() == 0)
    }

    @Test("a port and a cluster come and go; at the stop everything is as it was found")
    func ports() throws {
      let site = try Site()
      defer { site.remove() }
      let before = try settled(site)
      try site.serve()
      let all = SiteConfiguration(site)
      let less = try site.write(
        SiteConfiguration(site, ["s1", "s2"]).with { $0.ports.removeAll { $0 == "p-s3" } })
      let daemon = try site.start(file: less)
      try daemon.awaitMembers()
      let connections = try Conversations(16, at: site)
      let more = all.with { $0.clusters.append(.init(name: "other", address: "10.9.0.101", members: ["s3"])) }
      #expect(try daemon.ask("apply", site.write(more)).status == 0, "\(daemon.said)")
      #expect(try Set(daemon.clusters().map(\.name)) == ["web", "other"])
      #expect(try daemon.ports().count == 4)
      #expect(connections.broken() == [])
      #expect(try daemon.ask("apply", "--yes", less).status == 0, "\(daemon.said)")
      #expect(try daemon.clusters().map(\.name) == ["web"])
      #expect(connections.broken() == [])
      #expect(try daemon.stop() == 0)
      // The kernel lists routes in the order of their making, which is another one now.
      func lines(_ text: String) -> [Substring] { text.split(separator: "\n").sorted() }
      var after = lines(try site.surroundings())
      _ = try Waiting.until(within: .seconds(5)) {
        after = lines(try site.surroundings())
        return after == lines(before)
      }
      let other = after.difference(from: lines(before)).map { "\($0)" }.joined(separator: "\n")
      #expect(after == lines(before), "\(other)\n\(daemon.said)")
    }

    @Test("what cannot be applied changes nothing")
    func refused() throws {
      let scene = try Scene()
      defer { scene.site.remove() }
      let before = try (scene.daemon.version(), scene.daemon.buckets().map(\.member))
      let faulty = "\(scene.site.folder)/faulty.yaml"
      try TextFile.write(
        faulty, (TextFile.read(scene.next) ?? "").replacing("port: p-s3", with: "port: p-s9"))
      let wrong = try scene.daemon.ask("apply", faulty)
      #expect(wrong.status == 1 && wrong.errorText.contains("p-s9"))
      let loop = try scene.site.write(SiteConfiguration(scene.site).with { $0.ports.append("lo") })
      let refused = try scene.daemon.ask("apply", loop)
      #expect(refused.status == 2 && refused.errorText.contains("nothing is changed"), "\(refused.errorText)")
      let other = "\(scene.site.folder)/other.yaml"
      try TextFile.write(other, SiteConfiguration(scene.site).text(name: "other"))
      #expect(try scene.daemon.ask("apply", other).status == 2)
      let after = try (scene.daemon.version(), scene.daemon.buckets().map(\.member))
      #expect(after.0 == before.0 && after.1 == before.1)
      #expect(scene.connections.broken() == [])
    }

    @Test("not confirmed in time the former configuration comes back by itself; confirmed it stays")
    func confirm() throws {
      let scene = try Scene()
      defer { scene.site.remove() }
      #expect(try scene.daemon.ask("apply", "--confirm", "3s", scene.next).status == 0)
      #expect(try scene.members() == ["s1", "s2", "s3"])
      #expect(try scene.becomes(["s1", "s2"]), "\(scene.daemon.said)")
      #expect(scene.connections.broken() == [])
      #expect(
        try Waiting.until(within: .seconds(5)) { scene.kept == TextFile.read(scene.former) })
      #expect(try scene.daemon.ask("apply", "--confirm", "5s", scene.next).status == 0)
      #expect(try scene.daemon.ask("confirm").status == 0)
      try Waiting.pause(.seconds(6))
      #expect(try scene.members() == ["s1", "s2", "s3"])
      #expect(try scene.daemon.ask("confirm").status == 2)
      #expect(scene.connections.broken() == [])
    }

    @Test("rollback, and SIGHUP")
    func rollback() throws {
      let scene = try Scene()
      defer { scene.site.remove() }
      #expect(try scene.daemon.ask("rollback").status == 2)
      #expect(try scene.daemon.ask("apply", scene.next).status == 0)
      #expect(try scene.daemon.ask("rollback").status == 0)
      #expect(try scene.members() == ["s1", "s2"])
      try TextFile.write(scene.former, TextFile.read(scene.next) ?? "")
      scene.daemon.signal(SIGHUP)
      #expect(try scene.becomes(["s1", "s2", "s3"]), "\(scene.daemon.said)")
      #expect(try scene.daemon.ask("reload").text == "nothing changes\n")
      #expect(scene.connections.broken() == [])
    }

    @Test("two at once: one is done, the other is refused or comes after it, and nothing breaks")
    func twoAtOnce() throws {
      let scene = try Scene()
      defer { scene.site.remove() }
      let third = try scene.site.write(
        SiteConfiguration(scene.site, ["s1", "s2"]).with { $0.settle = "77s" })
      let words = [
        try Executable.flowswitch(), "apply", "--yes", scene.next, "--socket",
        "/run/flowswitch/\(scene.site.name).sock",
      ]
      let first = try Daemon(
        name: "apply", namespace: scene.site.namespace, words: words, log: "\(scene.site.folder)/first")
      let second = try scene.daemon.ask("apply", "--yes", third)
      let status = try first.stop(0)
      #expect([status, second.status].contains(0))
      #expect(Set([status, second.status]).isSubset(of: [0, 2]), "\(first.said) \(second.errorText)")
      for (one, text) in [(status, first.said), (second.status, second.errorText)] where one == 2 {
        #expect(text.contains("under way"), "\(text)")
      }
      #expect(scene.connections.broken() == [])
      #expect(scene.kept == TextFile.read(scene.next) || scene.kept == TextFile.read(third))
    }

    @Test("killed between apply and confirm: the next daemon waits on, and goes back when the time is over")
    func killed() throws {
      var scene = try Scene()
      defer { scene.site.remove() }
      #expect(try scene.daemon.ask("apply", "--confirm", "15s", scene.next).status == 0)
      scene.daemon.kill()
      scene.daemon = try scene.site.start(file: scene.former)
      #expect(scene.daemon.said.contains("unless it is confirmed"), "\(scene.daemon.said)")
      #expect(scene.connections.broken() == [])
      #expect(try scene.becomes(["s1", "s2"]), "\(scene.daemon.said)")
      #expect(try scene.daemon.ask("apply", "--confirm", "3s", scene.next).status == 0)
      scene.daemon.kill()
      try Waiting.pause(.seconds(4))
      // The file is what was not confirmed.
      try TextFile.write(scene.former, TextFile.read(scene.next) ?? "")
      scene.daemon = try scene.site.start(file: scene.former)
      #expect(try scene.members() == ["s1", "s2"], "\(scene.daemon.said)")
      #expect(scene.connections.broken() == [])
    }

    @Test("a file that became wrong: the start fails, and names the last one that worked")
    func lastGood() throws {
      let scene = try Scene()
      defer { scene.site.remove() }
      scene.daemon.kill()
      try TextFile.write(scene.former, "switch: {}\n")
      let daemon = try Daemon(
        name: "run", namespace: scene.site.namespace,
        words: [
          try Executable.flowswitch(), "run", "--config", scene.former, "--state-folder",
          "\(scene.site.folder)/configurations",
        ], log: "\(scene.site.folder)/wrong")
      #expect(try daemon.stop(0) == 1)
      #expect(daemon.said.contains("configurations/\(scene.site.name)/running.yaml"), "\(daemon.said)")
      // The kernel goes on all the same.
      #expect(scene.connections.broken() == [])
    }
  }
}
