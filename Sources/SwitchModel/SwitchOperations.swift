/// What the running switch offers to the API. Implemented by Control; rows come sorted as the configuration lists
/// things.
public protocol SwitchOperations: Sendable {
  func version() async -> VersionRow
  func ports() async -> [PortRow]
  func clusters() async -> [ClusterRow]
  func members() async -> [MemberRow]
  /// Of one cluster, or of all.
  func buckets(cluster: String?) async throws(OperationError) -> [BucketRow]
  /// Watches the datapath for `duration` and returns the flows seen, busiest first.
  func flows(for duration: Duration) async throws(OperationError) -> [FlowRow]
  func stations() async -> [StationRow]
  func arp() async -> [ARPRow]
  func drops() async -> [DropRow]
  func routers() async -> [RouterRow]
  func probes() async -> [ProbeRow]
  /// The events kept, oldest first; those after number `after`, if it is given.
  func events(after: UInt64?) async -> [EventRow]
  /// Events as they come, from now on; ends when the switch does. A reader that is slow misses the oldest.
  func followEvents() async -> AsyncStream<EventRow>
  /// What no row has, cheaply: `/metrics` asks for it every few seconds.
  func totals() async -> SwitchTotals
  /// What the datapath would do with a packet, without doing it.
  func explain(_ question: ExplainQuestion) async throws(OperationError) -> Explanation
  /// Captures packets from the datapath, before and after, until the stream is let go of or `count` is reached. One
  /// capture, or one observation of flows, at a time.
  func capture(_ request: CaptureRequest) async throws(OperationError) -> AsyncStream<CaptureBatch>
  /// Sets a member's admin state (`cluster/member`), or a router's (`pool/router`). Kept over restarts of the daemon.
  func setAdminState(_ state: AdminState, of member: String) async throws(OperationError)
}

/// A refusal with a code that scripts can rely on.
public struct OperationError: Error, Hashable, Codable, Sendable {
  public enum Code: String, Codable, Sendable {
    case notFound = "not-found"
    case invalid
    case unavailable
    case busy
  }
  public var code: Code
  public var message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
