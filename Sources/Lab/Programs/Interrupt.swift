import Glibc
import Synchronization

/// Ctrl-C and its kin. The handler only takes a note; every wait of the lab looks at it between two looks at what it
/// waits for, and throws. So clean-up runs on the ordinary way out, and nothing runs in a signal handler.
enum Interrupt {
  private static let received = Atomic<Int32>(0)
  private static let held = Atomic<Int>(0)

  /// From here on SIGINT, SIGTERM and SIGHUP are noted instead of ending the process.
  static func install() {
    received.store(0, ordering: .relaxed)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number) { Interrupt.received.store($0, ordering: .relaxed) }
    }
    signal(SIGPIPE, SIG_IGN)
  }

  /// Runs clean-up, which is not to be interrupted.
  static func withheld<Result>(_ body: () throws -> Result) rethrows -> Result {
    held.add(1, ordering: .relaxed)
    defer { held.subtract(1, ordering: .relaxed) }
    return try body()
  }

  static func check() throws {
    let number = received.load(ordering: .relaxed)
    guard number != 0, held.load(ordering: .relaxed) == 0 else { return }
    throw LabError(.interrupted(number), "interrupted")
  }
}
