import Management
import SwitchModel
import Top

/// Asks the daemon for everything that `top` shows.
struct TopSampler: Sendable {
  /// Of a request: an answer that takes longer is as bad as none, for a picture that is to be of now.
  static let timeout = Duration.seconds(5)
  /// Of the first, which decides whether there is a daemon at all: as with other commands.
  static let firstTimeout = Duration.seconds(10)
  /// Events that are kept.
  static let events = 500

  private let client: ControlClient
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var kept: [EventRow] = []
  /// Of the daemon whose events those are; nil: they are read anew.
  private var startedAt: String?
  private var hasAnswered = false

  init(_ client: ControlClient) {
    self.client = client
    start = clock.now
  }

  /// On the clock of the samples.
  var now: Duration { clock.now - start }

  mutating func sample() async throws(ControlClientError) -> TopSample {
    let known = startedAt
    startedAt = nil
    do {
      let client = client
      let timeout = hasAnswered ? TopSampler.timeout : TopSampler.firstTimeout
      let time = now
      async let ports = client.get([PortRow].self, .ports, timeout: timeout).value
      async let clusters = client.get([ClusterRow].self, .clusters, timeout: timeout).value
      async let members = client.get([MemberRow].self, .members, timeout: timeout).value
      async let routers = client.get([RouterRow].self, .routers, timeout: timeout).value
      async let drops = client.get([DropRow].self, .drops, timeout: timeout).value
      let version = try await client.get(VersionRow.self, .version, timeout: timeout).value
      // A daemon that was started anew may have lost its numbers.
      let last = version.started_at == known ? kept.last?.number : nil
      let parameters = [
        ("after", last.map(String.init)), ("limit", last == nil ? "\(TopSampler.events)" : nil),
      ]
      let events = try await client.get([EventRow].self, .events, parameters, timeout: timeout).value
      kept = Array(((last == nil ? [] : kept) + events).suffix(TopSampler.events))
      let sample = try await TopSample(
        time: time, version: version, ports: ports, clusters: clusters, members: members, routers: routers,
        drops: drops, events: kept)
      startedAt = version.started_at
      hasAnswered = true
      return sample
    } catch let error as ControlClientError {
      throw error
    } catch {
      throw .badAnswer(path: client.path, reason: "\(error)")
    }
  }
}
