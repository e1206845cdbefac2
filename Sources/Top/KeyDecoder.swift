/// Makes keys of a terminal's bytes, which come in pieces that end anywhere (ECMA-48 §5.4, xterm's and Linux's keys).
///
///     ground ──ESC──▶ escape ──[──▶ control sequence ──final byte──▶ ground
///        │               ├────O──▶ single shift ──any byte──▶ ground
///        │               └─ ] P X ^ _ ──▶ string ──BEL, ESC \──▶ ground
///        └──lead byte──▶ UTF-8 ──last byte──▶ ground
///
/// The key Escape is the first byte of all others: only time tells them apart. Whoever feeds this calls `flush` when
/// nothing has followed for a moment. Whatever comes, it keeps a few bytes.
public struct KeyDecoder: Sendable {
  private enum State: Sendable {
    case ground
    case escape
    case sequence(parameters: [UInt8])
    /// `ESC [ [`, the Linux console's function keys: one more byte.
    case functionKey
    case singleShift
    case string(sawEscape: Bool)
    case unicode(value: UInt32, missing: Int, least: UInt32)
  }

  /// Longer parameters name no key.
  static let maximumParameters = 16

  private var state = State.ground

  public init() {}

  /// Something has begun and is not whole.
  public var isPending: Bool {
    if case .ground = state { false } else { true }
  }

  public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Key] {
    var keys: [Key] = []
    for byte in bytes { take(byte, &keys) }
    return keys
  }

  /// Nothing has followed for a moment: what has begun is over.
  public mutating func flush() -> [Key] {
    defer { state = .ground }
    if case .escape = state { return [.escape] }
    return []
  }

  private mutating func take(_ byte: UInt8, _ keys: inout [Key]) {
    switch state {
    case .ground: ground(byte, &keys)
    case .escape: escape(byte, &keys)
    case .sequence(let parameters): sequence(byte, parameters, &keys)
    case .functionKey: state = .ground
    case .singleShift:
      state = .ground
      if byte == 0x1b { state = .escape } else if let key = KeyDecoder.cursorKey(byte) { keys.append(key) }
    case .string(let sawEscape):
      if byte == 0x07 || (sawEscape && byte == UInt8(ascii: "\\")) {
        state = .ground
      } else {
        state = .string(sawEscape: byte == 0x1b)
      }
    case .unicode(let value, let missing, let least): unicode(byte, value, missing, least, &keys)
    }
  }

  private mutating func ground(_ byte: UInt8, _ keys: inout [Key]) {
    switch byte {
    case 0x1b: state = .escape
    case 0x09: keys.append(.tab)
    case 0x0a, 0x0d: keys.append(.enter)
    case 0x08, 0x7f: keys.append(.backspace)
    case 0x01...0x1a: keys.append(.control(Character(Unicode.Scalar(byte + 0x60))))
    case 0x00...0x1f: break
    case 0x20...0x7e: keys.append(.character(Unicode.Scalar(byte)))
    case 0xc2...0xdf: state = .unicode(value: UInt32(byte & 0x1f), missing: 1, least: 0x80)
    case 0xe0...0xef: state = .unicode(value: UInt32(byte & 0x0f), missing: 2, least: 0x800)
    case 0xf0...0xf4: state = .unicode(value: UInt32(byte & 0x07), missing: 3, least: 0x10000)
    default: break
    }
  }

  private mutating func escape(_ byte: UInt8, _ keys: inout [Key]) {
    switch byte {
    case 0x1b: keys.append(.escape)
    case UInt8(ascii: "["): state = .sequence(parameters: [])
    case UInt8(ascii: "O"): state = .singleShift
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
      state = .string(sawEscape: false)
    // A key with Alt, which has no meaning here.
    default: state = .ground
    }
  }

  private mutating func sequence(_ byte: UInt8, _ parameters: [UInt8], _ keys: inout [Key]) {
    switch byte {
    case 0x1b: state = .escape
    case UInt8(ascii: "[") where parameters.isEmpty: state = .functionKey
    case 0x20...0x3f:
      let isShort = parameters.count < KeyDecoder.maximumParameters
      state = .sequence(parameters: isShort ? parameters + [byte] : parameters)
    case 0x40...0x7e:
      state = .ground
      if let key = KeyDecoder.key(parameters, final: byte) { keys.append(key) }
    default: state = .ground
    }
  }

  private mutating func unicode(
    _ byte: UInt8, _ value: UInt32, _ missing: Int, _ least: UInt32, _ keys: inout [Key]
  ) {
    guard byte & 0xc0 == 0x80 else {
      // Cut short: what interrupts it is for itself.
      state = .ground
      return ground(byte, &keys)
    }
    let value = value << 6 | UInt32(byte & 0x3f)
    guard missing == 1 else {
      state = .unicode(value: value, missing: missing - 1, least: least)
      return
    }
    state = .ground
    // Overlong forms, surrogates and C1 controls are nobody's key.
    guard value >= least, value >= 0xa0, let scalar = Unicode.Scalar(value) else { return }
    keys.append(.character(scalar))
  }

  private static func cursorKey(_ byte: UInt8) -> Key? {
    switch byte {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "C"): .right
    case UInt8(ascii: "D"): .left
    case UInt8(ascii: "H"): .home
    case UInt8(ascii: "F"): .end
    case UInt8(ascii: "M"): .enter
    default: nil
    }
  }

  private static func key(_ parameters: [UInt8], final: UInt8) -> Key? {
    switch final {
    case UInt8(ascii: "Z"): return .backTab
    case UInt8(ascii: "~"):
      let number = parameters.prefix { $0 != UInt8(ascii: ";") }
      switch String(decoding: number, as: UTF8.self) {
      case "1", "7": return .home
      case "4", "8": return .end
      case "3": return .delete
      case "5": return .pageUp
      case "6": return .pageDown
      default: return nil
      }
    // A mouse that somebody else left switched on sends M.
    case UInt8(ascii: "M"): return nil
    default: return cursorKey(final)
    }
  }
}
