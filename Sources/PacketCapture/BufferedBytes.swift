/// Exact amounts from a source, with the place in the file.
struct BufferedBytes<Source: ByteSource> {
  private var source: Source
  private var buffer: [UInt8] = []
  private var start = 0
  /// Bytes taken.
  private(set) var offset: UInt64 = 0

  init(_ source: Source) { self.source = source }

  /// Exactly `count` bytes. Nil: the file ends here, with no byte more.
  /// - Throws: the file ends within them; `what` names them.
  mutating func take(_ count: Int, _ what: String) throws(CaptureFileError) -> [UInt8]? {
    while buffer.count - start < count {
      let more = try source.read(upTo: max(1 << 16, count))
      if more.isEmpty {
        let rest = buffer.count - start
        if rest == 0 && count > 0 { return nil }
        throw CaptureFileError(
          offset: offset, "the file is cut short: \(what) needs \(count) bytes, \(rest) are left")
      }
      buffer.removeFirst(start)
      start = 0
      buffer += more
    }
    defer {
      start += count
      offset += UInt64(count)
    }
    return Array(buffer[start..<start + count])
  }

  /// The same where the file may not end.
  mutating func need(_ count: Int, _ what: String) throws(CaptureFileError) -> [UInt8] {
    if count == 0 { return [] }
    if let bytes = try take(count, what) { return bytes }
    throw CaptureFileError(offset: offset, "the file is cut short: \(what) needs \(count) bytes, 0 are left")
  }
}
