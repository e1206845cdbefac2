import Glibc
import Testing

@testable import SwitchBench

@Suite("Leftovers of the bench")
struct LeftoverTests {
  @Test(
    "only what a bench of a process that is gone was called by",
    arguments: [
      ("bn2147483647-0", true), ("bn2147483647-c-sw", true), ("bn2147483647", false), ("bn-0", false),
      ("bn0-1", false),
      ("web2147483647-0", false), ("bnx-1", false), ("", false),
    ])
  func orphans(name: String, isOrphan: Bool) { #expect(Leftovers.isOrphan(name) == isOrphan) }

  @Test("not what belongs to a bench that runs")
  func own() { #expect(!Leftovers.isOrphan("bn\(getpid())-0")) }
}
