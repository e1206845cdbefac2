import ManagementFixtures
import SwitchModel
import Testing
import Wire

@testable import Management

extension ServingSuites {
  @Suite("The API by TCP", .serialized, .timeLimit(.minutes(2)))
  struct NetworkTests {
    /// Files of a switch that has TLS and a token of each role.
    struct Secrets {
      var configuration: APIConfiguration
      var tokens: [Role: Token] = [:]

      init(_ directory: String, tls: Bool = true) throws {
        configuration = APIConfiguration()
        if tls {
          configuration.certificate = try TestFiles.write(TestPKI.certificate, directory, "cert.pem")
          configuration.key = try TestFiles.write(TestPKI.key, directory, "key.pem")
        }
        for role in Role.allCases { tokens[role] = Token() }
        let lines = tokens.map { $1.line(name: $0.rawValue, role: $0) }.joined(separator: "\n")
        configuration.tokens = try TestFiles.write(lines, directory, "tokens")
      }
    }

    static func get(_ path: String, token: Token? = nil, _ method: String = "GET", _ body: String = "")
      -> String
    {
      let authorization = token.map { "Authorization: Bearer \($0.text)\r\n" } ?? ""
      let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
      return
        "\(method) \(path) HTTP/1.1\r\nHost: x\r\n\(authorization)\(length)Connection: close\r\n\r\n\(body)"
    }

