import Glibc
import Testing

@testable import LinuxPlatform

@Suite("A port belongs to one switch", .enabled(if: Namespace.isRoot, Namespace.reason))
struct PortLockTests {
  /// Claims and lets go.
  private func claimed(_ index: UInt32) throws -> UInt32 {
    let lock = try PortLock(index: index)
    return lock.index
  }

  @Test func aSecondClaimNamesTheHolder() throws {
    try Namespace.new {
      let first = try PortLock(index: 41)
      let error = try #require(throws: PortLockError.self) { _ = try claimed(41) }
      guard case .held(index: 41, let holder) = error else {
        Issue.record("not held: \(error)")
        return
      }
      #expect(holder?.id == getpid())
      #expect(error.description.contains("\(getpid())"))
      // Asked again and again, the holder's backlog does not fill.
      for _ in 0..<50 {
        guard
          case .held(_, let holder)? = #expect(
            throws: PortLockError.self, performing: { _ = try claimed(41) })
        else { return }
        #expect(holder?.id == getpid())
      }
      #expect(first.index == 41)
    }
  }

  @Test func itIsFreeWhenLetGo() throws {
    try Namespace.new {
      for _ in 0..<3 {
        let index = try claimed(41)
        #expect(index == 41)
      }
    }
  }

  @Test func otherPortsAndOtherNamespacesAreNotConcerned() throws {
    try Namespace.new {
      let first = try PortLock(index: 41)
      #expect(try claimed(42) == 42)
      let elsewhere = try Namespace.new { try claimed(41) }
      #expect(elsewhere == 41)
      #expect(first.index == 41)
    }
  }
}
