import Glibc
import ManagementFixtures
import SwitchModel
import Testing

@testable import Lab

extension LiveTests {
  /// Clients that mean no good, while the switch forwards.
  @Suite("hostile clients of a running switch")
  struct Hostile {
    /// A switch with the API by TCP, too, and packets that go through it.
    private struct Scene {
      static let port: UInt16 = 8443

      let site: Site
      let daemon: Daemon
      /// By role.
      var tokens: [String: String] = [:]
      let pings: PingRun
      let talk: Talk
      let descriptors: Int
      let memory: Int

      /// - Parameter files: that the daemon may have open: as a shell gives them, not as a service has them.
      init(files: String) throws {
        site = try Site(servers: 2)
        do {
          try site.serve()
          for (name, text) in [("cert", TestPKI.certificate), ("key", TestPKI.key)] {
            try TextFile.write("\(site.folder)/\(name).pem", text)
          }
          // Too short a token is refused even where it is listed.
          var lines = ["weak read \(Hostile.weakDigest)"]
          for role in ["read", "configure"] {
            let made = try Program(
              path: Executable.flowswitch(), ["token", "new", "--name", role, "--role", role]
            ).succeed()
            tokens[role] = made.lines.first
            lines.append(made.errorText.split(separator: "\n").first.map(String.init) ?? "")
          }
          try TextFile.write("\(site.folder)/tokens", lines.joined(separator: "\n") + "\n")
          chmod("\(site.folder)/tokens", 0o600)
          let folder = site.folder
          let configuration = SiteConfiguration(site).with {
            $0.api = [
              "listen: 127.0.0.1:\(Scene.port)", "certificate: \(folder)/cert.pem", "key: \(folder)/key.pem",
              "tokens: \(folder)/tokens",
            ]
          }
          daemon = try site.start(configuration, wrapper: ["prlimit", "--nofile=\(files)"])
          try daemon.awaitMembers()
          descriptors = daemon.descriptors
          memory = daemon.residentBytes
          pings = try PingRun(site)
          talk = try Talk(site)
        } catch {
          site.remove()
          throw error
        }
      }

      func client() throws -> HostileClient { try HostileClient(socket: daemon.socket) }

      /// The answer to a request that ends the connection.
      func answer(_ request: String) throws -> String {
        let client = try client()
        client.sendAll(Array(request.utf8))
        guard let answer = client.readToEnd() else { throw SiteFailure("no end: \(request.prefix(80))") }
        return answer
      }

      /// The switch answers who is polite, and forwarding has noticed nothing.
      func expectServing(_ after: String) throws {
        let answer = try daemon.ask("show", "members")
        #expect(answer.status == 0, "after \(after): \(answer.errorText)\n\(daemon.said)")
      }

      /// What the clients cost is given back, and nothing was lost on the way.
      func finish() throws {
        let isBack = try Waiting.until(within: .seconds(30), every: .milliseconds(100)) {
          daemon.descriptors <= descriptors + 2
        }
        #expect(isBack, "\(descriptors) descriptors before, \(daemon.descriptors) now")
        let now = daemon.residentBytes
        #expect(now < memory + 192 << 20, "\(memory >> 20) MiB before, \(now >> 20) MiB now")
        let pinged = try pings.stop()
        #expect(pinged.sent > 100 && pinged.lost == 0, "\(pinged)")
        let talked = talk.stop()
        #expect(talked.answers > 100 && talked.failure == nil, "\(talked)")
        try expectServing("all of it")
        #expect(try daemon.stop() == 0)
        #expect(!daemon.said.contains("error:"), "\(daemon.said)")
      }
    }

    /// SHA-256 of `weak`.
    private static let weakDigest = "481ba4019c9d2710c3386537382592c093ef02bf5b056c30237b3d92b0e19a1d"

    private static func get(_ path: String, _ more: String = "Connection: close\r\n") -> String {
      "GET /api/v1/\(path) HTTP/1.1\r\nHost: x\r\n\(more)\r\n"
    }

