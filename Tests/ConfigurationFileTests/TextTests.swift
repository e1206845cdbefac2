import SwitchModel
import Testing

@Suite("Texts of the model")
struct TextTests {
  @Test(
    "Durations",
    arguments: [
      ("200ms", Duration.milliseconds(200)), ("1s", .seconds(1)), ("1.5s", .milliseconds(1500)),
      ("1m", .seconds(60)),
      ("1h", .seconds(3600)), ("0s", .zero), ("0.25ms", .microseconds(250)),
      ("0.000000001s", .nanoseconds(1)),
    ])
  func durations(_ text: String, _ duration: Duration) { #expect(Duration(text: text) == duration) }

  @Test(
    "What is no duration",
    arguments: [
      "", "1", "s", ".5s", "1.s", "-1s", "+1s", "1 s", "1S", "1e3s", "9999999999s", "1.5.5s", "١s", "1d",
    ])
  func noDurations(_ text: String) { #expect(Duration(text: text) == nil) }

  @Test("Durations as text", arguments: ["200ms", "1s", "90s", "1m", "5m", "24h", "0s"])
  func durationTexts(_ text: String) throws {
    let duration = try #require(Duration(text: text))
    #expect(duration.text == text)
  }

  @Test(
    "Services",
    arguments: [
      ("tcp/80", 6, 80), ("udp/53", 17, 53), ("sctp/3868", 132, 3868), ("icmp", 1, 0), ("esp", 50, 0),
      ("ah", 51, 0),
      ("gre", 47, 0), ("ipv6-icmp", 58, 0), ("47", 47, 0), ("tcp", 6, 0), ("6/80", 6, 80), ("254", 254, 0),
    ] as [(String, UInt8, UInt16)])
  func services(_ text: String, _ number: UInt8, _ port: UInt16) throws {
    #expect(try Service(text: text) == Service(protocolNumber: number, port: port))
  }

  @Test(
    "What is no service",
    arguments: ["", "tcp/", "tcp/0", "tcp/65536", "tcp/+1", "/80", "0", "255", "icmp/8", "TCP/80"])
  func noServices(_ text: String) { #expect(throws: ServiceTextError.self) { try Service(text: text) } }
}
