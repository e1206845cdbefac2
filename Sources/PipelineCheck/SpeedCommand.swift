import ArgumentParser
import Datapath
import Foundation
import Support

struct SpeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speed", abstract: "Nanoseconds a packet in the kernel, by BPF_PROG_RUN.",
    discussion: """
      Each path is run again and again in one call, and by turns with an empty program and one that only redirects. \
      BPF_PROG_RUN does not put the frame back between runs, so the tables are such that every run takes the path (the \
      members' MAC is the cluster's), which the counters must confirm. An ARP request becomes its answer: it is run \
      once a call, and its cost is the median of these above an empty program's. Needs root.
      """)

  @Option(name: .customLong("repeat"), help: "Runs in a call.")
  var runs = 1_000_000

  @Flag(help: "The program for kernels without maps of one large value.")
  var lookups = false

  @Option(help: "Calls of each path; the median counts.")
  var rounds = 9

  @Option(help: "The program's hook: xdp or tc.")
  var hook = Hook.xdp

  func validate() throws {
    if runs < 1 || rounds < 1 { throw ValidationError("at least one run in one round") }
  }

  func run() throws {
    let kernel = try KernelRunner(TestSwitch.dimensions, kind: hook.kind, direct: !lookups)
    try kernel.sandbox.inside {
      let scenes = try SpeedScenes(TestSwitch(kernel))
      let references = try kernel.references()
      let first = scenes.all[0]
      var empty: [Int] = []
      var redirect: [Int] = []
      var times = [[Int]](repeating: [], count: scenes.all.count)
      for _ in 0..<rounds {
        empty.append(try kernel.time(first.frame, port: 0, count: runs, program: references.empty))
        redirect.append(try kernel.time(first.frame, port: 0, count: runs, program: references.redirect))
        for (i, scene) in scenes.all.enumerated() {
          let before = scene.count()
          times[i].append(try kernel.time(scene.frame, port: scene.port, count: runs))
          let taken = scene.count() - before
          if taken != UInt64(runs) {
            throw ValidationError("\(scene.name): \(taken) of \(runs) runs took the path")
          }
        }
      }
      let report = Report(raw: redirect.median)
      report.print("", "ns", "spread", "of raw")
      report.row("empty program", empty)
      report.row("raw redirect", redirect)
      for (scene, times) in zip(scenes.all, times) { report.row(scene.name, times) }
      report.row(
        "\(scenes.arp.name) *", try arp(kernel, scenes.arp, references.empty).map { $0 + empty.median })
      print("* above an empty program, run once a call")
      let facts = kernel.datapath.facts
      print(
        "program: \(facts.codeBytes) bytes of eBPF, \(facts.machineBytes) of machine code; "
          + "the verifier looked at \(facts.verified) instructions")
    }
  }

  /// What a request costs above an empty program, in single runs.
  private func arp(_ kernel: KernelRunner, _ scene: SpeedScene, _ empty: CInt) throws -> [Int] {
    try (0..<rounds).map { _ in
      var with: [Int] = []
      var without: [Int] = []
      let before = scene.count()
      let count = 4000
      for _ in 0..<count {
        with.append(try kernel.time(scene.frame, port: scene.port, count: 1))
        without.append(try kernel.time(scene.frame, port: scene.port, count: 1, program: empty))
      }
      if scene.count() - before != UInt64(count) {
        throw ValidationError("\(scene.name): not every run answered")
      }
      return with.median - without.median
    }
  }
}

/// A table for people.
private struct Report {
  let raw: Int

  func print(_ name: String, _ median: String, _ spread: String, _ ratio: String) {
    let columns = [median, spread, ratio].map { String(repeating: " ", count: max(0, 10 - $0.count)) + $0 }
    Swift.print(name.padding(toLength: 32, withPad: " ", startingAt: 0) + columns.joined())
  }

  func row(_ name: String, _ times: [Int]) {
    let median = times.median
    let ratio = String(format: "%.2f", Double(raw) / Double(max(median, 1)))
    print(name, "\(median)", "\(times.min() ?? 0)-\(times.max() ?? 0)", ratio)
  }
}

extension [Int] {
  fileprivate var median: Int { isEmpty ? 0 : sorted()[count / 2] }
}
