import Datapath
public import Forwarding
public import Wire

/// What became of a frame, by the counters (whose sums so are checked with every frame of every test).
public enum Outcome: Hashable, Sendable {
  case dropped(Reason)
  case punted(Reason)
  case forwarded(Int)
  case flooded
  case replied
  /// Counted not at all, twice, or otherwise than the target acted: never right.
  case inconsistent(String)
}

/// A frame's way through the switch.
public struct Seen: CustomStringConvertible {
  public var outcome: Outcome
  public var frame: TestFrame

  public var description: String { "\(outcome): \(frame)" }

  /// The port that it was forwarded to.
  public var port: Int? {
    if case .forwarded(let port) = outcome { return port }
    return nil
  }
}

extension TestSwitch {
  /// Runs one frame that comes in on a port.
  public func run(_ frame: TestFrame, on port: Int) throws -> Seen {
    let before = Counts(self, ingress: port)
    var bytes = frame.bytes
    let action = try runner.run(&bytes, port: port)
    let after = Counts(self, ingress: port)
    return Seen(outcome: after.outcome(since: before, action), frame: TestFrame(bytes: bytes))
  }

  /// The member that a frame went to: the one whose MAC it carries, if it left by that one's port. Nil otherwise.
  public func member(of cluster: Cluster, for frame: TestFrame, on port: Int = 0) throws -> Member? {
    let seen = try run(frame, on: port)
    return cluster.members.first { $0.mac == seen.frame.destination && $0.port == seen.port }
  }

  /// Every frame that came in is out, or counted under a reason.
  public var sumsAgree: Bool {
    let ports = (0..<8).map { tables.portCounters($0) }
    let received = ports.reduce(0) { $0 + $1.rxPackets }
    let sent = (0..<12).map { tables.portCounters($0) }.reduce(0) { $0 + $1.txPackets + $1.floodPackets }
    let reasons = (0..<8).reduce(0) { sum, port in
      Reason.allCases.reduce(sum) { $0 + tables.count($1, port: port) }
    }
    return received == sent + reasons
  }

  /// A TCP segment for a cluster.
  public func tcp(
    _ cluster: Cluster, from source: IPAddress, _ port: Int, _ flags: TCPFlags, to service: Int = 80,
    tags: [TestFrame.Tag] = []
  ) -> TestFrame {
    frame(cluster, .ip(source, cluster.address.address, .tcp(port, service, flags)), tags: tags)
  }

  public func udp(_ cluster: Cluster, from source: IPAddress, _ port: Int, to service: Int = 53) -> TestFrame
  {
    frame(cluster, .ip(source, cluster.address.address, .udp(port, service)))
  }

  /// From the router to the cluster's virtual MAC.
  public func frame(_ cluster: Cluster, _ payload: NetworkPayload, tags: [TestFrame.Tag] = []) -> TestFrame {
    TestFrame(from: router, to: cluster.mac, tags: tags, payload)
  }
}

/// The counters that a frame can change.
private struct Counts {
  var received: UInt64
  var sent: [UInt64]
  var flooded: UInt64
  var reasons: [UInt64]
  let ingress: Int

  init(_ sw: TestSwitch, ingress: Int) {
    self.ingress = ingress
    let ports = (0..<8).map { sw.tables.portCounters($0) }
    received = ports[ingress].rxPackets
    sent = ports.map(\.txPackets)
    flooded = ports.reduce(0) { $0 + $1.floodPackets }
    reasons = Reason.allCases.map { sw.tables.count($0, port: ingress) }
  }

  func outcome(since before: Counts, _ action: XDPAction) -> Outcome {
    if received != before.received + 1 {
      return .inconsistent("received \(received - before.received) times")
    }
    var found: [Outcome] = []
    for (port, (now, then)) in zip(sent, before.sent).enumerated() where now != then {
      found.append(
        now != then + 1 ? .inconsistent("sent twice") : port == ingress ? .replied : .forwarded(port))
    }
    if flooded == before.flooded + 1 { found.append(.flooded) }
    for (reason, (now, then)) in zip(Reason.allCases, zip(reasons, before.reasons)) where now == then + 1 {
      found.append(reason.isPunt ? .punted(reason) : .dropped(reason))
    }
    guard let outcome = found.first, found.count == 1 else {
      return .inconsistent("\(action), counted \(found)")
    }
    switch (outcome, action) {
    case (.dropped, .drop), (.punted, .pass), (.forwarded, .redirect), (.flooded, .redirect),
      (.replied, .redirect):
      return outcome
    default: return .inconsistent("\(action), counted as \(outcome)")
    }
  }
}
