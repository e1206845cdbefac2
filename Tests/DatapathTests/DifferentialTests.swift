import Datapath
import Support
import Testing

/// One pipeline, three targets: the kernel's in both hooks and the daemon's decide alike and leave the same memory
/// behind. `make fuzz` does this with more frames, and other seeds (`PipelineCheck differential`).
@Suite("differential", .enabled(if: PipelineTarget.isRoot, "the kernel's target needs root"))
struct DifferentialTests {
  /// Frames a seed; a debug build does about 50,000 a second.
  static var frames: Int {
    #if DEBUG
      500_000
    #else
      1_000_000
    #endif
  }

  @Test(
    "the targets agree on frames of any kind, byte for byte", arguments: [1, 2, 3, 4] as [UInt64],
    [DatapathKind.xdpGeneric, .tc])
  func agree(seed: UInt64, kind: DatapathKind) throws {
    try PipelineTarget.withKernel(kind) { kernel in
      let differential = try Differential(kernel)
      try differential.run(DifferentialTests.frames, seed: seed)
      for name in [
        "sent", "flooded", "claim", "question", "defend", "badQuote", "flow entries", "sources",
        "fragmentEarly",
      ] {
        #expect(differential.outcomes[name, default: 0] > 0, "the generator never reaches \(name)")
      }
    }
  }

  @Test(
    "the program for kernels that take no maps of one large value decides alike",
    arguments: [5, 6] as [UInt64], [DatapathKind.xdpGeneric, .tc])
  func lookups(seed: UInt64, kind: DatapathKind) throws {
    let kernel = try KernelRunner(TestSwitch.dimensions, kind: kind, direct: false)
    try kernel.sandbox.inside { try Differential(kernel).run(40_000, seed: seed) }
  }

  @Test("a difference is found and shrunk to the frames that show it")
  func planted() throws {
    try PipelineTarget.withKernel { kernel in
      let differential = try Differential(kernel)
      // One bucket of the first cluster has another member on the host.
      differential.handicap = .bucket(5, BucketWord(current: 1))
      let found = #expect(throws: Disagreement.self) { try differential.run(20_000, seed: 5) }
      #expect(
        found?.seed == 5 && found.map { $0.steps.count <= 1 } == true, "\(found.map { $0.description } ?? "")"
      )
    }
  }
}
