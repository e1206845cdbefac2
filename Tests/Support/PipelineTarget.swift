import CSupport
public import Datapath
import Foundation
import Glibc

/// The pipeline's targets. A test of the specification runs on each: `@Test(arguments: PipelineTarget.available)`.
public enum PipelineTarget: String, Sendable, CustomStringConvertible {
  /// Compiled into this process, tables in its memory.
  case host
  /// Compiled to eBPF for the XDP hook, run in the kernel with BPF_PROG_RUN.
  case kernel
  /// Compiled to eBPF for tc ingress, run likewise.
  case tc

  public var description: String { rawValue }

  public static var isRoot: Bool { geteuid() == 0 }
  /// The kernel's targets need root.
  public static var available: [PipelineTarget] { isRoot ? [.host, .kernel, .tc] : [.host] }

  private static let sharedXDP = SharedKernel(.xdpGeneric)
  private static let sharedTC = SharedKernel(.tc)

  public func takes(_ frame: [UInt8]) -> Bool {
    switch self {
    case .host: true
    case .kernel: KernelRunner.lengths(.xdpGeneric, frame).contains(frame.count)
    case .tc: KernelRunner.lengths(.tc, frame).contains(frame.count)
    }
  }

  /// Runs `body` with empty tables. The one kernel target of a kind in the process is lent to one test after the other.
  public func withSwitch<Value>(_ body: (TestSwitch) throws -> Value) throws -> Value {
    switch self {
    case .host: return try body(TestSwitch(try HostRunner(TestSwitch.dimensions)))
    case .kernel: return try PipelineTarget.sharedXDP.lend { try body(TestSwitch($0)) }
    case .tc: return try PipelineTarget.sharedTC.lend { try body(TestSwitch($0)) }
    }
  }

  /// The process' kernel target itself, for tests that need more than a switch.
  /// - Parameter kind: `.xdpGeneric` or `.tc`.
  public static func withKernel<Value>(
    _ kind: DatapathKind = .xdpGeneric, _ body: (KernelRunner) throws -> Value
  ) throws -> Value {
    try (kind == .tc ? sharedTC : sharedXDP).lend(body)
  }
}

/// The process' kernel target of a kind: loading takes longer than most tests.
private final class SharedKernel: @unchecked Sendable {
  private let lock = NSLock()
  private let kind: DatapathKind
  private var made: Result<KernelRunner, SandboxError>?

  init(_ kind: DatapathKind) { self.kind = kind }

  func lend<Value>(_ body: (KernelRunner) throws -> Value) throws -> Value {
    lock.lock()
    defer { lock.unlock() }
    let result =
      made ?? Result { () throws(SandboxError) in try KernelRunner(TestSwitch.dimensions, kind: kind) }
    made = result
    let runner = try result.get()
    return try runner.sandbox.inside {
      runner.clear()
      return try body(runner)
    }
  }
}
