import Glibc
import SwitchModel
import Testing

@testable import Lab

extension LiveTests {
  /// What goes wrong around a running switch costs what it touches, and nothing more.
  @Suite("faults", .serialized)
  struct Faults {}
}

/// Packets and a connection through a site's switch, and what the switch holds: all of it to be unharmed at the end.
struct Watch {
  private let site: Site
  private let pings: PingRun
  private let talk: Talk
  private let connections: Conversations

  init(_ site: Site) throws {
    self.site = site
    connections = try Conversations(24, at: site)
    talk = try Talk(site)
    pings = try PingRun(site)
  }

  /// New connections are answered, now.
  func expectServing(_ when: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let fresh = try Conversations(8, at: site)
    #expect(fresh.broken() == [], "\(when)", sourceLocation: sourceLocation)
  }

  /// No packet was lost and no connection broke.
  func expectUnharmed(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let pinged = try pings.stop()
    #expect(pinged.sent > 100 && pinged.lost == 0, "\(pinged)", sourceLocation: sourceLocation)
    let talked = talk.stop()
    #expect(talked.answers > 10 && talked.failure == nil, "\(talked)", sourceLocation: sourceLocation)
    #expect(connections.broken() == [], sourceLocation: sourceLocation)
  }
}

/// What a switch holds of the machine. Expects it to come back to what it was.
func expectNoLeak(
  _ site: Site, _ daemon: Daemon, since before: SoakUsage, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var leaks: [String] = []
  _ = try Waiting.until(within: .seconds(20), every: .milliseconds(100)) {
    leaks = try usage(site, daemon).leaks(since: before)
    return leaks.isEmpty
  }
  #expect(leaks == [], "\(daemon.said.suffix(2000))", sourceLocation: sourceLocation)
}

/// When the switch has all that it will have: with probes, its own address is found a few seconds after the start.
func settledUsage(_ site: Site, _ daemon: Daemon, probes: Bool = false) throws -> SoakUsage {
  let isFound = try Waiting.until(within: .seconds(60)) {
    !probes || daemon.said.contains("it is the switch's own")
  }
  #expect(isFound, "\(daemon.said)")
  return try usage(site, daemon)
}

func usage(_ site: Site, _ daemon: Daemon) throws -> SoakUsage {
  try SoakUsage(daemon: daemon.pid, of: daemon.name, namespace: site.namespace)
}

extension ProgramResult {
  func expectDone(sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(status == 0, "\(errorText)", sourceLocation: sourceLocation)
  }
}
