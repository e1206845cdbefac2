import Support
import Testing
import Wire

extension TestSwitch {
  /// A row of a table of the specification: this frame, on this port, has this outcome and becomes that frame (nil: not
  /// a byte of it changes).
  @discardableResult
  func expect(
    _ what: String, _ frame: TestFrame, on port: Int, _ outcome: Outcome, becomes: TestFrame? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Seen {
    let seen = try run(frame, on: port)
    #expect(
      seen.outcome == outcome, "\(what): \(frame) on port \(port) is \(seen.outcome)",
      sourceLocation: sourceLocation)
    let wanted = becomes ?? frame
    #expect(
      seen.frame.bytes == wanted.bytes, "\(what): became \(seen.frame), not \(wanted)",
      sourceLocation: sourceLocation)
    return seen
  }

  /// The frame reaches a member of the cluster with nothing but its destination MAC changed; that member.
  @discardableResult
  func expectSteered(
    _ what: String, _ frame: TestFrame, to cluster: Cluster, on port: Int = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Member {
    let seen = try run(frame, on: port)
    #expect(
      seen.frame.beyondDestination == frame.beyondDestination, "\(what): \(frame) became \(seen.frame)",
      sourceLocation: sourceLocation)
    let member = cluster.members.first { $0.mac == seen.frame.destination && $0.port == seen.port }
    return try #require(
      member, "\(what): \(frame) reached no member: \(seen)", sourceLocation: sourceLocation)
  }

  @discardableResult
  func expectSteered(
    _ frame: TestFrame, to cluster: Cluster, on port: Int = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Member {
    try expectSteered("", frame, to: cluster, on: port, sourceLocation: sourceLocation)
  }

  /// Makes a station known, by a frame to nobody in particular.
  func learn(_ mac: MACAddress, on port: Int, tags: [TestFrame.Tag] = []) throws {
    _ = try run(TestFrame(from: mac, to: .broadcast, tags: tags, .other(type: 0x88b5, [])), on: port)
  }
}

/// Addresses that the suites share.
enum Net {
  static let client: IPAddress = "198.51.100.7"
  static let clientV6: IPAddress = "2001:db8:7::7"
  static let web: IPPrefix = "10.0.0.100"
  static let webV6: IPPrefix = "fd50::100"
  static let routerIP: IPAddress = "10.0.0.254"
  static let routerV6: IPAddress = "fd50::254"
  static let anyone: MACAddress = "02:00:00:00:05:01"

  static func client(_ isIPv6: Bool) -> IPAddress { isIPv6 ? clientV6 : client }
  static func web(_ isIPv6: Bool) -> IPPrefix { isIPv6 ? webV6 : web }
}
