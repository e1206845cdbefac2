import NIOPosix
import Synchronization

/// The threads that wait for programs: as many as may run at once. The others wait for their turn, which is not held
/// against them: a program's time begins when it does.
final class ProgramRunner: Sendable {
  static let limit = 16

  private struct State {
    var pool: NIOThreadPool?
    var isStopped = false
  }

  private let state = Mutex(State())
  private let stopped = CancelFlag()

  /// `completion` comes on a thread of the runner's; not at all once it is stopped.
  func run(_ program: Program, _ flag: CancelFlag, _ completion: @escaping @Sendable (ProbeOutcome) -> Void) {
    let pool = state.withLock { state -> NIOThreadPool? in
      if state.isStopped { return nil }
      if let pool = state.pool { return pool }
      // Not before there is a program: most switches have none.
      let made = NIOThreadPool(numberOfThreads: Self.limit)
      made.start()
      state.pool = made
      return made
    }
    pool?.submit { [stopped] item in
      guard case .active = item, !flag.isSet, !stopped.isSet else { return }
      if let outcome = program.run({ flag.isSet || stopped.isSet }) { completion(outcome) }
    }
  }

  /// The programs that run are killed.
  func stop() {
    stopped.set()
    let pool = state.withLock { state in
      state.isStopped = true
      return state.pool
    }
    pool?.shutdownGracefully { _ in }
  }
}
