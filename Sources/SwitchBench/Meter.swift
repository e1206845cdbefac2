import CSwitchBench
import Glibc

/// Runs of generator and sink at one test network.
struct Meter {
  private let bed: Bed

  init(_ bed: Bed) { self.bed = bed }

  /// Frames that left and that arrived, of so many.
  func count(_ load: Load, frames: Int) throws -> (sent: Int, counts: SinkCounts) {
    let before = try bed.sink.counts()
    try bed.generator.start(load, limit: frames)
    let end = ContinuousClock.now + .seconds(10 + 2 * Double(frames) / (load.rate ?? 1e6))
    while bed.generator.sent < frames, ContinuousClock.now < end {
      try bed.generator.check()
      try Interruption.pause(0.005)
    }
    let counts = try quiet() - before
    return (bed.generator.sent, counts)
  }

  /// Frames a second that arrive, in the midst of a run.
  func rate(_ load: Load, _ plan: BenchPlan, generators: Int = 1) throws -> Double {
    var load = load
    for generator in bed.generators.prefix(generators) {
      try generator.start(load)
      load.firstFlow += load.flows
    }
    do {
      try Interruption.pause(plan.warmUp)
      for generator in bed.generators.prefix(generators) { try generator.check() }
      let (first, begin) = (try bed.sink.counts().frames, sb_now())
      try Interruption.pause(plan.seconds)
      let (last, end) = (try bed.sink.counts().frames, sb_now())
      _ = try quiet()
      return Double(last - first) / (Double(end - begin) / 1e9)
    } catch {
      for generator in bed.generators { try? generator.stop() }
      throw error
    }
  }

  /// A whole run: what left and what arrived, until nothing more does; and the rate in the midst of it.
  func run(_ load: Load, seconds: Double) throws -> (sent: Int, counts: SinkCounts, rate: Double) {
    let before = try bed.sink.counts()
    try bed.generator.start(load)
    let rate: Double
    do {
      // Until the thread is there.
      for _ in 0..<200 where bed.generator.sent == 0 { try Interruption.pause(0.005) }
      let (first, begin) = (bed.generator.sent, sb_now())
      try Interruption.pause(seconds)
      rate = Double(bed.generator.sent - first) / (Double(sb_now() - begin) / 1e9)
      try bed.generator.check()
    } catch {
      try? bed.generator.stop()
      throw error
    }
    let counts = try quiet() - before
    return (bed.generator.sent, counts, rate)
  }

  /// The highest rate at which nothing is lost, by halving what is left between the highest that lost nothing and the
  /// lowest that did. First of all, all that the generator can: where it shares its processor with the switch, it waits
  /// for it. A rate gets a second chance, since one stall of a virtual machine is not the switch's.
  func lossFree(_ load: Load, _ plan: BenchPlan) throws -> Double {
    func reached(_ rate: Double?) throws -> Double? {
      var load = load
      load.rate = rate
      for _ in 0..<2 {
        let run = try run(load, seconds: plan.trialSeconds)
        // What was not offered is not claimed.
        if run.sent == run.counts.frames { return min(run.rate, rate ?? run.rate) }
      }
      return nil
    }
    if let all = try reached(nil) { return all }
    let highest = try rate(load, plan)
    var low = 0.0
    var high = highest
    while high - low > highest * plan.resolution {
      let next = (low + high) / 2
      if let rate = try reached(next) { low = max(low, rate) } else { high = next }
      // The generator could not offer more.
      if low > 0, low < next * 0.9 { break }
    }
    return low
  }

  /// Stops the generators, and waits until what is under way has arrived: a switch may have seconds of it in a queue.
  private func quiet() throws -> SinkCounts {
    for generator in bed.generators { try generator.stop() }
    var last = try bed.sink.counts()
    var same = 0
    for _ in 0..<500 where same < 3 {
      usleep(15_000)
      let now = try bed.sink.counts()
      same = now.frames == last.frames ? same + 1 : 0
      last = now
    }
    return last
  }
}
