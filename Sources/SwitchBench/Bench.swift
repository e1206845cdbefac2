import CSwitchBench
import Glibc

/// Measures all cases in turns with the ceiling, so that a machine that is slower for a while is so for both.
final class Bench {
  private let plan: BenchPlan
  private let programs: Programs
  private let folder: String
  private let cpu: Int32
  private var ceiling: Station
  private var stations: [Station] = []
  private(set) var report: Report
  private let say: (String) -> Void

  init(_ plan: BenchPlan, report: Report, folder: String, cpu: Int32, say: @escaping (String) -> Void) throws
  {
    self.plan = plan
    self.folder = folder
    self.cpu = cpu
    self.say = say
    self.report = report
    say("compiling the generator, the sink and the peers' programs")
    programs = try Programs(folder: folder)
    let contender = RedirectContender()
    ceiling = try Station(
      contender, name: Bench.name("c"), programs: programs, folder: folder, cpu: cpu)
    self.report.cases.append(Report.Case(key: contender.key, title: contender.title))
  }

  deinit { close() }

  /// Stops what was started; the namespaces go with their owners.
  func close() {
    for station in stations { station.close() }
    stations = []
    ceiling.close()
  }

  /// Builds the cases' networks. One that cannot be is a row that says why.
  func build(_ contenders: [any Contender]) throws {
    for (number, contender) in contenders.enumerated() {
      try Interruption.check()
      say("building: \(contender.title)")
      var row = Report.Case(key: contender.key, title: contender.title)
      do {
        stations.append(
          try Station(
            contender, name: Bench.name("\(number)"), programs: programs, folder: folder, cpu: cpu))
      } catch {
        try Interruption.check()
        let reason = "\(error)".replacing("\(folder)/\(Bench.name("\(number)"))/", with: "")
        row.unavailable = reason
        say("  not measured: \(reason)")
      }
      report.cases.append(row)
    }
  }

  /// Namespaces, folders and switches are called so: by the process, so that two can run.
  private static func name(_ part: String) -> String { "\(Leftovers.prefix)\(getpid())-\(part)" }

  // MARK: Packets a second

  func packets() throws {
    for size in plan.sizes {
      for flows in plan.flows {
        let measure = Measure.packets(size: size, flows: flows)
        try turns(measure.title, rounds: plan.rounds) { station in
          [measure: try Meter(station.bed).rate(station.load(size: size, flows: flows), plan)]
        }
      }
    }
  }

  /// The same from two generators, each on a processor and with flows of its own, through cables of two queues.
  func twoProcessors() throws {
    let first = try Machine.processors().first
    let inKernel = ([ceiling] + stations).filter(\.contender.shape.isInKernel)
    for station in inKernel { try station.bed.addProcessor(first, programs: programs) }
    defer { for station in inKernel { station.bed.removeProcessor() } }
    try turns(Measure.twoProcessors.title, rounds: plan.rounds) { station in
      guard station.contender.shape.isInKernel else { return [:] }
      let meter = Meter(station.bed)
      let load = station.load(size: 64, flows: plan.usualFlows)
      let one = try meter.rate(load, plan)
      let two = try meter.rate(load, plan, generators: 2)
      return [.twoProcessors: two, .scaling: two / max(one, 1)]
    }
  }

  // MARK: Rate without loss, latency

  func lossFree() throws {
    try turns(Measure.lossFree.title, rounds: plan.searches) { [plan] station in
      [
        Measure.lossFree: try Meter(station.bed).lossFree(
          station.load(size: 64, flows: plan.usualFlows), plan)
      ]
    }
  }

