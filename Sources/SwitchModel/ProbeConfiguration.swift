public import Wire

public enum ProbeKind: String, CaseIterable, Codable, Sendable {
  case arp, nd, icmp, tcp, udp, dns, http, https, exec, link
}

/// How a member or a router is watched (H12).
public struct ProbeConfiguration: Hashable, Sendable {
  public var kind: ProbeKind
  /// Of `tcp`, `udp`, `dns`, `http`, `https`; nil for the others.
  public var port: UInt16?
  /// What `tcp` and `udp` send once they can; empty: nothing.
  public var send: [UInt8]
  /// What the answer must begin with, of `tcp` and `udp`; empty: `tcp` is content with the connection, `udp` with any
  /// answer.
  public var expect: [UInt8]
  /// The name that `dns` asks for, and the type of its records: `A`, `AAAA`, `SOA`, `NS`, `MX`, `TXT`, `SRV`, `PTR`.
  public var query: String?
  public var queryType: String
  /// The response code that `dns` wants (RFC 1035 §4.1.1), 0: no error.
  public var responseCode: UInt8
  /// An address that must be among the answers of `dns`; nil: any.
  public var answer: IPAddress?
  /// Of `http` and `https`.
  public var method: String
  public var path: String?
  /// Value of the Host field, of `http` and `https`; nil: the member's address.
  public var host: String?
  /// Status codes that count as success, of `http` and `https`.
  public var statuses: [ClosedRange<Int>]
  /// What the body must contain, of `http` and `https`; nil: anything. Looked for in the first 64 KiB.
  public var body: String?
  /// The name in the server's certificate (and in SNI), of `https`; nil: `host`.
  public var tlsName: String?
  /// A file with the certificates to trust, of `https`; nil: the system's.
  public var tlsCA: String?
  /// Whether `https` checks the certificate at all.
  public var tlsVerify: Bool
  /// Program and arguments of `exec`; empty for the others.
  public var command: [String]
  public var interval: Duration
  /// Never longer than `interval`, nor than `fastInterval`.
  public var timeout: Duration
  /// Failures in a row until the target counts as failed.
  public var fall: Int
  /// Successes in a row until it counts as operational again.
  public var rise: Int
  /// Each interval is lengthened by a random part of this, so that probes do not beat in time.
  public var jitter: Duration
  /// The interval while the last result was a failure or the target counts as failed; nil: `interval`.
  public var fastInterval: Duration?
  /// Flap damping; nil: none.
  public var damping: FlapDamping?

  public init(
    kind: ProbeKind, port: UInt16? = nil, send: [UInt8] = [], expect: [UInt8] = [], query: String? = nil,
    queryType: String = "A", responseCode: UInt8 = 0, answer: IPAddress? = nil, method: String = "GET",
    path: String? = nil, host: String? = nil, statuses: [ClosedRange<Int>] = [200...399],
    body: String? = nil, tlsName: String? = nil, tlsCA: String? = nil, tlsVerify: Bool = true,
    command: [String] = [], interval: Duration = .seconds(1), timeout: Duration = .milliseconds(500),
    fall: Int = 3, rise: Int = 2, jitter: Duration = .zero, fastInterval: Duration? = nil,
    damping: FlapDamping? = nil
  ) {
    self.kind = kind
    self.port = port
    self.send = send
    self.expect = expect
    self.query = query
    self.queryType = queryType
    self.responseCode = responseCode
    self.answer = answer
    self.method = method
    self.path = path
    self.host = host
    self.statuses = statuses
    self.body = body
    self.tlsName = tlsName
    self.tlsCA = tlsCA
    self.tlsVerify = tlsVerify
    self.command = command
    self.interval = interval
    self.timeout = timeout
    self.fall = fall
    self.rise = rise
    self.jitter = jitter
    self.fastInterval = fastInterval
    self.damping = damping
  }
}

/// A target that failed `flaps` times within `window` stays failed for `hold` after its last failure, whatever its
/// probes say.
public struct FlapDamping: Hashable, Sendable {
  public var flaps: Int
  public var window: Duration
  public var hold: Duration

  public init(flaps: Int, window: Duration, hold: Duration) {
    self.flaps = flaps
    self.window = window
    self.hold = hold
  }
}
