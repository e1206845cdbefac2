import FoundationEssentials
import Management
import ManagementFixtures
import SwitchModel
import Testing

@testable import FlowSwitch

extension SwitchHolderTests {
  // MARK: Events

  @Test("An apply is one event, with what changed and who wanted it; one that fails too")
  func oneEvent() async throws {
    try await scene { scene in
      _ = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: nil)
      let what = "switch settle-time changed"
      #expect(scene.place.notes == [.applied(cause: "apply", effect: what)])
      try Data(FakePlace.text("3s")).write(to: URL(filePath: scene.source))
      _ = try await scene.holder.reload()
      _ = try await scene.holder.rollback()
      _ = try await scene.holder.apply(FakePlace.text("4s"), confirmWithin: .milliseconds(100))
      #expect(await scene.until { scene.place.notes.count == 5 })
      #expect(await scene.until { await !scene.holder.isChanging })
      let causes = scene.place.notes.dropFirst().map { note in
        if case .applied(let cause, what) = note { cause } else { "" }
      }
      #expect(
        causes == [
          "reload", "rollback", "apply, to be confirmed within 100ms",
          "the last one was not confirmed in time",
        ])
      scene.place.fail("5s")
      _ = await scene.refusal { (holder) async throws(ConfigurationRefusal) in
        try await holder.apply(FakePlace.text("5s"), confirmWithin: nil)
      }
      #expect(scene.place.notes.last == .applyFailed(reason: "no room") && scene.place.notes.count == 6)
      // Nothing changed, so nothing is recorded.
      _ = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: nil)
      #expect(scene.place.notes.count == 6)
    }
  }

  // MARK: The API

  private static func text(_ settleTime: String, _ port: Int) -> [UInt8] {
    FakePlace.text(settleTime, more: "api: {listen: '127.0.0.1:\(port)'}")
  }

  @Test("The API's new address is bound before the switch hands over, and the old one left after the start")
  func api() async throws {
    try await scene { scene in
      _ = try await scene.holder.apply(SwitchHolderTests.text("2s", 9), confirmWithin: nil)
      let first = ["start 1s", "bind 127.0.0.1:9", "hand over", "start 2s", "serve 127.0.0.1:9"]
      #expect(scene.place.calls.filter { $0 != "run" } == first)
      scene.place.fail("3s")
      let refusal = await scene.refusal { (holder) async throws(ConfigurationRefusal) in
        try await holder.apply(FakePlace.text("3s"), confirmWithin: nil)
      }
      #expect(refusal?.message == "no room; the former configuration is in effect again")
      let second = ["bind none", "hand over", "start 3s fails", "start 2s", "abandon none"]
      #expect(scene.place.calls.filter { $0 != "run" } == first + second)
    }
  }

  @Test("Where only the API changes the switch goes on")
  func apiAlone() async throws {
    try await scene { scene in
      let outcome = try await scene.holder.apply(
        SwitchHolderTests.text("1s", 9), confirmWithin: .seconds(3600))
      #expect(outcome.changed && outcome.confirm_within_seconds == 3600)
      #expect(scene.store.running == SwitchHolderTests.text("1s", 9))
      _ = try await scene.holder.rollback()
      #expect(
        scene.place.calls == [
          "start 1s", "bind 127.0.0.1:9", "serve 127.0.0.1:9", "bind none", "serve none",
        ])
      #expect(
        scene.place.notes.first
          == .applied(cause: "apply, to be confirmed within 1h", effect: "switch api changed"))
    }
  }

  @Test("An API that cannot be had refuses the change; but not the way back when nobody confirms")
  func apiRefused() async throws {
    try await scene { scene in
      scene.place.failAPI("api: cannot listen")
      let refusal = await scene.refusal { (holder) async throws(ConfigurationRefusal) in
        try await holder.apply(SwitchHolderTests.text("2s", 9), confirmWithin: nil)
      }
      #expect(refusal?.error.code == .unavailable)
      #expect(refusal?.message == "api: cannot listen; nothing is changed")
      #expect(scene.place.calls == ["start 1s"] && scene.place.notes == [])
      scene.place.failAPI(nil)
      _ = try await scene.holder.apply(SwitchHolderTests.text("2s", 9), confirmWithin: .milliseconds(200))
      scene.place.failAPI("api: cannot listen")
      #expect(await scene.until { await scene.name() == "1s" })
    }
  }

  @Test("Files of the API are read again by reload, also where nothing else changed; wrong ones are told")
  func credentials() async throws {
    try await scene { scene in
      scene.place.giveNotices([
        .loaded(path: "/c.pem", effect: ""), .rejected(path: "/t", reason: "tokens: /t: wrong"),
      ])
      let outcome = try await scene.holder.reload()
      #expect(!outcome.changed && outcome.reread == ["/c.pem"])
      #expect(outcome.warnings == ["tokens: /t: wrong; what was read before goes on to count"])
      await scene.holder.note(.loaded(path: "/c.pem", effect: "x"))
      await scene.holder.note(.rejected(path: "/t", reason: "y"))
      #expect(
        scene.place.notes == [
          .credentialsLoaded(path: "/c.pem", effect: "x"), .credentialsRejected(path: "/t", reason: "y"),
        ])
    }
  }

  @Test("The plan tells which tables have to grow")
  func growth() async throws {
    try await scene { scene in
      #expect(try await scene.holder.plan(FakePlace.text("2s")).growth == [])
      let plan = try await scene.holder.plan(FakePlace.text("7s"))
      #expect(plan.growth == [PlannedGrowth("members", before: 64, after: 256)])
      let text = PlanText.text(of: plan, colour: false)
      #expect(text.contains("\n  members: 64 → 256\n") && text.contains("no connection breaks"))
    }
  }
}
