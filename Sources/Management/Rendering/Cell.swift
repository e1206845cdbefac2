public import SwitchModel

/// A value in a table.
public struct Cell: Hashable, Sendable {
  public enum Tone: Hashable, Sendable {
    case plain, good, bad, warning

    public init(_ meaning: StateMeaning) {
      self =
        switch meaning {
        case .plain: .plain
        case .good: .good
        case .warning: .warning
        case .bad: .bad
        }
    }
  }
  public var text: String
  public var tone: Tone

  public init(_ text: String, _ tone: Tone = .plain) {
    self.text = text
    self.tone = tone
  }

  /// `-` for what is not known.
  public init(_ value: (some CustomStringConvertible)?) {
    self.init(value.map { "\($0)" } ?? "-")
  }

  /// A word for a state, coloured by what it means to an operator.
  public init(state: String) {
    self.init(state, Tone(StateMeaning(state)))
  }

  /// The text as it may go to a terminal: what could move the cursor or change colours is replaced.
  var safeText: String {
    guard text.unicodeScalars.contains(where: Cell.isUnsafe) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { Cell.isUnsafe($0) ? "?" : $0 }))
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
      || (0x2028...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
  }
}
