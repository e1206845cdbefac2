import CSwitchBench
import Glibc

/// A network namespace with a name, which is removed with its owner.
final class Namespace {
  let name: String
  let descriptor: Int32

  init(_ name: String) throws {
    self.name = name
    try Command(["ip", "netns", "add", name]).run()
    descriptor = open("/run/netns/\(name)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BenchError("no network namespace \(name)") }
    try ip("link set lo up")
  }

  deinit {
    close(descriptor)
    _ = try? Command(["ip", "netns", "delete", name]).run()
  }

  /// Lines of `ip -batch`.
  func ip(_ batch: String) throws {
    try Command(["ip", "-n", name, "-batch", "-"], input: batch + "\n").run()
  }

  func run(_ words: String...) throws { try Command(words, in: self).run() }

  /// The calling thread is inside for the time of `body`.
  func inside<Value>(_ body: () throws -> Value) throws -> Value {
    let home = try Kernel.check(sb_net_current(), "open this network namespace")
    defer { close(home) }
    try Kernel.check(sb_net_enter(descriptor), "enter \(name)")
    defer { _ = sb_net_enter(home) }
    return try body()
  }

  /// - Returns: the number of an interface.
  func index(_ interface: String) throws -> Int32 {
    let index = try inside { Int32(if_nametoindex(interface)) }
    guard index > 0 else { throw BenchError("no interface \(interface) in \(name)") }
    return index
  }
}
