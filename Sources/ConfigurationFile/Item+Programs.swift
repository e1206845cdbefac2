extension Item {
  /// A program that the switch runs, and its first arguments. Absolute: a daemon has no search path to rely on.
  func command() -> [String]? {
    let expected = "a list: the absolute path of a program, and its arguments"
    guard let items = list(expected) else { return nil }
    let words = items.compactMap { $0.word() }
    guard words.count == items.count else { return nil }
    guard let program = words.first, program.hasPrefix("/") else {
      error(
        words.first.map { "\(quoted($0)) is not an absolute path" } ?? "the list is empty", expected: expected
      )
      return nil
    }
    return words
  }

  func absolutePath() -> String? {
    let expected = "the absolute path of a file"
    guard let text = text(expected) else { return nil }
    guard text.value.hasPrefix("/"), !text.value.utf8.contains(0), text.value.utf8.count <= 4095 else {
      error("\(quoted(text.value)) is not an absolute path", expected: expected)
      return nil
    }
    return text.value
  }

  /// An argument: execve(2) knows no zero bytes.
  private func word() -> String? {
    guard let text = text("a text") else { return nil }
    guard !text.value.utf8.contains(0) else {
      error("\(quoted(text.value)) has a zero byte", expected: "a text without zero bytes")
      return nil
    }
    return text.value
  }
}
