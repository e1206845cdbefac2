import CSupport
import CTables
import Datapath
import Forwarding

/// A step of a differential run: a frame, or something that control does.
public enum DifferentialStep: Sendable, CustomStringConvertible {
  case frame(TestFrame, port: Int)
  case change(TableChange)

  public var description: String {
    switch self {
    case .frame(let frame, let port): "port \(port): \(frame.bytes.hex)  # \(frame)"
    case .change(let change): "control: \(change)"
    }
  }
}

/// Where the two targets disagreed, and the fewest steps found that show it.
public struct Disagreement: Error, CustomStringConvertible {
  public var seed: UInt64
  public var what: String
  public var steps: [DifferentialStep]

  public var description: String {
    "the targets disagree (seed \(seed)): \(what)\nafter these steps on an empty switch:\n"
      + steps.map { "  \($0)" }.joined(separator: "\n")
  }
}

/// The same frames and changes, in the same order, through both targets: verdict and bytes are compared after each
/// frame, with the ports' records; all tables' memory after every batch. For odd seeds the host goes without the
/// pipeline's lane: what takes it in the kernel must come to the same.
public final class Differential {
  private let kernel: KernelRunner
  private let host: HostRunner
  private var pair: (kernel: TestSwitch, host: TestSwitch)
  public private(set) var world: GeneratedWorld
  public private(set) var frames = 0
  /// How often the frames had each outcome, by its name: whether the generator reaches all.
  public private(set) var outcomes: [String: Int] = [:]
  /// Frames between two comparisons of all memory.
  public var batch = 2000
  /// Frames until the tables are emptied, and a new seed begins: what a reproduction may have to be looked for in.
  public var epoch = 40_000
  /// How often the steps are replayed to find fewer.
  public var shrinkAttempts = 400

  /// Done on the host alone when an epoch begins: to see that differences are found.
  public var handicap: TableChange?

  /// To be used inside `kernel.sandbox`.
  public init(_ kernel: KernelRunner) throws {
    self.kernel = kernel
    host = try HostRunner(kernel.tables.dimensions, cpu: kernel.sandbox.cpu)
    kernel.clear()
    pair = (TestSwitch(kernel, clusters: 10), TestSwitch(host, clusters: 10))
    world = try GeneratedWorld(pair.kernel)
    _ = try GeneratedWorld(pair.host)
  }

  /// Runs `count` frames from a seed. Throws a `Disagreement`.
  public func run(_ count: Int, seed: UInt64, progress: (Int) -> Void = { _ in }) throws {
    var seeds = SplitMix64(seed: seed)
    var left = count
    // The first epoch's seed is the seed itself, so that a disagreement's seed repeats it at once.
    var next = seed
    while left > 0 {
      try runEpoch(min(left, epoch), seed: next, progress: progress)
      left -= min(left, epoch)
      next = seeds.next()
    }
  }

  private func runEpoch(_ count: Int, seed: UInt64, progress: (Int) -> Void) throws {
    host.hasLane = seed & 1 == 0
    try restart()
    var generator = FrameGenerator(seed: seed, world: world)
    var steps: [DifferentialStep] = []
    steps.reserveCapacity(count * 2)
    for number in 1...count {
      if generator.random.oneIn(20) { steps.append(.change(generator.nextChange())) }
      let (frame, port) = generator.next()
      steps.append(.frame(padded(frame), port: port))
      for step in steps.suffix(steps.count - done) {
        if let what = try apply(step) { throw try shrunk(what, steps, seed: seed) }
      }
      done = steps.count
      frames += 1
      if number % batch == 0 || number == count {
        if let what = compareTables() { throw try shrunk(what, steps, seed: seed) }
        progress(frames)
      }
    }
    countOutcomes()
  }

  /// Steps of the epoch that were taken.
  private var done = 0

  /// As long as the kernel's target needs it.
  private func padded(_ frame: TestFrame) -> TestFrame {
    let missing = KernelRunner.lengths(kernel.datapath.kind, frame.bytes).lowerBound - frame.bytes.count
    return missing > 0 ? TestFrame(bytes: frame.bytes + [UInt8](repeating: 0, count: missing)) : frame
  }

  private func countOutcomes() {
    func add(_ name: String, _ count: UInt64) { if count > 0 { outcomes[name, default: 0] += Int(count) } }
    for port in 0..<8 {
      let counters = host.tables.portCounters(port)
      add("sent", counters.txPackets)
      add("flooded", counters.floodPackets)
      for reason in Reason.allCases { add("\(reason)", host.tables.count(reason, port: port)) }
    }
    let used = host.tables.ageFlows(limit: 254)
    add("flow entries", UInt64(used))
    add("sources", UInt64(host.tables.ageSources(limit: 1 << 15)))
  }

