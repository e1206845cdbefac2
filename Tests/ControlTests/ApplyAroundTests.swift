import Foundation
import Glibc
import SwitchModel
import Testing
import Wire

@testable import Lab

extension LiveTests {
  /// What an apply is to those around the switch: its events, its API by TCP, the size of its tables.
  @Suite("apply, seen from around")
  struct ApplyAround {
    private func events(_ daemon: Daemon) throws -> [EventRow] {
      let text = try daemon.ask("show", "events", "--json").text
      return try JSONDecoder().decode([EventRow].self, from: Data(text.utf8))
    }

    /// What a request over TCP is answered with; nil: nobody listens.
    private func request(
      _ site: Site, _ port: UInt16, _ path: String, method: String = "GET", token: String, body: String = ""
    ) throws -> String? {
      let descriptor = try inNamespace(site.namespace) {
        socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      }
      defer { close(descriptor) }
      guard withAddress("127.0.0.1", port, { connect(descriptor, $0, $1) }) == 0 else { return nil }
      let text = Array(
        """
        \(method) \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\
        Content-Type: application/yaml\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)
        """.utf8)
      guard send(descriptor, text, text.count, Int32(MSG_NOSIGNAL)) == text.count else { return nil }
      var bytes: [UInt8] = []
      var part = [UInt8](repeating: 0, count: 1 << 16)
      while isReady(descriptor, Int32(POLLIN), seconds: 60) {
        let count = recv(descriptor, &part, part.count, 0)
        if count <= 0 { break }
        bytes += part[..<count]
      }
      return String(decoding: bytes, as: UTF8.self)
    }

    @Test("an apply is one event; their numbers and totals go on, and so does the daemon's time")
    func events() throws {
      let site = try Site()
      defer { site.remove() }
      try site.serve()
      let first = try site.write(SiteConfiguration(site, ["s1", "s2"]))
      let daemon = try site.start(file: first)
      try daemon.awaitMembers()
      let began = try daemon.version()?.started_at
      let second = try site.write(SiteConfiguration(site))
      #expect(try daemon.ask("apply", second).status == 0, "\(daemon.said)")
      #expect(try daemon.ask("rollback").status == 0, "\(daemon.said)")
      let rows = try events(daemon)
      #expect(rows.filter { ["started", "stopped"].contains($0.kind) }.map(\.kind) == ["started"])
      let applied = rows.filter { $0.kind == "applied" }
      #expect(applied.map(\.cause) == ["apply", "rollback"])
      #expect(applied.map(\.effect) == ["member web/s3 added", "member web/s3 removed"])
      #expect(rows.map(\.number) == Array(1...UInt64(rows.count)), "none is lost, none comes twice")
      #expect(try daemon.version()?.started_at == began)
      #expect(try daemon.stop() == 0)
      let lines = (TextFile.read("/run/flowswitch/\(site.name).events") ?? "").split(separator: "\n")
      #expect(lines.isEmpty || lines.count == rows.count + 1, "the file has what was shown, and the end")
    }

