import SystemPackage

/// What a process may do: its effective capability set.
public struct Capabilities: Hashable, Sendable {
  public var effective: UInt64

  public init(effective: UInt64) { self.effective = effective }

  /// From the text of `/proc/PID/status`. Nil when it has no readable `CapEff` line.
  public init?(status: String) {
    for line in status.split(separator: "\n") where line.hasPrefix("CapEff:") {
      let digits = line.dropFirst("CapEff:".count).trimmingSpaces()
      guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
        let bits = UInt64(digits, radix: 16)
      else { return nil }
      self.init(effective: bits)
      return
    }
    return nil
  }

  /// Of the calling thread.
  /// - Throws: `SystemError` when /proc cannot be read.
  public static func current() throws(SystemError) -> Capabilities {
    let text = try TextFile.read("/proc/thread-self/status")
    guard let capabilities = Capabilities(status: text) else {
      throw SystemError("read capabilities from", "/proc/thread-self/status", code: .badMessage)
    }
    return capabilities
  }

  public func contains(_ capability: Capability) -> Bool { effective >> UInt64(capability.rawValue) & 1 != 0 }

  /// Those of `needed` that are missing. `CAP_SYS_ADMIN` stands for `CAP_BPF` and `CAP_PERFMON`, as in the kernel
  /// (linux/capability.h, `bpf_capable`, `perfmon_capable`).
  public func missing(_ needed: [Capability] = [.netAdmin, .netRaw, .bpf, .perfmon]) -> [Capability] {
    needed.filter { capability in
      switch capability {
      case .bpf, .perfmon: !contains(capability) && !contains(.sysAdmin)
      case .netAdmin, .netRaw, .sysAdmin: !contains(capability)
      }
    }
  }
}
