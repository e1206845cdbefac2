import Glibc
public import Logging
import NIOCore
import NIOPosix
public import ProxyARP
import SwitchModel
import Synchronization
import Wire

/// Runs probe jobs (WO 99/33227, H12) on a thread of its own, with an event loop. Its calls return at once and may come
/// from any thread, but `stop` waits for the thread; its closures are called on that thread and must not block.
public final class ProbeRunner: Sendable {
  struct Settings: Sendable {
    var log: Logger
    var seed: UInt64
    var reportsEverything: Bool
    var now: @Sendable () -> Duration
    var onReport: @Sendable (ProbeReport) -> Void
    var sendFrame: @Sendable (_ job: Int, NeighbourProbeRequest) -> Void
  }

  private let group: MultiThreadedEventLoopGroup
  private let loop: any EventLoop
  private let board = ProbeBoard()
  private let programs: ProgramRunner
  private let engine: NIOLoopBoundBox<ProbeEngine?>
  private let isStopped = Mutex(false)
  /// Addresses that an `arp` or `nd` job asks for: other messages do not reach the event loop.
  private let asked = Mutex<Set<IPAddress>>([])

  /// - Parameters:
  ///   - seed: of jitter and identifiers.
  ///   - reportsEverything: every result is reported, not only those that change a state.
  ///   - now: the time of changes; by default CLOCK_BOOTTIME.
  ///   - onReport: a result.
  ///   - sendFrame: an `arp` or `nd` probe wants its question sent.
  public init(
    log: Logger, seed: UInt64 = .random(in: 0 ... .max), reportsEverything: Bool = false,
    now: @escaping @Sendable () -> Duration = { ProbeRunner.bootTime },
    onReport: @escaping @Sendable (ProbeReport) -> Void,
    sendFrame: @escaping @Sendable (_ jobID: Int, NeighbourProbeRequest) -> Void
  ) {
    let settings = Settings(
      log: log, seed: seed, reportsEverything: reportsEverything, now: now, onReport: onReport,
      sendFrame: sendFrame)
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    loop = group.next()
    programs = ProgramRunner()
    let (loop, board, programs) = (loop, board, programs)
    engine = NIOLoopBoundBox.makeEmptyBox(valueType: ProbeEngine.self, eventLoop: loop)
    // Made where it lives, before anything else happens there.
    loop.execute { [engine] in engine.value = ProbeEngine(loop, board, settings, programs) }
  }

  /// The jobs to run from now on. One that is unchanged keeps its state and schedule; one whose configuration or way
  /// changed keeps its state as long as its target's name is the same; one that is not named any more stops.
  public func configure(_ jobs: [ProbeJob]) {
    asked.withLock { asked in
      asked = Set(
        jobs.filter { $0.configuration.kind == .arp || $0.configuration.kind == .nd }.map(\.target.address))
    }
    onEngine { $0.configure(jobs) }
  }

  /// What a restarted daemon knows of its jobs (X7). A job that has a state already ignores it.
  public func adopt(_ states: [Int: HealthState]) { onEngine { $0.adopt(states) } }

  /// A valid ARP or neighbour discovery message came in, on a port if that is known.
  public func received(_ message: AddressMessage, on port: Int? = nil) {
    guard let address = message.binding?.address, asked.withLock({ $0.contains(address) }) else { return }
    onEngine { $0.received(message, on: port) }
  }

  /// The carrier of a `link` job's port: a result at once.
  public func link(id: Int, up: Bool) { onEngine { $0.link(id, up: up) } }

  /// By number.
  public func status() -> [ProbeStatus] { board.all }

  /// Ends every probe; no closure is called after it returned. Not to be used again.
  public func stop() {
    let isFirst = isStopped.withLock { stopped in
      defer { stopped = true }
      return !stopped
    }
    guard isFirst else { return }
    programs.stop()
    let ended = loop.submit { [engine] in
      engine.value?.stop()
      engine.value = nil
    }
    if !loop.inEventLoop { try? ended.wait() }
    group.shutdownGracefully { _ in }
  }

  private func onEngine(_ body: @escaping @Sendable (ProbeEngine) -> Void) {
    guard !isStopped.withLock({ $0 }) else { return }
    loop.execute { [engine] in
      if let engine = engine.value { body(engine) }
    }
  }

  /// Time since the machine started, sleep included.
  public static var bootTime: Duration {
    var now = timespec()
    clock_gettime(CLOCK_BOOTTIME, &now)
    return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
  }
}