    @Test(
      "the API comes, moves and goes by TCP; who asks for it gets the answer; an address in use is refused")
    func api() throws {
      let site = try Site()
      defer { site.remove() }
      try site.serve()
      let tokens = "\(site.folder)/tokens"
      let token = try Program(
        path: Executable.flowswitch(), ["token", "new", "--name", "ops", "--role", "configure"]
      ).succeed(within: .seconds(10))
      try TextFile.write(
        tokens,
        token.errorText.split(separator: "\n").filter { $0.contains(" configure ") }
          .joined(separator: "\n") + "\n")
      chmod(tokens, 0o600)
      let secret = token.text.trimmingCharacters(in: .whitespacesAndNewlines)
      func configuration(_ port: UInt16, settle: String = "300s") -> SiteConfiguration {
        SiteConfiguration(site).with {
          $0.settle = settle
          $0.more = "api: {listen: '127.0.0.1:\(port)', tokens: \(tokens)}"
        }
      }
      let daemon = try site.start(file: try site.write(SiteConfiguration(site)))
      try daemon.awaitMembers()
      let connections = try Conversations(8, at: site)
      #expect(try daemon.ask("apply", try site.write(configuration(8441))).status == 0, "\(daemon.said)")
      let version = try request(site, 8441, "/api/v1/version", token: secret)
      #expect(version?.hasPrefix("HTTP/1.1 200 ") == true, "\(version ?? "nobody listens")")
      // By TCP, to another port, with a change of the switch itself.
      let next = configuration(8442, settle: "77s").text(name: site.name)
      let answer = try request(
        site, 8441, "/api/v1/configuration", method: "PUT", token: secret, body: next)
      #expect(
        answer?.hasPrefix("HTTP/1.1 200 ") == true && answer?.contains(#""changed":true"#) == true,
        "\(answer ?? "")")
      #expect(try request(site, 8442, "/api/v1/ports", token: secret)?.hasPrefix("HTTP/1.1 200 ") == true)
      let metrics = try request(site, 8442, "/metrics", token: secret) ?? ""
      #expect(
        metrics.contains(#"flowswitch_events_total{kind="started"} 1"#)
          && metrics.contains(#"flowswitch_events_total{kind="applied"} 2"#)
          && metrics.contains(#"flowswitch_events_total{kind="conflict"} 0"#), "totals go on: \(metrics)")
      #expect(
        try Waiting.until(within: .seconds(10)) {
          try request(site, 8441, "/api/v1/ports", token: secret) == nil
        })
      // Somebody else's.
      let other = try inNamespace(site.namespace) {
        socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      }
      defer { close(other) }
      try #require(withAddress("127.0.0.1", 8443, { bind(other, $0, $1) }) == 0 && listen(other, 1) == 0)
      let refused = try daemon.ask("apply", try site.write(configuration(8443)))
      #expect(
        refused.status == 2 && refused.errorText.contains("127.0.0.1 port 8443"), "\(refused.errorText)")
      #expect(refused.errorText.contains("nothing is changed"))
      #expect(try request(site, 8442, "/api/v1/ports", token: secret)?.hasPrefix("HTTP/1.1 200 ") == true)
      // Files that go wrong are told, and leave what was read before.
      try TextFile.write(tokens, "junk\n")
      let same = try daemon.ask("apply", try site.write(configuration(8442, settle: "77s")))
      #expect(same.status == 0 && same.text == "nothing changes\n")
      #expect(same.errorText.contains("\(tokens):1: ") && same.errorText.contains("goes on to count"))
      #expect(try request(site, 8442, "/api/v1/ports", token: secret)?.hasPrefix("HTTP/1.1 200 ") == true)
      #expect(
        try Waiting.until(within: .seconds(10)) {
          try events(daemon).contains { $0.kind == "credentials-rejected" && $0.subject == tokens }
        })
      // And away; connections never noticed.
      #expect(try daemon.ask("apply", try site.write(SiteConfiguration(site))).status == 0, "\(daemon.said)")
      #expect(
        try Waiting.until(within: .seconds(10)) {
          try request(site, 8442, "/api/v1/ports", token: secret) == nil
        })
      #expect(connections.broken() == [])
      #expect(try daemon.stop() == 0)
    }

    @Test("X7: tables that have to grow are foreseen, and no connection moves by it")
    func growth() throws {
      let site = try Site()
      defer { site.remove() }
      try site.serve()
      let small = SiteConfiguration(site)
      let daemon = try site.start(file: try site.write(small))
      try daemon.awaitMembers()
      let connections = try Conversations(40, at: site)
      let before = try daemon.buckets().map(\.member)
      let large = small.with { next in
        for i in 0..<60 {
          next.clusters.append(.init(name: "c\(i)", address: "10.9.1.\(i + 1)", members: ["s1", "s2"]))
        }
      }
      let file = try site.write(large)
      let plan = try daemon.ask("diff", file).text
      #expect(plan.contains("Larger tables") && plan.contains("  buckets: 16384 → 65536\n"), "\(plan)")
      #expect(plan.contains("no connection breaks"))
      #expect(try daemon.ask("apply", file).status == 0, "\(daemon.said)")
      #expect(try daemon.clusters().count == 61)
      #expect(connections.broken() == [])
      #expect(try daemon.buckets().map(\.member) == before)
      #expect(try Conversations(40, at: site).servers == ["s1", "s2", "s3"])
      #expect(try daemon.stop() == 0)
    }
  }
}
