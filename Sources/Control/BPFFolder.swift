import Foundation
import LinuxPlatform

/// The BPF filesystem that an instance mounted because there was none.
struct BPFFolder {
  private let paths: SwitchPaths

  init(_ paths: SwitchPaths) { self.paths = paths }

  /// Only if nobody keeps anything there: unmounting would end the datapaths of others when their daemons go.
  func unmountUnused() {
    let lock = FolderLock(paths.runFolder)
    defer { withExtendedLifetime(lock) {} }
    let entries = try? FileManager.default.contentsOfDirectory(atPath: paths.bpfFolder)
    // The kernel itself puts two programs there when it mounts the filesystem (kernel/bpf/preload).
    let foreign = entries?.filter { $0 != "maps.debug" && $0 != "progs.debug" }
    if foreign?.isEmpty == true { try? BPFFilesystem(path: paths.bpfFolder).unmount() }
  }
}
