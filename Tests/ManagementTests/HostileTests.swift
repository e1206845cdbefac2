import Foundation
import Glibc
import ManagementFixtures
import SwitchModel
import Testing

@testable import Management

extension ServingSuites {
  /// Clients that mean no good, by TCP. What they do on the control socket is in `ServerTests`.
  @Suite("Hostile clients", .serialized, .timeLimit(.minutes(3)))
  struct HostileTests {
    static let hasty: ServerLimits = {
      var limits = ServerLimits()
      limits.receive = .milliseconds(400)
      limits.answer = .milliseconds(800)
      return limits
    }()

    @Test(
      "Half a request ends; so does one that comes byte by byte",
      arguments: [
        "", "GET /api/v1/po", "GET /api/v1/ports HTTP/1.1\r\nHost: x\r\n",
        "PUT /api/v1/members/web/s1/admin-state HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
      ])
    func half(_ text: String) async throws {
      try await withNetworkServer(limits: HostileTests.hasty) { (port, _) async throws in
        let silent = try #require(RawClient(port: port))
        if !text.isEmpty { silent.send(text) }
        #expect(await silent.readToEnd(seconds: 30) != nil)
        let slow = try #require(RawClient(port: port))
        slow.send(text)
        var bytes = 0
        while bytes < 200, slow.send("a") {
          bytes += 1
          try await Task.sleep(for: .milliseconds(30))
        }
        #expect(bytes < 200)
      }
    }

