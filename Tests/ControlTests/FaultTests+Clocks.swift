import Foundation
import Glibc
import ManagementFixtures
import SwitchModel
import Testing

@testable import Lab

extension LiveTests.Faults {
  /// Hours that the wall clock is off, one after the other.
  private static let steps: [Int64] = [5, -10, 30_000, 0]

  @Test("a wall clock that is set by hours, both ways: nobody fails, nothing stands still, no event is lost")
  func wallClock() throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    let clock = try SteppedClock(folder: site.folder)
    let configuration = SiteConfiguration(site).with { $0.clusters[0].probe = SiteConfiguration.quickProbe }
    let daemon = try site.start(configuration, wrapper: clock.wrapper)
    try daemon.awaitMembers()
    let watch = try Watch(site)
    var newest = try #require(try events(daemon).last?.number)
    for hours in Self.steps {
      try clock.set(wallSeconds: hours * 3600, bootSeconds: 0)
      try expectProbing(daemon, hours)
      // What an operator orders is done, and told with the time of now.
      try daemon.ask("drain", "web/s1").expectDone()
      try daemon.ask("enable", "web/s1").expectDone()
      try daemon.awaitMembers()
      let told = try events(daemon).filter { $0.number > newest }
      #expect(told.map(\.number) == Array(newest + 1..<newest + 1 + UInt64(told.count)), "\(hours) h")
      #expect(!told.contains { $0.kind == "member-down" && !$0.cause.contains("drained") }, "\(told)")
      let last = try #require(told.last)
      let wall = Date().addingTimeInterval(TimeInterval(hours * 3600))
      #expect(try abs(Self.date(last.time).timeIntervalSince(wall)) < 600, "\(hours) h: \(last.time)")
      newest = last.number
      try watch.expectServing("\(hours) h")
    }
    try watch.expectUnharmed()
    #expect(try daemon.stop() == 0)
  }

  @Test("the boot clock jumps, as after a suspend: nobody fails, probes and connections go on")
  func suspended() throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    let clock = try SteppedClock(folder: site.folder)
    let configuration = SiteConfiguration(site).with {
      // A bucket that moves for the load's sake would settle in such a time, and whoever was silent lose his server.
      $0.clusters[0].probe = SiteConfiguration.quickProbe + "\n    load: off"
      $0.settle = "1s"
      $0.observe = "100ms"
    }
    let daemon = try site.start(configuration, wrapper: clock.wrapper)
    try daemon.awaitMembers()
    // Of the start nothing is under way: a transition would settle in such a time, as it should.
    let isSteady = try Waiting.until(within: .seconds(30)) {
      try daemon.buckets().allSatisfy { $0.state == "steady" }
    }
    #expect(isSteady)
    let watch = try Watch(site)
    let newest = try #require(try events(daemon).last?.number)
    for hours: Int64 in [1, 2, 100, 10_000] {
      try clock.set(wallSeconds: hours * 3600, bootSeconds: hours * 3600)
      try expectProbing(daemon, hours)
      try daemon.awaitMembers()
      try watch.expectServing("\(hours) h")
    }
    let told = try events(daemon).filter { $0.number > newest }
    #expect(!told.contains { $0.kind == "member-down" }, "\(told)")
    try watch.expectUnharmed()
    #expect(try daemon.stop() == 0)
  }

  /// Every probe has an answer since.
  private func expectProbing(_ daemon: Daemon, _ hours: Int64) throws {
    let before = try successes(daemon)
    let goesOn = try Waiting.until(within: .seconds(20)) {
      try successes(daemon).allSatisfy { $0.value > before[$0.key] ?? 0 }
    }
    #expect(goesOn, "\(hours) h: probes stand still\n\(daemon.said)")
  }

  @Test(
    "a start with saved times in the future, and one with saved times long ago",
    arguments: [-48, 48] as [Int64])
  func restartElsewhen(hours: Int64) throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    let clock = try SteppedClock(folder: site.folder)
    let configuration = SiteConfiguration(site).with { $0.clusters[0].probe = SiteConfiguration.quickProbe }
    let first = try site.start(configuration, wrapper: clock.wrapper)
    try first.awaitMembers()
    try first.ask("drain", "web/s2").expectDone()
    let newest = try #require(try events(first).last?.number)
    let watch = try Watch(site)
    first.kill()
    // The machine did not restart: its boot clock is what it was.
    try clock.set(wallSeconds: hours * 3600, bootSeconds: 0)
    let second = try site.start(configuration, wrapper: clock.wrapper)
    #expect(second.said.contains("adopted"))
    try second.awaitMembers()
    #expect(try second.members().first { $0.name == "s2" }?.admin_state == "draining")
    try second.ask("enable", "web/s2").expectDone()
    let told = try events(second)
    #expect(zip(told, told.dropFirst()).allSatisfy { $0.number < $1.number })
    #expect(told.contains { $0.number > newest && $0.kind == "admin" })
    try watch.expectUnharmed()
    #expect(try second.stop() == 0)
  }

  @Test("who has tried wrong tokens waits as long as he was told, whatever the wall clock says")
  func retryAfter() throws {
    let site = try Site(servers: 1)
    defer { site.remove() }
    for (name, text) in [("cert", TestPKI.certificate), ("key", TestPKI.key)] {
      try TextFile.write("\(site.folder)/\(name).pem", text)
    }
    let made = try Program(
      path: Executable.flowswitch(), ["token", "new", "--name", "reader", "--role", "read"]
    ).succeed()
    let line = try #require(made.errorText.split(separator: "\n").first)
    try TextFile.write("\(site.folder)/tokens", "\(line)\n")
    chmod("\(site.folder)/tokens", 0o600)
    let clock = try SteppedClock(folder: site.folder)
    let folder = site.folder
    let daemon = try site.start(
      SiteConfiguration(site).with {
        $0.api = [
          "listen: 127.0.0.1:8443", "certificate: \(folder)/cert.pem", "key: \(folder)/key.pem",
          "tokens: \(folder)/tokens",
        ]
      }, wrapper: clock.wrapper)
    func answer() throws -> (status: String, wait: Int) {
      let said = try Program(
        "curl",
        [
          "-sk", "--noproxy", "*", "-o", "/dev/null", "-w", "%{http_code} %header{retry-after}", "-H",
          "Authorization: Bearer wrong", "https://127.0.0.1:8443/api/v1/ports",
        ]
      ).inside(namespace: site.namespace).succeed().text.split(separator: " ")
      return (said.first.map(String.init) ?? "", said.count > 1 ? Int(said[1]) ?? -1 : 0)
    }
    let isClosed = try Waiting.until(within: .seconds(20)) { try answer().status == "429" }
    #expect(isClosed)
    var waits: [Int] = []
    for hours: Int64 in [100, -100, 0] {
      try clock.set(wallSeconds: hours * 3600, bootSeconds: 0)
      // If the time is over just now the one counts as another wrong one, and the next waits for twice as long.
      let answers = [try answer(), try answer()]
      #expect(answers.contains { $0.status == "429" }, "\(hours) h: \(answers)")
      waits += answers.filter { $0.status == "429" }.map(\.wait)
    }
    #expect(waits.allSatisfy { (1...60).contains($0) }, "\(waits)")
    #expect(daemon.isRunning)
  }

  // MARK: What the switch says

  func events(_ daemon: Daemon) throws -> [EventRow] {
    let text = try daemon.ask("show", "events", "--json")
    return try JSONDecoder().decode([EventRow].self, from: Data(text.output))
  }

  private func successes(_ daemon: Daemon) throws -> [String: UInt64] {
    let text = try daemon.ask("show", "probes", "--json")
    let rows = try JSONDecoder().decode([ProbeRow].self, from: Data(text.output))
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.target, $0.successes) })
  }

  private static func date(_ text: String) throws -> Date {
    try Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains(".")))
  }
}
