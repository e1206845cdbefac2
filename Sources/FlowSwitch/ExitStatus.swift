/// What the process ends with (spec/operator-surface.md). 64, argument-parser's own for a wrong command line, is not
/// used.
enum ExitStatus: Int32 {
  case done = 0
  /// The command line or the configuration is wrong.
  case usage = 1
  /// The daemon or the kernel refuses.
  case refused = 2
  case noDaemon = 3
  /// By SIGINT and SIGTERM, as a shell tells them.
  case interrupted = 130
  case terminated = 143
}
