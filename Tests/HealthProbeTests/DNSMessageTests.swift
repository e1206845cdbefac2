import SwitchModel
import Testing
import Wire

@testable import HealthProbe

/// RFC 1035 §4, and what a hostile server may send instead.
@Suite("H12: DNS messages")
struct DNSMessageTests {
  private static let question: [UInt8] = [3, 119, 119, 119, 2, 102, 115, 0, 0, 1, 0, 1]  // www.fs A IN

  private static func answer(
    id: UInt16 = 7, flags: UInt16 = 0x8180, question: [UInt8] = question, count: UInt8, _ records: [UInt8]
  ) -> [UInt8] {
    [UInt8(id >> 8), UInt8(id & 255), UInt8(flags >> 8), UInt8(flags & 255), 0, 1, 0, count, 0, 0, 0, 0]
      + question
      + records
  }

  /// A record of `www.fs` by a pointer.
  private static func record(_ type: UInt8, _ data: [UInt8]) -> [UInt8] {
    [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, UInt8(data.count)] + data
  }

  @Test("H12: questions as they stand on the wire")
  func questions() throws {
    #expect(try DNSMessage.question(name: "www.fs", type: "A") == Self.question)
    #expect(try DNSMessage.question(name: "www.fs.", type: "a") == Self.question)
    #expect(try DNSMessage.question(name: ".", type: "NS") == [0, 0, 2, 0, 1])
    #expect(DNSMessage.query(id: 0x0102, question: [0, 0, 2, 0, 1]).prefix(6) == [1, 2, 1, 0, 0, 1])
    for type in ["A", "AAAA", "SOA", "NS", "MX", "TXT", "SRV", "PTR"] {
      #expect(throws: Never.self) { try DNSMessage.question(name: "x", type: type) }
    }
  }

  @Test(
    "H12: names that cannot be asked for",
    arguments: [
      "a..b", ".a", String(repeating: "a", count: 64), "ä.fs", "a b",
      Array(repeating: String(repeating: "a", count: 50), count: 6).joined(separator: "."),
    ])
  func badNames(name: String) {
    #expect(throws: DNSMessage.Failure.name) { try DNSMessage.question(name: name, type: "A") }
  }

  @Test(
    "H12: what an answer means",
    arguments: [
      (answer(count: 1, record(1, [10, 0, 0, 1])), "ok"),
      // An alias first.
      (answer(count: 2, record(5, [0xc0, 12]) + record(1, [10, 0, 0, 1])), "ok"),
      (answer(count: 1, record(1, [10, 0, 0, 2])), "10.0.0.1 is not among the answers"),
      (answer(count: 0, []), "10.0.0.1 is not among the answers"),
      (answer(flags: 0x8183, count: 0, []), "response code NXDOMAIN"),
      (answer(flags: 0x8385, count: 0, []), "response code REFUSED"),
      (
        answer(flags: 0x8380, count: 3, record(1, [10, 0, 0, 2]) + [0xc0]),
        "the answer is cut off before 10.0.0.1"
      ),
      (
        answer(question: [3, 87, 119, 87, 2, 70, 83, 0, 0, 1, 0, 1], count: 1, record(1, [10, 0, 0, 1])), "ok"
      ),
      // Not to us, not to this, not an answer: nothing.
      (answer(id: 8, count: 1, record(1, [10, 0, 0, 1])), nil),
      (answer(question: [1, 97, 0, 0, 1, 0, 1], count: 0, []), nil),
      (answer(flags: 0x0100, count: 0, []), nil),
      // Records that lie about their length, and names that lead in circles.
      (answer(count: 1, [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0xff, 0xff, 10]), "the answer is not DNS"),
      (answer(count: 1, [0xc0]), "the answer is not DNS"),
      (answer(count: 1, [63, 1]), "the answer is not DNS"),
      (answer(count: 1, [0x80, 1]), "the answer is not DNS"),
      (
        answer(count: 2, [0xc0, 24, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1] + [0xc0, 0xff]),
        "the answer is not DNS"
      ),
      (answer(count: 1, [0xc0, 24, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1]), "ok"),
      ([], "the answer is not DNS"), ([0, 7, 0x81], "the answer is not DNS"),
    ] as [([UInt8], String?)])
  func judging(bytes: [UInt8], text: String?) {
    let wanted = ProbeConfiguration(kind: .dns, query: "www.fs", answer: IPAddress(10, 0, 0, 1))
    #expect(DatagramMethod.judge(bytes, id: 7, question: Self.question, wanted)?.text == text)
  }

  @Test("H12: no answer, however mangled, leads anywhere")
  func mangled() throws {
    let whole = Self.answer(
      count: 2, Self.record(1, [10, 0, 0, 1]) + Self.record(28, Array(repeating: 1, count: 16)))
    #expect(try DNSMessage(parsing: whole).addresses.count == 2)
    for length in 0..<whole.count {
      #expect(throws: DNSMessage.Failure.malformed) { try DNSMessage(parsing: Array(whole.prefix(length))) }
    }
    var random = RandomSource(seed: 1)
    var parsed = 0
    for _ in 0..<20_000 {
      var bytes = whole
      for _ in 0..<3 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      if let message = try? DNSMessage(parsing: bytes) {
        parsed += 1
        #expect(message.addresses.count <= 2)
      }
    }
    #expect(parsed > 0)
  }
}
