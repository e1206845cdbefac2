import FoundationEssentials
import Logging
import ManagementFixtures
import SwitchModel
import Testing

@testable import FlowSwitch

@Suite("Another configuration in the place of the one that runs")
struct SwitchHolderTests {
  /// A holder with the configuration `1s`, whose file is in a folder of its own.
  struct Scene: Sendable {
    let place: FakePlace
    let store: ConfigurationStore
    let source: String
    let holder: SwitchHolder

    init(_ directory: String) async throws {
      let source = "\(directory)/fs1.yaml"
      try Data(FakePlace.text("1s")).write(to: URL(filePath: source))
      let store = try ConfigurationStore.open(name: "fs1", roots: [directory]).store
      try await self.init(store: store, source: source, place: FakePlace())
    }

    private init(store: ConfigurationStore, source: String, place: FakePlace) async throws {
      self.store = store
      self.source = source
      let file = try LoadedConfiguration([UInt8](Data(contentsOf: URL(filePath: source))), name: source)
      let choice = StartChoice(file: file, store: store, now: place.time)
      var log = Logger(label: "test")
      log.logLevel = .critical
      let environment = SwitchHolder.Environment(
        start: { configuration, _ in try await place.start(configuration) },
        check: { next, _ in
          if next.settleTime == .seconds(99) { throw FakePlace.Failure(description: "port p1 is taken") }
        }, prepareAPI: { try place.prepareAPI($0) }, now: { place.time })
      let instance = try await place.start(choice.configuration.configuration)
      holder = SwitchHolder(
        instance, running: choice.configuration, previous: choice.previous(in: store), store: store,
        source: source, environment: environment, log: log)
      self.place = place
      await holder.begin(choice, now: place.time)
    }

    /// The daemon was killed and is started again.
    func restarted() async throws -> Scene {
      try await Scene(store: store, source: source, place: FakePlace(at: place.time))
    }

    /// Who answers.
    func name() async -> String { await holder.version().name }

    func refusal(
      _ body: (SwitchHolder) async throws(ConfigurationRefusal) -> ConfigurationOutcome
    ) async -> ConfigurationRefusal? {
      do throws(ConfigurationRefusal) {
        _ = try await body(holder)
        return nil
      } catch {
        return error
      }
    }

    func until(_ condition: () async -> Bool) async -> Bool {
      for _ in 0..<1000 {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
      }
      return false
    }
  }

  func scene(_ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
    try await withTemporaryDirectory { directory in
      let scene = try await Scene(directory)
      try await body(scene)
    }
  }

