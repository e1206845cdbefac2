import CSupport
import Datapath
import Support

extension FuzzTarget {
  /// The same frames and changes through the pipeline in this process and the one in the kernel: verdict and bytes after
  /// each frame, the tables' memory at the end. What libFuzzer sees of the input's way is the host's.
  static let differential = FuzzTarget(
    "differential", "the same frames through both targets of the pipeline", longest: 4096, needsRoot: true,
    .direct { bytes in try runDifferential(bytes) })

  private static func runDifferential(_ bytes: [UInt8]) throws {
    try PipelineTarget.withKernel { kernel in
      kernel.clear()
      let host = try HostRunner(kernel.tables.dimensions, cpu: kernel.sandbox.cpu)
      let pair = (kernel: TestSwitch(kernel), host: TestSwitch(host))
      let world = try GeneratedWorld(pair.kernel)
      _ = try GeneratedWorld(pair.host)
      for step in FrameSteps(bytes, world: world) {
        switch step {
        case .change(let change):
          change.apply(to: pair.kernel)
          change.apply(to: pair.host)
        case .frame(let frame, let port):
          var fromKernel = frame.bytes
          var fromHost = frame.bytes
          let inKernel = try kernel.run(&fromKernel, port: port)
          let inHost = try host.run(&fromHost, port: port)
          try FuzzFault.unless(
            inKernel == inHost, "\(step): kernel \(inKernel), host \(inHost)")
          try FuzzFault.unless(
            fromKernel == fromHost,
            "\(step) became \(TestFrame(bytes: fromKernel)) in the kernel, "
              + "\(TestFrame(bytes: fromHost)) on the host")
        }
      }
      for table in TableID.allCases {
        let (a, b) = (kernel.tables.bytes(table), host.tables.bytes(table))
        guard let first = a.baseAddress, let second = b.baseAddress else { continue }
        let count = table.bytes(kernel.tables.dimensions)
        try FuzzFault.unless(
          cs_same(first, second, UInt64(count)) != 0, "the tables \(table.rawValue) differ")
      }
    }
  }
}
