import CDatapath
import CSupport
public import Datapath
import Glibc

/// The pipeline in the kernel, in the XDP hook or at tc ingress, run on single frames by BPF_PROG_RUN. Nothing is sent.
public final class KernelRunner: Runner, @unchecked Sendable {
  public let tables: TableMemory
  public let datapath: XDPDatapath
  /// Where `run` has to be called.
  public let sandbox: Sandbox
  /// For tc: frames are yet to be segmented, into such pieces; 0: they are not.
  public var segmentPayload = 0
  private let ifindexes: [UInt32]
  private var out = [UInt8](repeating: 0, count: 1 << 16)

  /// The ports are interfaces of a namespace; that there are some is all the program asks.
  /// - Parameters:
  ///   - kind: `.xdpGeneric` or `.tc`.
  ///   - isLive: native XDP instead, and frames that are sent to a port's far end (`far-port0`…) are forwarded, too.
  ///   - direct: as `XDPDatapath`'s.
  public init(
    _ dimensions: Dimensions, kind: DatapathKind = .xdpGeneric, isLive: Bool = false, direct: Bool = true
  ) throws(SandboxError) {
    let names = KernelRunner.ports.map { "port\($0)" }
    let sandbox = try Sandbox(commands: names.map { "link add \($0) type veth peer name far-\($0)" })
    self.sandbox = sandbox
    do {
      let mount = try PinMount()
      // Links and maps live by our descriptors; the pins need not stay.
      defer { mount.unmount() }
      datapath = try sandbox.inside {
        let pins = PinFolder(instance: "test", root: mount.path + "/flowswitch")
        let datapath = try XDPDatapath(isLive ? .xdp : kind, wanted: dimensions, pins: pins, direct: direct)
        if isLive { try KernelRunner.enliven(names, sandbox) }
        for (port, name) in names.enumerated() {
          try datapath.attach(port: port, interface: name, ifindex: sandbox.interfaces[name] ?? 0)
        }
        return datapath
      }
    } catch let error as SandboxError {
      throw error
    } catch {
      throw SandboxError("\(error)")
    }
    tables = datapath.tables
    ifindexes = names.map { UInt32(sandbox.interfaces[$0] ?? 0) }
  }

  /// A veth takes redirected frames only if it polls, for which GRO is enough.
  private static func enliven(_ names: [String], _ sandbox: Sandbox) throws(SandboxError) {
    try sandbox.run(names.flatMap { ["link set \($0) up", "link set far-\($0) up"] })
    for name in names { try Sandbox.spawn(["ethtool", "-K", "far-\(name)", "gro", "on"]) }
  }

  public func run(_ frame: inout [UInt8], port: Int) throws(SandboxError) -> XDPAction {
    var run = fs_bpf_run()
    run.ingress_ifindex = ifindexes[port]
    run.repeat = 1
    let room = out.count
    let error = frame.withUnsafeBytes { bytes in
      out.withUnsafeMutableBytes { out in
        run.in = bytes.baseAddress
        run.in_size = UInt32(bytes.count)
        run.out = out.baseAddress
        run.out_size = UInt32(room)
        run.is_tc = isTC ? 1 : 0
        run.gso_size = isTC ? UInt32(segmentPayload) : 0
        return fs_bpf_test_run(datapath.program, &run)
      }
    }
    _ = try SandboxError.check(error, "run the program on \(frame.count) bytes")
    frame = Array(out.prefix(Int(run.out_size)))
    if isTC { putTagBack(&frame, control: run.words.0, type: run.words.1) }
    guard let action = isTC ? XDPAction(atTC: run.action) : XDPAction(rawValue: run.action) else {
      throw SandboxError("the program answered \(run.action)")
    }
    return action
  }

  private var isTC: Bool { datapath.kind == .tc }

  /// The program takes a tag out of the bytes, as the kernel does with received frames, and tells what is left of it.
  private func putTagBack(_ frame: inout [UInt8], control: UInt32, type: UInt32) {
    if control & 0x10000 == 0 || frame.count < 12 { return }
    let type = UInt16(truncatingIfNeeded: type)
    let bytes = [
      type & 0xff, type >> 8, UInt16(truncatingIfNeeded: control) >> 8,
      UInt16(truncatingIfNeeded: control) & 0xff,
    ]
    frame.insert(contentsOf: bytes.map { UInt8($0) }, at: 12)
  }

  /// Nanoseconds a run, mean of `count` runs in one call. The frame is not put back between the runs: each sees what
  /// the one before left. `program`: another one than the pipeline's.
  public func time(_ frame: TestFrame, port: Int, count: Int, program: CInt? = nil) throws(SandboxError)
    -> Int
  {
    var run = fs_bpf_run()
    run.ingress_ifindex = ifindexes[port]
    run.repeat = UInt32(count)
    let room = out.count
    let error = frame.bytes.withUnsafeBytes { bytes in
      out.withUnsafeMutableBytes { out in
        run.in = bytes.baseAddress
        run.in_size = UInt32(bytes.count)
        run.out = out.baseAddress
        run.out_size = UInt32(room)
        run.is_tc = isTC ? 1 : 0
        return fs_bpf_test_run(program ?? datapath.program, &run)
      }
    }
    _ = try SandboxError.check(error, "time the program")
    return Int(run.duration)
  }

  /// A program of the same hook that only lets frames pass, and one that only redirects them to the second port.
  public func references() throws(SandboxError) -> (empty: CInt, redirect: CInt) {
    if isTC {
      return (
        try SandboxError.check(cs_load_empty_tc(), "load the empty program"),
        try SandboxError.check(cs_load_redirect_tc(ifindexes[1]), "load the redirecting program")
      )
    }
    let devmap = try SandboxError.check(cs_make_devmap(), "make a devmap")
    defer { close(devmap) }
    var key: UInt32 = 1
    var value = ifindexes[1]
    _ = try SandboxError.check(fs_bpf_map_update(devmap, &key, &value), "fill the devmap")
    return (
      try SandboxError.check(cs_load_empty(), "load the empty program"),
      try SandboxError.check(cs_load_redirect(devmap, key), "load the redirecting program")
    )
  }

  /// Lengths that BPF_PROG_RUN takes of a frame: an Ethernet header at least, for tc also what is untagged IP's; a page
  /// less what XDP keeps at the most.
  public static func lengths(_ kind: DatapathKind, _ frame: [UInt8]) -> ClosedRange<Int> {
    let type = kind == .tc && frame.count >= 14 ? Int(frame[12]) << 8 | Int(frame[13]) : 0
    return (type == 0x0800 ? 34 : type == 0x86dd ? 54 : 14)...3400
  }
}
