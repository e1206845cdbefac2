import Synchronization
import Testing

@testable import LinuxPlatform

@Suite("Link events from the kernel", .enabled(if: Namespace.isRoot, Namespace.reason))
struct LinkWatcherTests {
  /// Events about one link, by name, until `isEnough` says so.
  private func events(
    _ watcher: inout LinkWatcher, about name: String, until isEnough: ([LinkEvent]) -> Bool
  ) throws -> [LinkEvent] {
    var seen: [LinkEvent] = []
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(20)
    while !isEnough(seen), clock.now < deadline {
      seen += try watcher.poll().filter { $0.link.name == name }
    }
    #expect(isEnough(seen), "saw \(seen)")
    return seen
  }

  @Test func theFirstPollTellsWhatIsThere() throws {
    try Namespace.new {
      var watcher = try LinkWatcher()
      let first = try watcher.poll()
      #expect(first.map(\.link.name) == ["lo"])
      #expect(try watcher.poll() == [])
      #expect(watcher.links.map(\.name) == ["lo"])
    }
  }

  @Test func linksAppearComeUpAreRenamedAndVanish() throws {
    try Namespace.new {
      var watcher = try LinkWatcher()
      _ = try watcher.poll()
      try ip("link add a0 type veth peer name b0")
      let made = try events(&watcher, about: "a0") { !$0.isEmpty }
      guard case .appeared(let link)? = made.first else {
        Issue.record("not an appearance: \(made)")
        return
      }
      #expect(link.kind == "veth")
      #expect(!link.isUp)

      try ip("link set b0 up")
      try ip("link set a0 up")
      _ = try events(&watcher, about: "a0") { $0.last?.link.isOperational == true }
      // Carrier goes with the other end.
      try ip("link set b0 down")
      let lost = try events(&watcher, about: "a0") { $0.last?.link.carrier == false }
      #expect(lost.last?.link.isUp == true)
      #expect(lost.last?.link.isOperational == false)

      try ip("link set a0 down")
      _ = try events(&watcher, about: "a0") { $0.last?.link.isUp == false }
      try ip("link set a0 name c0")
      let renamed = try events(&watcher, about: "c0") { !$0.isEmpty }
      guard case .renamed(from: "a0", let new)? = renamed.first else {
        Issue.record("not a renaming: \(renamed)")
        return
      }
      #expect(new.index == link.index)

      try ip("link del c0")
      let gone = try events(&watcher, about: "c0") { !$0.isEmpty }
      guard case .vanished? = gone.last else {
        Issue.record("not a vanishing: \(gone)")
        return
      }
      // Returned under another index.
      try ip("link add c0 type veth peer name b0")
      let back = try events(&watcher, about: "c0") { !$0.isEmpty }
      guard case .appeared(let returned)? = back.first else {
        Issue.record("not an appearance: \(back)")
        return
      }
      #expect(returned.index != link.index)
    }
  }

  @Test func leavingABridgeIsNoVanishing() throws {
    try Namespace.new {
      try ip("link add br0 type bridge")
      try ip("link add a0 type veth peer name b0")
      var watcher = try LinkWatcher()
      _ = try watcher.poll()
      try ip("link set a0 master br0")
      _ = try events(&watcher, about: "a0") { $0.last?.link.master != nil }
      try ip("link set a0 nomaster")
      let left = try events(&watcher, about: "a0") { $0.last?.link.master == nil && !$0.isEmpty }
      for event in left {
        if case .vanished = event { Issue.record("vanished with its bridge port") }
      }
      #expect(watcher.links.contains { $0.name == "a0" })
    }
  }

  @Test func lostNotificationsAreMadeGood() throws {
    try Namespace.new {
      // The kernel's minimum: a few messages.
      var watcher = try LinkWatcher(receiveBuffer: 1)
      _ = try watcher.poll()
      for i in 0..<40 {
        try ip("link add s\(i) type bridge")
        if i % 2 == 1 { try ip("link del s\(i - 1)") }
      }
      try ip("link set s1 name storm")
      var appeared: Set<String> = []
      let isCaughtUp = try eventually {
        for event in try watcher.poll() {
          switch event {
          case .appeared(let link): appeared.insert(link.name)
          case .vanished(let link): appeared.remove(link.name)
          case .renamed(from: let old, let link):
            appeared.remove(old)
            appeared.insert(link.name)
          case .changed: break
          }
        }
        return !watcher.needsResynchronization && appeared.contains("storm")
      }
      #expect(isCaughtUp)
      #expect(watcher.overruns > 0)
      let truth = try NetlinkSession().links()
      #expect(watcher.links == truth)
      #expect(appeared == Set(truth.map(\.name)).subtracting(["lo"]))
    }
  }

  @Test func theMonitorCallsFromAThreadOfItsOwnUntilCancelled() throws {
    try Namespace.new {
      let names = Mutex<[String]>([])
      let monitor = try LinkMonitor { event in
        if case .appeared(let link) = event { names.withLock { $0.append(link.name) } }
      }
      #expect(eventually { names.withLock { $0 == ["lo"] } })
      try ip("link add d0 type bridge")
      #expect(eventually { names.withLock { $0.contains("d0") } })
      monitor.cancel()
      try ip("link add d1 type bridge")
      monitor.cancel()
      #expect(names.withLock { !$0.contains("d1") })
    }
  }

  @Test func theSequenceOfEventsEndsWithItsReader() async throws {
    let stream = try Namespace.new {
      let stream = try LinkMonitor.events()
      try ip("link add d0 type bridge")
      return stream
    }
    var names: [String] = []
    for await event in stream {
      names.append(event.link.name)
      if event.link.name == "d0" { break }
    }
    #expect(names.first == "lo")
    #expect(names.contains("d0"))
  }
}
