import Glibc
import Synchronization

/// SIGTERM and SIGINT while the switch starts or puts things back: kept in mind, so that nothing stays half done.
/// While it runs the service group has them.
enum StopSignals {
  private static let wasRaised = Atomic<Bool>(false)

  static var isRaised: Bool { wasRaised.load(ordering: .acquiring) }

  /// From now on they only set `isRaised`.
  static func hold() {
    // Made here, not in the handler.
    _ = isRaised
    for number in [SIGTERM, SIGINT] {
      signal(number) { _ in StopSignals.wasRaised.store(true, ordering: .releasing) }
    }
  }
}
