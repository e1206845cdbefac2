import CDatapath
import CSupport
public import Datapath
import Glibc

/// The pipeline in the kernel, run on single frames by BPF_PROG_RUN. Nothing is sent.
public final class KernelRunner: Runner, @unchecked Sendable {
  public let tables: TableMemory
  public let datapath: XDPDatapath
  /// Where `run` has to be called.
  public let sandbox: Sandbox
  private let ifindexes: [UInt32]
  private var out = [UInt8](repeating: 0, count: 1 << 16)

  /// The ports are interfaces of a namespace; that there are some is all the program asks.
  /// - Parameters:
  ///   - isLive: frames that are sent to a port's far end (`far-port0`…) are forwarded, too.
  ///   - direct: as `XDPDatapath`'s.
  public init(_ dimensions: Dimensions, isLive: Bool = false, direct: Bool = true) throws(SandboxError) {
    let names = KernelRunner.ports.map { "port\($0)" }
    let sandbox = try Sandbox(commands: names.map { "link add \($0) type veth peer name far-\($0)" })
    self.sandbox = sandbox
    do {
      let mount = try PinMount()
      // Links and maps live by our descriptors; the pins need not stay.
      defer { mount.unmount() }
      datapath = try sandbox.inside {
        let pins = PinFolder(instance: "test", root: mount.path + "/flowswitch")
        let datapath = try XDPDatapath(
          isLive ? .xdp : .xdpGeneric, wanted: dimensions, pins: pins, direct: direct)
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
        return fs_bpf_test_run(datapath.program, &run)
      }
    }
    _ = try SandboxError.check(error, "run the program on \(frame.count) bytes")
    frame = Array(out.prefix(Int(run.out_size)))
    guard let action = XDPAction(rawValue: run.action) else {
      throw SandboxError("the program answered \(run.action)")
    }
    return action
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
        return fs_bpf_test_run(program ?? datapath.program, &run)
      }
    }
    _ = try SandboxError.check(error, "time the program")
    return Int(run.duration)
  }

  /// A program that only lets frames pass, and one that only redirects them to the second port.
  public func references() throws(SandboxError) -> (empty: CInt, redirect: CInt) {
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

  /// Frames that BPF_PROG_RUN takes: an Ethernet header at least, a page less what XDP keeps at the most.
  public static var lengths: ClosedRange<Int> { 14...3400 }
}
