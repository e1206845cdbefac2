import Datapath
import Forwarding
import SwitchModel

/// What the tables' numbers stood for when a capture began.
struct CaptureNames: Sendable {
  var ports: [Int: String]
  var clusters: [Int: String]
  var members: [Int: (cluster: String, name: String)]
  /// Nanoseconds from CLOCK_MONOTONIC's start to CLOCK_REALTIME's.
  var clock: UInt64

  func packet(_ sample: CaptureSample, number: UInt64) -> CapturedPacket {
    func port(_ index: Int) -> String { ports[index] ?? "port \(index)" }
    let member = sample.note.member.flatMap { members[$0] }
    var packet = CapturedPacket(
      number: number, time: sample.time &+ clock, port: port(sample.port), verdict: .flood,
      cluster: member?.cluster ?? sample.note.cluster.flatMap { clusters[$0] }, member: member?.name,
      isKnown: sample.note.isKnown, length: sample.length, before: sample.before, after: sample.after)
    switch sample.outcome {
    case .forwarded(let out):
      packet.verdict = .forward
      packet.out = port(out)
    case .flooded: break
    case .replied: packet.verdict = .reply
    case .dropped(let reason):
      packet.verdict = .drop
      packet.reason = reason.name
    case .punted(let reason):
      packet.verdict = .punt
      packet.reason = reason.name
    }
    return packet
  }
}
