/// An availability cluster changed its primary.
public struct PrimaryChange<Member: Hashable & Sendable>: Hashable, Sendable {
  /// Nil: there was none.
  public var from: Member?
  /// Nil: nobody can serve.
  public var to: Member?
  /// In the time that the machine is given.
  public var at: Duration
  /// In words: `2 failed`.
  public var cause: String

  public init(from: Member?, to: Member?, at: Duration, cause: String) {
    self.from = from
    self.to = to
    self.at = at
    self.cause = cause
  }
}
