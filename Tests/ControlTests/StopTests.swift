import Glibc
import Testing

@testable import Lab

extension LiveTests {
  @Suite("what a stop leaves")
  struct Stop {
    @Test(
      "a clean stop leaves everything as it was found",
      arguments: [
        ("auto", SIGTERM), ("auto", SIGINT), ("xdp", SIGTERM), ("xdp-generic", SIGTERM), ("pcap", SIGTERM),
      ])
    func clean(datapath: String, signal: Int32) throws {
      let site = try Site()
      defer { site.remove() }
      let before = try settled(site)
      let daemon = try site.start(SiteConfiguration(site, datapath: datapath))
      #expect(try site.surroundings() != before)
      #expect(try daemon.stop(signal) == 0)
      try expect(site, toBe: before, daemon)
    }

    @Test(
      "a killed switch that is started and stopped again leaves everything as it was found",
      arguments: ["auto", "xdp", "pcap"])
    func killed(datapath: String) throws {
      let site = try Site()
      defer { site.remove() }
      let before = try settled(site)
      let configuration = SiteConfiguration(site, datapath: datapath)
      try site.start(configuration).stop(SIGKILL)
      let second = try site.start(configuration)
      #expect(try second.stop() == 0)
      try expect(site, toBe: before, second)
    }

    @Test(
      "killed or stopped at any moment of its start, then started and stopped, it leaves everything as it was found",
      arguments: [
        (SIGKILL, [0, 40, 90, 150, 220, 300, 400, 550, 800]), (SIGTERM, [60, 120, 250, 500]),
        (SIGINT, [50, 100, 300]),
      ].flatMap { (signal, moments) in moments.map { (signal, $0) } })
    func startInterrupted(signal: Int32, afterMilliseconds: Int) throws {
      let site = try Site()
      defer { site.remove() }
      let before = try settled(site)
      let first = try site.launch(SiteConfiguration(site))
      try Waiting.pause(.milliseconds(afterMilliseconds))
      try first.stop(signal)
      if signal != SIGKILL && first.said != "" { try expect(site, toBe: before, first) }
      let second = try site.start(SiteConfiguration(site))
      #expect(try second.stop() == 0)
      try expect(site, toBe: before, second)
    }

    @Test("ports that were down, with an address, without ARP or promiscuous, get all of that back")
    func unusualPorts() throws {
      let site = try Site()
      defer { site.remove() }
      try site.ip(
        "sw", "link set p-s1 down\nlink set p-s2 promisc on arp off\naddr add 192.0.2.7/24 dev p-s3")
      let before = try settled(site)
      let daemon = try site.start(SiteConfiguration(site))
      #expect(try daemon.stop() == 0)
      try expect(site, toBe: before, daemon)
    }

    @Test("with --keep the kernel goes on, and the next stop leaves everything as it was found")
    func keep() throws {
      let site = try Site()
      defer { site.remove() }
      let before = try settled(site)
      try site.serve()
      let first = try site.start(SiteConfiguration(site), options: ["--keep"])
      try first.awaitMembers()
      let connections = try Conversations(8, at: site)
      #expect(try first.stop() == 0)
      #expect(connections.broken() == [])
      let second = try site.start(SiteConfiguration(site))
      #expect(connections.broken() == [])
      #expect(try second.stop() == 0)
      try expect(site, toBe: before, second)
    }
  }
}

/// The surroundings when nothing changes any more: IPv6 addresses are no longer tentative.
func settled(_ site: Site) throws -> String {
  var last = try site.surroundings()
  _ = try Waiting.until(within: .seconds(10), every: .milliseconds(100)) {
    if last.contains("tentative") {
      last = try site.surroundings()
      return false
    }
    return true
  }
  return last
}

/// What is put back may need a moment in the kernel (duplicate address detection).
func expect(
  _ site: Site, toBe before: String, _ daemon: Daemon, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var after = ""
  _ = try Waiting.until(within: .seconds(10), every: .milliseconds(100)) {
    after = try site.surroundings()
    return after == before
  }
  if after == before { return }
  let old = Set(before.split(separator: "\n"))
  let new = Set(after.split(separator: "\n"))
  let lines = new.subtracting(old).map { "+ \($0)" } + old.subtracting(new).map { "- \($0)" }
  Issue.record(
    "not as it was found:\n\(lines.joined(separator: "\n"))\n\(daemon.said)", sourceLocation: sourceLocation)
}
