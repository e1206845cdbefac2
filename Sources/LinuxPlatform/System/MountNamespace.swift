import Glibc

/// Which mount namespace the calling thread sees. What is pinned or mounted in one of its own (`ip netns exec`, a
/// container, systemd's PrivateMounts) is invisible to others, and gone when the last process leaves it.
public enum MountNamespace {
  /// Whether it is the one of process 1. Nil when that may not be looked at.
  public static func isInitial() -> Bool? {
    guard let ours = identity("/proc/thread-self/ns/mnt") else { return nil }
    // Process 1 may be looked at only by who has all its capabilities (ptrace(2), access mode checking).
    if let first = identity("/proc/1/ns/mnt") { return ours == first }
    return ours == Self.fixedInitial ? true : nil
  }

  /// What kernels call the first mount namespace that give it a fixed number (linux/nsfs.h, MNT_NS_INIT_INO).
  private static let fixedInitial = "mnt:[\(0xefff_fff8 as UInt32)]"

  /// The text of a namespace link: `mnt:[4026531841]`.
  private static func identity(_ path: String) -> String? {
    var text = [UInt8](repeating: 0, count: 128)
    let length = text.withUnsafeMutableBytes { space -> Int in
      guard let start = space.baseAddress else { return -1 }
      return readlink(path, start.assumingMemoryBound(to: CChar.self), space.count)
    }
    return length > 0 ? String(decoding: text[..<length], as: UTF8.self) : nil
  }
}
