/// What one client may cost.
public struct ServerLimits: Sendable {
  /// Bytes of all header fields together, and of one.
  public var headers = 16 << 10
  /// Bytes; the API needs no body.
  public var body = 64 << 10
  /// Until a request is complete, counted from the connection's start or its last answer.
  public var receive = Duration.seconds(10)
  /// Until an answer is taken, counted from the request's end; more than the longest watch of flows.
  public var answer = Duration.seconds(120)
  /// Others wait in the backlog.
  public var connections = 512

  public init() {}
}
