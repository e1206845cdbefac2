public import SwitchModel

/// A packet of a capture, and what it would meet.
public struct ReplayedPacket: Hashable, Sendable {
  public var packet: CapturedPacket
  /// `10.0.0.5:4000 > 10.50.0.100:80 tcp`.
  public var summary: String
  /// Nanoseconds since the first packet.
  public var elapsed: UInt64

  /// `    1   0.000000  sw-r1  10.0.0.5:4000 > 10.50.0.100:80 tcp: forward to sw-s1; cluster web, member s1`
  public var line: String {
    let micro = String(elapsed / 1000 % 1_000_000)
    let seconds =
      "\(elapsed / 1_000_000_000)." + String(repeating: "0", count: 6 - micro.count) + micro
    func padded(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    return
      "\(padded(String(packet.number), 6)) \(padded(seconds, 12))  \(packet.port)  \(summary): \(packet.decision)"
  }
}
