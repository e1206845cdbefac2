/// What a round may do to datagrams, flow by flow.
///
///     the daemon, its configuration    nothing is lost, no flow moves
///     a server fails, is disabled      its own flows lose datagrams, and move
///     r1 is cut                        all flows lose, because all answers go by it; who was silent may move
///     r2 is cut                        those of b1, behind it
///     a router of the pool fails       IPv4: servers that have its MAC; IPv6, by flows: every server
struct SoakTerms: Hashable, Sendable {
  var fault: SoakFault?
  /// Servers whose flows may move.
  var victims: Set<LabHost>
  /// Servers that had the failing router's MAC before it failed, or afterwards.
  var served: Set<LabHost> = []
  /// Microseconds (`StreamTerms`).
  var silence: Int64

  init(_ round: SoakRound, silence: Int64) {
    fault = round.fault
    victims = round.victims
    self.silence = silence
  }

  func terms(of line: SoakStreams.Line) -> StreamTerms {
    StreamTerms(victims: Set(victims.map(\.name)), isCut: isCut(line), silence: silence)
  }

  /// Of all lines; each has its report.
  func findings(
    _ lines: [SoakStreams.Line], _ reports: [StreamReport], since: Int64, until: Int64
  ) -> StreamFindings {
    zip(lines, reports).map { line, report in
      var findings = terms(of: line).findings(report.flows, since: since, until: until)
      findings.moves = findings.moves.map { "\(line.host) to \(line.address): \($0)" }
      return findings
    }.reduce(StreamFindings(), +)
  }

  private func isCut(_ line: SoakStreams.Line) -> Bool {
    switch fault {
    case .router(.r1), .routerFlap(.r1, _): true
    case .router, .routerFlap: line.host == .b1
    case .pool, .poolFlap:
      LabHost.hosted.contains(line.host) && (LabAddress.isIPv6(line.address) || served.contains(line.host))
    case .server, .flap, nil: false
    }
  }

  /// Whose cables lose what the round makes them lose.
  var failed: Set<LabHost> { fault.map { victims.union([$0.host]) } ?? victims }
}
