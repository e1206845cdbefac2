import Glibc
import Synchronization

/// What the terminal and the shell tell by signals, as bytes of a pipe. A handler may do no more than that.
enum TerminalSignals {
  private static let ending = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
  private static let handled = ending + [SIGTSTP, SIGCONT, SIGWINCH]
  private static let raised = Atomic<Int32>(0)
  private static let ends: (read: Int32, write: Int32) = {
    var ends: [Int32] = [-1, -1]
    _ = pipe(&ends)
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    return (ends[0], ends[1])
  }()

  /// From which the numbers of signals are read; 0: `wake`.
  static var descriptor: Int32 { ends.read }

  /// The signal that is to end the process, if one has come: also seen by who waits for the terminal.
  static var pending: Int32? {
    let number = raised.load(ordering: .acquiring)
    return number == 0 || number == SIGINT ? nil : number
  }
  static var isEnding: Bool { raised.load(ordering: .acquiring) != 0 }

  static func install() {
    // Made here, not in the handler.
    _ = ends
    raised.store(0, ordering: .releasing)
    for number in handled { handle(number) }
    TerminalRescue.install()
  }

  static func restore() {
    TerminalRescue.restore()
    for number in handled { signal(number, SIG_DFL) }
  }

  /// Tells who reads the signals that there is nothing more to do.
  static func wake() {
    var byte: UInt8 = 0
    _ = write(ends.write, &byte, 1)
  }

  /// Stops the process as the shell's Ctrl-Z does; returns when it goes on.
  static func stop() {
    raise(SIGTSTP)
    handle(SIGTSTP)
  }

  /// Does to the process what the signal would have done.
  static func raise(_ number: Int32) {
    signal(number, SIG_DFL)
    // Threads of a pool take no signals.
    var one = sigset_t()
    var before = sigset_t()
    sigemptyset(&one)
    sigaddset(&one, number)
    pthread_sigmask(SIG_UNBLOCK, &one, &before)
    _ = Glibc.raise(number)
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  private static func handle(_ number: Int32) {
    signal(number) { number in
      let before = errno
      // No array: a handler must not allocate.
      if number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT {
        TerminalSignals.raised.store(number, ordering: .releasing)
      }
      var byte = UInt8(truncatingIfNeeded: number)
      _ = write(TerminalSignals.ends.write, &byte, 1)
      errno = before
    }
  }
}