    @Test(
      "What is too large is refused before it is there",
      arguments: [
        (
          "GET /metrics HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 100_000))\r\n\r\n", "431",
          "too-large"
        ),
        (
          "GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(String(repeating: "a", count: 100_000))\r\n\r\n",
          "431", "too-large"
        ),
        (
          "PUT /api/v1/explain HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n", "413",
          "too-large"
        ),
        ("\u{0}\u{1}\u{2}\r\n\r\n", "400", "malformed"),
      ])
    func tooLarge(_ text: String, _ status: String, _ code: String) async throws {
      try await withNetworkServer { (port, _) async throws in
        let client = try #require(RawClient(port: port))
        client.send(text)
        let answer = try #require(await client.readToEnd(seconds: 30))
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.contains(#"{"error":{"code":"\#(code)","message":""#))
        #expect(answer.lowercased().contains("connection: close"))
      }
    }

    @Test(
      "10,000 connections: never more than the limit, those idle for longest go, requests under way and other clients do not notice"
    )
    func tenThousand() async throws {
      var limits = ServerLimits()
      limits.connections = 100
      var files = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
      files.rlim_cur = files.rlim_max
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
      // As many as this process may have open; the rest as the earlier ones are let go of.
      let room = Int(min(files.rlim_cur, 1 << 20)) > 12_000 ? 10_000 : 400
      try await withNetworkServer(FakeSwitch(isSlow: true), limits: limits) { (port, path) async throws in
        let busy = try #require(RawClient(port: port))
        busy.send(NetworkTests.get("/api/v1/flows?for=5s"))
        // Its answer is under way when the others come.
        try await Task.sleep(for: .milliseconds(200))
        var clients: [RawClient] = []
        for number in 0..<10_000 {
          guard let client = RawClient(port: port) else {
            Issue.record("connection \(number): \(errno)")
            break
          }
          client.send("GET /api/v1/po")
          clients.append(client)
          // Connecting blocks a thread that other tests need.
          if number % 20 == 0 { try await Task.sleep(for: .milliseconds(1)) }
          if clients.count > room { clients.removeFirst(room / 2) }
          if number % 2000 == 0 {
            #expect(try await ControlClient(path: path).get([PortRow].self, .ports).value.count == 2)
          }
        }
        let polite = try #require(RawClient(port: port))
        polite.send(NetworkTests.get("/api/v1/ports"))
        #expect(try #require(await polite.readToEnd(seconds: 60)).hasPrefix("HTTP/1.1 200 "))
        #expect(try #require(await busy.readToEnd(seconds: 60)).hasPrefix("HTTP/1.1 200 "))
        // All but the last hundred were ended.
        for client in clients.prefix(clients.count - 110).suffix(150) {
          #expect(await client.readToEnd(seconds: 60) == "")
        }
      }
    }

    @Test("Of idle connections the one that has been so for longest goes; one that was used since stays")
    func oldestGoes() async throws {
      var limits = ServerLimits()
      limits.connections = 2
      try await withNetworkServer(limits: limits) { (port, _) async throws in
        let request = "GET /api/v1/version HTTP/1.1\r\nHost: x\r\n\r\n"
        func ask(_ client: RawClient) async -> Bool {
          client.send(request)
          return await client.read(until: "datapath_reason") != nil
        }
        let first = try #require(RawClient(port: port))
        #expect(await ask(first))
        let second = try #require(RawClient(port: port))
        #expect(await ask(second))
        #expect(await ask(first))
        let third = try #require(RawClient(port: port))
        #expect(await ask(third))
        #expect(await second.readToEnd(seconds: 30) != nil)
        #expect(await ask(first))
        #expect(await ask(third))
      }
    }

    @Test("Where every connection has a request under way the new one goes")
    func allBusy() async throws {
      var limits = ServerLimits()
      limits.connections = 2
      try await withNetworkServer(FakeSwitch(isSlow: true), limits: limits) { (port, _) async throws in
        let busy = try (0..<2).map { _ in try #require(RawClient(port: port)) }
        for client in busy {
          client.send("GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n")
          #expect(await client.read(until: "event: state") != nil)
        }
        let late = try #require(RawClient(port: port))
        late.send(NetworkTests.get("/api/v1/version"))
        #expect(await late.readToEnd(seconds: 30) == "")
        for client in busy { #expect(await client.read(until: "event: state") != nil) }
      }
    }

    @Test("Pipelined requests are answered in their order, each once")
    func pipelining() async throws {
      try await withNetworkServer { (port, _) async throws in
        let client = try #require(RawClient(port: port))
        var text = ""
        for number in 0..<500 {
          text += "GET /api/v1/\(number % 2 == 0 ? "drops" : "version") HTTP/1.1\r\nHost: x\r\n\r\n"
        }
        client.send(text + NetworkTests.get("/api/v1/nothing"))
        let answer = try #require(await client.readToEnd(seconds: 60))
        let marks = answer.matches(of: #/no-member|datapath_reason|there is no such path/#).map {
          String($0.output)
        }
        #expect(marks.count == 501 && marks.last == "there is no such path")
        #expect(
          marks.dropLast().enumerated().allSatisfy { $1 == ($0 % 2 == 0 ? "no-member" : "datapath_reason") })
      }
    }

    @Test(
      "The connection ends with the answer, however the client says so: also where the answer has no length",
      arguments: [
        ("HTTP/1.0\r\n", "HTTP/1.0"), ("HTTP/1.0\r\nConnection: keep-alive\r\n", "HTTP/1.0"),
        ("HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n", "HTTP/1.1"),
        ("HTTP/1.1\r\nHost: x\r\nConnection: te, close\r\n", "HTTP/1.1"),
      ])
    func ends(_ rest: String, _ version: String) async throws {
      // Longer than the wait for the end: an idle connection is not what ends.
      var limits = ServerLimits()
      limits.receive = .seconds(100)
      try await withNetworkServer(limits: limits) { (port, _) async throws in
        for path in ["version", "buckets"] {
          let client = try #require(RawClient(port: port))
          // What comes before is answered as it came, and nothing that comes after.
          client.send("GET /api/v1/ports HTTP/1.1\r\nHost: x\r\n\r\nGET /api/v1/\(path) \(rest)\r\n")
          let answer = try #require(await client.readToEnd(seconds: 30))
          #expect(answer.hasPrefix("HTTP/1.1 200 "))
          let last = try #require(answer.range(of: "\(version) 200 ", options: .backwards))
          let second = answer[last.lowerBound...].lowercased()
          #expect(last.lowerBound > answer.startIndex)
          #expect(second.contains("transfer-encoding") == (path == "buckets" && version == "HTTP/1.1"))
          #expect(second.contains(path == "version" ? "datapath_reason" : "\"index\":"))
        }
      }
    }

    @Test(
      "What was asked before something wrong is answered, and then the connection ends",
      arguments: [
        "Connection: close\r\n\r\nGET /", "Connection: close\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "\r\n\u{0}\u{1}\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nX: \(String(repeating: "a", count: 100_000))\r\n\r\n",
      ])
    func answeredBefore(_ rest: String) async throws {
      var limits = ServerLimits()
      limits.receive = .seconds(100)
      try await withNetworkServer(limits: limits) { (port, _) async throws in
        let client = try #require(RawClient(port: port))
        client.send("GET /api/v1/version HTTP/1.1\r\nHost: x\r\n\(rest)")
        let answer = try #require(await client.readToEnd(seconds: 30))
        #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("datapath_reason"))
      }
    }

    @Test("Who asks and asks and reads nothing is let go of; others are served meanwhile")
    func neverReads() async throws {
      try await withNetworkServer(limits: HostileTests.hasty) { (port, _) async throws in
        let deaf = try #require(RawClient(port: port))
        let flags = fcntl(deaf.descriptor, F_GETFL)
        _ = fcntl(deaf.descriptor, F_SETFL, flags | Int32(O_NONBLOCK))
        let request = Array(
          String(repeating: "GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n", count: 200).utf8)
        var isGone = false
        for round in 0..<3000 where !isGone {
          let sent = send(deaf.descriptor, request, request.count, Int32(MSG_NOSIGNAL))
          if sent < 0, errno != EAGAIN, errno != EWOULDBLOCK { isGone = true }
          if round % 100 == 0 {
            let other = try #require(RawClient(port: port))
            other.send(NetworkTests.get("/api/v1/version"))
            #expect(try #require(await other.readToEnd(seconds: 30)).hasPrefix("HTTP/1.1 200 "))
          }
          try await Task.sleep(for: .milliseconds(10))
        }
        #expect(isGone)
      }
    }
  }
}
