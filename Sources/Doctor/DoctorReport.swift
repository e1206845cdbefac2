/// Findings as text for people.
public struct DoctorReport: Sendable {
  private let findings: [Finding]

  public init(_ findings: [Finding]) { self.findings = findings }

  /// A paragraph for each finding that is more than a note; a line for the rest; a sentence at the end. What names of
  /// interfaces could do to a terminal is taken out of them.
  public var text: String {
    var lines: [String] = []
    for finding in findings {
      let level = finding.level.rawValue + String(repeating: " ", count: 8 - finding.level.rawValue.count)
      lines.append("\(level) \(clean(finding.subject)): \(clean(finding.finding))")
      if !finding.meaning.isEmpty { lines.append(Self.indent + clean(finding.meaning)) }
      for command in finding.mend.split(separator: "\n") { lines.append("\(Self.indent)# \(clean(command))") }
    }
    lines.append(summary)
    return lines.joined(separator: "\n") + "\n"
  }

  /// `it will work: 2 warnings, 3 notes`
  public var summary: String {
    let counts = FindingLevel.allCases.reversed().filter { $0 != .ok }.compactMap { level -> String? in
      let count = findings.count { $0.level == level }
      return count == 0 ? nil : "\(count) \(level.rawValue)\(count == 1 ? "" : "s")"
    }
    let rest = counts.isEmpty ? "" : ": \(counts.joined(separator: ", "))"
    return (Doctor.isFit(findings) ? "it will work" : "it will not work") + rest
  }

  private static let indent = String(repeating: " ", count: 9)

  private func clean(_ text: some StringProtocol) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
  }
}
