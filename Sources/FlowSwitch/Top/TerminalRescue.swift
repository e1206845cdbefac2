import Glibc
import Synchronization

/// Gives the terminal back when the process crashes: a fault of ours must not cost the operator the shell.
enum TerminalRescue {
  private static let faults = [SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS, SIGSEGV]
  private static let isArmed = Atomic<Bool>(false)
  /// For handlers, which may neither allocate nor lock; written before `isArmed` is.
  private nonisolated(unsafe) static let terminal = UnsafeMutablePointer<Saved>.allocate(capacity: 1)
  /// Who had these signals before: the runtime, which tells what went wrong.
  private nonisolated(unsafe) static let handlers = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)

  private struct Saved {
    var input: Int32
    var output: Int32
    var attributes: termios
  }

  private nonisolated(unsafe) static let sequence = {
    let bytes = Array(Terminal.leave.utf8)
    let sequence = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = sequence.initialize(from: bytes)
    return sequence
  }()

  static func arm(input: Int32, output: Int32, _ attributes: termios) {
    isArmed.store(false, ordering: .releasing)
    terminal.initialize(to: Saved(input: input, output: output, attributes: attributes))
    isArmed.store(true, ordering: .releasing)
  }

  static func disarm() { isArmed.store(false, ordering: .releasing) }

  static func install() {
    // Made here, not in the handler.
    _ = (terminal, handlers, sequence)
    for number in faults {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        if TerminalRescue.isArmed.exchange(false, ordering: .acquiringAndReleasing) {
          let saved = TerminalRescue.terminal
          _ = write(saved.pointee.output, TerminalRescue.sequence.baseAddress, TerminalRescue.sequence.count)
          _ = tcsetattr(saved.pointee.input, TCSANOW, &saved.pointee.attributes)
        }
        // It comes again when this returns, now to whoever is to tell of it.
        sigaction(number, TerminalRescue.handlers + Int(number), nil)
        _ = raise(number)
      }
      sigaction(number, &action, handlers + Int(number))
    }
  }

  static func restore() {
    for number in faults { sigaction(number, handlers + Int(number), nil) }
  }
}
