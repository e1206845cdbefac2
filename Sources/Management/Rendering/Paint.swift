/// Colours of a terminal (ECMA-48, SGR).
enum Paint {
  static func bold(_ text: String) -> String { "\u{1b}[1m\(text)\u{1b}[0m" }

  static func tone(_ text: String, _ tone: Cell.Tone) -> String {
    switch tone {
    case .plain: text
    case .good: "\u{1b}[32m\(text)\u{1b}[0m"
    case .bad: "\u{1b}[31m\(text)\u{1b}[0m"
    case .warning: "\u{1b}[33m\(text)\u{1b}[0m"
    }
  }
}
