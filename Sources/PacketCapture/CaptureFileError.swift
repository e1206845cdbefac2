/// What is wrong with a capture file, and where.
public struct CaptureFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Bytes from the file's start to the block, record or option that is wrong.
  public var offset: UInt64
  public var message: String

  public init(offset: UInt64, _ message: String) {
    self.offset = offset
    self.message = message
  }

  public var description: String { "at byte \(offset): \(message)" }
}
