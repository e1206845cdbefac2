import FoundationEssentials
import SwitchModel

extension LabChecks {
  /// Fails a member of `live` once, and measures. The lab is whole again when this returns.
  func measure(_ fault: Fault, victim: LabHost = .s2) throws -> FailureMeasurement {
    try lab.awaitMembers()
    // What moved back when the member returned has settled.
    try Waiting.pause(.seconds(1))
    var load = LabLoad(lab)
    do {
      try load.hold(LabAddress.live[0], from: .a1, count: 40)
      try load.stream(LabAddress.live[0], from: .b1, flows: 12, every: .milliseconds(1))
      try load.awaitAnswers()
      let before = try owners("live")
      let mark = try newestEvent()
      let fault0 = try lab.inflict(fault, on: victim)
      let down = try awaitEvent("member-down", of: "live/\(victim)", after: mark)
      try Waiting.pause(.milliseconds(500))
      let moved = Self.moved(before, try owners("live")).count
      let (holds, streams) = try load.end()
      try lab.mend(fault, on: victim)
      let broken = holds.flatMap(\.broken)
      let own = broken.filter { $0.servers.first == victim.name }.count
      return FailureMeasurement(
        lastWrong: streams.compactMap {
          FailureMeasurement.lastWrong($0, victim: victim.name, fault: fault0)
        }.max(),
        told: down.flatMap { Self.microseconds($0.time) }.map { max(0, $0 - fault0) },
        brokenOthers: broken.count - own, brokenOwn: own, bucketsMoved: moved,
        bucketsDue: before.filter { $0 == victim.name }.count)
    } catch {
      load.abandon()
      try? lab.mend(fault, on: victim)
      throw error
    }
  }

  /// Of an event's time: RFC 3339, UTC, with milliseconds.
  static func microseconds(_ text: String) -> Int64? {
    let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    guard let date = try? format.parse(text) else { return nil }
    return Int64((date.timeIntervalSince1970 * 1e6).rounded())
  }
}
