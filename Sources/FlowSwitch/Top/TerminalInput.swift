import Dispatch
import Glibc

/// Keys and signals as they come, on a thread that waits for both.
enum TerminalInput {
  enum Event: Sendable {
    case keys([UInt8])
    case signal(Int32)
    /// The terminal has gone; nothing comes after this but signals.
    case hangUp
  }

  /// Until `TerminalSignals.wake` is called.
  static func read(_ terminal: Int32, onEvent: @escaping @Sendable (Event) -> Void) {
    DispatchQueue(label: "flowswitch.top").async {
      var entries = [
        pollfd(fd: TerminalSignals.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: terminal, events: Int16(POLLIN), revents: 0),
      ]
      var buffer = [UInt8](repeating: 0, count: 1024)
      while true {
        guard poll(&entries, nfds_t(entries.count), -1) > 0 else {
          if errno == EINTR { continue }
          return onEvent(.hangUp)
        }
        if entries[0].revents != 0 {
          let count = Glibc.read(entries[0].fd, &buffer, buffer.count)
          for number in buffer.prefix(max(count, 0)) {
            if number == 0 { return }
            onEvent(.signal(Int32(number)))
          }
        }
        if entries.count > 1, entries[1].revents != 0 {
          let count = Glibc.read(terminal, &buffer, buffer.count)
          if count > 0 {
            onEvent(.keys(Array(buffer[..<count])))
          } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
            entries.removeLast()
            onEvent(.hangUp)
          }
        }
      }
    }
  }
}
