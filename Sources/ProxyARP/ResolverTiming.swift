/// When members are asked. The defaults find a new member within a second and a lost one within 33.
public struct ResolverTiming: Hashable, Sendable {
  /// First pause between questions for an unresolved member; each is twice the one before it.
  public var firstRetry: Duration = .milliseconds(100)
  /// Longest pause between questions.
  public var lastRetry: Duration = .seconds(5)
  /// Time after an answer until the member is asked again.
  public var refresh: Duration = .seconds(30)
  /// Pause between the questions of a refresh: the first goes to the member's MAC, the others to all on its port.
  public var refreshRetry: Duration = .seconds(1)
  /// Unanswered questions after which a member is lost.
  public var attempts = 3
  /// Unanswered questions after which a member that never answered is reported as silent; with the defaults 26 seconds.
  public var silentAttempts = 10
  /// Pause between the questions to a known MAC when another one claims its place.
  public var challengeRetry: Duration = .milliseconds(200)
  /// Time for which a reported conflict is not reported again, and its challenger is not heard.
  public var conflictHold: Duration = .seconds(30)
  /// Time after a conflict until the member is asked whether it is still there.
  public var conflictRecheck: Duration = .seconds(5)
  /// Time for which a member that checks its address is not asked (see `MemberResolver`).
  public var probeQuiet: Duration = .seconds(10)

  public init() {}

  /// Pause after the question with that number (0: first).
  func backoff(_ attempt: Int) -> Duration {
    min(firstRetry * (1 << min(max(attempt, 0), 16)), lastRetry)
  }
}
