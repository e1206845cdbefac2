import Datapath
import Support
import Synchronization

extension FuzzTarget {
  /// The same frames and changes through the pipeline in this process and the two in the kernel, XDP's and tc's: verdict
  /// and bytes after each frame, the tables' memory at the end. An input of an odd length goes without the pipeline's lane
  /// on the host. What libFuzzer sees of the input's way is the host's.
  static let differential = FuzzTarget(
    "differential", "the same frames through all targets of the pipeline", longest: 4096, needsRoot: true,
    mutation: FrameMutation.mutated, .direct { bytes in try runDifferential(bytes) })

  private static func runDifferential(_ bytes: [UInt8]) throws {
    for kind in [DatapathKind.xdpGeneric, .tc] {
      try PipelineTarget.withKernel(kind) { kernel in
        try differentials.withLock { kept in
          let differential = try kept[kind] ?? Differential(kernel)
          kept[kind] = differential
          let what = try differential.compare(
            FrameSteps(bytes, world: differential.world), hasLane: bytes.count & 1 == 0)
          try FuzzFault.unless(what == nil, "\(kind): \(what ?? "")")
        }
      }
    }
  }

  /// The process' own: tables take longer to make than to empty.
  private static let differentials = Mutex<[DatapathKind: Differential]>([:])
}
