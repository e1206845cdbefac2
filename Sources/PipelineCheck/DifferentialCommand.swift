import ArgumentParser
import CSupport
import Foundation
import Support

struct DifferentialCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "differential",
    abstract:
      "Run frames of any kind through the kernel's target and the daemon's; compare verdicts, bytes and all tables.",
    discussion: "Needs root. A difference ends with exit code 1 and the fewest steps found that show it.")

  @Flag(help: "The program for kernels without maps of one large value.")
  var lookups = false

  @Option(help: "How many frames.")
  var frames = 2_000_000

  @Option(help: "What the frames are derived from; a difference is repeated by its seed.")
  var seed: UInt64 = 1

  @Option(help: "The program's hook: xdp or tc.")
  var hook = Hook.xdp

  func run() throws {
    let kernel = try KernelRunner(TestSwitch.dimensions, kind: hook.kind, direct: !lookups)
    try kernel.sandbox.inside {
      let differential = try Differential(kernel)
      let begin = cs_now()
      var last = begin
      do {
        try differential.run(frames, seed: seed) { done in
          let now = cs_now()
          if now - last < 2_000_000_000 { return }
          last = now
          report(done, since: begin)
        }
      } catch let disagreement as Disagreement {
        print(disagreement)
        throw ExitCode(1)
      }
      report(differential.frames, since: begin)
      let outcomes = differential.outcomes.sorted { $0.value > $1.value }
      print("the targets agree; \(outcomes.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
    }
  }

  private func report(_ done: Int, since begin: UInt64) {
    let seconds = Double(cs_now() - begin) / 1e9
    let rate = Double(done) / seconds / 1000
    print(
      "\(done) frames in \(String(format: "%.1f", seconds)) s, \(String(format: "%.0f", rate)) thousand a second"
    )
    fflush(nil)
  }
}