  @Test("One ends, the other starts, and both texts are kept for the owner alone")
  func apply() async throws {
    try await scene { scene in
      let outcome = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: nil)
      #expect(outcome.changed && outcome.confirm_within_seconds == nil && !outcome.is_start_file)
      #expect(await scene.name() == "2s")
      #expect(scene.place.calls.filter { $0 != "run" } == ["start 1s", "hand over", "start 2s"])
      #expect(scene.store.running == FakePlace.text("2s") && scene.store.previous == FakePlace.text("1s"))
      #expect(scene.store.openUntil == nil)
      let mode = try FileManager.default.attributesOfItem(atPath: scene.store.folder)[.posixPermissions]
      #expect(mode as? Int == 0o700 || (mode as? UInt16) == 0o700 || (mode as? UInt) == 0o700)
      // What runs already changes nothing.
      #expect(
        try await scene.holder.apply(FakePlace.text("2s", more: "# x"), confirmWithin: nil).changed == false)
      #expect(scene.place.calls.count { $0 == "hand over" } == 1)
    }
  }

  @Test(
    "What cannot be is refused before anything happens",
    arguments: [
      ("2s", "fs2", "", OperationError.Code.invalid, "switch.name"),
      ("99s", "fs1", "", .unavailable, "p1 is taken"),
      ("2s", "fs1", "portz: []", .invalid, "1 fault"),
    ])
  func refused(_ settle: String, _ name: String, _ more: String, _ code: OperationError.Code, _ text: String)
    async throws
  {
    try await scene { scene in
      let refusal = await scene.refusal { (holder) async throws(ConfigurationRefusal) in
        try await holder.apply(FakePlace.text(settle, name: name, more: more), confirmWithin: nil)
      }
      #expect(refusal?.error.code == code && refusal?.message.contains(text) == true, "\(refusal as Any)")
      #expect((refusal?.faults.isEmpty == false) == more.contains("portz"))
      #expect(scene.place.calls == ["start 1s"])
      #expect(scene.store.running == FakePlace.text("1s") && scene.store.previous == nil)
    }
  }

  @Test("One that does not start leaves the former one, even if that needs several tries")
  func fails() async throws {
    try await scene { scene in
      scene.place.fail("2s")
      scene.place.fail("1s", times: 2)
      let refusal = await scene.refusal { (holder) async throws(ConfigurationRefusal) in
        try await holder.apply(FakePlace.text("2s"), confirmWithin: .seconds(60))
      }
      #expect(refusal?.message == "no room; the former configuration is in effect again")
      #expect(await scene.name() == "1s")
      #expect(scene.store.running == FakePlace.text("1s") && scene.store.openUntil == nil)
      let second = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: nil)
      #expect(second.changed)
    }
  }

  @Test("If neither starts the daemon ends with a reason")
  func ends() async throws {
    try await scene { scene in
      scene.place.fail("2s")
      scene.place.fail("1s", times: 100)
      let run = Task { try await scene.holder.run() }
      _ = await scene.refusal { (holder) async throws(ConfigurationRefusal) in
        try await holder.apply(FakePlace.text("2s"), confirmWithin: nil)
      }
      await #expect(throws: CommandFailure.self) { try await run.value }
      #expect(await scene.holder.ports().isEmpty)
    }
  }

  @Test("Confirmed in time it stays; a second change meanwhile is busy")
  func confirm() async throws {
    try await scene { scene in
      let outcome = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: .seconds(3600))
      #expect(outcome.confirm_within_seconds == 3600 && scene.store.openUntil == scene.place.time + 3600)
      let busy = await scene.refusal { (holder) async throws(ConfigurationRefusal) in
        try await holder.apply(FakePlace.text("3s"), confirmWithin: nil)
      }
      #expect(busy?.error.code == .busy)
      // What runs already may be applied again, and goes on waiting.
      _ = try await scene.holder.apply(FakePlace.text("2s", more: "# x"), confirmWithin: nil)
      #expect(scene.store.openUntil == scene.place.time + 3600)
      _ = try await scene.holder.confirm()
      #expect(scene.store.openUntil == nil && scene.store.running == FakePlace.text("2s"))
      let none = await scene.refusal { (holder) async throws(ConfigurationRefusal) in
        try await holder.confirm()
      }
      #expect(none?.error.code == .notFound)
    }
  }

  @Test("Not confirmed in time, the former one comes back by itself")
  func runsOut() async throws {
    try await scene { scene in
      _ = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: .milliseconds(100))
      #expect(await scene.until { await scene.name() == "1s" })
      #expect(await scene.until { scene.store.running == FakePlace.text("1s") })
      #expect(await scene.until { scene.store.openUntil == nil })
    }
  }

  @Test("rollback goes back, forth again, and takes back what waits; without a former one it is refused")
  func rollback() async throws {
    try await scene { scene in
      let none = await scene.refusal { (holder) async throws(ConfigurationRefusal) in
        try await holder.rollback()
      }
      #expect(none?.error.code == .notFound)
      _ = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: nil)
      _ = try await scene.holder.rollback()
      #expect(await scene.name() == "1s")
      _ = try await scene.holder.rollback()
      #expect(await scene.name() == "2s")
      _ = try await scene.holder.apply(FakePlace.text("3s"), confirmWithin: .seconds(3600))
      _ = try await scene.holder.rollback()
      #expect(await scene.name() == "2s")
      #expect(scene.store.openUntil == nil)
    }
  }

  @Test("reload reads the file of the start; a faulty one changes nothing")
  func reload() async throws {
    try await scene { scene in
      #expect(try await scene.holder.reload().changed == false)
      try Data(FakePlace.text("5s")).write(to: URL(filePath: scene.source))
      let outcome = try await scene.holder.reload()
      #expect(outcome.changed && outcome.is_start_file)
      #expect(await scene.name() == "5s")
      try Data("switch: {}".utf8).write(to: URL(filePath: scene.source))
      let refusal = await scene.refusal { (holder) async throws(ConfigurationRefusal) in
        try await holder.reload()
      }
      #expect(refusal?.faults.first?.file == scene.source)
      #expect(await scene.name() == "5s")
    }
  }

  @Test("Two at once: one is done, the other is busy; questions meanwhile wait for the new switch")
  func twoAtOnce() async throws {
    try await scene { scene in
      let (gate, opening) = AsyncStream.makeStream(of: Void.self)
      scene.place.hold(gate)
      let first = Task { try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: nil) }
      #expect(await scene.until { scene.place.calls.contains("hand over") })
      let busy = await scene.refusal { (holder) async throws(ConfigurationRefusal) in
        try await holder.apply(FakePlace.text("3s"), confirmWithin: nil)
      }
      #expect(busy?.error.code == .busy)
      let question = Task { await scene.name() }
      // Who asked for it goes away: it is done all the same.
      first.cancel()
      opening.finish()
      let outcome = try await first.value
      #expect(outcome.changed)
      #expect(await question.value == "2s")
    }
  }

  @Test("A watch of flows ends with a refusal, and does not hold a change up")
  func watch() async throws {
    try await scene { scene in
      let watch = Task { () -> OperationError? in
        do throws(OperationError) {
          _ = try await scene.holder.flows(for: .seconds(3600))
          return nil
        } catch {
          return error
        }
      }
      #expect(await scene.until { await !scene.holder.watches.isEmpty })
      _ = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: nil)
      #expect(await watch.value?.code == .unavailable)
    }
  }

  @Test("Who follows events follows on: none is left out, none comes twice")
  func events() async throws {
    try await scene { scene in
      let stream = await scene.holder.followEvents()
      scene.place.record("a")
      _ = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: nil)
      scene.place.record("b")
      _ = try await scene.holder.apply(FakePlace.text("3s"), confirmWithin: nil)
      scene.place.record("c")
      var kinds: [String] = []
      for await row in stream {
        kinds.append("\(row.number) \(row.kind)")
        if row.kind == "c" { break }
      }
      #expect(kinds == ["2 a", "3 started", "4 b", "5 started", "6 c"])
    }
  }

  @Test("A capture goes on with the next switch, counted through, until it has as many as it wants")
  func capture() async throws {
    try await scene { scene in
      let stream = try await scene.holder.capture(CaptureRequest(filter: "arp", count: 3))
      var numbers: [UInt64] = []
      var missed: [UInt64] = []
      for await batch in stream {
        numbers += batch.packets.map(\.number)
        missed.append(batch.missed)
        _ = try await scene.holder.apply(FakePlace.text("\(numbers.count + 1)s"), confirmWithin: nil)
      }
      #expect(numbers == [1, 2, 3] && missed == [1, 2, 3])
      #expect(scene.place.requests.map(\.count) == [3, 2, 1])
      #expect(scene.place.requests.allSatisfy { $0.filter == "arp" })
    }
  }

  @Test("The loops are those of the switch of the moment; at the end it is told whether to keep")
  func loops() async throws {
    try await scene { scene in
      let run = Task { try await scene.holder.run() }
      #expect(await scene.until { scene.place.calls.contains("run") })
      _ = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: nil)
      #expect(await scene.until { scene.place.calls.last == "run" })
      run.cancel()
      try await run.value
      await scene.holder.stop(keep: true)
      #expect(scene.place.calls == ["start 1s", "run", "hand over", "start 2s", "run", "keep"])
    }
  }

  // MARK: Over a restart

  @Test("Killed before the confirmation: the next daemon waits on, and takes it back when the time is over")
  func killedWhileOpen() async throws {
    try await scene { scene in
      _ = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: .seconds(3600))
      scene.place.time += 3599
      let second = try await scene.restarted()
      #expect(second.place.calls.first == "start 2s")
      #expect(await second.until { await second.name() == "1s" })
      #expect(await second.until { second.store.openUntil == nil })
      #expect(second.store.running == FakePlace.text("1s"))
    }
  }

  @Test("Killed, and started after the time: with the former one")
  func killedTooLong() async throws {
    try await scene { scene in
      _ = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: .seconds(60))
      // The file itself holds what was not confirmed.
      try Data(FakePlace.text("2s")).write(to: URL(filePath: scene.source))
      scene.place.time += 61
      let second = try await scene.restarted()
      #expect(await second.name() == "1s")
      #expect(second.store.openUntil == nil)
      #expect(try await second.holder.rollback().changed)
      #expect(await second.name() == "2s")
    }
  }

  @Test("A file that is neither of both counts, and nothing waits any more")
  func killedAndRewritten() async throws {
    try await scene { scene in
      _ = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: .seconds(3600))
      try Data(FakePlace.text("7s")).write(to: URL(filePath: scene.source))
      let second = try await scene.restarted()
      #expect(await second.name() == "7s")
      #expect(second.store.openUntil == nil && second.store.running == FakePlace.text("7s"))
    }
  }

  @Test("Confirmed, the file of the start counts again; rollback knows what ran before")
  func restart() async throws {
    try await scene { scene in
      _ = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: nil)
      let second = try await scene.restarted()
      #expect(await second.name() == "1s")
      _ = try await second.holder.rollback()
      #expect(await second.name() == "2s")
    }
  }

  @Test(
    "What is damaged in the folder costs a confirmation, not the start", arguments: ["running", "previous"])
  func damaged(_ file: String) async throws {
    try await scene { scene in
      _ = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: .seconds(3600))
      let text = file == "running" ? FakePlace.text("2s") : FakePlace.text("1s")
      try Data(text.dropLast(40)).write(to: URL(filePath: "\(scene.store.folder)/\(file).yaml"))
      let second = try await scene.restarted()
      #expect(await second.name() == "1s")
    }
  }

  @Test("The last one that worked is found by the file of the start")
  func lastGood() async throws {
    try await scene { scene in
      let root = String(scene.store.folder.dropLast("/fs1".count))
      #expect(ConfigurationStore.lastGood(forSource: scene.source, root: root) == scene.store.runningPath)
      #expect(ConfigurationStore.lastGood(forSource: "/other.yaml", root: root) == nil)
      #expect(ConfigurationStore.lastGood(forSource: "/other.yaml", root: "/nonexistent") == nil)
      try Data("switch: {}".utf8).write(to: URL(filePath: scene.source))
      let result = await flowswitch("run", "--config", scene.source, "--state-folder", root)
      #expect(result.status == 1)
      #expect(result.errors.hasSuffix("the last one that worked is \(scene.store.runningPath)\n"))
    }
  }

  @Test("Where nothing can be written another folder does, with a warning; nowhere is an error")
  func folders() async throws {
    try await withTemporaryDirectory { directory in
      try Data().write(to: URL(filePath: "\(directory)/file"))
      let opened = try ConfigurationStore.open(name: "fs1", roots: ["\(directory)/file", "\(directory)/b"])
      #expect(opened.store.folder == "\(directory)/b/fs1")
      #expect(opened.warning?.contains("\(directory)/b/fs1 instead") == true)
      #expect(throws: (any Error).self) {
        try ConfigurationStore.open(name: "x", roots: ["\(directory)/file"])
      }
    }
  }
}
