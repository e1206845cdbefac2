import Glibc
import Management
import Synchronization
import Top

/// `top` in a terminal: one loop that takes keys, signals and samples, and draws.
struct TopSession {
  private enum Event: Sendable {
    case terminal(TerminalInput.Event)
    case sample(TopSample)
    case failure(String, at: Duration)
    /// Nothing has followed the input of that number for a moment.
    case quiet(Int)
  }

  /// How the loop ended.
  private enum Ending {
    case done
    case signal(Int32)
  }

  /// Between the bytes of one key; a slow line may need as much.
  private static let keyTime = Duration.milliseconds(50)

  private let terminal: Terminal
  private let characters: CharacterSet
  private let colour: Bool

  init(_ terminal: Terminal, _ characters: CharacterSet, colour: Bool) {
    self.terminal = terminal
    self.characters = characters
    self.colour = colour
  }

  /// Returns when the operator has seen enough, or the terminal has gone. A signal that ends processes ends this one,
  /// when the terminal is as it was.
  ///
  /// - Throws: if the daemon does not answer at the beginning.
  func run(_ model: TopModel, _ sampler: TopSampler) async throws {
    var sampler = sampler
    var model = model
    model.take(try await sampler.sample())
    let ending = await show(model, sampler)
    if case .signal(let number) = ending { TerminalSignals.raise(number) }
  }

  private func show(_ model: TopModel, _ sampler: TopSampler) async -> Ending {
    // What nobody can take in is not kept: keys of a paste, pictures for a terminal that takes none.
    let (events, output) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingOldest(64))
    let pace = TopPace(model.interval)
    TerminalSignals.install()
    terminal.enter()
    TerminalInput.read(terminal.input) { output.yield(.terminal($0)) }
    let samples = Task { await TopSession.sample(sampler, pace, output) }
    defer {
      samples.cancel()
      TerminalSignals.wake()
      terminal.leave()
      TerminalSignals.restore()
    }
    var model = model
    var decoder = KeyDecoder()
    var inputs = 0
    var shown = draw(&model, after: nil)
    for await event in events {
      // Told here too: its event may have found no room.
      if TerminalSignals.isEnding { return TerminalSignals.pending.map { .signal($0) } ?? .done }
      switch event {
      case .terminal(.keys(let bytes)):
        inputs += 1
        let keys = decoder.feed(bytes)
        if decoder.isPending {
          Task { [inputs] in
            try? await Task.sleep(for: TopSession.keyTime)
            output.yield(.quiet(inputs))
          }
        }
        guard press(keys, &model, &shown) else { return .done }
      case .quiet(let number):
        guard number == inputs else { continue }
        guard press(decoder.flush(), &model, &shown) else { return .done }
      case .terminal(.hangUp): return .done
      case .terminal(.signal(SIGTSTP)):
        terminal.leave()
        TerminalSignals.stop()
        terminal.enter()
        shown = nil
      case .terminal(.signal(SIGCONT)):
        // After SIGSTOP, of which nobody is told, the shell has had the terminal.
        terminal.enter()
        shown = nil
      // Of another size; what ends has been seen above.
      case .terminal(.signal): break
      case .sample(let sample): model.take(sample)
      case .failure(let reason, let time): model.fail(reason, at: time)
      }
      pace.interval = model.interval
      shown = draw(&model, after: shown)
      // The terminal has gone, or takes nothing while we are to end.
      if shown == nil { return TerminalSignals.pending.map { .signal($0) } ?? .done }
    }
    return .done
  }

  /// - Returns: false if the operator wants to quit.
  private func press(_ keys: [Key], _ model: inout TopModel, _ shown: inout Screen?) -> Bool {
    for key in keys {
      switch model.handle(key) {
      case .quit: return false
      case .redraw: shown = nil
      case nil: break
      }
    }
    return true
  }

  /// - Returns: what the terminal shows now; nil if it cannot be written to.
  private func draw(_ model: inout TopModel, after shown: Screen?) -> Screen? {
    let size = terminal.size
    let screen = TopLayout(columns: size.columns, rows: size.rows, characters).screen(&model)
    return terminal.write(screen.bytes(after: shown, colour: colour)) ? screen : nil
  }

  private static func sample(
    _ sampler: TopSampler, _ pace: TopPace, _ output: AsyncStream<Event>.Continuation
  ) async {
    var sampler = sampler
    let clock = ContinuousClock()
    // The second look comes soon: before it there is no rate.
    var due = clock.now + min(pace.interval, .seconds(1))
    while !Task.isCancelled {
      while clock.now < due, !Task.isCancelled {
        try? await Task.sleep(for: min(.milliseconds(100), due - clock.now))
        // The operator may have asked for a shorter interval.
        due = min(due, clock.now + pace.interval)
      }
      if Task.isCancelled { return }
      let start = clock.now
      do throws(ControlClientError) {
        output.yield(.sample(try await sampler.sample()))
        due = max(start + pace.interval, clock.now)
      } catch {
        output.yield(.failure(error.description, at: sampler.now))
        due = clock.now + .seconds(1)
      }
    }
  }
}

/// The interval, as the operator changes it.
private final class TopPace: Sendable {
  private let value: Mutex<Duration>

  init(_ interval: Duration) { value = Mutex(interval) }

  var interval: Duration {
    get { value.withLock { $0 } }
    set { value.withLock { $0 = newValue } }
  }
}
