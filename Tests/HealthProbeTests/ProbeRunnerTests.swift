import Logging
import ProxyARP
import SwitchModel
import Synchronization
import Testing
import Wire

@testable import HealthProbe

@Suite("H12: the probe runner", .timeLimit(.minutes(5)))
struct ProbeRunnerTests {
  private static let address = IPAddress(10, 50, 0, 100)
  private static let macs = (0...3).map { MACAddress(2, 0, 0, 0, 2, UInt8($0)) }

  private func link(_ id: Int, _ name: String, damping: FlapDamping? = nil) -> ProbeJob {
    ProbeJob(
      id: id, target: ProbeTarget(name: name, address: Self.address),
      configuration: ProbeConfiguration(kind: .link, damping: damping))
  }

  private func neighbour(_ id: Int, mac: MACAddress?, port: Int?, timeout: Duration = patience) -> ProbeJob {
    ProbeJob(
      id: id, target: ProbeTarget(name: "web/s\(id)", address: Self.address, mac: mac, port: port),
      configuration: ProbeConfiguration(kind: .arp, interval: .seconds(600), timeout: timeout))
  }

  private func answer(from mac: MACAddress, _ address: IPAddress = address) -> AddressMessage {
    .arp(.reply(address, at: mac, vlan: .untagged, to: Self.macs[0], IPAddress(0, 0, 0, 0)))
  }

  @Test("H12: a link acts at once, whatever rise and fall say")
  func links() async {
    let probing = Probing(reportsEverything: false)
    probing.runner.configure([link(1, "web/s1")])
    for up in [true, true, false, false, true] { probing.runner.link(id: 1, up: up) }
    let changes = await probing.reports(3).map { "\($0.outcome.text): \($0.change?.to.rawValue ?? "-")" }
    #expect(changes == ["ok: operational", "link down: failed", "ok: operational"])
    let status = probing.runner.status()
    #expect(status.map(\.successes) == [3])
    #expect(status.map(\.failures) == [2])
    #expect(status.map(\.state) == [.operational])
    #expect(status.map(\.lastResult) == ["ok"])
  }

  @Test("H12: the end of a damping is reported by itself")
  func damping() async {
    let probing = Probing(reportsEverything: false)
    let damping = FlapDamping(flaps: 1, window: .seconds(600), hold: .milliseconds(50))
    probing.runner.configure([link(1, "web/s1", damping: damping)])
    probing.runner.link(id: 1, up: false)
    probing.runner.link(id: 1, up: true)
    #expect(await probing.reports(2).map(\.change?.to) == [.damped, .operational])
  }

  @Test("X7: adopted states hold until results say otherwise")
  func adoption() async {
    let probing = Probing()
    probing.runner.configure([link(1, "a"), link(2, "b"), link(3, "c")])
    probing.runner.adopt([1: .failed, 2: .operational, 9: .failed])
    probing.runner.link(id: 3, up: true)
    _ = await probing.reports(1)
    #expect(probing.runner.status().map(\.state) == [.failed, .operational, .operational])
    // Too late for what is known better.
    probing.runner.adopt([3: .failed])
    probing.runner.link(id: 1, up: true)
    #expect(await probing.reports(1).first?.change?.from == .failed)
    #expect(probing.runner.status().map(\.state) == [.operational, .operational, .operational])
  }

  @Test("H12: a new configuration keeps what did not change")
  func configuration() async {
    let time = Mutex(Duration.seconds(1))
    let probing = Probing(now: { time.withLock { $0 } })
    probing.runner.configure([link(1, "a"), link(2, "b"), link(3, "c")])
    for id in 1...3 { probing.runner.link(id: id, up: false) }
    _ = await probing.reports(3)
    time.withLock { $0 = .seconds(2) }
    var changed = link(2, "b")
    changed.configuration.jitter = .seconds(1)
    probing.runner.configure([link(1, "a"), changed, link(3, "d"), link(4, "e")])
    probing.runner.link(id: 4, up: true)
    _ = await probing.reports(1)
    let status = probing.runner.status()
    #expect(status.map(\.state) == [.failed, .failed, .unknown, .operational])
    #expect(status.map(\.failures) == [1, 1, 0, 0])
    #expect(status.map(\.changedAt) == [.seconds(1), .seconds(1), .seconds(2), .seconds(2)])
    probing.runner.configure([])
    probing.runner.configure([link(5, "f")])
    probing.runner.link(id: 1, up: true)
    probing.runner.link(id: 5, up: true)
    #expect(await probing.reports(1).map(\.id) == [5])
    #expect(probing.runner.status().map(\.id) == [5])
  }

