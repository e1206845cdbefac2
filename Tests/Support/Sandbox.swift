import CSupport
import Glibc

/// Why the kernel's side of a test could not be set up.
public struct SandboxError: Error, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }

  static func check(_ code: CInt, _ what: String) throws(SandboxError) -> CInt {
    if code < 0 { throw SandboxError("can't \(what): \(String(cString: strerror(-code)))") }
    return code
  }
}

/// A network namespace of our own with interfaces, and one CPU to run on. The namespace has no name: it goes with the
/// process.
public final class Sandbox: @unchecked Sendable {
  private let net: CInt
  public let cpu: Int
  /// Interface indexes by interface name.
  public private(set) var interfaces: [String: Int] = [:]

  /// `commands`: what `ip -batch` shall do in the namespace.
  public init(commands: [String]) throws(SandboxError) {
    let before = try SandboxError.check(cs_current_net(), "open this network namespace")
    defer { close(before) }
    _ = try SandboxError.check(cs_new_net(), "make a network namespace")
    defer { _ = cs_enter_net(before) }
    net = try SandboxError.check(cs_current_net(), "open the new network namespace")
    cpu = Int(max(0, cs_current_cpu()))
    try run(commands)
  }

  deinit { close(net) }

  /// On this CPU and in this namespace; only the calling thread.
  public func inside<Value: ~Copyable>(_ body: () throws -> Value) throws -> Value {
    let before = try SandboxError.check(cs_current_net(), "open this network namespace")
    var affinity = cs_affinity()
    _ = try SandboxError.check(cs_pin_thread(CInt(cpu), &affinity), "stay on one CPU")
    _ = try SandboxError.check(cs_enter_net(net), "enter the network namespace")
    defer {
      _ = cs_enter_net(before)
      _ = cs_unpin_thread(&affinity)
      close(before)
    }
    return try body()
  }

  /// Runs `ip` commands; the calling thread is inside.
  public func run(_ commands: [String]) throws(SandboxError) {
    let script = "\(Sandbox.temporaryPath(for: "ip")).batch"
    defer { unlink(script) }
    guard let file = fopen(script, "w") else { throw SandboxError("can't write \(script)") }
    fputs(commands.joined(separator: "\n") + "\n", file)
    fclose(file)
    try Sandbox.spawn(["ip", "-batch", script])
    interfaces = [:]
    if let list = if_nameindex() {
      var entry = list
      while entry.pointee.if_index != 0, let name = entry.pointee.if_name {
        interfaces[String(cString: name)] = Int(entry.pointee.if_index)
        entry += 1
      }
      if_freenameindex(list)
    }
  }

  static func temporaryPath(for what: String) -> String {
    "/tmp/flowswitch-test-\(what)-\(getpid())-\(UInt32.random(in: 0 ... .max))"
  }

  /// Runs a program; the child begins in the calling thread's namespace.
  public static func spawn(_ arguments: [String]) throws(SandboxError) {
    var pid: pid_t = 0
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    let error = posix_spawnp(&pid, arguments[0], nil, nil, pointers, environ)
    if error != 0 { throw SandboxError("can't run \(arguments[0]): \(String(cString: strerror(error)))") }
    var status: CInt = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    if status != 0 { throw SandboxError("`\(arguments.joined(separator: " "))` failed") }
  }
}

/// A BPF filesystem of our own, for pins.
public final class PinMount {
  public let path: String

  public init() throws(SandboxError) {
    PinMount.sweep()
    path = Sandbox.temporaryPath(for: "bpffs")
    _ = try SandboxError.check(mkdir(path, 0o700), "make \(path)")
    _ = try SandboxError.check(cs_mount_bpffs(path), "mount a BPF filesystem")
  }

  /// What killed processes left mounted.
  private static func sweep() {
    guard let folder = opendir("/tmp") else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let parts = name.split(separator: "-")
      guard name.hasPrefix("flowswitch-test-bpffs-"), parts.count == 5, let pid = pid_t(parts[3]) else {
        continue
      }
      if kill(pid, 0) != 0 && errno == ESRCH {
        _ = cs_unmount("/tmp/" + name)
        rmdir("/tmp/" + name)
      }
    }
  }

  public func unmount() {
    _ = cs_unmount(path)
    rmdir(path)
  }

  deinit { unmount() }
}
