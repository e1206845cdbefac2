import Testing

@testable import Lab

@Suite("the lab's agents")
struct AgentTests {
  @Test(
    "a server's manner, as a file says it",
    arguments: [
      ("", ServeMode.Manner.ok, ServeMode.Manner.ok), ("ok\n", .ok, .ok), ("wrong", .wrong, .wrong),
      ("wrong /health\n", .wrong, .ok), ("late 300", .late(milliseconds: 300), .late(milliseconds: 300)),
      ("late 300 /health", .late(milliseconds: 300), .ok), ("silent", .silent, .silent), ("what", .ok, .ok),
    ])
  func manner(_ text: String, health: ServeMode.Manner, other: ServeMode.Manner) {
    let mode = ServeMode(text: text)
    #expect(mode.manner(for: "/health") == health)
    #expect(mode.manner(for: "/") == other)
  }

  @Test("an answer is taken from the stream when it is whole, and no earlier")
  func answers() {
    let bytes = WebText.answer(status: 200, body: "s1\n") + WebText.answer(status: 500, body: "ill\n")
    var buffer: [UInt8] = []
    var taken: [String] = []
    for byte in bytes {
      buffer.append(byte)
      while let answer = WebText.takeAnswer(&buffer) { taken.append("\(answer.status) \(answer.body)") }
    }
    #expect(taken == ["200 s1", "500 ill"])
    #expect(buffer.isEmpty)
  }

  @Test("a request's path")
  func path() {
    var buffer = WebText.request(path: "/health", host: "x") + [71]
    #expect(WebText.takeHeader(&buffer).map(WebText.path) == "/health")
    #expect(buffer == [71])
  }

  @Test("a connection is broken if it says so, changes its server, or gets no answer")
  func trouble() {
    var fine = HoldReport.Connection()
    fine.asked_at = 1_000_000
    fine.answered("s1", at: 1_200_000)
    var reset = fine
    reset.end("Connection reset by peer", at: 1_300_000)
    reset.end("closed", at: 1_400_000)
    var moved = fine
    moved.answered("s2", at: 1_300_000)
    var silent = fine
    silent.asked_at = 1_500_000
    let report = HoldReport(at: 2_600_000, connections: [fine, reset, moved, silent])
    #expect(
      report.connections.map(report.trouble) == [
        nil, "Connection reset by peer", "answered by s1 and s2", "no answer",
      ])
    #expect(report.broken.count == 3)
    #expect(fine.longest_wait == 200_000)
  }

  @Test("runs of datagrams that the same server answered")
  func runs() {
    let flow = StreamReport.runs(of: [(1, "s1"), (2, "s1"), (3, nil), (4, nil), (5, "s2"), (6, "s2")])
    #expect(
      flow == [
        .init(server: "s1", first: 1, last: 2, count: 2), .init(server: nil, first: 3, last: 4, count: 2),
        .init(server: "s2", first: 5, last: 6, count: 2),
      ])
    #expect(StreamReport.servers(of: flow) == ["s1", "s2"])
    #expect(StreamReport.lost(of: flow) == 2)
  }

  @Test("a flow's account: late answers count for ten seconds, and old datagrams take no room")
  func record() {
    var record = StreamRecord()
    for number in 0..<5 { record.sent(at: Int64(number) * 1_000_000) }
    #expect(record.next == 5)
    for number in [0, 1, 3] { record.answered(number, by: "s1") }
    record.answered(5, by: "s1")
    record.answered(-1, by: "s1")
    func texts(_ now: Int64) -> [String] {
      record.runs(at: now).map { "\($0.server ?? "-") \($0.count)" }
    }
    // The last one may still be answered.
    #expect(texts(4_200_000) == ["s1 2", "- 1", "s1 1"])
    #expect(texts(4_200_001) == ["s1 2", "- 1", "s1 1", "- 1"])
    record.answered(2, by: "s1")
    #expect(texts(4_200_001) == ["s1 4", "- 1"])
    record.fold(at: 13_000_001)
    record.answered(3, by: "s9")
    record.answered(4, by: "s1")
    #expect(texts(13_000_001) == ["s1 5"] && record.next == 5 && record.doubled == 0)
    record.fold(at: 20_000_000)
    record.answered(4, by: "s2")
    record.sent(at: 20_000_000)
    record.answered(5, by: "s2")
    #expect(texts(20_000_000) == ["s1 5", "s2 1"] && record.doubled == 0)
  }

  @Test("H7 an answer that comes twice is counted")
  func doubled() {
    var record = StreamRecord()
    record.sent(at: 0)
    record.answered(0, by: "s1")
    #expect(record.doubled == 0)
    record.answered(0, by: "s1")
    record.answered(0, by: "s2")
    #expect(record.doubled == 2)
  }

  @Test("the last datagram that went to a dead server")
  func lastWrong() {
    let moved = StreamReport.runs(of: [(10, "s2"), (20, "s2"), (30, nil), (40, nil), (50, "s1")])
    let other = StreamReport.runs(of: [(10, "s1"), (20, nil), (30, "s1"), (90, nil)])
    let report = StreamReport(at: 100, flows: [moved, other])
    #expect(FailureMeasurement.lastWrong(report, victim: "s2", fault: 25) == 15)
    #expect(FailureMeasurement.lastWrong(report, victim: "s3", fault: 25) == nil)
    #expect(FailureMeasurement.median([5, 1, 9]) == 5)
    #expect(FailureMeasurement.median([4, 2]) == 3)
    #expect(FailureMeasurement.median([]) == nil)
  }
}