    @Test("the control socket: half, huge, garbled, ten thousand, deaf, gone, wrong, many at once")
    func controlSocket() throws {
      let scene = try Scene(files: "1024:8192")
      defer { scene.site.remove() }
      // Held open until the daemon has enough.
      let half = try (0..<20).map { number in
        let client = try scene.client()
        client.send(
          number % 2 == 0
            ? "GET /api/v1/po"
            : "PUT /api/v1/configuration HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nabc")
        return client
      }
      let deaf = try (0..<20).map { number in
        let client = try scene.client()
        client.send(Hostile.get(number % 2 == 0 ? "stream" : "events/follow?after=0", ""))
        return client
      }
      try huge(scene)
      try scene.expectServing("huge requests")
      try garbled(scene)
      try gone(scene)
      try scene.expectServing("clients that go")
      try wrong(scene)
      try manyAtOnce(scene)
      try connections(10_000, scene)
      // By the time that a request may take, or by those that came after.
      for client in half { #expect(client.readToEnd(seconds: 30) != nil) }
      for client in deaf { client.close() }
      try scene.finish()
    }

    private func huge(_ scene: Scene) throws {
      let megabyte = [UInt8](repeating: 97, count: 1 << 20)
      let announced = try scene.answer(
        "PUT /api/v1/configuration HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n")
      #expect(announced.hasPrefix("HTTP/1.1 413 ") && announced.contains(#""code":"too-large""#))
      for (begin, status) in [
        ("GET /metrics HTTP/1.1\r\nHost: x\r\nX: ", "431"), ("GET /", "431"),
        // Of a body in chunks nobody knows the length before.
        (
          "POST /api/v1/configuration/plan HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n40000000\r\n",
          ""
        ),
      ] {
        let client = try scene.client()
        client.send(begin)
        var sent = 0
        while sent < 1024, client.sendAll(megabyte) { sent += 1 }
        #expect(sent < 64, "\(begin.prefix(30)): \(sent) MiB were taken")
        let answer = try #require(client.readToEnd())
        #expect(
          answer.hasPrefix(status.isEmpty ? "" : "HTTP/1.1 \(status) "),
          "\(begin.prefix(30)): \(answer.prefix(200))")
      }
    }

