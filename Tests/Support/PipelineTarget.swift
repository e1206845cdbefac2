import CSupport
import Foundation
import Glibc

/// The pipeline's two targets. A test of the specification runs on each: `@Test(arguments: PipelineTarget.available)`.
public enum PipelineTarget: String, Sendable, CustomStringConvertible {
  /// Compiled into this process, tables in its memory.
  case host
  /// Compiled to eBPF, run in the kernel with BPF_PROG_RUN.
  case kernel

  public var description: String { rawValue }

  public static var isRoot: Bool { geteuid() == 0 }
  /// The kernel's target needs root.
  public static var available: [PipelineTarget] { isRoot ? [.host, .kernel] : [.host] }

  private static let shared = SharedKernel()

  /// Runs `body` with empty tables. The one kernel target of the process is lent to one test after the other.
  public func withSwitch<Value>(_ body: (TestSwitch) throws -> Value) throws -> Value {
    switch self {
    case .host: return try body(TestSwitch(try HostRunner(TestSwitch.dimensions)))
    case .kernel: return try PipelineTarget.shared.lend { try body(TestSwitch($0)) }
    }
  }

  /// The process' kernel target itself, for tests that need more than a switch.
  public static func withKernel<Value>(_ body: (KernelRunner) throws -> Value) throws -> Value {
    try shared.lend(body)
  }
}

/// The process' kernel target: loading takes longer than most tests.
private final class SharedKernel: @unchecked Sendable {
  private let lock = NSLock()
  private var made: Result<KernelRunner, SandboxError>?

  func lend<Value>(_ body: (KernelRunner) throws -> Value) throws -> Value {
    lock.lock()
    defer { lock.unlock() }
    let result =
      made ?? Result { () throws(SandboxError) in try KernelRunner(TestSwitch.dimensions) }
    made = result
    let runner = try result.get()
    return try runner.sandbox.inside {
      runner.clear()
      return try body(runner)
    }
  }
}
