/// Where a reader's bytes come from.
public protocol ByteSource {
  /// At most `count` bytes; none at the end.
  mutating func read(upTo count: Int) throws(CaptureFileError) -> [UInt8]
}

/// A file that is in memory.
public struct MemorySource: ByteSource, Sendable {
  private let bytes: [UInt8]
  private var position = 0

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public mutating func read(upTo count: Int) -> [UInt8] {
    let end = min(bytes.count, position + count)
    defer { position = end }
    return Array(bytes[position..<end])
  }
}
