import ManagementFixtures
import SwitchModel
import Testing

@testable import Management

extension ServingSuites {
  @Suite("Events over HTTP", .serialized, .timeLimit(.minutes(1)))
  struct EventTests {
    @Test("Those kept, after a number, and the newest few")
    func kept() async throws {
      try await withServer { (path: String) async throws in
        let client = ControlClient(path: path)
        func numbers(_ parameters: [(name: String, value: String?)]) async throws -> [UInt64] {
          try await client.get([EventRow].self, .events, parameters).value.map(\.number)
        }
        #expect(try await numbers([]) == [1, 2, 3])
        #expect(try await numbers([("after", "1")]) == [2, 3])
        #expect(try await numbers([("after", "3")]) == [])
        #expect(try await numbers([("limit", "2")]) == [2, 3])
        #expect(try await numbers([("after", "0"), ("limit", "1")]) == [3])
      }
    }

    @Test("Followed: history first, then as they come, each once and in order")
    func follow() async throws {
      let fake = FakeSwitch()
      try await withServer(fake) { (path: String) async throws in
        var numbers: [UInt64] = []
        for try await (row, json) in ControlClient(path: path).followEvents(after: 1) {
          #expect(try JSON.decode(EventRow.self, from: json) == row)
          numbers.append(row.number)
          if row.number == 7 { break }
          if row.number >= 3 { fake.log.add("link-down", "sw-s1") }
        }
        #expect(numbers == [2, 3, 4, 5, 6, 7])
      }
    }

    @Test("Without a number only new ones come; what the switch dropped is read again")
    func gap() async throws {
      let fake = FakeSwitch()
      try await withServer(fake) { (path: String) async throws in
        var rows: [EventRow] = []
        let stream = ControlClient(path: path).followEvents(after: nil)
        Task {
          while fake.log.followerCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
          // The stream may still be reading what was before: new numbers all the same.
          try await Task.sleep(for: .milliseconds(50))
          for i in 0..<5 { fake.log.add("primary", "db/s\(i)", quiet: i < 4) }
        }
        for try await (row, _) in stream {
          rows.append(row)
          if rows.count == 5 { break }
        }
        #expect(rows.map(\.number) == [4, 5, 6, 7, 8])
        #expect(rows.last?.subject == "db/s4")
      }
    }

    @Test("On the wire: id, event and data; a stream that ends with the switch")
    func wire() async throws {
      let fake = FakeSwitch()
      try await withServer(fake) { (path: String) async throws in
        let client = try #require(RawClient(path: path))
        client.send("GET /api/v1/events/follow?after=2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        while fake.log.followerCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
        fake.log.end()
        let answer = try #require(await client.readToEnd(seconds: 30))
        #expect(answer.lowercased().contains("content-type: text/event-stream\r\n"))
        #expect(
          answer.contains(
            "id: 3\nevent: member-up\ndata: {\"buckets_moved\":0,\"cause\":\"http: ok\",\"effect\":\"\",\"kind\":\"member-up\","
          ))
        #expect(!answer.contains("id: 2\n"))
      }
    }

    @Test("The client learns that the daemon has gone")
    func daemonGoes() async throws {
      let fake = FakeSwitch()
      try await withServer(fake) { (path: String) async throws in
        await #expect(throws: ControlClientError.noDaemon(path: path, reason: "the daemon has gone")) {
          for try await (row, _) in ControlClient(path: path).followEvents(after: 0) where row.number == 3 {
            fake.log.end()
          }
        }
      }
      await #expect(
        throws: ControlClientError.noDaemon(path: "/nonexistent/x.sock", reason: "there is no such socket")
      ) {
        for try await _ in ControlClient(path: "/nonexistent/x.sock").followEvents(after: 0) {}
      }
    }

    @Test("A follower that goes frees its place; one too many is refused")
    func places() async throws {
      let fake = FakeSwitch()
      var limits = ServerLimits()
      limits.followers = 2
      try await withServer(fake, limits: limits) { (path: String) async throws in
        let follow = "GET /api/v1/events/follow HTTP/1.1\r\nHost: x\r\n\r\n"
        let busy = ControlClientError.refused(code: "busy", message: "2 clients follow the events already")
        do {
          let clients = try (0..<2).map { _ in try #require(RawClient(path: path)) }
          for client in clients { client.send(follow) }
          while fake.log.followerCount < 2 { try await Task.sleep(for: .milliseconds(5)) }
          await #expect(throws: busy) {
            for try await _ in ControlClient(path: path).followEvents(after: 0) {}
          }
          withExtendedLifetime(clients) {}
        }
        var isThrough = false
        while !isThrough {
          do {
            for try await _ in ControlClient(path: path).followEvents(after: 2) {
              isThrough = true
              break
            }
          } catch let error as ControlClientError {
            #expect(error == busy)
            try await Task.sleep(for: .milliseconds(20))
          }
        }
        while fake.log.followerCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
      }
    }

    @Test("A reader that takes nothing holds up neither the switch nor others, and is let go of")
    func slowReader() async throws {
      let fake = FakeSwitch()
      var limits = ServerLimits()
      limits.answer = .seconds(2)
      try await withServer(fake, limits: limits) { (path: String) async throws in
        let deaf = try #require(RawClient(path: path))
        deaf.send("GET /api/v1/events/follow HTTP/1.1\r\nHost: x\r\n\r\n")
        while fake.log.followerCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
        let long = String(repeating: "x", count: 10_000)
        for _ in 0..<1000 { fake.log.add("conflict", "web", cause: long) }
        #expect(try await ControlClient(path: path).get([EventRow].self, .events).value.count == 1003)
        while fake.log.followerCount > 0 { try await Task.sleep(for: .milliseconds(20)) }
        withExtendedLifetime(deaf) {}
      }
    }

    @Test("A follower outlives the time that an answer has, as long as it listens")
    func patient() async throws {
      let fake = FakeSwitch()
      var limits = ServerLimits()
      limits.receive = .seconds(1)
      limits.answer = .seconds(2)
      try await withServer(fake, limits: limits) { (path: String) async throws in
        let ticks = Task {
          while (try? await Task.sleep(for: .milliseconds(250))) != nil { fake.log.add("link-up", "sw-s1") }
        }
        defer { ticks.cancel() }
        var count = 0
        for try await _ in ControlClient(path: path).followEvents(after: nil) {
          count += 1
          if count == 12 { break }
        }
        #expect(count == 12)
      }
    }
  }
}
