import SwitchModel
import Wire

extension ClusterDraft {
  static let slowStarts: ClosedRange<Duration> = .zero...(.seconds(3600))
  static let stickyTimes: ClosedRange<Duration> = .seconds(1)...(.seconds(86400))

  /// Reads how flows are divided (H8, X5, X8), and whether that goes with the mode.
  mutating func readBalancing(_ section: Section) {
    assignment = section["assign"]?.choice(AssignmentRule.self)?.value ?? .leastMoves
    load = section["load"].map { LoadDraft($0) }
    slowStart = section["slow-start"]?.duration(ClusterDraft.slowStarts)?.value ?? .zero
    stickyTime = section["sticky"]?.duration(ClusterDraft.stickyTimes)?.value
    var given = ["assign", "slow-start", "sticky"].filter { section[$0] != nil }
    // That it is off is true in every cluster.
    if load?.configuration != nil { given.append("load") }
    for key in given {
      let reason: String
      if mode == .availability {
        reason = "all flows of an availability cluster go to its primary"
      } else if assignment == .maglev, key == "load" || key == "slow-start" {
        reason =
          "with assign: maglev shares depend on the members alone, so that every switch computes the same"
      } else {
        continue
      }
      section.report.error(
        reason, at: section.position(ofKey: key), path: "\(path).\(key)",
        expected: mode == .availability
          ? "mode: balanced, or no key \(key)" : "assign: least-moves, or no key \(key)")
    }
    checkLastResort(section.report)
  }

  /// The load routine as it takes effect.
  var loadRoutine: LoadRoutineConfiguration? {
    guard mode == .balanced, assignment == .leastMoves else { return nil }
    return load.map(\.configuration) ?? LoadRoutineConfiguration()
  }

  private func checkLastResort(_ report: Report) {
    let marked = members.filter { $0.lastResort?.value == true }
    guard let first = marked.first?.lastResort else { return }
    if mode == .availability {
      for field in marked.compactMap(\.lastResort) {
        report.error(
          "an availability cluster takes its members in their order", at: field.position, path: field.path,
          expected: "mode: balanced, or no key last-resort: the last member is the last resort")
      }
    } else if marked.count == members.count {
      report.error(
        "every member is one of last resort", at: first.position, path: first.path,
        expected: "at least one member that is not")
    }
  }

  /// A probe goes to the cluster's address, or where that is a subnet to the member's own.
  func checkProbe(_ report: Report) {
    guard let probe, let kind = probe.kind?.value, let address = address?.value else { return }
    probe.checkFamily(isIPv6: address.address.isIPv6, report)
    guard !address.isSingleAddress, kind != .link, kind != .exec else { return }
    if let member = members.first(where: { $0.mac != nil }) {
      report.error(
        "member \(member.name.map { quoted($0.value) } ?? member.path) has no address to be probed at: the cluster's address is a subnet",
        at: probe.position, path: probe.path,
        expected: "the key address instead of mac in each member, or a probe of kind link or exec")
    }
  }
}