    @Test("TLS and tokens: 401 without, 403 with too small a role, else what the control socket says")
    func roles() async throws {
      try await withTemporaryDirectory { directory in
        let secrets = try Secrets(directory)
        let fake = FakeSwitch()
        try await withNetworkServer(fake, secrets.configuration) { (port, _) async throws in
          func ask(_ text: String) async throws -> String {
            try await TLSClient.exchange(port: port, authority: TestPKI.authority, text)
          }
          let none = try await ask(NetworkTests.get("/api/v1/drops"))
          #expect(none.hasPrefix("HTTP/1.1 401 "))
          #expect(none.lowercased().contains("www-authenticate: bearer realm=\"flowswitch\"\r\n"))
          #expect(none.contains(#"{"error":{"code":"unauthorized","message":""#))
          for role in Role.allCases {
            let answer = try await ask(NetworkTests.get("/api/v1/drops", token: secrets.tokens[role]))
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains(#""reason":"no-member""#))
            let state = try await ask(
              NetworkTests.get(
                "/api/v1/members/web/s1/admin-state", token: secrets.tokens[role], "PUT",
                #"{"state":"draining"}"#))
            #expect(state.hasPrefix(role == .read ? "HTTP/1.1 403 " : "HTTP/1.1 200 "))
            #expect(fake.log.adminState(of: "web/s1") == (role == .read ? .enabled : .draining))
          }
          let metrics = try await ask(NetworkTests.get("/metrics", token: secrets.tokens[.read]))
          #expect(metrics.contains("flowswitch_build_info"))
          let wrong = try await ask(NetworkTests.get("/metrics", token: Token()))
          #expect(wrong.hasPrefix("HTTP/1.1 401 "))
        }
      }
    }

    @Test("Too many wrong tokens: 429 with the time to wait, while the control socket answers")
    func guessing() async throws {
      try await withTemporaryDirectory { directory in
        let secrets = try Secrets(directory, tls: false)
        try await withNetworkServer(FakeSwitch(), secrets.configuration) { (port, path) async throws in
          var answers: [String] = []
          for _ in 0..<7 {
            let client = try #require(RawClient(port: port))
            client.send(NetworkTests.get("/api/v1/drops", token: Token()))
            answers.append(try #require(await client.readToEnd(seconds: 30)))
          }
          #expect(answers.prefix(6).allSatisfy { $0.hasPrefix("HTTP/1.1 401 ") })
          #expect(answers[6].hasPrefix("HTTP/1.1 429 "))
          #expect(answers[6].contains(#""code":"rate-limited""#))
          #expect(answers[6].lowercased().contains("retry-after: "))
          #expect(try await ControlClient(path: path).get([PortRow].self, .ports).value.count == 2)
        }
      }
    }

    @Test("Without tokens everybody may read, and nobody more")
    func anonymous() async throws {
      let fake = FakeSwitch()
      try await withNetworkServer(fake) { (port, path) async throws in
        let reader = try #require(RawClient(port: port))
        reader.send(NetworkTests.get("/api/v1/ports"))
        #expect(try #require(await reader.readToEnd(seconds: 30)).hasPrefix("HTTP/1.1 200 "))
        let writer = try #require(RawClient(port: port))
        writer.send(
          NetworkTests.get("/api/v1/members/web/s1/admin-state", "PUT", #"{"state":"disabled"}"#))
        #expect(try #require(await writer.readToEnd(seconds: 30)).hasPrefix("HTTP/1.1 403 "))
        #expect(fake.log.adminState(of: "web/s1") == .enabled)
        _ = try await ControlClient(path: path).setAdminState(.disabled, of: "web/s1")
        #expect(fake.log.adminState(of: "web/s1") == .disabled)
      }
    }

    @Test(
      "Bad TLS: plain HTTP, junk, half a handshake, an old version, an unknown authority; the next client is served"
    )
    func badTLS() async throws {
      try await withTemporaryDirectory { directory in
        let secrets = try Secrets(directory)
        var limits = ServerLimits()
        limits.receive = .milliseconds(500)
        try await withNetworkServer(FakeSwitch(), secrets.configuration, limits: limits) {
          (port, _) async throws in
          for text in [
            NetworkTests.get("/api/v1/ports"), "\u{16}\u{3}\u{1}\u{2}",
            String(repeating: "x", count: 100_000),
          ] {
            let client = try #require(RawClient(port: port))
            client.send(text)
            let answer = try #require(await client.readToEnd(seconds: 30))
            #expect(!answer.contains("HTTP/1.1"))
          }
          let silent = try #require(RawClient(port: port))
          #expect(await silent.readToEnd(seconds: 30) == "")
          let request = NetworkTests.get("/api/v1/ports", token: secrets.tokens[.read])
          await #expect(throws: (any Error).self) {
            try await TLSClient.exchange(port: port, authority: TestPKI.authority, oldest: true, request)
          }
          await #expect(throws: (any Error).self) {
            try await TLSClient.exchange(port: port, authority: TestPKI.certificate, request)
          }
          let answer = try await TLSClient.exchange(port: port, authority: TestPKI.authority, request)
          #expect(answer.hasPrefix("HTTP/1.1 200 "))
        }
      }
    }

    @Test("Half a TLS handshake keeps nobody out")
    func halfHandshakes() async throws {
      try await withTemporaryDirectory { directory in
        let secrets = try Secrets(directory)
        var limits = ServerLimits()
        limits.connections = 4
        try await withNetworkServer(FakeSwitch(), secrets.configuration, limits: limits) {
          (port, _) async throws in
          var silent: [RawClient] = []
          for _ in 0..<50 {
            let client = try #require(RawClient(port: port))
            client.send("\u{16}\u{3}\u{1}\u{2}")
            silent.append(client)
          }
          let request = NetworkTests.get("/api/v1/ports", token: secrets.tokens[.read])
          let answer = try await TLSClient.exchange(port: port, authority: TestPKI.authority, request)
          #expect(answer.hasPrefix("HTTP/1.1 200 "))
          #expect(await silent[0].readToEnd(seconds: 30) != nil)
        }
      }
    }

    static let listen = ListenAddress(IPAddress(127, 0, 0, 1), port: 1)

    @Test("What cannot be used is told at the start")
    func unusable() async throws {
      try await withTemporaryDirectory { directory in
        let good = try Secrets(directory).configuration
        func error(_ change: (inout APIConfiguration) throws -> Void) throws -> String {
          var configuration = good
          configuration.listen = NetworkTests.listen
          try change(&configuration)
          do {
            _ = try NetworkAPI(configuration)
            return ""
          } catch {
            return error.description
          }
        }
        #expect(try error { _ in } == "")
        #expect(
          try error { $0.certificate = "/nonexistent/c" }
            == "api: certificate /nonexistent/c: No such file or directory")
        #expect(
          try error { $0.key = "/nonexistent/k" } == "api: key /nonexistent/k: No such file or directory")
        let junk = try TestFiles.write("junk", directory, "junk")
        #expect(try error { $0.certificate = junk } == "api: certificate \(junk): it is not PEM")
        #expect(try error { $0.key = junk } == "api: key \(junk): it is not PEM")
        let other = try TestFiles.write(TestPKI.otherKey, directory, "other")
        #expect(
          try error { $0.key = other }
            == "api: key \(other): it does not belong to the certificate in \(directory)/cert.pem")
        #expect(try error { $0.key = nil } == "api: certificate and key go together")
        #expect(
          try error { $0.tokens = "/nonexistent/t" }
            == "api: tokens: /nonexistent/t: No such file or directory"
        )
        #expect(
          try error { $0 = APIConfiguration(listen: ListenAddress(IPAddress(10, 0, 0, 1), port: 80)) }
            == "api: 10.0.0.1:80 can be reached from other machines; give certificate and key, or listen on 127.0.0.1 or [::1]"
        )
        #expect(try NetworkAPI(APIConfiguration(group: "adm")) == nil)
      }
    }

    @Test("A port that is taken ends the server with its name")
    func portTaken() async throws {
      try await withNetworkServer { (port, path) async throws in
        var configuration = APIConfiguration()
        configuration.listen = ListenAddress(IPAddress(127, 0, 0, 1), port: UInt16(port))
        let server = ManagementServer(
          operations: FakeSwitch(), socket: try ControlSocket(path: path + "2"),
          door: try NetworkDoor(configuration), logger: AccessTests.quiet)
        let error = await #expect(throws: NetworkAPIError.self) { try await server.run() }
        #expect(error?.description.hasPrefix("api: cannot listen on 127.0.0.1 port \(port): ") == true)
      }
    }

    @Test("The socket's group is found when the daemon starts")
    func group() async throws {
      try await withTemporaryDirectory { directory in
        #expect(throws: ControlSocketError.noGroup(name: "no-such-group")) {
          try ControlSocket(path: "\(directory)/a.sock", group: "no-such-group")
        }
        _ = try ControlSocket(path: "\(directory)/b.sock", group: "root")
      }
    }
  }
}
