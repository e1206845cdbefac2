import Logging
import ProxyARP
import SwitchModel
import Synchronization
import Wire

@testable import HealthProbe

/// A runner with its reports and requests as a stream.
final class Probing: Sendable {
  enum Event: Sendable, Equatable {
    case report(ProbeReport)
    case request(Int, NeighbourProbeRequest)
  }

  let runner: ProbeRunner
  let events: AsyncStream<Event>

  init(reportsEverything: Bool = true, now: @escaping @Sendable () -> Duration = { ProbeRunner.bootTime }) {
    let (stream, continuation) = AsyncStream.makeStream(of: Event.self)
    events = stream
    runner = ProbeRunner(
      log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), seed: 1,
      reportsEverything: reportsEverything, now: now,
      onReport: { continuation.yield(.report($0)) }, sendFrame: { continuation.yield(.request($0, $1)) })
  }

  deinit { runner.stop() }

  func reports(_ count: Int) async -> [ProbeReport] {
    var found: [ProbeReport] = []
    if count == 0 { return found }
    for await case .report(let report) in events {
      found.append(report)
      if found.count == count { break }
    }
    return found
  }

  static let local = IPAddress(127, 0, 0, 1)

  /// The result of one probe.
  static func outcome(
    _ configuration: ProbeConfiguration, target: ProbeTarget = ProbeTarget(name: "web/s1", address: local)
  ) async -> String {
    let probing = Probing()
    var configuration = configuration
    configuration.interval = .seconds(600)
    probing.runner.configure([ProbeJob(id: 1, target: target, configuration: configuration)])
    let text = await probing.reports(1).first?.outcome.text ?? "nothing"
    probing.runner.stop()
    return text
  }
}

extension TestServer {
  /// A port where nobody listens: it was somebody's until just now. A program that another test starts has our sockets
  /// for the moment until it is executed, so it is tried when they are gone.
  static func closedPort(_ kind: ProbeKind = .tcp) async throws -> UInt16 {
    let server = try await kind == .udp ? udp { _ in nil } : tcp(.silent)
    try await server.close()
    for _ in 0..<100 {
      let configuration = ProbeConfiguration(
        kind: kind, port: server.port, send: [1], timeout: .milliseconds(200))
      if await Probing.outcome(configuration) == "connection refused" { break }
    }
    return server.port
  }
}

/// Long enough for a busy machine: no test waits for it to pass.
let patience = Duration.seconds(60)
/// What passes where nothing is to come. On a busy machine what comes before, a connection, must be done by then.
let shortly = Duration.seconds(2)
