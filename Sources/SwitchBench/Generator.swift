import CSwitchBench
import Glibc

/// Sends frames out of an interface from the kernel, one processor's worth. Frames and their rate are exact: the program
/// itself decides when one is due, and counts it.
final class Generator {
  private let object: ProgramObject
  private let state: UnsafeMutablePointer<bench_generator>
  private let program: Int32
  private let namespace: Namespace
  private let interface: Int32
  private let cpu: Int32
  private var run: OpaquePointer?

  init(_ programs: Programs, in namespace: Namespace, interface: String, cpu: Int32) throws {
    object = try programs.load("generator")
    state = try object.variables(bench_generator.self)
    program = try object.program("generate")
    self.namespace = namespace
    self.interface = try namespace.index(interface)
    self.cpu = cpu
  }

  deinit { _ = try? stop() }

  /// Frames that left, since it was started.
  var sent: Int { Int(state.pointee.sent) }

  /// - Parameters:
  ///   - load: what to send.
  ///   - limit: frames in all, 0: no limit.
  func start(_ load: Load, limit: Int = 0) throws {
    try stop()
    let frame = load.frame
    var fresh = bench_generator()
    withUnsafeMutableBytes(of: &fresh.head) { $0.copyBytes(from: frame.bytes.prefix(Int(BENCH_HEAD))) }
    fresh.interval = load.rate.map { UInt64(256e9 / max($0, 1)) } ?? 0
    fresh.limit = UInt64(limit)
    fresh.flows = UInt32(load.flows)
    fresh.targets = UInt32(load.targets)
    fresh.target_mac = frame.bytes[2..<6].reduce(0) { $0 << 8 | UInt32($1) }
    fresh.target_address = frame.bytes[30..<34].reduce(0) { $0 << 8 | UInt32($1) }
    fresh.first_flow = UInt32(load.firstFlow)
    fresh.ip_sum = frame.ipSum
    fresh.tcp_sum = frame.tcpSum
    fresh.stamp_every = UInt32(load.stampEvery)
    state.pointee = fresh
    run = frame.bytes.withUnsafeBytes {
      sb_run_start(
        program, namespace.descriptor, interface, cpu, Int32(load.batch), $0.baseAddress, UInt32($0.count))
    }
    if run == nil { throw BenchError("no thread for the generator") }
  }

  /// - Throws: why it had ended by itself.
  func stop() throws {
    guard let run else { return }
    self.run = nil
    try Kernel.check(sb_run_stop(run), "send live frames by BPF_PROG_RUN (Linux 5.18)")
  }

  func check() throws {
    if let run { try Kernel.check(sb_run_state(run), "send live frames by BPF_PROG_RUN (Linux 5.18)") }
  }
}
