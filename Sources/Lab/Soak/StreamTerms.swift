import LinuxPlatform

/// What may happen to one host's datagrams in a round, and whether more did. Nothing at all where only the daemon
/// or its configuration was touched.
struct StreamTerms: Hashable, Sendable {
  /// Flows with these servers may lose datagrams, and go to others.
  var victims: Set<String> = []
  /// The way of all flows was cut for a while. They may lose datagrams; who was not heard meanwhile may move.
  var isCut = false
  /// Microseconds. Who says nothing for longer while its bucket moves has no claim to its server (`observe-time`).
  var silence: Int64

  /// Looks at what began after `since`, and no later than `until` (microseconds since 1970).
  func findings(_ flows: [[StreamReport.Run]], since: Int64, until: Int64) -> StreamFindings {
    flows.enumerated().map { number, flow in
      var findings = StreamFindings()
      /// The last run that somebody answered, and whether there was none after it that nobody did.
      var former: StreamReport.Run?
      var wasHeard = true
      for run in flow {
        let isNow = run.first > since && run.first <= until
        guard let server = run.server else {
          if isNow, !isCut, former?.server.map(victims.contains) != true {
            findings.lost += run.count
            findings.firstLost = findings.firstLost ?? run.first
          }
          wasHeard = false
          continue
        }
        if isNow, let former, let before = former.server, before != server, !victims.contains(before) {
          let wasSilent = run.first - former.last > silence && (isCut || wasHeard)
          if !wasSilent {
            let time = WallTime(since1970: .microseconds(run.first))
            let wait = (run.first - former.last) / 1000
            findings.moves.append(
              "flow \(number) went from \(before) to \(server) at \(time), \(wait) ms after its last answer")
          }
        }
        former = run
        wasHeard = true
      }
      return findings
    }.reduce(StreamFindings(), +)
  }
}