  private func restart() throws {
    done = 0
    kernel.clear()
    host.clear()
    pair = (TestSwitch(kernel), TestSwitch(host))
    world = try GeneratedWorld(pair.kernel)
    _ = try GeneratedWorld(pair.host)
    handicap?.apply(to: pair.host)
  }

  /// What a port's record holds for one frame alone differs where one target takes the lane and the other does not, and
  /// where a tag is not among the bytes.
  private var areNotesApart: Bool { !host.hasLane || kernel.datapath.kind == .tc }

  /// Takes a step on both. What differs, if anything.
  private func apply(_ step: DifferentialStep) throws -> String? {
    switch step {
    case .change(let change):
      change.apply(to: pair.kernel)
      change.apply(to: pair.host)
      return nil
    case .frame(let frame, let port):
      var fromKernel = frame.bytes
      var fromHost = frame.bytes
      let inKernel = try kernel.run(&fromKernel, port: port)
      let inHost = try host.run(&fromHost, port: port)
      if areNotesApart {
        HostRunner.clearNotes(kernel.tables, port: port, cpu: kernel.sandbox.cpu)
        HostRunner.clearNotes(host.tables, port: port, cpu: kernel.sandbox.cpu)
      }
      if inKernel != inHost { return "\(frame) on port \(port): kernel \(inKernel), host \(inHost)" }
      if fromKernel != fromHost {
        return
          "\(frame) on port \(port) became in the kernel\n\(fromKernel.hex), on the host\n\(fromHost.hex)"
      }
      return comparePorts().map { "\(frame) on port \(port): \($0)" }
    }
  }

  /// The ports' records of our CPU: they hold who was sent to, flooded, punted.
  private func comparePorts() -> String? {
    let stride = TableID.ports.stride
    let offset = kernel.sandbox.cpu * Int(FS_PORTS) * stride
    return differs(.ports, at: offset, count: 12 * stride)
  }

  private func compareTables() -> String? {
    for table in TableID.allCases {
      if let what = differs(table, at: 0, count: table.bytes(kernel.tables.dimensions)) { return what }
    }
    return nil
  }

  private func differs(_ table: TableID, at offset: Int, count: Int) -> String? {
    let a = kernel.tables.bytes(table)
    let b = host.tables.bytes(table)
    guard let first = firstDifference(a, b, at: offset, count: count) else { return nil }
    let word = first / 8 * 8
    return "\(table.rawValue), record \(first / table.stride), byte \(first % table.stride): kernel "
      + "\(String(a.load(fromByteOffset: word, as: UInt64.self), radix: 16)), host "
      + String(b.load(fromByteOffset: word, as: UInt64.self), radix: 16)
  }

  /// Steps of one's own, on empty switches; frames are padded to what the kernel's target takes.
  /// - Parameter hasLane: whether frames may take the pipeline's lane on the host.
  /// - Returns: what differs, if anything.
  public func compare(_ steps: some Sequence<DifferentialStep>, hasLane: Bool) throws -> String? {
    host.hasLane = hasLane
    return try replay(
      steps.map { step in
        if case .frame(let frame, let port) = step { .frame(padded(frame), port: port) } else { step }
      })
  }

  // MARK: Shrinking

  /// What replaying the steps on empty switches shows.
  private func replay(_ steps: [DifferentialStep]) throws -> String? {
    try restart()
    for step in steps {
      if let what = try apply(step) { return what }
    }
    return compareTables()
  }

  /// Fewer steps that show a difference: halves, quarters and so on are left out as long as one still comes.
  private func shrunk(_ what: String, _ steps: [DifferentialStep], seed: UInt64) throws -> Disagreement {
    var best = Disagreement(seed: seed, what: what, steps: steps)
    guard let again = try replay(steps) else {
      best.what += " (not when replayed: it depends on something outside the tables)"
      best.steps = Array(steps.suffix(20))
      return best
    }
    best.what = again
    var attempts = 0
    var size = steps.count / 2
    while size >= 1 && attempts < shrinkAttempts {
      var begin = 0
      var isSmaller = false
      while begin < best.steps.count && attempts < shrinkAttempts {
        var fewer = best.steps
        fewer.removeSubrange(begin..<min(begin + size, fewer.count))
        attempts += 1
        if let what = try replay(fewer) {
          best.steps = fewer
          best.what = what
          isSmaller = true
        } else {
          begin += size
        }
      }
      if !isSmaller || size > 1 { size /= 2 }
    }
    return best
  }
}

private func firstDifference(
  _ a: UnsafeMutableRawBufferPointer, _ b: UnsafeMutableRawBufferPointer, at offset: Int, count: Int
) -> Int? {
  guard let a = a.baseAddress, let b = b.baseAddress else { return nil }
  if cs_same(a + offset, b + offset, UInt64(count)) != 0 { return nil }
  return (offset..<offset + count).first {
    a.load(fromByteOffset: $0, as: UInt8.self) != b.load(fromByteOffset: $0, as: UInt8.self)
  }
}
