/// A step as it stands in an input: a byte that says which port a frame comes in on (0–127), the frame's length in two
/// bytes and its bytes; or which change of the tables is made (128–255), with four bytes of its own.
enum FramePiece: Equatable {
  case frame(kind: UInt8, bytes: [UInt8])
  case change(kind: UInt8, values: [UInt8])

  static let longest = 1600

  static func pieces(of input: [UInt8], most: Int) -> [FramePiece] {
    var reader = InputReader(input)
    var pieces: [FramePiece] = []
    while pieces.count < most, !reader.isAtEnd {
      let kind = reader.byte()
      if kind >= 128 {
        pieces.append(.change(kind: kind, values: (0..<4).map { _ in reader.byte() }))
      } else {
        pieces.append(.frame(kind: kind, bytes: reader.bytes(min(reader.word(), longest))))
      }
    }
    return pieces
  }

  /// As `pieces(of:most:)` reads it.
  var encoded: [UInt8] {
    switch self {
    case .change(let kind, let values): [kind] + values
    case .frame(let kind, let bytes): [kind, UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)] + bytes
    }
  }
}
