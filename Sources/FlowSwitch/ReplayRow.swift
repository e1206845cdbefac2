import Replay
import SwitchModel

/// A replayed packet as JSON shows it.
struct ReplayRow: Encodable {
  var number: UInt64
  var time_ns: UInt64
  var port: String
  var packet: String
  var length: Int
  var verdict: String
  var reason: String?
  var out: String?
  var cluster: String?
  var member: String?
  var known: Bool

  init(_ replayed: ReplayedPacket) {
    let one = replayed.packet
    number = one.number
    time_ns = one.time
    port = one.port
    packet = replayed.summary
    length = one.length
    verdict = one.verdict.rawValue
    reason = one.reason
    out = one.out
    cluster = one.cluster
    member = one.member
    known = one.isKnown
  }

  static func text(of summary: ReplaySummary) -> String {
    func counts(_ title: String, _ counts: [String: UInt64]) -> [String] {
      if counts.isEmpty { return [] }
      let sorted = counts.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
      return ["  \(title): " + sorted.map { "\($0.key) \($0.value)" }.joined(separator: ", ")]
    }
    var lines = ["\(summary.packets) packets"]
    lines += counts("verdicts", summary.verdicts) + counts("reasons", summary.reasons)
    lines += counts("clusters", summary.clusters) + counts("members", summary.members)
    if summary.outbound > 0 { lines.append("  left out, as they left a switch: \(summary.outbound)") }
    if summary.unusable > 0 { lines.append("  left out, not Ethernet or too long: \(summary.unusable)") }
    if summary.padded > 0 {
      lines.append("  cut short in the capture, filled up with zeros: \(summary.padded)")
    }
    return lines.joined(separator: "\n")
  }
}
