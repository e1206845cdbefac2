/// One thing that the doctor looked at.
public struct Finding: Codable, Hashable, Sendable {
  public var level: FindingLevel
  /// Which check, always the same word: `kernel-version`, `bridge`.
  public var check: String
  /// Of what: `kernel`, `port eth1`, `instance fs1`.
  public var subject: String
  /// What there is.
  public var finding: String
  /// What that means for the switch. Empty where the finding says it.
  public var meaning: String
  /// The command, or commands, a line each, that mend it. Empty where nothing has to be mended, or no command does.
  public var mend: String

  public init(
    _ level: FindingLevel, _ check: String, of subject: String, _ finding: String, meaning: String = "",
    mend: String = ""
  ) {
    self.level = level
    self.check = check
    self.subject = subject
    self.finding = finding
    self.meaning = meaning
    self.mend = mend
  }
}