    private func garbled(_ scene: Scene) throws {
      for seed in 0..<30 {
        let bytes = (0..<2000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761 &+ seed &* 40_503) >> 7) }
        let client = try scene.client()
        client.sendAll(bytes + Array("\r\n\r\n".utf8))
        let answer = try #require(client.readToEnd())
        #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains(#""code":"malformed""#), "\(answer)")
      }
      let old = try scene.answer("GET /api/v1/version HTTP/1.0\r\n\r\n")
      #expect(old.hasPrefix("HTTP/1.0 200 ") && old.contains("datapath_reason"), "\(old)")
      let pipelined = try scene.answer(
        String(repeating: Hostile.get("version", ""), count: 200) + Hostile.get("nothing"))
      #expect(pipelined.matches(of: #/HTTP/1.1 200 /#).count == 200)
      #expect(pipelined.contains("HTTP/1.1 404 "))
    }

    /// Clients that do not wait for the answer, or for the rest of it.
    private func gone(_ scene: Scene) throws {
      for number in 0..<200 {
        let client = try scene.client()
        client.send(Hostile.get(["openapi.json", "buckets", "stream", "flows?for=100ms"][number % 4], ""))
        if number % 8 < 4 { _ = client.readAvailable() }
        client.close()
      }
    }

    private func wrong(_ scene: Scene) throws {
      let former = try scene.daemon.version()
      let texts = [
        "switch: {}\n", "ports: [", "\u{0}\u{1}", String(repeating: "- ", count: 500), "switch: 7\n",
      ]
      let client = try scene.client()
      var answers = ""
      for number in 0..<1000 {
        let text = texts[number % texts.count]
        let end = number == 999 ? "Connection: close\r\n" : ""
        client.sendAll(
          Array(
            "PUT /api/v1/configuration HTTP/1.1\r\nHost: x\r\n\(end)Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
              .utf8))
        answers += String(decoding: client.readAvailable(), as: UTF8.self)
      }
      answers += client.readToEnd() ?? ""
      #expect(answers.matches(of: #/HTTP/1.1 422 /#).count == 1000, "\(answers.prefix(300))")
      #expect(answers.matches(of: /"code":"faulty"/).count == 1000)
      #expect(try scene.daemon.version() == former)
    }

    /// 200 requests at once, and people's own commands among them.
    private func manyAtOnce(_ scene: Scene) throws {
      let commands = try (0..<20).map { number in
        try Daemon(
          name: "show", namespace: scene.site.namespace,
          words: [try Executable.flowswitch(), "show", "members", "--socket", scene.daemon.socket],
          log: "\(scene.site.folder)/show-\(number)")
      }
      let clients = try (0..<200).map { number in
        let client = try scene.client()
        client.send(Hostile.get(["members", "buckets", "ports", "routers"][number % 4]))
        return client
      }
      for client in clients { #expect(client.readToEnd()?.hasPrefix("HTTP/1.1 200 ") == true) }
      for command in commands { #expect(try command.stop(0) == 0, "\(command.said)") }
    }

    /// So many, all held open by their clients; nobody is kept out.
    private func connections(_ count: Int, _ scene: Scene) throws {
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      limit.rlim_cur = limit.rlim_max
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      let room = limit.rlim_max > 12_000 ? 10_000 : Int(limit.rlim_max) / 2
      var clients: [HostileClient] = []
      var most = 0
      for number in 0..<count {
        var client: HostileClient?
        // Those that are being ended make room in the backlog.
        _ = try Waiting.until(within: .seconds(20), every: .milliseconds(5)) {
          client = try? scene.client()
          return client != nil
        }
        guard let client else { throw SiteFailure("connection \(number) is not taken\n\(scene.daemon.said)") }
        client.send("GET /api/v1/po")
        clients.append(client)
        if clients.count > room { clients.removeFirst(room / 2) }
        if number % 500 == 499 {
          most = max(most, scene.daemon.descriptors)
          if number % 2500 == 2499 { try scene.expectServing("\(number + 1) connections") }
        }
      }
      // Never more than may be, and those that are just going.
      #expect(most <= scene.descriptors + 1200, "\(most)")
      clients = []
    }

    @Test(
      "TCP with TLS: tokens that are absent, wrong, weak or too small a role; what is no TLS; half a handshake"
    )
    func network() async throws {
      let scene = try Scene(files: "1024:1024")
      defer { scene.site.remove() }
      func client() throws -> HostileClient {
        try HostileClient(namespace: scene.site.namespace, port: Scene.port)
      }
      func ask(_ path: String, token: String?) async throws -> String {
        try await TLSClient.exchange(
          port: 0, authority: TestPKI.authority, socket: client().take(),
          Hostile.get(path, "\(token.map { "Authorization: Bearer \($0)\r\n" } ?? "")Connection: close\r\n"))
      }
      for (token, status, code) in [
        (nil, "401", "unauthorized"),
        ("wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong-1", "401", "unauthorized"),
        ("weak", "401", "weak-token"), (String(repeating: "x", count: 9000), "401", "unauthorized"),
      ] as [(String?, String, String)] {
        let answer = try await ask("members", token: token)
        #expect(
          answer.hasPrefix("HTTP/1.1 \(status) ") && answer.contains(#""code":"\#(code)""#),
          "\(answer.prefix(300))")
      }
      #expect(try await ask("members", token: scene.tokens["read"]).hasPrefix("HTTP/1.1 200 "))
      #expect(try await ask("capture", token: scene.tokens["read"]).hasPrefix("HTTP/1.1 403 "))
      let half = try (0..<100).map { _ in
        let client = try client()
        client.send([0x16, 3, 1, 2])
        return client
      }
      for text in [
        Hostile.get("members"), String(repeating: "x", count: 100_000), "\u{16}\u{3}\u{1}\u{0}\u{1}z",
      ] {
        let client = try client()
        client.sendAll(Array(text.utf8))
        let answer = try #require(client.readToEnd())
        #expect(!answer.contains("HTTP/1.1"))
      }
      #expect(try await ask("members", token: scene.tokens["configure"]).hasPrefix("HTTP/1.1 200 "))
      // Guessing costs time, but only who guesses, and not on the control socket.
      var last = ""
      for number in 0..<20 where !last.hasPrefix("HTTP/1.1 429 ") {
        last = try await ask("members", token: "guess-guess-guess-guess-guess-guess-guess-\(number + 100)")
      }
      #expect(last.hasPrefix("HTTP/1.1 429 ") && last.lowercased().contains("retry-after: "))
      try scene.expectServing("guesses")
      for client in half { client.close() }
      // Far more than it has files for.
      try connections(2500, scene)
      try scene.finish()
    }
  }
}
