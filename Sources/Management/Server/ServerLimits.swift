/// What one client may cost.
public struct ServerLimits: Sendable {
  /// Bytes of all header fields together, and of one.
  public var headers = 16 << 10
  /// Bytes; what the API takes is a small part of it.
  public var body = 64 << 10
  /// Until a request is complete, counted from the connection's start or its last answer.
  public var receive = Duration.seconds(10)
  /// Until an answer is taken, counted from the request's end; more than the longest watch of flows. Where events are
  /// followed, until the next part of the answer is taken; more than the time between two signs of life.
  public var answer = Duration.seconds(120)
  /// Others wait in the backlog.
  public var connections = 512

  /// Who follows events holds a connection: others must still find one.
  public var followers = 64

  public init() {}
}
