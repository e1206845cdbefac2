import Glibc

/// The terminal that the process was started in: raw and on its other screen while `top` is shown, as it was otherwise.
final class Terminal {
  /// Other screen, no wrapping at the right edge, no cursor.
  private static let enter = "\u{1b}[?1049h\u{1b}[?7l\u{1b}[?25l"
  /// The same backwards, also when the process crashes. A terminal that has one screen only gets its prompt at the
  /// bottom.
  static let leave = "\u{1b}[0m\u{1b}[999;1H\u{1b}[K\u{1b}[?25h\u{1b}[?7h\u{1b}[?1049l"

  /// Keys come from here.
  let input = STDIN_FILENO
  /// An open of our own: it does not block, which shell and terminal need not know.
  private let output: Int32
  private var saved = termios()
  private var isEntered = false

  /// Nil if standard input or output is no terminal.
  init?() {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { return nil }
    let own = open("/proc/self/fd/\(STDOUT_FILENO)", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    output = own >= 0 ? own : STDOUT_FILENO
  }

  deinit { if output != STDOUT_FILENO { close(output) } }

  /// What the terminal says; 80 by 24 if it does not.
  var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// May be called again: somebody else has had the terminal meanwhile.
  func enter() {
    if !isEntered { _ = tcgetattr(input, &saved) }
    var raw = saved
    // Ctrl-C and Ctrl-Z stay signals; Ctrl-S must not stop the picture.
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | IEXTEN)
    raw.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR | IGNCR | ISTRIP)
    _ = tcsetattr(input, TCSANOW, &raw)
    TerminalRescue.arm(input: input, output: output, saved)
    // The screen is entered once: a second time would forget where the shell's cursor was.
    _ = write(Array((isEntered ? "\u{1b}[?7l\u{1b}[?25l" : Terminal.enter).utf8))
    isEntered = true
  }

  func leave() {
    guard isEntered else { return }
    isEntered = false
    _ = write(Array(Terminal.leave.utf8), patience: 10)
    // The rest of a paste is not for the shell.
    _ = tcflush(input, TCIFLUSH)
    _ = tcsetattr(input, TCSANOW, &saved)
    TerminalRescue.disarm()
  }

  /// - Parameter patience: tenths of a second for which a terminal may take nothing; nil: until the process is to end.
  /// - Returns: false if the terminal takes nothing any more.
  func write(_ bytes: [UInt8], patience: Int? = nil) -> Bool {
    var done = 0
    var waited = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
      if count > 0 {
        done += count
      } else if count < 0, errno == EAGAIN {
        if let patience {
          if waited >= patience { return false }
        } else if TerminalSignals.isEnding {
          return false
        }
        var entry = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, 100)
        waited += 1
      } else if count < 0, errno == EINTR {
        continue
      } else {
        return false
      }
    }
    return true
  }
}
