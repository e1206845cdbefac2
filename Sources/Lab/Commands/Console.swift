import ArgumentParser
import FoundationEssentials
import Glibc

/// When output is coloured.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
  case auto, always, never
}

/// Standard output for a person: text, colours where they are wanted. A line is out when the call returns.
struct Console {
  private let coloured: Bool

  init(color: ColorChoice) {
    switch color {
    case .always: coloured = true
    case .never: coloured = false
    case .auto:
      let refused = ProcessInfo.processInfo.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
      coloured = isatty(STDOUT_FILENO) == 1 && !refused
    }
  }

  func say(_ text: String = "") { Self.write(STDOUT_FILENO, text + "\n") }

  func bold(_ text: String) -> String { painted("1", text) }
  func green(_ text: String) -> String { painted("32", text) }
  func red(_ text: String) -> String { painted("31", text) }
  func faint(_ text: String) -> String { painted("2", text) }

  static func complain(_ text: String) { write(STDERR_FILENO, text + "\n") }

  private func painted(_ code: String, _ text: String) -> String {
    coloured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  private static func write(_ descriptor: Int32, _ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      // Nobody reads any more: the lab goes on, and cleans up.
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
