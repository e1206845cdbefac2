/// What became of one thing in the imported file.
public struct ImportFinding: Hashable, Sendable {
  public enum Meaning: String, CaseIterable, Sendable {
    /// It means the same.
    case converted
    /// There is something for it that is not quite the same.
    case changed
    /// A person decides.
    case notConverted = "not converted"
  }
  public var place: KeepalivedPlace
  public var meaning: Meaning
  /// The line of the file, shortened.
  public var subject: String
  /// What it has become, and what differs.
  public var text: String
}

extension ImportFinding: CustomStringConvertible {
  /// `keepalived.conf:12:3: changed: lb_algo wlc: …`
  public var description: String { "\(place): \(meaning.rawValue): \(subject): \(text)" }
}
