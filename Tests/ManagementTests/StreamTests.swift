import ManagementFixtures
import SwitchModel
import Testing

@testable import Management

extension ServingSuites {
  @Suite("The stream", .serialized, .timeLimit(.minutes(1)))
  struct StreamTests {
    /// States often enough for a test.
    static let quick: ServerLimits = {
      var limits = ServerLimits()
      limits.statePeriod = .milliseconds(20)
      return limits
    }()

    static func request(_ query: String = "", _ fields: String = "") -> String {
      "GET /api/v1/stream\(query) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n"
    }

    /// The messages of what came: event, id, data.
    static func messages(_ text: String) -> [(event: String, id: String?, data: String)] {
      text.replacing("\r\n", with: "\n").split(separator: "\n\n").compactMap { block in
        var event: String?
        var id: String?
        var data = ""
        for line in block.split(separator: "\n") {
          if line.hasPrefix("event: ") { event = String(line.dropFirst(7)) }
          if line.hasPrefix("id: ") { id = String(line.dropFirst(4)) }
          if line.hasPrefix("data: ") { data = String(line.dropFirst(6)) }
        }
        return event.map { ($0, id, data) }
      }
    }

    @Test("The state comes at once and again; it is what the rows say, and has no number")
    func state() async throws {
      try await withServer(limits: StreamTests.quick) { (path: String) async throws in
        let client = try #require(RawClient(path: path))
        client.send(StreamTests.request())
        let first = try #require(await client.read(until: "\n\n\r\n"))
        #expect(first.lowercased().contains("content-type: text/event-stream\r\n"))
        let more = try #require(await client.read(until: "}]}\n\n"))
        for message in StreamTests.messages(first + more) where message.data.hasSuffix("}]}") {
          #expect(message.event == "state" && message.id == nil)
          let rows = try JSON.decode(StateRows.self, from: Array(message.data.utf8))
          let fake = FakeSwitch()
          #expect(await rows.ports == fake.ports())
          #expect(await rows.clusters == fake.clusters())
          #expect(await rows.members == fake.members())
          #expect(await rows.routers == fake.routers())
        }
        #expect(StreamTests.messages(first + more).contains { $0.data.hasSuffix("}]}") })
      }
    }

    @Test(
      "Events: only new ones, those after a number, or after the last that the reader had",
      arguments: [
        ("", "", ["4"]), ("?after=0", "", ["1", "2", "3", "4"]), ("?after=2", "", ["3", "4"]),
        ("", "Last-Event-ID: 1\r\n", ["2", "3", "4"]), ("?after=0", "Last-Event-ID: 2\r\n", ["3", "4"]),
        ("?after=3", "", ["4"]), ("?after=99", "", ["1", "2", "3", "4"]),
      ])
    func events(_ query: String, _ field: String, _ numbers: [String]) async throws {
      let fake = FakeSwitch()
      try await withServer(fake, limits: StreamTests.quick) { (path: String) async throws in
        let client = try #require(RawClient(path: path))
        client.send(StreamTests.request(query, field))
        let head = try #require(await client.read(until: "event: state"))
        fake.log.add("primary", "db/s1")
        let rest = try #require(await client.read(until: #""subject":"db/s1""#))
        let events = StreamTests.messages(head + rest + "\n\n").filter { $0.event == "event" }
        #expect(events.compactMap(\.id) == numbers)
        #expect(events.last?.data.contains(#""kind":"primary""#) == true)
      }
    }

    @Test("What the switch dropped for a slow follower is read again, in order and once")
    func gap() async throws {
      let fake = FakeSwitch()
      try await withServer(fake, limits: StreamTests.quick) { (path: String) async throws in
        let client = try #require(RawClient(path: path))
        client.send(StreamTests.request())
        let head = try #require(await client.read(until: "event: state"))
        for i in 0..<5 { fake.log.add("primary", "db/s\(i)", quiet: i < 4) }
        let rest = try #require(await client.read(until: #""subject":"db/s4""#))
        let events = StreamTests.messages(head + rest + "\n\n").filter { $0.event == "event" }
        #expect(events.compactMap(\.id) == ["4", "5", "6", "7", "8"])
      }
    }

    @Test("A wrong number is refused", arguments: ["?after=x", "?limit=1"])
    func wrong(_ query: String) async {
      let api = API(operations: FakeSwitch())
      let answer = await api.answer(
        APIRequest(method: "GET", path: "/api/v1/stream", query: String(query.dropFirst())))
      #expect(answer.status == 400)
      var again = APIRequest(method: "GET", path: "/api/v1/stream")
      again.lastEventID = "seven"
      #expect(await api.answer(again).status == 400)
    }

