/// A packet that the datapath decided about, before and after.
public struct CapturedPacket: Hashable, Sendable {
  public enum Verdict: String, Codable, Sendable {
    case forward, flood, reply, drop, punt
  }

  /// From 1, in the order of the capture.
  public var number: UInt64
  /// Nanoseconds since 1970.
  public var time: UInt64
  /// The port that it came in on.
  public var port: String
  public var verdict: Verdict
  /// Of `drop` and `punt`.
  public var reason: String?
  /// The port that it leaves by, of `forward`.
  public var out: String?
  /// Of a packet for a cluster's or a pool's virtual MAC.
  public var cluster: String?
  public var member: String?
  /// Its flow, or its fragmented datagram, had an entry in the tables.
  public var isKnown: Bool
  /// Bytes of the frame as it came.
  public var length: Int
  /// The frame as it came, or its beginning.
  public var before: [UInt8]
  /// As it leaves, of `forward` and `reply`, but for a tag that is added or removed on the way out. As much of it as of
  /// `before`.
  public var after: [UInt8]?

  public init(
    number: UInt64, time: UInt64, port: String, verdict: Verdict, reason: String? = nil, out: String? = nil,
    cluster: String? = nil, member: String? = nil, isKnown: Bool = false, length: Int, before: [UInt8],
    after: [UInt8]? = nil
  ) {
    self.number = number
    self.time = time
    self.port = port
    self.verdict = verdict
    self.reason = reason
    self.out = out
    self.cluster = cluster
    self.member = member
    self.isKnown = isKnown
    self.length = length
    self.before = before
    self.after = after
  }

  /// `forward to sw-s1; cluster web, member s1; known flow`
  public var decision: String {
    var text = ""
    // In pieces: this is done for every packet of a capture.
    text.reserveCapacity(96)
    text += verdict.rawValue
    func add(_ before: String, _ name: String?, _ after: String = "") {
      guard let name else { return }
      text += before
      text += name
      text += after
    }
    add(" (", reason, ")")
    add(" to ", out)
    add("; cluster ", cluster)
    if cluster != nil { add(", member ", member) }
    if isKnown { text += "; known flow" }
    return text
  }
}
