import Glibc
import SwitchModel
import Testing

@testable import Lab

extension LiveTests.Faults {
  @Test(
    "out of memory: the daemon refuses or is killed, forwarding goes on, and the next one adopts",
    .enabled(if: MemoryGroup.isPossible, "needs control groups with a limit of memory"))
  func memory() throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    let group = try MemoryGroup("flowswitch-\(site.name)")
    let configuration = SiteConfiguration(site)
    let first = try site.start(configuration, wrapper: group.wrapper)
    try first.awaitMembers()
    let watch = try Watch(site)
    #expect(group.limit(bytes: group.usedBytes + 8 << 20))
    // 300 clusters of 16,384 buckets want some hundred megabytes.
    let large = try site.write(
      configuration.with { configuration in
        for number in 0..<300 {
          configuration.clusters.append(
            .init(
              name: "c\(number)", address: "10.9.\(1 + number / 200).\(number % 200 + 1)", buckets: 16384,
              members: ["s1", "s2"]))
        }
      })
    let answer = try first.ask("apply", "--yes", large)
    #expect(answer.status != 0)
    // Killed before it could answer: that it is gone shows a moment later.
    if answer.status == 3 { _ = try Waiting.until(within: .seconds(10)) { !first.isRunning } }
    if first.isRunning {
      #expect(answer.errorText.contains("memory"), "\(answer.errorText)")
      #expect(try first.clusters().map(\.name) == ["web"])
      try watch.expectServing("after a refusal")
      first.kill()
    } else {
      #expect(try first.stop() == 128 + SIGKILL)
    }
    try watch.expectServing("without a daemon")
    let second = try site.start(configuration)
    #expect(second.said.contains("adopted"))
    try second.awaitMembers()
    try watch.expectUnharmed()
    #expect(try second.clusters().map(\.name) == ["web"])
  }

  @Test(
    "a start without enough memory leaves nothing that the next start and stop would not put back",
    .enabled(if: MemoryGroup.isPossible, "needs control groups with a limit of memory"),
    arguments: [4, 12, 24])
  func startWithoutMemory(megabytes: Int) throws {
    let site = try Site()
    defer { site.remove() }
    let before = try settled(site)
    let group = try MemoryGroup("flowswitch-\(site.name)")
    group.limit(bytes: megabytes << 20)
    let first = try site.launch(SiteConfiguration(site), wrapper: group.wrapper)
    _ = try Waiting.until(within: .seconds(20)) { !first.isRunning || first.said.contains("ready; control") }
    first.kill()
    let second = try site.start(SiteConfiguration(site))
    #expect(try second.stop() == 0)
    try expect(site, toBe: before, second)
  }

  @Test("a full disk: said once, nothing lost, and all is written when there is room again")
  func disk() throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    let disk = try SmallDisk(site)
    defer { disk.release() }
    let socket = ["--socket", "\(site.folder)/socket"]
    let configuration = SiteConfiguration(site)
    let first = try site.start(configuration, wrapper: disk.wrapper, options: socket)
    try first.awaitMembers()
    let watch = try Watch(site)
    try disk.fill()
    #expect(try first.ask("drain", "web/s3").status == 0)
    let changed = configuration.with { $0.settle = "200s" }
    let file = try site.write(changed)
    let applied = try first.ask("apply", "--yes", file)
    #expect(applied.status == 0)
    #expect((applied.text + applied.errorText).contains("not kept over a restart"), "\(applied)")
    // So many events that the file would be written anew.
    for _ in 0..<20 {
      try first.ask("enable", "web/s3").expectDone()
      try first.ask("drain", "web/s3").expectDone()
    }
    let state = "/run/flowswitch/\(site.name).state"
    let events = "/run/flowswitch/\(site.name).events"
    let run = "\(site.folder)/configurations/\(site.name)/running.yaml"
    #expect(first.said.components("can't save \(state)") >= 1)
    #expect(first.said.components("can't write \(events)") >= 1)
    #expect(!disk.names(in: "/run/flowswitch").contains { $0.hasSuffix(".new") })
    try watch.expectServing("with a full disk")
    let shown = try first.ask("show", "events", "--json").text

    disk.empty()
    let isMended = try Waiting.until(within: .seconds(20)) {
      first.said.contains("\(state) is written again") && first.said.contains("\(events) is written again")
        && first.said.contains("the configuration that runs is kept")
    }
    #expect(isMended, "\(first.said)")
    // Once by each of the two: the one that was there, and the one in its place.
    #expect(first.said.components("can't save \(state)") <= 2, "\(first.said)")
    #expect(disk.read(run).contains("settle-time: 200s"))
    first.kill()
    let second = try site.start(changed, wrapper: disk.wrapper, options: socket)
    #expect(second.said.contains("adopted"))
    #expect(try second.members().first { $0.name == "s3" }?.admin_state == "draining")
    #expect(try second.ask("show", "events", "--json").text.hasPrefix(shown.dropLast(3)))
    try watch.expectUnharmed()
    #expect(try second.stop() == 0)
  }

  @Test(
    "killed while the disk is full: a start is refused with the reason, forwarding goes on, room mends it")
  func startOnFullDisk() throws {
    let site = try Site()
    defer { site.remove() }
    try site.serve()
    let disk = try SmallDisk(site)
    defer { disk.release() }
    let socket = ["--socket", "\(site.folder)/socket"]
    let configuration = SiteConfiguration(site)
    let first = try site.start(configuration, wrapper: disk.wrapper, options: socket)
    try first.awaitMembers()
    let watch = try Watch(site)
    try disk.fill()
    first.kill()
    let second = try site.launch(configuration, wrapper: disk.wrapper, options: socket)
    _ = try Waiting.until(within: .seconds(20)) {
      !second.isRunning || second.said.contains("ready; control")
    }
    if second.isRunning {
      try second.awaitMembers()
      second.kill()
    } else {
      #expect(second.said.contains("No space left on device"), "\(second.said)")
    }
    try watch.expectServing("with a full disk")
    disk.empty()
    let third = try site.start(configuration, wrapper: disk.wrapper, options: socket)
    #expect(third.said.contains("adopted"))
    try third.awaitMembers()
    try watch.expectUnharmed()
    #expect(try third.stop() == 0)
  }
}

extension String {
  /// How often a text stands in it.
  fileprivate func components(_ text: String) -> Int {
    self.split(separator: text, omittingEmptySubsequences: false).count - 1
  }
}
