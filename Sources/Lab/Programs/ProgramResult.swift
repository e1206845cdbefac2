/// What a program that has ended left behind.
package struct ProgramResult: Sendable {
  /// The exit status, or 128 and the number of the signal that ended it.
  package var status: Int32
  package var output: [UInt8]
  package var errorOutput: [UInt8]

  package var succeeded: Bool { status == 0 }
  package var text: String { String(decoding: output, as: UTF8.self) }
  package var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
  /// Standard output's lines, without empty ones.
  package var lines: [String] { text.split(whereSeparator: \.isNewline).map(String.init) }

  /// The last thing that it said, for an error message.
  var complaint: String {
    let said = errorText.isEmpty ? text : errorText
    let lines = said.split(whereSeparator: \.isNewline).suffix(6)
    return lines.isEmpty ? "exit status \(status), without a word" : lines.joined(separator: "\n  ")
  }
}
