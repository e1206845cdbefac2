/// What the operator wants of a member.
public enum AdminState: String, CaseIterable, Codable, Sendable {
  case enabled
  /// No new flows; those that it has end by themselves.
  case draining
  /// No traffic, at once.
  case disabled
}

public struct RouterRow: Codable, Hashable, Sendable {
  public var pool: String
  public var name: String
  public var address: String
  /// Nil while unresolved.
  public var mac: String?
  public var port: String
  public var weight: Int
  public var admin_state: AdminState
  /// `operational`, `failed`, `unresolved`.
  public var state: String
  /// Servers that are answered with this router's MAC; 0 in a pool that balances per flow.
  public var servers: Int
  public var buckets: Int
  public var packets: UInt64
  public var bytes: UInt64
  public var packets_per_second: UInt64
  public var bytes_per_second: UInt64
  /// RFC 3339, UTC.
  public var last_change: String

  public init(
    pool: String, name: String, address: String, mac: String?, port: String, weight: Int,
    admin_state: AdminState, state: String, servers: Int, buckets: Int, packets: UInt64, bytes: UInt64,
    packets_per_second: UInt64, bytes_per_second: UInt64, last_change: String
  ) {
    self.pool = pool
    self.name = name
    self.address = address
    self.mac = mac
    self.port = port
    self.weight = weight
    self.admin_state = admin_state
    self.state = state
    self.servers = servers
    self.buckets = buckets
    self.packets = packets
    self.bytes = bytes
    self.packets_per_second = packets_per_second
    self.bytes_per_second = bytes_per_second
    self.last_change = last_change
  }
}

public struct ProbeRow: Codable, Hashable, Sendable {
  /// The member or router: `cluster/member`, `pool/router`; several where one probe serves more than one.
  public var targets: [String]
  /// The first of them.
  public var target: String
  public var kind: String
  /// `unknown`, `operational`, `failed`, `damped`.
  public var state: String
  /// `ok`, or what went wrong; nil before the first result.
  public var last_result: String?
  /// Of the last success.
  public var latency_ms: Double?
  public var successes: UInt64
  public var failures: UInt64
  /// RFC 3339, UTC.
  public var changed_at: String

  public init(
    targets: [String], kind: String, state: String, last_result: String?, latency_ms: Double?,
    successes: UInt64, failures: UInt64, changed_at: String
  ) {
    self.targets = targets
    target = targets.first ?? ""
    self.kind = kind
    self.state = state
    self.last_result = last_result
    self.latency_ms = latency_ms
    self.successes = successes
    self.failures = failures
    self.changed_at = changed_at
  }
}

/// A change of state: what, why, and what the switch did about it.
public struct EventRow: Codable, Hashable, Sendable {
  /// Counts up over restarts.
  public var number: UInt64
  /// RFC 3339, UTC, with milliseconds.
  public var time: String
  /// `member-up`, `member-down`, `primary`, `cluster-failed`, `router-down`, …: see docs/events.md.
  public var kind: String
  /// `notice` or `warning`.
  public var severity: String
  /// `cluster/member`, `pool/router`, a port, a cluster.
  public var subject: String
  public var cause: String
  /// In words; empty where nothing followed.
  public var effect: String
  public var buckets_moved: Int

  public init(
    number: UInt64, time: String, kind: String, severity: String, subject: String, cause: String,
    effect: String, buckets_moved: Int
  ) {
    self.number = number
    self.time = time
    self.kind = kind
    self.severity = severity
    self.subject = subject
    self.cause = cause
    self.effect = effect
    self.buckets_moved = buckets_moved
  }
}

/// `flowswitch explain SRC[:PORT] DST[:PORT] [--protocol tcp] [--port IN]`.
public struct ExplainQuestion: Codable, Hashable, Sendable {
  public var source: String
  public var source_port: UInt16?
  public var destination: String
  public var destination_port: UInt16?
  /// A name or a number.
  public var `protocol`: String
  /// The port that the packet comes in on; nil: where the source's station is, or the first router port.
  public var port: String?
  /// A TCP segment that begins a connection (SYN).
  public var begins: Bool
  public var vlan: Int

  public init(
    source: String, source_port: UInt16?, destination: String, destination_port: UInt16?,
    protocol: String, port: String?, begins: Bool, vlan: Int = 0
  ) {
    self.source = source
    self.source_port = source_port
    self.destination = destination
    self.destination_port = destination_port
    self.protocol = `protocol`
    self.port = port
    self.begins = begins
    self.vlan = vlan
  }
}

public struct Explanation: Codable, Hashable, Sendable {
  /// `inbound`, `outbound`, `other`.
  public var direction: String
  /// Table by table, in the order of the lookups.
  public var steps: [ExplainStep]
  /// `forward`, `flood`, `drop`, `punt`, `reply`.
  public var verdict: String
  /// The reason's name, of `drop` and `punt`.
  public var reason: String?
  /// By which it leaves, of `forward`.
  public var port: String?
  public var destination_mac: String?
  public var cluster: String?
  public var member: String?

  public init(
    direction: String, steps: [ExplainStep], verdict: String, reason: String?, port: String?,
    destination_mac: String?, cluster: String?, member: String?
  ) {
    self.direction = direction
    self.steps = steps
    self.verdict = verdict
    self.reason = reason
    self.port = port
    self.destination_mac = destination_mac
    self.cluster = cluster
    self.member = member
  }
}

public struct ExplainStep: Codable, Hashable, Sendable {
  /// `port`, `station`, `cluster`, `service`, `bucket`, `flow`, `member`, `router`, …
  public var table: String
  public var text: String

  public init(table: String, text: String) {
    self.table = table
    self.text = text
  }
}
