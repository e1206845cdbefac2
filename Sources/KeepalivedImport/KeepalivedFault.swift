/// Why a file cannot be imported: the first place where it is not what keepalived.conf(5) describes, or where it is more
/// than is read.
public struct KeepalivedFault: Error, Hashable, Sendable {
  public var place: KeepalivedPlace
  public var message: String
  /// What would have been right.
  public var expected: String

  public init(_ message: String, at place: KeepalivedPlace, expected: String) {
    self.place = place
    self.message = message
    self.expected = expected
  }
}

extension KeepalivedFault: CustomStringConvertible {
  /// `keepalived.conf:12:1: a } without a {; expected …`
  public var description: String { "\(place): \(message); expected \(expected)" }
}
