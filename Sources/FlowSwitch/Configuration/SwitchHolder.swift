import ConfigurationFile
import Glibc
import Logging
import Management
import SwitchModel

/// The daemon's switch, whichever configuration it has at the moment: passes every question on, and puts another switch
/// in its place when another configuration is applied, all or nothing.
///
/// The datapath forwards meanwhile (where the kernel forwards): the new switch takes it over from the old one as a
/// restarted daemon does from a killed one. Questions that come meanwhile wait for the new one. The steps of a change are in
/// `+Changes`, what is passed on in `+Operations`.
actor SwitchHolder {
  /// What the holder does to the rest of the daemon.
  struct Environment: Sendable {
    /// Brings a switch up, after the one that made room for it.
    var start: @Sendable (SwitchConfiguration, (any SwitchInstance)?) async throws -> any SwitchInstance
    /// Refuses what could not start in the place of the other, without touching anything.
    var check: @Sendable (_ next: SwitchConfiguration, _ former: SwitchConfiguration) throws -> Void
    /// Makes another API ready, beside the one that is served.
    var prepareAPI: @Sendable (APIConfiguration?) async throws -> NetworkDoor.Change
    /// A change begins; it has ended.
    var onChange: @Sendable (_ begins: Bool) -> Void
    /// Seconds since 1970.
    var now: @Sendable () -> Int

    init(
      start:
        @escaping @Sendable (SwitchConfiguration, (any SwitchInstance)?) async throws -> any SwitchInstance,
      check: @escaping @Sendable (SwitchConfiguration, SwitchConfiguration) throws -> Void = { _, _ in },
      prepareAPI: @escaping @Sendable (APIConfiguration?) async throws -> NetworkDoor.Change = { _ in
        NetworkDoor.Change()
      },
      onChange: @escaping @Sendable (Bool) -> Void = { _ in },
      now: @escaping @Sendable () -> Int = { time(nil) }
    ) {
      self.start = start
      self.check = check
      self.prepareAPI = prepareAPI
      self.onChange = onChange
      self.now = now
    }
  }

  /// What was applied and waits to be confirmed.
  struct Unconfirmed {
    var former: LoadedConfiguration
    var until: Int
    var timer: Task<Void, Never>?
  }

  /// How long a question waits for the new switch.
  static let patience = Duration.seconds(30)

  let environment: Environment
  let store: ConfigurationStore?
  /// The file of the start.
  let source: String
  let log: Logger

  var instance: any SwitchInstance {
    didSet { generation += 1 }
  }
  /// How many switches there have been before this one.
  private(set) var generation = 0
  var running: LoadedConfiguration
  var previous: FormerConfiguration?
  /// Of the last plan, which mostly is what is applied next: a large one is not read twice.
  var planned: LoadedConfiguration?
  var unconfirmed: Unconfirmed?
  /// A change is under way; another one is refused.
  var isChanging = false
  /// No switch answers at the moment.
  var isSwapping = false
  var isPlanning = false
  /// Questions that the present switch is at.
  var calls = 0
  /// Those that take long, to be cancelled when the switch goes.
  var watches: [Int: Task<Result<[FlowRow], OperationError>, Never>] = [:]
  var nextWatch = 0
  var lastVersion: VersionRow?
  /// Tries again to keep what runs.
  var keeper: Task<Void, Never>?
  private var loop: Task<Void, Never>?
  private var beat: @Sendable () -> Void = {}
  private var isEnding = false
  private var failure: CommandFailure?
  private let endings = AsyncStream.makeStream(of: Void.self)

  /// - Parameters:
  ///   - instance: runs with `running`.
  ///   - store: nil: nothing is kept over restarts.
  ///   - source: absolute path of the file that the daemon was started with.
  init(
    _ instance: any SwitchInstance, running: LoadedConfiguration, previous: FormerConfiguration? = nil,
    store: ConfigurationStore?, source: String, environment: Environment, log: Logger
  ) {
    self.instance = instance
    self.running = running
    self.previous = previous
    self.store = store
    self.source = source
    self.environment = environment
    self.log = log
  }

  /// Runs the switch's loops, of one switch after the other, until the task is cancelled.
  /// - Throws: if a change failed and the former switch could not be brought up again either.
  func run(beat: @escaping @Sendable () -> Void = {}) async throws {
    self.beat = beat
    startLoop()
    for await _ in endings.stream {}
    isEnding = true
    await stopLoop()
    if let failure { throw failure }
  }

  /// Ends the switch; after `run` has returned.
  func stop(keep: Bool) async {
    isEnding = true
    unconfirmed?.timer?.cancel()
    keeper?.cancel()
    // A change that is under way comes to its end first.
    for _ in 0..<600 where isChanging { await SwitchHolder.pause(.milliseconds(100)) }
    await instance.stop(keep: keep)
  }

  func startLoop() {
    guard !isEnding, loop == nil else { return }
    let (instance, beat) = (instance, beat)
    loop = Task { await instance.run(beat: beat) }
  }

  func stopLoop() async {
    loop?.cancel()
    await loop?.value
    loop = nil
  }

  /// The signs of life of a time without a loop, which is bounded: a start that hangs is found out.
  func pulse() -> Task<Void, Never> {
    let beat = beat
    return Task {
      for _ in 0..<120 where !Task.isCancelled {
        beat()
        try? await Task.sleep(for: .milliseconds(500))
      }
    }
  }

  /// No switch runs any more.
  func fail(_ message: String) {
    log.critical("\(message)")
    failure = CommandFailure(.refused, message)
    endings.continuation.finish()
  }

  var hasFailed: Bool { failure != nil }

  /// Also where the task that waits was cancelled.
  static func pause(_ duration: Duration) async {
    await Task.detached { try? await Task.sleep(for: duration) }.value
  }
}
