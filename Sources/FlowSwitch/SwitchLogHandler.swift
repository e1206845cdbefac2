import Glibc
import LinuxPlatform
import Logging

/// Lines on standard error, made for the journal: with the priority that systemd reads where it is there
/// (sd-daemon(3)), with the time where it is not.
struct SwitchLogHandler: LogHandler {
  let label: String
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]
  private let isJournal = getenv("JOURNAL_STREAM") != nil

  init(label: String) { self.label = label }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let text = "\(event.message)".replacing("\n", with: "\n  ")
    let line =
      isJournal
      ? "<\(priority(event.level))>\(text)\n"
      : "\(SystemTimeSource().wall) \(label) \(event.level.rawValue): \(text)\n"
    let bytes = Array(line.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  private func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
