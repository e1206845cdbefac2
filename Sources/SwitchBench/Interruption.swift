import Glibc
import Synchronization

/// Ctrl-C and its kin are only noted; every wait looks. So what was built is removed on the ordinary way out.
enum Interruption {
  private static let received = Atomic<Int32>(0)

  static func install() {
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number) { Interruption.received.store($0, ordering: .relaxed) }
    }
    signal(SIGPIPE, SIG_IGN)
  }

  static func check() throws {
    if received.load(ordering: .relaxed) != 0 { throw BenchError("interrupted") }
  }

  /// Rests so many seconds, in small parts.
  static func pause(_ seconds: Double) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
      try check()
      let left = (end - .now) / .microseconds(1)
      if left <= 0 { return }
      usleep(UInt32(min(left, 20_000)))
    }
  }
}
