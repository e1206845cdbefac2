import Glibc
import SwitchModel

/// A long run of random faults and orders against a lab's switch, with everything that must hold looked at after each.
///
/// A round is drawn from the seed (`SoakRound`): something fails, the operator orders something or the daemon dies, it
/// ends, and the network settles. Steps stand in `+Steps`, what must hold in `+Checks`.
struct Soak {
  let lab: LabNetwork
  let checks: LabChecks
  let say: (String) -> Void
  private var generator: SeededGenerator
  var load: SoakLoad
  /// Of servers, through the pool.
  var outward: SoakLoad
  var streams: SoakStreams
  /// What the network of the switch was before there was a switch, and what the kernel made for it.
  var traces: SoakTraces
  var pings: [(client: LabHost, process: ProcessIdentity)] = []
  /// As each round begins.
  let configuration: String
  var first: SoakUsage?
  var last: SoakUsage?
  var newestEvent: UInt64 = 0
  private(set) var history: [String] = []
  private(set) var rounds = 0

  /// For what comes to an end on any machine, however busy it is.
  static let patience = Duration.seconds(90)

  static let underWay: Int64 = 16

  /// `observe-time`, in seconds.
  static let observed = 3

  /// What a run came to.
  struct Outcome: Sendable {
    var rounds: Int
    var tally: SoakLoad.Tally
    var outward: SoakLoad.Tally
    var streams: SoakStreams.Tally
    var usage: [String]
  }

  init(_ lab: LabNetwork, seed: UInt64, say: @escaping (String) -> Void) throws {
    self.lab = lab
    self.say = say
    checks = LabChecks(lab)
    generator = SeededGenerator(seed: seed)
    load = .clients(lab)
    outward = .outward(lab)
    streams = SoakStreams(lab)
    traces = SoakTraces(lab)
    // Hours on a busy machine: a server that gets no processor for some seconds has not failed.
    configuration = try TextFile.read(lab.configuration).orRefuse("the lab has no configuration")
      .replacing("interval: 250ms, timeout: 240ms, fall: 3", with: "interval: 1s, timeout: 990ms, fall: 5")
      // TCP that waits for a router's cable repeats itself ever more rarely. A flow that says nothing for the settle time
      // while its bucket is in transition may break, so that time is longer than an outage, as it is by default.
      .replacing("settle-time: 3s", with: "settle-time: 60s")
      // And a datagram that a busy machine is late with comes within this time.
      .replacing("observe-time: 500ms", with: "observe-time: \(Self.observed)s")
  }

  /// Runs whole rounds until the time is over; one at least.
  /// - Throws: when something does not hold: `LabError`, with what.
  mutating func run(for duration: Duration) throws -> Outcome {
    guard lab.layout == .all else { throw LabError(.usage, "the soak needs a lab of the layout 'all'") }
    let end = ContinuousClock.now + duration
    try apply(configuration)
    try awaitSettled()
    try load.begin()
    try outward.begin()
    try streams.begin()
    repeat { try round() } while ContinuousClock.now < end
    let outcome = (try load.tally(), try outward.tally(), try streams.tally())
    try load.end()
    try outward.end()
    try streams.end()
    try demandEnd()
    let usage = (first?.counts ?? [:]).sorted { $0.key < $1.key }.map {
      "\($0.key) \($0.value) → \(last?.counts[$0.key] ?? 0)"
    }
    return Outcome(
      rounds: rounds, tally: outcome.0, outward: outcome.1, streams: outcome.2, usage: usage)
  }

  private mutating func round() throws {
    let began = ContinuousClock.now
    let round = SoakRound.random(using: &generator)
    rounds += 1
    history.append("\(rounds). \(round)")
    do {
      let losses = try HostLosses(lab)
      var terms = SoakTerms(round, silence: Int64(Self.observed) * 1_000_000)
      try noteServed(&terms)
      try perform(round)
      try settle(round, terms, losses)
    } catch let error as LabError where !error.isInterruption {
      throw LabError(error.kind, "round \(rounds) (\(round)): \(error)")
    }
    let took = (ContinuousClock.now - began).components
    let tenths = took.seconds * 10 + took.attoseconds / 100_000_000_000_000_000
    say(
      "\(rounds). \(round) · \(tenths / 10).\(tenths % 10) s, "
        + "\(last?.counts["memory, MB"] ?? 0) MB, \(last?.counts["descriptors"] ?? 0) descriptors")
  }
}

extension Optional {
  func orRefuse(_ text: String) throws -> Wrapped {
    guard let self else { throw LabError.refused(text) }
    return self
  }
}
