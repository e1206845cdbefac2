import Glibc
import ManagementFixtures
import SwitchModel
import SystemPackage
import Testing

@testable import Management

extension ServingSuites {
  @Suite("The server on its socket", .serialized)
  struct ServerTests {
    /// Times short enough for a test.
    static let hasty: ServerLimits = {
      var limits = ServerLimits()
      limits.receive = .milliseconds(500)
      limits.answer = .seconds(3)
      return limits
    }()

    @Test("Requests that end at once, as curl sends them")
    func plain() async throws {
      try await withServer { path in
        let client = try #require(RawClient(path: path))
        client.send("GET /api/v1/drops HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        let answer = try #require(await client.readToEnd(seconds: 30))
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.lowercased().contains("content-type: application/json"))
        #expect(
          answer.hasSuffix(
            "\r\n\r\n"
              + #"[{"packets":17,"port":"sw-r1","reason":"no-member"},{"packets":2,"port":"sw-s1","reason":"isolated"}]"#
          ))
      }
    }

    @Test("405 names what is allowed, HEAD has no body")
    func methods() async throws {
      try await withServer { path in
        let put = try #require(RawClient(path: path))
        put.send("PUT /api/v1/drops HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
        let refusal = try #require(await put.readToEnd(seconds: 30))
        #expect(refusal.hasPrefix("HTTP/1.1 405 "))
        #expect(refusal.lowercased().contains("allow: get, head"))
        let head = try #require(RawClient(path: path))
        head.send("HEAD /api/v1/drops HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        let answer = try #require(await head.readToEnd(seconds: 30))
        #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("\r\n\r\n"))
      }
    }

    @Test("Several requests on one connection")
    func keepAlive() async throws {
      try await withServer { path in
        let client = try #require(RawClient(path: path))
        client.send("GET /api/v1/version HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
        client.send("GET /api/v1/drops HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        let answer = try #require(await client.readToEnd(seconds: 30))
        #expect(answer.split(separator: "HTTP/1.1 ").map { $0.prefix(3) } == ["200", "404", "200"])
      }
    }

    @Test(
      "What is too large is refused in JSON",
      arguments: [
        (
          "GET /api/v1/ports HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 100_000))\r\n\r\n",
          "431", "too-large"
        ),
        ("GET /\(String(repeating: "a", count: 100_000)) HTTP/1.1\r\nHost: x\r\n\r\n", "431", "too-large"),
        (
          "GET /api/v1/ports HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 1000) + "\r\n", "431",
          "too-large"
        ),
        ("POST /api/v1/ports HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n", "413", "too-large"),
        ("nonsense\r\n\r\n", "400", "malformed"),
        ("GET /api/v1/ports HTTP/1.1\r\nContent-Length: x\r\n\r\n", "400", "malformed"),
      ])
    func tooLarge(_ text: String, _ status: String, _ code: String) async throws {
      try await withServer { path in
        let client = try #require(RawClient(path: path))
        client.send(text)
        let answer = try #require(await client.readToEnd(seconds: 30))
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.contains(#"{"error":{"code":"\#(code)","message":""#))
      }
    }

    @Test("A body without an end is cut off")
    func endlessBody() async throws {
      try await withServer { path in
        let client = try #require(RawClient(path: path))
        client.send("POST /api/v1/ports HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = "4000\r\n" + String(repeating: "a", count: 0x4000) + "\r\n"
        var sent = 0
        while sent < 1000, client.send(chunk) { sent += 1 }
        #expect(sent < 1000)
      }
    }

    @Test(
      "Half a request holds nothing for long",
      arguments: [
        "", "GET /api/v1/po", "GET /api/v1/ports HTTP/1.1\r\nHost: x\r\n",
        "POST /api/v1/ports HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
      ])
    func half(_ text: String) async throws {
      try await withServer(limits: ServerTests.hasty) { path in
        let client = try #require(RawClient(path: path))
        if !text.isEmpty { client.send(text) }
        #expect(await client.readToEnd(seconds: 30) != nil)
      }
    }

    @Test("A request that comes byte by byte has no more time than others")
    func trickle() async throws {
      try await withServer(limits: ServerTests.hasty) { path in
        let client = try #require(RawClient(path: path))
        client.send("POST /api/v1/ports HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
        var bytes = 0
        while bytes < 100, client.send("a") {
          bytes += 1
          try await Task.sleep(for: .milliseconds(50))
        }
        #expect(bytes < 100)
      }
    }

    @Test("A watch takes longer than a request may")
    func longWatch() async throws {
      try await withServer(FakeSwitch(isSlow: true), limits: ServerTests.hasty) { path in
        let rows = try await ControlClient(path: path).get([FlowRow].self, .flows, [("for", "1.5s")]).value
        #expect(rows.count == 2)
      }
    }

    @Test("200 clients at once, among 200 that say nothing", .timeLimit(.minutes(1)))
    func manyClients() async throws {
      try await withServer { path in
        var silent: [FileDescriptor] = []
        defer { for descriptor in silent { try? descriptor.close() } }
        for _ in 0..<200 {
          let client = try #require(RawClient(path: path))
          client.send("GET /api/v1/po")
          silent.append(try FileDescriptor(rawValue: client.descriptor).duplicate())
        }
        try await withThrowingTaskGroup(of: Int.self) { group in
          for i in 0..<200 {
            group.addTask {
              let client = ControlClient(path: path)
              switch i % 3 {
              case 0: return try await client.get([PortRow].self, .ports).value.count
              case 1: return try await client.get([FlowRow].self, .flows, [("for", "100ms")]).value.count
              default: return try await client.get([ClusterRow].self, .clusters).value.count
              }
            }
          }
          for try await count in group { #expect(count == 2) }
        }
      }
    }

    @Test("A client that waits in vain gives up")
    func clientTimeout() async throws {
      try await withServer(FakeSwitch(isSlow: true)) { path in
        await #expect(throws: ControlClientError.timedOut(path: path, seconds: 1)) {
          try await ControlClient(path: path).get(.flows, [("for", "5s")], timeout: .seconds(1))
        }
      }
    }
  }
}
