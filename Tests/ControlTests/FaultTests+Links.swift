import Foundation
import Glibc
import SwitchModel
import Testing

@testable import Lab

extension LiveTests.Faults {
  @Test(
    "a port that is moved to another network namespace is none; back again it is one",
    arguments: ["auto", "pcap"])
  func moved(datapath: String) throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    let daemon = try site.start(SiteConfiguration(site, datapath: datapath))
    try daemon.awaitMembers()
    let before = try settledUsage(site, daemon)
    let connections = try Conversations(24, at: site)
    let elsewhere = "\(site.name)-r"
    for _ in 0..<3 {
      try site.ip("sw", "link set p-s1 netns \(elsewhere)")
      try daemon.awaitMembers { $0.contains { $0.name == "s1" && $0.state == "failed" && $0.buckets == 0 } }
      #expect(try daemon.ports().first { $0.name == "p-s1" }?.link == "absent")
      // Nothing of the switch is on it where it is now.
      let link = try Program("ip", ["-n", elsewhere, "-d", "link", "show", "p-s1"]).succeed().text
      #expect(!link.contains("xdp"), "\(link)")
      #expect(try Conversations(8, at: site).servers == ["s2", "s3"])
      try site.ip("r", "link set p-s1 netns \(site.namespace)")
      try site.setLink("p-s1", up: true)
      try daemon.awaitMembers()
    }
    #expect(connections.broken(besides: ["s1"]) == [])
    #expect(try Conversations(40, at: site).servers == ["s1", "s2", "s3"])
    try expectNoLeak(site, daemon, since: before)
  }

  @Test("interfaces that are deleted and made anew, many times: no leak, and it ends as it began")
  func recreated() throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    let daemon = try site.start(SiteConfiguration(site))
    try daemon.awaitMembers()
    let before = try settledUsage(site, daemon)
    let connections = try Conversations(24, at: site)
    for number in 0..<10 {
      try site.unplug("s1")
      // Sometimes before the switch has noticed that it was gone.
      if number % 2 == 0 {
        try daemon.awaitMembers { $0.contains { $0.name == "s1" && $0.state == "failed" } }
      }
      try site.plug("s1")
    }
    try daemon.awaitMembers()
    #expect(connections.broken(besides: ["s1"]) == [])
    #expect(try Conversations(40, at: site).servers == ["s1", "s2", "s3"])
    try expectNoLeak(site, daemon, since: before)
  }

  @Test(
    "a link that flaps as fast as the kernel lets it: events are bounded, nothing leaks, and its last state counts",
    arguments: [true, false])
  func flapping(endsUp: Bool) throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    let configuration = SiteConfiguration(site).with { $0.clusters[0].probe = SiteConfiguration.quickProbe }
    let daemon = try site.start(configuration)
    try daemon.awaitMembers()
    let before = try settledUsage(site, daemon, probes: true)
    let newest = try #require(try events(daemon).last?.number)
    let connections = try Conversations(24, at: site)
    let flaps = 300
    let began = ContinuousClock.now
    let script = """
      for i in $(seq \(flaps)); do ip link set p-s1 down; ip link set p-s1 up; done
      \(endsUp ? "" : "ip link set p-s1 down")
      """
    try Program("sh", ["-c", script]).inside(namespace: site.namespace).succeed(within: .seconds(120))
    if endsUp {
      try daemon.awaitMembers()
      // It may be behind the kernel for a moment, and the member up for the last time but one.
      #expect(
        try Waiting.until(within: .seconds(30)) {
          try Conversations(16, at: site).servers == ["s1", "s2", "s3"]
            && daemon.members().allSatisfy { $0.state == "operational" && $0.buckets > 0 }
        })
    } else {
      try daemon.awaitMembers { $0.contains { $0.name == "s1" && $0.state == "failed" && $0.buckets == 0 } }
      #expect(try Conversations(16, at: site).servers == ["s2", "s3"])
    }
    #expect(connections.broken(besides: ["s1"]) == [])
    // Down and up of the link and of its member, and what may come of the address that it looks for meanwhile. A slow
    // machine's flaps may be seconds apart, and each counts then.
    let told = try events(daemon)
    let fresh = told.filter { $0.number > newest }
    let seconds = Int((ContinuousClock.now - began).components.seconds)
    #expect(fresh.count <= (seconds + 3) * 4 + 16, "\(fresh.count) events in \(seconds) s")
    #expect(told.count <= 1000)
    let subjects = Set(fresh.filter { $0.kind != "own-address" }.map(\.subject))
    #expect(subjects.isSubset(of: ["p-s1", "web/s1", "web"]), "\(subjects)")
    // Lines of the file: at most twice the ring's, as for every long run.
    let file = TextFile.read("/run/flowswitch/\(site.name).events") ?? ""
    #expect(file.split(separator: "\n").count <= 2000)
    if endsUp { try expectNoLeak(site, daemon, since: before) }
    #expect(try daemon.stop() == 0)
  }

  @Test("all links flap at once, the router's too: what was held goes on when they have done")
  func allFlap() throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    let daemon = try site.start(SiteConfiguration(site))
    try daemon.awaitMembers()
    let before = try settledUsage(site, daemon)
    let script = site.ports.map { port in
      "(for i in $(seq 60); do ip link set \(port) down; ip link set \(port) up; done) &"
    }.joined(separator: "\n")
    try Program("sh", ["-c", script + "\nwait"]).inside(namespace: site.namespace).succeed(
      within: .seconds(120))
    try daemon.awaitMembers()
    #expect(try Waiting.until(within: .seconds(30)) { try daemon.ports().allSatisfy { $0.link == "up" } })
    #expect(try Conversations(40, at: site).servers == ["s1", "s2", "s3"])
    try expectNoLeak(site, daemon, since: before)
  }
}
