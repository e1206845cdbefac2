public enum ProbeKind: String, CaseIterable, Codable, Sendable {
  case arp, nd, icmp, tcp, udp, dns, http, https, exec, link
}

/// How a member is watched (H12). Kept in the model so that a file is checked whole; nothing probes yet.
public struct ProbeConfiguration: Hashable, Sendable {
  public var kind: ProbeKind
  /// Of `tcp`, `udp`, `dns`, `http`, `https`; nil for the others.
  public var port: UInt16?
  /// Of `http` and `https`.
  public var path: String?
  /// Value of the Host field, of `http` and `https`; nil: the member's address.
  public var host: String?
  /// The name that `dns` asks for.
  public var query: String?
  /// Program and arguments of `exec`; empty for the others.
  public var command: [String]
  public var interval: Duration
  /// Never longer than `interval`.
  public var timeout: Duration
  /// Failures in a row until the target counts as failed.
  public var fall: Int
  /// Successes in a row until it counts as operational again.
  public var rise: Int

  public init(
    kind: ProbeKind, port: UInt16? = nil, path: String? = nil, host: String? = nil, query: String? = nil,
    command: [String] = [], interval: Duration = .seconds(1), timeout: Duration = .milliseconds(500),
    fall: Int = 3, rise: Int = 2
  ) {
    self.kind = kind
    self.port = port
    self.path = path
    self.host = host
    self.query = query
    self.command = command
    self.interval = interval
    self.timeout = timeout
    self.fall = fall
    self.rise = rise
  }
}
