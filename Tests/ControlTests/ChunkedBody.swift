/// The body of an HTTP/1.1 answer in chunks (RFC 9112 §7.1), as it comes.
struct ChunkedBody {
  private var rest: [UInt8] = []
  private var isInBody = false

  /// What these bytes complete of it.
  mutating func add(_ new: [UInt8]) -> [UInt8] {
    rest += new
    var at = 0
    defer { rest.removeFirst(at) }
    if !isInBody {
      guard let end = rest.firstRange(of: [13, 10, 13, 10]) else { return [] }
      at = end.upperBound
      isInBody = true
    }
    var bytes: [UInt8] = []
    while true {
      guard let line = rest[at...].prefix(32).firstRange(of: [13, 10]),
        let length = Int(String(decoding: rest[at..<line.lowerBound], as: UTF8.self), radix: 16),
        rest.count >= line.upperBound + length + 2
      else { return bytes }
      bytes += rest[line.upperBound..<line.upperBound + length]
      at = line.upperBound + length + 2
    }
  }
}
