import Glibc

/// tcpdump on the NICs of several hosts at once, while something happens.
struct Capture {
  /// What each host's NIC saw, both directions.
  var frames: [LabHost: [CapturedFrame]]

  subscript(_ host: LabHost) -> [CapturedFrame] { frames[host] ?? [] }

  /// Captures on `hosts` while `body` runs. An error if tcpdump lost a frame: what was not seen proves nothing.
  static func during(
    _ lab: LabNetwork, on hosts: [LabHost], filter: String, _ body: () throws -> Void
  ) throws -> Capture {
    var running: [(host: LabHost, process: ProcessIdentity)] = []
    defer {
      // Only after an error: otherwise they have ended.
      for (_, process) in running where process.isAlive { process.signal(SIGKILL) }
      for host in hosts { try? setMerging(lab, host, true) }
    }
    for host in hosts {
      try setMerging(lab, host, false)
      unlink(file(lab, host))
      unlink(lab.logFile(of: "tcpdump \(host)"))
      // The snap length is that of a place in the ring: with the default there would be 64.
      let arguments = [
        "-i", host.nic, "-n", "-U", "--immediate-mode", "-s", "2048", "-B", "16384", "-Z", "root", "-w",
        file(lab, host),
        filter,
      ]
      running.append(
        (host, try lab.start("tcpdump \(host)", in: host, Program("tcpdump", arguments))))
    }
    for (host, process) in running { try awaitListening(lab, host, process) }
    try body()
    // What is still on its way.
    try Waiting.pause(.milliseconds(300))
    for (_, process) in running { process.signal(SIGINT) }
    var frames: [LabHost: [CapturedFrame]] = [:]
    for (host, process) in running {
      guard try Waiting.until(within: .seconds(5), { !process.isAlive }) else {
        throw LabError.refused("tcpdump on \(host) does not end")
      }
      frames[host] = try read(lab, host)
    }
    return Capture(frames: frames)
  }

  private static func file(_ lab: LabNetwork, _ host: LabHost) -> String { "\(lab.directory)/\(host).pcap" }

  /// A host's kernel merges the segments of a flow before a capture sees them. Its limit for that is set so low that
  /// it merges none.
  private static func setMerging(_ lab: LabNetwork, _ host: LabHost, _ on: Bool) throws {
    try lab.ip(host, "link set dev \(host.nic) gro_max_size \(on ? 65536 : 1)")
  }

  private static func awaitListening(
    _ lab: LabNetwork, _ host: LabHost, _ process: ProcessIdentity
  ) throws {
    let log = lab.logFile(of: "tcpdump \(host)")
    let listens = try Waiting.until(within: .seconds(10)) {
      let text = TextFile.read(log) ?? ""
      if text.contains("listening on") { return true }
      guard process.isAlive else { throw LabError.refused("tcpdump on \(host) ended:\n  \(text)") }
      return false
    }
    guard listens else { throw LabError.refused("tcpdump on \(host) does not begin") }
  }

  private static func read(_ lab: LabNetwork, _ host: LabHost) throws -> [CapturedFrame] {
    let log = TextFile.read(lab.logFile(of: "tcpdump \(host)")) ?? ""
    let dropped = log.split(whereSeparator: \.isNewline).first { $0.hasSuffix("packets dropped by kernel") }
    guard let dropped, dropped.hasPrefix("0 ") else {
      throw LabError.refused("tcpdump on \(host) lost frames: \(dropped ?? "it does not say how many")")
    }
    do {
      return try PcapFile(TextFile.readBytes(file(lab, host)) ?? []).frames
    } catch {
      throw LabError.refused("\(file(lab, host)): \(error)")
    }
  }
}
