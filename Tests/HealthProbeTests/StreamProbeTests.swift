import Foundation
import NIOCore
import NIOSSL
import SwitchModel
import Testing
import Wire

@testable import HealthProbe

@Suite("H12: tcp, http and https probes against servers", .timeLimit(.minutes(5)))
struct StreamProbeTests {
  private func tcp(_ port: UInt16, send: String = "", expect: String = "", timeout: Duration = patience) async
    -> String
  {
    await Probing.outcome(
      ProbeConfiguration(
        kind: .tcp, port: port, send: Array(send.utf8), expect: Array(expect.utf8), timeout: timeout))
  }

  @Test("H12: tcp, a connection is enough")
  func connection() async throws {
    let server = try await TestServer.tcp(.silent)
    #expect(await tcp(server.port) == "ok")
    #expect(await tcp(try await TestServer.closedPort()) == "connection refused")
  }

  @Test("H12: tcp, what is sent and what must come back")
  func conversation() async throws {
    let echo = try await TestServer.tcp(.answers { $0 })
    #expect(await tcp(echo.port, send: "PING\r\n", expect: "PING") == "ok")
    #expect(await tcp(echo.port, send: "PING\r\n", expect: "PONG") == "unexpected answer \"PING..\"")
    #expect(await tcp(echo.port, send: "PING") == "ok")
    #expect(await tcp(try await TestServer.tcp(.says(Array("220 mail".utf8))).port, expect: "220 ") == "ok")
    #expect(
      await tcp(try await TestServer.tcp(.says(Array("22".utf8))).port, expect: "220 ") == "connection closed"
    )
    let silent = try await TestServer.tcp(.silent)
    #expect(await tcp(silent.port, expect: "220", timeout: shortly) == "no answer within 2s")
    let resetting = try await TestServer.tcp(.resets)
    #expect(["connection reset", "connection closed"].contains(await tcp(resetting.port, expect: "220")))
  }

  private func http(_ port: UInt16, body: String? = nil, timeout: Duration = patience, method: String = "GET")
    async
    -> String
  {
    await Probing.outcome(
      ProbeConfiguration(
        kind: .http, port: port, method: method, path: "/health", statuses: [200...299, 301...301],
        body: body,
        timeout: timeout))
  }

  @Test(
    "H12: http, the status",
    arguments: [
      ("200 OK", "ok"), ("299 Fine", "ok"), ("301 Moved", "ok"), ("302 Found", "status 302"),
      ("503 Service Unavailable", "status 503"), ("404 Not Found", "status 404"),
    ])
  func status(line: String, text: String) async throws {
    #expect(await http(try await TestServer.tcp(TestServer.http(line)).port) == text)
  }

  @Test("H12: http, the body")
  func body() async throws {
    let server = try await TestServer.tcp(TestServer.http("200 OK", "all is well"))
    #expect(await http(server.port, body: "is well") == "ok")
    #expect(await http(server.port, body: "ill") == "the body does not contain \"ill\"")
    #expect(await http(server.port, method: "HEAD") == "ok")
    let padding = String(repeating: "x", count: 64 * 1024 - 4)
    let within = try await TestServer.tcp(TestServer.http("200 OK", padding + "well" + padding))
    #expect(await http(within.port, body: "well") == "ok")
    let beyond = try await TestServer.tcp(TestServer.http("200 OK", padding + "xwell" + padding))
    #expect(await http(beyond.port, body: "well") == "the body does not contain \"well\"")
    let chunked = try await TestServer.tcp(
      .answers {
        $0.count < 20
          ? nil
          : Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nwe\r\n2\r\nll\r\n0\r\n\r\n".utf8)
      })
    #expect(await http(chunked.port, body: "well") == "ok")
  }

  @Test("H12: http, the request as it is sent")
  func request() async throws {
    let server = try await TestServer.tcp(
      .answers { bytes in
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        guard lines.count > 2, lines.suffix(2) == ["", ""] else { return nil }
        let isRight =
          lines[0] == "PURGE /health HTTP/1.1" && lines.contains { $0.hasPrefix("Host: 127.0.0.1:") }
          && lines.contains("Connection: close")
        return Array("HTTP/1.1 \(isRight ? 200 : 400) X\r\nContent-Length: 0\r\n\r\n".utf8)
      })
    #expect(await http(server.port, method: "PURGE") == "ok")
  }

  @Test("H12: http, what is no answer")
  func garbage() async throws {
    #expect(await http(try await TestServer.closedPort()) == "connection refused")
    let silent = try await TestServer.tcp(.silent)
    #expect(await http(silent.port, timeout: shortly) == "no answer within 2s")
    let garbled = try await TestServer.tcp(.answers { _ in Array("SSH-2.0-OpenSSH\r\n".utf8) })
    #expect(await http(garbled.port) == "the answer is not HTTP")
    let closing = try await TestServer.tcp(.says([]))
    #expect(["connection closed", "connection reset"].contains(await http(closing.port)))
    let huge = String(repeating: "X-Filler: \(String(repeating: "y", count: 1000))\r\n", count: 500)
    let swollen = try await TestServer.tcp(TestServer.http("200 OK", headers: huge))
    #expect(await http(swollen.port) == "the answer is not HTTP")
    // Begun and not ended: neither sooner nor better than silence.
    let slow = try await TestServer.tcp(.answers { _ in Array("HTTP/1.1 200 OK\r\nContent-Le".utf8) })
    #expect(await http(slow.port, timeout: shortly) == "no answer within 2s")
  }

  @Test(
    "H12: https, whom the probe believes",
    arguments: [
      ("probe.example", "127.0.0.1", true, true, "ok"),
      ("other.example", "127.0.0.1", true, true, "certificate: not for this name"),
      ("probe.example", "127.0.0.1", false, true, "certificate: not to be trusted"),
      ("other.example", "127.0.0.1", false, false, "ok"),
      // Without a name, or with an address for one, it is the address that counts.
      (nil, "127.0.0.2", true, true, "ok"), ("127.0.0.2", "127.0.0.2", true, true, "ok"),
      (nil, "127.0.0.1", true, true, "certificate: not for this name"),
    ] as [(String?, String, Bool, Bool, String)])
  func certificates(name: String?, address: String, isTrusted: Bool, verifies: Bool, text: String)
    async throws
  {
    let file = FileManager.default.temporaryDirectory.appending(path: "fs-ca-\(UUID()).pem").path
    try Data(TestCertificate.authority.utf8).write(to: URL(filePath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    let context = try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: [
          .certificate(try NIOSSLCertificate(bytes: Array(TestCertificate.certificate.utf8), format: .pem))
        ],
        privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(TestCertificate.key.utf8), format: .pem))))
    let server = try await TestServer.tcp(TestServer.http("200 OK", "well"), tls: context, host: address)
    let outcome = await Probing.outcome(
      ProbeConfiguration(
        kind: .https, port: server.port, path: "/", body: "well", tlsName: name,
        tlsCA: isTrusted ? file : nil,
        tlsVerify: verifies, timeout: patience),
      target: ProbeTarget(name: "web/s1", address: try #require(IPAddress(address))))
    #expect(outcome == text)
  }

  @Test("H12: https, what is no TLS, and no file of authorities")
  func noTLS() async throws {
    let plain = try await TestServer.tcp(.answers { _ in Array("HTTP/1.1 400 Bad\r\n\r\n".utf8) })
    let configuration = ProbeConfiguration(
      kind: .https, port: plain.port, tlsVerify: false, timeout: patience)
    #expect(await Probing.outcome(configuration).hasPrefix("TLS: "))
    var silent = configuration
    silent.port = try await TestServer.tcp(.silent).port
    silent.timeout = shortly
    #expect(await Probing.outcome(silent) == "no TLS handshake within 2s")
    var missing = configuration
    missing.tlsVerify = true
    missing.tlsCA = "/nonexistent.pem"
    #expect(await Probing.outcome(missing) == "certificate: cannot read /nonexistent.pem")
  }
}
