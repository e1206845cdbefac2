/// What is read at most, so that no file takes memory or time without end.
struct KeepalivedLimits: Sendable {
  /// Bytes of one file, and of all lines after definitions and includes are resolved.
  var size = 4 << 20
  var resolved = 16 << 20
  /// Bytes of one line after definitions are resolved.
  var line = 64 << 10
  /// Definitions within definitions, and files within files.
  var nesting = 16
  var files = 256
  var definitions = 10_000
  /// Blocks within blocks; keepalived itself has four.
  var depth = 16
  var statements = 300_000
  /// As ConfigurationFile has it.
  var members = 65535
}