  func latency() throws {
    let percentiles = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)]
    func values(_ load: String, _ counts: SinkCounts) -> [Measure: Double] {
      var values: [Measure: Double] = [:]
      for (name, part) in percentiles {
        values[.latency(load, name)] = counts.latency.percentile(part)
      }
      return values
    }
    try turns("latency, unloaded", rounds: plan.rounds) { station in
      var load = station.load(size: 64, flows: plan.usualFlows)
      load.rate = plan.idleRate
      load.stampEvery = 1
      load.batch = 1
      return values("unloaded", try Meter(station.bed).run(load, seconds: plan.seconds).counts)
    }
    try turns("latency, at 80 % of the own ceiling", rounds: plan.rounds) { station in
      let meter = Meter(station.bed)
      var load = station.load(size: 64, flows: plan.usualFlows)
      let highest = try meter.rate(load, plan)
      load.rate = 0.8 * highest
      // The clock costs as much as a switch; a prime number, so that no flow is preferred.
      load.stampEvery = 61
      let run = try meter.run(load, seconds: plan.seconds)
      var values = values("at 80 %", run.counts)
      values[.lossAtLoad] = 1e6 * Double(run.sent - run.counts.frames) / Double(max(run.sent, 1))
      return values
    }
  }

  // MARK: TCP

  /// Hosts with their own TCP instead of the sinks.
  func tcp() throws {
    for station in [ceiling] + stations {
      station.bed.sink.detach()
      if station.contender.shape.needsSegments { try station.bed.setMerging(false) }
    }
    let milliseconds = Int32(max(plan.seconds, 0.5) * 1000)
    try turns("TCP bulk", rounds: plan.rounds) { station in
      try self.serving(station) { server, net in
        let before = sb_server_bytes(server)
        let begin = sb_now()
        try Kernel.check(
          sb_client_stream(net, Bed.address, 80, 1, milliseconds, self.cpu), "send a stream")
        let elapsed = Double(sb_now() - begin) / 1e9
        return [Measure.stream: 8 * Double(sb_server_bytes(server) - before) / elapsed]
      }
    }
    try turns("TCP connections", rounds: plan.rounds) { station in
      try self.serving(station) { server, net in
        let count = sb_client_connect(net, Bed.address, 80, 32, milliseconds, self.cpu)
        try Kernel.check(count < 0 ? Int32(count) : 0, "connect")
        return [Measure.connections: Double(count) / Double(milliseconds) * 1000]
      }
    }
  }

  private func serving<Value>(_ station: Station, _ body: (OpaquePointer, Int32) throws -> Value) throws
    -> Value
  {
    let nets = station.bed.servers.map(\.descriptor)
    var error: Int32 = 0
    guard let server = sb_server_start(nets, Int32(nets.count), Bed.address, 80, cpu, &error) else {
      throw BenchError("no server: \(String(cString: strerror(-error)))")
    }
    defer { sb_server_stop(server) }
    return try body(server, station.bed.client.descriptor)
  }

  // MARK: Turns

  /// The ceiling, a case, the ceiling, the next case, and so on. A case that fails is left out from there on.
  private func turns(_ what: String, rounds: Int, _ body: (Station) throws -> [Measure: Double]) throws {
    var failed: Set<String> = []
    for round in 1...rounds {
      say("\(what): round \(round) of \(rounds)")
      for station in stations where !failed.contains(station.contender.key) {
        let beside = try body(ceiling)
        do {
          try station.contender.resume()
          defer { station.contender.rest() }
          let values = try body(station)
          for (measure, value) in values.sorted(by: { $0.key.id < $1.key.id }) {
            report.add(station.contender.key, measure, value, beside: beside[measure] ?? 0)
          }
        } catch {
          try Interruption.check()
          failed.insert(station.contender.key)
          report.notes.append("\(station.contender.title), \(what): \(error)")
          say("  \(station.contender.title): \(error)")
        }
        for (measure, value) in beside.sorted(by: { $0.key.id < $1.key.id }) {
          report.add(ceiling.contender.key, measure, value, beside: value)
        }
      }
    }
  }

  func add(_ check: Report.Check) { report.checks.append(check) }
  func note(_ text: String) { report.notes.append(text) }
  func add(_ costs: [Report.ProgramCost]) { report.program = costs }

  /// That what the generator says it sent is what the sink says it got: some frames exactly, and a rate.
  func checkItself() throws {
    let meter = Meter(ceiling.bed)
    var load = ceiling.load(size: 64, flows: 1000)
    load.rate = 100_000
    let some = try meter.count(load, frames: 50_000)
    add(
      Report.Check(what: "50,000 frames", sent: some.sent, counted: some.counts.frames))
    load.rate = 200_000
    let rate = try meter.run(load, seconds: max(plan.seconds, 0.5))
    add(
      Report.Check(
        what: "a known rate", sent: rate.sent, counted: rate.counts.frames, wanted: load.rate,
        rate: rate.rate))
    guard some.sent == 50_000, some.counts.frames == some.sent, rate.counts.frames == rate.sent else {
      throw BenchError(
        "generator and sink do not count alike: \(some.sent) sent and \(some.counts.frames) counted, "
          + "\(rate.sent) and \(rate.counts.frames)")
    }
  }
}
