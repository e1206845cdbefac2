import Foundation
import SwitchModel
import Testing
import Wire

@testable import HealthProbe

@Suite("H12: udp, dns and icmp probes against servers", .timeLimit(.minutes(5)))
struct DatagramProbeTests {
  private func udp(_ port: UInt16, send: String = "hello", expect: String = "", timeout: Duration = patience)
    async
    -> String
  {
    await Probing.outcome(
      ProbeConfiguration(
        kind: .udp, port: port, send: Array(send.utf8), expect: Array(expect.utf8), timeout: timeout))
  }

  @Test("H12: udp")
  func echo() async throws {
    let server = try await TestServer.udp { $0 }
    #expect(await udp(server.port) == "ok")
    #expect(await udp(server.port, expect: "hell") == "ok")
    #expect(await udp(server.port, expect: "heaven") == "unexpected answer \"hello\"")
    let silent = try await TestServer.udp { _ in nil }
    #expect(await udp(silent.port, timeout: shortly) == "no answer within 2s")
    // Told by ICMP, at once.
    #expect(await udp(try await TestServer.closedPort(.udp)) == "connection refused")
  }

  @Test("H12: dns, a server that answers right, wrong, and nothing of sense")
  func dns() async throws {
    func outcome(_ server: TestServer, _ change: (inout ProbeConfiguration) -> Void = { _ in }) async
      -> String
    {
      var configuration = ProbeConfiguration(
        kind: .dns, port: server.port, query: "www.fs", timeout: patience)
      change(&configuration)
      return await Probing.outcome(configuration)
    }
    let right = try await TestServer.udp { query in
      Array(query.prefix(2)) + [0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0] + query.dropFirst(12)
        + [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 0, 0, 1]
    }
    #expect(await outcome(right) == "ok")
    #expect(await outcome(right) { $0.answer = IPAddress(10, 0, 0, 1) } == "ok")
    #expect(
      await outcome(right) { $0.answer = IPAddress(10, 0, 0, 2) } == "10.0.0.2 is not among the answers")
    #expect(await outcome(right) { $0.responseCode = 3 } == "response code NOERROR")
    #expect(await outcome(right) { $0.query = "a..b" } == "cannot ask for A of \"a..b\"")
    let nobody = try await TestServer.udp { Array($0.prefix(2)) + [0x81, 0x83] + $0.dropFirst(4) }
    #expect(await outcome(nobody) == "response code NXDOMAIN")
    #expect(await outcome(nobody) { $0.responseCode = 3 } == "ok")
    let garbled = try await TestServer.udp { _ in [1, 2, 3] }
    #expect(await outcome(garbled) == "the answer is not DNS")
    let spoofed = try await TestServer.udp { [$0[0] ^ 1] + $0.dropFirst() }
    #expect(await outcome(spoofed) { $0.timeout = shortly } == "no answer within 2s")
  }

  @Test("H12: icmp, of both families", .enabled(if: geteuid() == 0, "needs root: raw sockets"))
  func icmp() async throws {
    for address in [Probing.local, IPAddress(127, 1, 2, 3), try #require(IPAddress("::1"))] {
      let text = await Probing.outcome(
        ProbeConfiguration(kind: .icmp, timeout: patience), target: ProbeTarget(name: "x", address: address))
      #expect(text == "ok", "\(address)")
    }
    let source = ProbeTarget(
      name: "x", address: Probing.local, source: IPAddress(127, 0, 0, 9), mark: 0x7777, interface: "lo")
    #expect(await Probing.outcome(ProbeConfiguration(kind: .icmp, timeout: patience), target: source) == "ok")
    var elsewhere = source
    elsewhere.interface = "fs-none"
    #expect(
      await Probing.outcome(ProbeConfiguration(kind: .icmp, timeout: patience), target: elsewhere)
        == "no such interface")
  }

  @Test("H12: replies that are none", arguments: [false, true])
  func replies(isIPv6: Bool) {
    let header: [UInt8] = isIPv6 ? [] : [0x45] + Array(repeating: 0, count: 19)
    var reply = ICMPEcho.request(tag: 0xdead_beef, isIPv6: isIPv6)
    reply[0] = isIPv6 ? 129 : 0
    let whole = header + reply
    #expect(ICMPEcho.replyTag(whole, isIPv6: isIPv6) == 0xdead_beef)
    // The request itself, which loopback shows too.
    #expect(ICMPEcho.replyTag(header + ICMPEcho.request(tag: 1, isIPv6: isIPv6), isIPv6: isIPv6) == nil)
    for length in 0..<whole.count { #expect(ICMPEcho.replyTag(whole.prefix(length), isIPv6: isIPv6) == nil) }
    if !isIPv6 {
      #expect(ICMPEcho.replyTag([0x44] + whole.dropFirst(), isIPv6: false) == nil)
      #expect(ICMPEcho.replyTag([0x4f] + whole.dropFirst(), isIPv6: false) == nil)
    }
  }

  @Test(
    "H12: marks, sources and interfaces of sockets", .enabled(if: geteuid() == 0, "needs root: marks"),
    arguments: [ProbeKind.tcp, .udp, .http])
  func settings(kind: ProbeKind) async throws {
    let answer: @Sendable ([UInt8]) -> [UInt8]? = { _ in
      Array("HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n".utf8)
    }
    let server = try await kind == .udp ? TestServer.udp(answer) : TestServer.tcp(.answers(answer))
    let configuration = ProbeConfiguration(kind: kind, port: server.port, timeout: patience)
    var target = ProbeTarget(
      name: "x", address: Probing.local, source: IPAddress(127, 0, 0, 9), mark: 0x7777, interface: "lo")
    #expect(await Probing.outcome(configuration, target: target) == "ok")
    target.interface = "fs-none"
    #expect(await Probing.outcome(configuration, target: target) == "no such interface")
    target.interface = nil
    target.source = IPAddress(192, 0, 2, 1)
    #expect(await Probing.outcome(configuration, target: target) == "no such source address, or no port free")
  }
}