  @Test("H12: arp, each member is asked for itself, though all have one address")
  func neighbours() async {
    let probing = Probing()
    probing.runner.configure((1...3).map { neighbour($0, mac: Self.macs[$0], port: $0) })
    // Asked one after the other, spread over the interval: the first at once.
    var requests = probing.events.makeAsyncIterator()
    #expect(
      await requests.next()
        == .request(1, NeighbourProbeRequest(address: Self.address, mac: Self.macs[1], port: 1, vlan: nil)))
    probing.runner.received(answer(from: Self.macs[1], IPAddress(10, 50, 0, 101)), on: 1)
    probing.runner.received(answer(from: Self.macs[2]), on: 2)
    probing.runner.received(answer(from: Self.macs[1]), on: 1)
    guard case .report(let report) = await requests.next() else {
      Issue.record("no report")
      return
    }
    #expect(report.id == 1)
    #expect(report.outcome == .success)
  }

  @Test(
    "H12: arp, whose answer it is",
    arguments: [
      // The MAC that answers, the port, what is expected: MAC and port.
      (1, 1, 1, 1, "ok"), (2, 1, nil, 1, "ok"), (2, nil, nil, nil, "ok"), (1, nil, 1, 1, "ok"),
      (2, 1, 1, 1, "answered from 02:00:00:00:02:02, expected 02:00:00:00:02:01"),
      // Another's, at another port, or at none that is known: no answer.
      (2, 2, 1, 1, "no answer within 2s"), (1, 2, 1, 1, "no answer within 2s"),
      (2, nil, 1, 1, "no answer within 2s"),
    ] as [(Int, Int?, Int?, Int?, String)])
  func answers(mac: Int, port: Int?, expected: Int?, at: Int?, text: String) async {
    let probing = Probing()
    let timeout = text.hasPrefix("no answer") ? shortly : patience
    probing.runner.configure([neighbour(1, mac: expected.map { Self.macs[$0] }, port: at, timeout: timeout)])
    for await event in probing.events {
      switch event {
      case .request: probing.runner.received(answer(from: Self.macs[mac]), on: port)
      case .report(let report):
        #expect(report.outcome.text == text)
        return
      }
    }
  }

  @Test("X1: nd, an advertisement answers")
  func advertisement() async throws {
    let address = try #require(IPAddress("fd50::100"))
    let probing = Probing()
    probing.runner.configure([
      ProbeJob(
        id: 1, target: ProbeTarget(name: "web/s1", address: address, mac: Self.macs[1]),
        configuration: ProbeConfiguration(kind: .nd, interval: .seconds(600), timeout: patience))
    ])
    for await event in probing.events {
      switch event {
      case .request(let id, let request):
        #expect(id == 1 && request.address == address)
        probing.runner.received(
          .neighbour(
            .answer(address, at: Self.macs[1], isRouter: false, vlan: .untagged, to: Self.macs[0], address)))
      case .report(let report):
        #expect(report.outcome == .success)
        return
      }
    }
  }

  @Test(
    "H12: probes follow one another, first by the interval, then by the fast one; fall and rise count them")
  func schedule() async throws {
    let server = try await TestServer.tcp(.silent)
    let probing = Probing()
    var configuration = ProbeConfiguration(
      kind: .tcp, port: server.port, interval: .milliseconds(10), timeout: patience, fall: 3, rise: 2,
      jitter: .milliseconds(2), fastInterval: .milliseconds(5))
    let target = ProbeTarget(name: "web/s1", address: Probing.local)
    probing.runner.configure([ProbeJob(id: 1, target: target, configuration: configuration)])
    #expect(await probing.reports(4).map(\.change?.to) == [.operational, nil, nil, nil])
    // To a port where nobody listens: the state stays, and three refusals end it.
    configuration.port = try await TestServer.closedPort()
    probing.runner.configure([ProbeJob(id: 1, target: target, configuration: configuration)])
    var refused: [ProbeReport] = []
    while refused.count < 5 { refused += await probing.reports(1).filter { !$0.outcome.isSuccess } }
    #expect(refused.map(\.change?.to) == [nil, nil, .failed, nil, nil])
    #expect(refused.allSatisfy { $0.outcome == .failure("connection refused") && $0.latency != nil })
  }

  @Test("H12: the first probes are spread over the interval")
  func spread() async {
    let probing = Probing()
    // None but the first is due within ten minutes of ten thousand.
    let jobs = (1...10).map { neighbour($0, mac: nil, port: $0) }.map { job in
      var job = job
      job.configuration.interval = .seconds(6_000)
      return job
    }
    probing.runner.configure(jobs)
    probing.runner.configure(jobs + [link(11, "last")])
    probing.runner.link(id: 11, up: true)
    var asked: [Int] = []
    for await event in probing.events {
      if case .request(let id, _) = event { asked.append(id) } else { break }
    }
    #expect(asked == [1] || asked == [])
  }

  @Test("H12: after stop nothing comes")
  func stopping() async throws {
    let count = Mutex(0)
    let runner = ProbeRunner(
      log: .init(label: "test"), reportsEverything: true, onReport: { _ in count.withLock { $0 += 1 } },
      sendFrame: { _, _ in })
    let server = try await TestServer.tcp(.silent)
    runner.configure(
      (1...50).map {
        ProbeJob(
          id: $0, target: ProbeTarget(name: "\($0)", address: Probing.local),
          configuration: ProbeConfiguration(kind: .tcp, port: server.port, interval: .milliseconds(5)))
      })
    #expect(await eventually { count.withLock { $0 } > 100 })
    runner.stop()
    let atStop = count.withLock { $0 }
    runner.stop()
    runner.link(id: 1, up: true)
    try await Task.sleep(for: shortly)
    #expect(count.withLock { $0 } == atStop)
  }
}
