import Wire

/// Questions to name servers and what is to be read from their answers (RFC 1035 §4). Names in answers are stepped over
/// and never followed, so that no pointer can lead anywhere.
struct DNSMessage: Hashable, Sendable {
  enum Failure: Error, Hashable, Sendable {
    case name
    case type
    /// The answer ends too early, or has a label of a kind that there is not.
    case malformed
  }

  static let types: [String: UInt16] = [
    "A": 1, "NS": 2, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33,
  ]

  var id: UInt16
  var isResponse: Bool
  var isTruncated: Bool
  var responseCode: UInt8
  /// The question as it stands on the wire, its letters lowered.
  var question: [UInt8]
  /// Of the A and AAAA records in the answer section.
  var addresses: [IPAddress]

  /// Name, type and class as they stand in the question section.
  /// - Throws: `name`: labels of 1...63 ASCII bytes, together 255 at most (§2.3.4).
  static func question(name: String, type: String) throws(Failure) -> [UInt8] {
    guard let number = types[type.uppercased()] else { throw .type }
    var bytes: [UInt8] = []
    var rest = name[...]
    if rest.hasSuffix(".") { rest = rest.dropLast() }
    if !rest.isEmpty {
      for label in rest.split(separator: ".", omittingEmptySubsequences: false) {
        guard (1...63).contains(label.utf8.count), label.utf8.allSatisfy({ (33..<127).contains($0) }) else {
          throw .name
        }
        bytes.append(UInt8(label.utf8.count))
        bytes += label.utf8
      }
    }
    bytes.append(0)
    guard bytes.count <= 255 else { throw .name }
    return bytes + [UInt8(number >> 8), UInt8(number & 255), 0, 1]
  }

  /// A question that wishes recursion.
  static func query(id: UInt16, question: [UInt8]) -> [UInt8] {
    [UInt8(id >> 8), UInt8(id & 255), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + question
  }

  init(parsing bytes: [UInt8]) throws(Failure) {
    var reader = Reader(bytes: bytes)
    id = try reader.word()
    let flags = try reader.word()
    isResponse = flags & 0x8000 != 0
    isTruncated = flags & 0x0200 != 0
    responseCode = UInt8(flags & 15)
    let questions = try reader.word()
    let answers = try reader.word()
    _ = try reader.word()
    _ = try reader.word()
    let start = reader.offset
    for _ in 0..<questions {
      try reader.skipName()
      try reader.skip(4)
    }
    question = Self.lowered(bytes[start..<reader.offset])
    addresses = []
    do {
      for _ in 0..<answers {
        try reader.skipName()
        let type = try reader.word()
        let kind = try reader.word()
        try reader.skip(4)
        let length = Int(try reader.word())
        let data = try reader.take(length)
        guard kind == 1, (type == 1 && length == 4) || (type == 28 && length == 16) else { continue }
        if let address = IPAddress(bytes: data) { addresses.append(address) }
      }
    } catch {
      // What was cut off may be missing.
      guard isTruncated else { throw error }
    }
  }

  /// Names are compared without regard to case (§2.3.3); no length byte is a letter.
  static func lowered(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    bytes.map { (65...90).contains($0) ? $0 | 32 : $0 }
  }

  private struct Reader {
    let bytes: [UInt8]
    var offset = 0

    mutating func byte() throws(Failure) -> UInt8 {
      guard offset < bytes.count else { throw .malformed }
      defer { offset += 1 }
      return bytes[offset]
    }

    mutating func word() throws(Failure) -> UInt16 { UInt16(try byte()) << 8 | UInt16(try byte()) }

    mutating func skip(_ count: Int) throws(Failure) {
      guard count <= bytes.count - offset else { throw .malformed }
      offset += count
    }

    mutating func take(_ count: Int) throws(Failure) -> [UInt8] {
      let start = offset
      try skip(count)
      return Array(bytes[start..<offset])
    }

    mutating func skipName() throws(Failure) {
      while true {
        let length = try byte()
        switch length >> 6 {
        case 0:
          if length == 0 { return }
          try skip(Int(length))
        case 3:
          try skip(1)
          return
        default: throw .malformed
        }
      }
    }
  }
}
