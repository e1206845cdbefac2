import CNetlink
import SystemPackage

/// The filesystem that pinned programs, links and maps live in.
public struct BPFFilesystem: Hashable, Sendable {
  public static let standard = BPFFilesystem(path: "/sys/fs/bpf")

  /// `BPF_FS_MAGIC` (linux/magic.h).
  private static let magic: Int64 = 0xcafe_4a11

  public var path: String

  public init(path: String) { self.path = path }

  /// Whether a BPF filesystem is mounted at the path (or above it).
  /// - Throws: `SystemError` when there is no such directory.
  public func isMounted() throws(SystemError) -> Bool {
    var type: Int64 = 0
    let code = fs_filesystem_type(path, &type)
    if code != 0 { throw SystemError("look at", path, number: code) }
    return type & 0xffff_ffff == Self.magic
  }

  /// Mounts it (mode 0700, no devices, no programs). Returns false when it was there already.
  @discardableResult
  public func mount() throws(SystemError) -> Bool {
    if try isMounted() { return false }
    let code = fs_mount_bpf(path)
    if code != 0 { throw SystemError("mount a BPF filesystem at", path, number: code) }
    return true
  }

  /// Unmounts it; what was pinned there and is not held otherwise is freed. Anything but a BPF filesystem stays.
  public func unmount() throws(SystemError) {
    var isRoot: Int32 = 0
    let looked = fs_is_mount_point(path, &isRoot)
    if looked != 0 { throw SystemError("look at", path, number: looked) }
    guard isRoot != 0, try isMounted() else {
      throw SystemError("unmount", path, code: .invalidArgument, detail: "no BPF filesystem is mounted there")
    }
    let code = fs_unmount(path)
    if code != 0 { throw SystemError("unmount", path, number: code) }
  }
}
