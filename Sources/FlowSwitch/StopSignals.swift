import Glibc
import Synchronization

/// SIGTERM and SIGINT end the switch; SIGUSR2 ends the daemon alone, as `run --keep` does for all of them: a service
/// manager sends it when the daemon is to be started again at once.
///
/// SIGTERM and SIGINT while the switch starts or puts things back: kept in mind, so that nothing stays half done.
/// While it runs the service group has them.
enum StopSignals {
  private static let wasRaised = Atomic<Bool>(false)
  private static let wasKeepWanted = Atomic<Bool>(false)

  static var isRaised: Bool { wasRaised.load(ordering: .acquiring) }

  /// SIGUSR2 has come.
  static var isKeepWanted: Bool { wasKeepWanted.load(ordering: .acquiring) }

  /// From now on SIGUSR2 is SIGTERM, and `isKeepWanted`. Without it the process would end, and leave the same behind.
  static func watchForKeep() {
    _ = isKeepWanted
    signal(SIGUSR2) { _ in
      StopSignals.wasKeepWanted.store(true, ordering: .releasing)
      kill(getpid(), SIGTERM)
    }
  }

  /// SIGHUP asks to read the file again, which before the switch runs it has just done.
  static func ignoreHangUp() { signal(SIGHUP, SIG_IGN) }

  /// From now on they only set `isRaised`.
  static func hold() {
    // Made here, not in the handler.
    _ = isRaised
    for number in [SIGTERM, SIGINT] {
      signal(number) { _ in StopSignals.wasRaised.store(true, ordering: .releasing) }
    }
  }
}
