import Glibc
import SwitchModel
import Testing

@testable import Lab

extension LiveTests.Faults {
  @Test("X7: killed again and again under load, it adopts each time: nothing is lost, nothing is left")
  func killed() throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    let configuration = SiteConfiguration(site)
    var daemon = try site.start(configuration)
    try daemon.awaitMembers()
    daemon.kill()
    daemon = try site.start(configuration)
    try daemon.awaitMembers()
    let before = try settledUsage(site, daemon)
    let watch = try Watch(site)
    for _ in 0..<4 {
      daemon.kill()
      try watch.expectServing("without a daemon")
      daemon = try site.start(configuration)
      #expect(daemon.said.contains("adopted"))
      try daemon.awaitMembers()
    }
    try watch.expectUnharmed()
    try expectNoLeak(site, daemon, since: before)
  }

  @Test("X7: handed over under load (SIGUSR2, the next one starts), nothing is lost, nothing is left")
  func upgraded() throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    let configuration = SiteConfiguration(site)
    var daemon = try site.start(configuration)
    try daemon.awaitMembers()
    let before = try settledUsage(site, daemon)
    let watch = try Watch(site)
    for _ in 0..<3 {
      #expect(try daemon.stop(SIGUSR2) == 0)
      try watch.expectServing("between two versions")
      // The next one finds the program of another build.
      #expect(site.forgetProgram(), "no program is pinned")
      daemon = try site.start(configuration)
      #expect(daemon.said.contains("adopted"))
      try daemon.awaitMembers()
    }
    try watch.expectUnharmed()
    try expectNoLeak(site, daemon, since: before)
  }

  @Test(
    "a stopped daemon (SIGSTOP) is missed by its manager alone: forwarding goes on, and it goes on where it was"
  )
  func stopped() throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    let manager = try NotifySocket(path: "\(site.folder)/notify")
    let daemon = try site.start(
      SiteConfiguration(site).with { $0.clusters[0].probe = SiteConfiguration.quickProbe },
      wrapper: ["env", "NOTIFY_SOCKET=\(manager.path)", "WATCHDOG_USEC=600000"])
    try daemon.awaitMembers()
    let before = try settledUsage(site, daemon, probes: true)
    let events = try daemon.ask("show", "events", "--json").text
    try awaitBeat(manager)
    let watch = try Watch(site)
    daemon.signal(SIGSTOP)
    try Waiting.pause(.milliseconds(300))
    _ = manager.heard()
    // Longer than the manager's patience, and than the probes': it would restart the service now.
    try Waiting.pause(.seconds(3))
    #expect(manager.heard() == [])
    try watch.expectServing("while the daemon is stopped")
    daemon.signal(SIGCONT)
    try awaitBeat(manager)
    try daemon.awaitMembers()
    try watch.expectUnharmed()
    try expectNoLeak(site, daemon, since: before)
    // Nobody was taken for failed because nobody had listened.
    #expect(try daemon.ask("show", "events", "--json").text == events)
  }

  @Test("what a service manager does to one that hangs: SIGABRT, and a start that adopts")
  func watchdog() throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    // Without the runtime's report of the crash, which may take minutes.
    let hung = try site.start(SiteConfiguration(site), wrapper: ["env", "SWIFT_BACKTRACE=enable=no"])
    try hung.awaitMembers()
    let watch = try Watch(site)
    hung.signal(SIGSTOP)
    // systemd sends both: a stopped process takes no other signal than SIGKILL.
    hung.signal(SIGABRT)
    hung.signal(SIGCONT)
    #expect(try hung.stop(SIGCONT) == 128 + SIGABRT)
    try watch.expectServing("without a daemon")
    let next = try site.start(SiteConfiguration(site))
    #expect(next.said.contains("adopted"))
    try next.awaitMembers()
    try watch.expectUnharmed()
  }

  private func awaitBeat(_ manager: NotifySocket) throws {
    _ = manager.heard()
    #expect(try Waiting.until(within: .seconds(20)) { manager.heard().contains { $0 == "WATCHDOG=1" } })
  }
}
