import ArgumentParser
import CSupport
import Foundation
import Support

struct DifferentialCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "differential",
    abstract:
      "Run frames of any kind through the kernel's targets and the daemon's; compare verdicts, bytes and all tables.",
    discussion: "Needs root. A difference ends with exit code 1 and the fewest steps found that show it.")

  @Flag(help: "The program for kernels without maps of one large value.")
  var lookups = false

  @Option(help: "How many frames.")
  var frames = 2_000_000

  @Option(help: "What the frames are derived from; a difference is repeated by its seed.")
  var seed: UInt64 = 1

  @Option(help: "The program's hook: xdp or tc; without it both, in turns.")
  var hook: Hook?

  /// Frames before it is the other hook's turn: a few epochs of `Differential`.
  private static let turn = 400_000

  func run() throws {
    let kernels = try (hook.map { [$0] } ?? Hook.allCases).map {
      (hook: $0, runner: try KernelRunner(TestSwitch.dimensions, kind: $0.kind, direct: !lookups))
    }
    var differentials: [Hook: Differential] = [:]
    for (hook, runner) in kernels {
      differentials[hook] = try runner.sandbox.inside { try Differential(runner) }
    }
    var progress = Progress()
    var seeds = SplitMix64(seed: seed)
    // The first turn's seed is the seed itself, so that a disagreement's seed repeats it at once.
    var next = seed
    var left = frames
    while left > 0 {
      let count = min(left, DifferentialCommand.turn)
      for (hook, runner) in kernels {
        guard let differential = differentials[hook] else { continue }
        let before = differential.frames
        do {
          try runner.sandbox.inside {
            try differential.run(count, seed: next) { progress.show($0 - before, hook) }
          }
        } catch let disagreement as Disagreement {
          print("\(hook): \(disagreement)")
          throw ExitCode(1)
        }
        progress.finish(count)
      }
      left -= count
      next = seeds.next()
    }
    progress.show(0, nil, now: true)
    for (hook, _) in kernels {
      let outcomes = (differentials[hook]?.outcomes ?? [:]).sorted { $0.value > $1.value }
      print(
        "\(hook): the targets agree; \(outcomes.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
    }
  }

  /// Says every two seconds how far it is.
  private struct Progress {
    private let begin = cs_now()
    private var last = cs_now()
    private var done = 0

    mutating func finish(_ count: Int) { done += count }

    mutating func show(_ more: Int, _ hook: Hook?, now isNow: Bool = false) {
      let now = cs_now()
      if !isNow && now - last < 2_000_000_000 { return }
      last = now
      let seconds = Double(now - begin) / 1e9
      let frames = done + more
      let rate = Double(frames) / seconds / 1000
      print(
        "\(frames) frames in \(String(format: "%.1f", seconds)) s, \(String(format: "%.0f", rate)) thousand a second"
          + (hook.map { ", now \($0)" } ?? ""))
      fflush(nil)
    }
  }
}
