/// What one client may cost.
public struct ServerLimits: Sendable {
  /// Bytes of all header fields together, and of one.
  public var headers = 16 << 10
  /// Bytes; what the API takes is a small part of it.
  public var body = 64 << 10
  /// Bytes of a configuration: as many as its reader takes.
  public var configuration = 16 << 20
  /// Until a request is complete, counted from the connection's start or its last answer.
  public var receive = Duration.seconds(10)
  /// Until an answer is taken, counted from the request's end; more than the longest watch of flows. Where events are
  /// followed, until the next part of the answer is taken; more than the time between two signs of life.
  public var answer = Duration.seconds(120)
  /// Of the control socket, and as many of TCP. One more ends the one that has been idle for longest.
  public var connections = 512
  /// What answers under way may take when the address is left that they came by.
  public var leave = Duration.seconds(30)

  /// Who follows events holds a connection: others must still find one.
  public var followers = 64
  /// Readers of the stream, on the control socket and on TCP each.
  public var streams = 64
  /// Between two states in the stream.
  public var statePeriod = Duration.seconds(1)
  /// A comment goes to readers of the stream that got nothing else for this long.
  public var heartbeat = Duration.seconds(15)
  /// Events that wait for a reader of the stream; with one more it is dropped.
  public var waitingEvents = 256
  /// States that a reader of the stream may miss in a row; with one more it is dropped.
  public var missedStates = 30

  public init() {}
}