    @Test("One reader too many is refused with 503 and a code; one that goes makes room")
    func places() async throws {
      let fake = FakeSwitch()
      var limits = StreamTests.quick
      limits.streams = 2
      try await withServer(fake, limits: limits) { (path: String) async throws in
        do {
          let readers = try (0..<2).map { _ in try #require(RawClient(path: path)) }
          for reader in readers {
            reader.send(StreamTests.request())
            #expect(await reader.read(until: "event: state") != nil)
          }
          let third = try #require(RawClient(path: path))
          third.send(StreamTests.request("", "Connection: close\r\n"))
          let answer = try #require(await third.readToEnd(seconds: 30))
          #expect(answer.hasPrefix("HTTP/1.1 503 "))
          #expect(answer.lowercased().contains("retry-after: 10\r\n"))
          #expect(answer.contains(#"{"error":{"code":"too-many-streams","message":""#))
          withExtendedLifetime(readers) {}
        }
        while fake.log.followerCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
        while true {
          let next = try #require(RawClient(path: path))
          next.send(StreamTests.request())
          if await next.read(until: "event: state", seconds: 2) != nil { break }
        }
      }
    }

    @Test("A reader that takes nothing is dropped, and holds up neither the switch nor other readers")
    func slowReader() async throws {
      let fake = FakeSwitch()
      var limits = StreamTests.quick
      limits.waitingEvents = 16
      try await withServer(fake, limits: limits) { (path: String) async throws in
        let deaf = try #require(RawClient(path: path))
        deaf.send(StreamTests.request())
        let reader = try #require(RawClient(path: path))
        reader.send(StreamTests.request())
        #expect(await reader.read(until: "event: state") != nil)
        while fake.log.followerCount < 2 { try await Task.sleep(for: .milliseconds(5)) }
        let long = String(repeating: "x", count: 200_000)
        for number in 0..<200 where fake.log.followerCount == 2 {
          fake.log.add("conflict", "web/\(number)", cause: long)
          #expect(await reader.read(until: #""subject":"web/\#(number)""#) != nil)
        }
        while fake.log.followerCount > 1 { try await Task.sleep(for: .milliseconds(5)) }
        withExtendedLifetime(deaf) {}
      }
    }

    @Test("A mailbox: bounded events, the newest state, a heartbeat only when there is nothing else")
    func mailbox() {
      func row(_ number: UInt64) -> EventRow {
        EventRow(
          number: number, time: "", kind: "primary", severity: "notice", subject: "", cause: "", effect: "",
          buckets_moved: 0)
      }
      func text(_ items: [StreamMailbox.Item]) -> [String] {
        items.map {
          switch $0 {
          case .event(let row): "event \(row.number)"
          case .state(let bytes): "state \(bytes)"
          case .heartbeat: "heartbeat"
          }
        }
      }
      var limits = ServerLimits()
      limits.waitingEvents = 3
      limits.missedStates = 2
      let drops = Counter()
      let full = StreamMailbox(limits: limits) { drops.add() }
      full.putHeartbeat()
      #expect(text(full.take()) == ["heartbeat"])
      full.putHeartbeat()
      full.put(state: [1])
      full.put(event: row(1))
      full.put(state: [2])
      full.put(event: row(2))
      #expect(text(full.take()) == ["event 1", "event 2", "state [2]"])
      for number in UInt64(3)...5 { full.put(event: row(number)) }
      #expect(drops.value == 0)
      full.put(event: row(6))
      full.put(event: row(7))
      #expect(drops.value == 1)
      #expect(full.take().isEmpty)
      let late = StreamMailbox(limits: limits) { drops.add() }
      for _ in 0..<3 { late.put(state: [0]) }
      #expect(drops.value == 1)
      late.put(state: [0])
      #expect(drops.value == 2)
    }

    @Test("Nobody reads: the switch is not asked")
    func idle() async throws {
      let fake = FakeSwitch()
      let feed = StateFeed(operations: fake, limits: StreamTests.quick)
      let mailbox = StreamMailbox(limits: StreamTests.quick) {}
      let number = feed.subscribe(mailbox)
      for await _ in mailbox.signal where !mailbox.take().isEmpty { break }
      feed.unsubscribe(number)
      #expect(feed.count == 0)
      let again = StreamMailbox(limits: StreamTests.quick) {}
      _ = feed.subscribe(again)
      for await _ in again.signal where !again.take().isEmpty { break }
      #expect(feed.count == 1)
    }
  }
}
