import Foundation
import SwitchModel
import Testing

@testable import FlowSwitch

extension SwitchHolderTests {
  @Test(
    "A text that can't be kept: the change counts, its operator is told, and it is kept as soon as that can be"
  )
  func unkept() async throws {
    try await scene { scene in
      // As a full disk: what is written beside the file cannot be.
      let obstacle = scene.store.runningPath + ".new"
      try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
      let outcome = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: nil)
      #expect(outcome.changed && outcome.warnings.count == 1)
      #expect(outcome.warnings.first?.contains("not kept over a restart") == true, "\(outcome.warnings)")
      #expect(await scene.name() == "2s")
      #expect(scene.store.running == FakePlace.text("1s"))
      try FileManager.default.removeItem(atPath: obstacle)
      #expect(await scene.until { scene.store.running == FakePlace.text("2s") })
      #expect(scene.store.previous == FakePlace.text("1s"))
      #expect(await scene.until { await scene.holder.keeper == nil })
    }
  }

  @Test("With the clock set back, what waits to be confirmed waits for a day at the most")
  func clockSetBack() async throws {
    try await scene { scene in
      _ = try await scene.holder.apply(FakePlace.text("2s"), confirmWithin: .seconds(3600))
      let until = try #require(scene.store.openUntil)
      let file = try LoadedConfiguration(FakePlace.text("1s"), name: "x")
      let choice = StartChoice(file: file, store: scene.store, now: until - 30 * 86400)
      #expect(choice.openUntil == until - 30 * 86400 + 86400)
      #expect(StartChoice(file: file, store: scene.store, now: until - 100).openUntil == until)
    }
  }
}
