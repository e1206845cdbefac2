import PacketCapture
import Testing

@Suite("Filters in libpcap's language")
struct CaptureFilterTests {
  @Test(
    "an expression matches as tcpdump's does",
    arguments: [
      ("", true), ("udp port 53", true), ("tcp", false), ("ether dst 02:00:00:00:00:01", true),
      ("greater 100", true),
      ("less 100", false), ("dst net 10.0.0.0/24", true), ("vlan 5", false), ("ip[300] = 0", false),
    ])
  func matches(expression: String, expected: Bool) throws {
    let filter = try CaptureFilter(expression)
    #expect(filter.matches(udpFrame(60), originalLength: 200) == expected)
    #expect(!(try CaptureFilter("ip").matches([], originalLength: 0)))
  }

  @Test(
    "what is no expression is refused in words", arguments: ["tcp porrt 80", "port 99999", "(", "tcp\0udp"])
  func refusals(expression: String) {
    #expect {
      _ = try CaptureFilter(expression)
    } throws: { error in
      (error as? CaptureFilter.Fault)?.message.contains("filter") == true
    }
  }

  @Test("an expression longer than 2048 bytes is refused unread")
  func long() {
    #expect(throws: CaptureFilter.Fault(message: "a filter of 2049 bytes; 2048 are the most")) {
      _ = try CaptureFilter(String(repeating: "a", count: 2049))
    }
  }
}
