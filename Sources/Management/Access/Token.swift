/// What a client shows to be let in: 32 random bytes in base64url (RFC 4648 §5), made by `flowswitch token new`.
///
/// The switch knows its digest only.
public struct Token: Hashable, Sendable {
  public let text: String

  /// Shorter ones are refused, whatever the file of tokens says: they could be guessed.
  static let minimumLength = 32
  static let maximumLength = 512

  /// A new one, from the kernel's random numbers.
  public init() {
    var random = SystemRandomNumberGenerator()
    self.init(bytes: (0..<32).map { _ in UInt8.random(in: 0...(.max), using: &random) })
  }

  /// - Parameter bytes: random.
  init(bytes: [UInt8]) {
    let digits = Array(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".unicodeScalars)
    var text = String.UnicodeScalarView()
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 6 {
        count -= 6
        text.append(digits[Int(bits >> count & 63)])
      }
    }
    if count > 0 { text.append(digits[Int(bits << (6 - count) & 63)]) }
    self.text = String(text)
  }

  /// The digest's 64 hexadecimal digits, as they stand in the file.
  public var digest: String { Token.digest(of: text).hexadecimal }

  static func digest(of text: String) -> [UInt8] { SHA256.digest(of: text.utf8) }

  /// What is to be added to the file of tokens.
  public func line(name: String, role: Role) -> String { "\(name) \(role.rawValue) \(digest)" }
}

extension [UInt8] {
  var hexadecimal: String {
    let digits = [Character]("0123456789abcdef")
    return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// Nil for what has an odd number of digits, or others.
  init?(hexadecimal text: some StringProtocol) {
    let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return nil }
    self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
