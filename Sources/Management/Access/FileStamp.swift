import Glibc

/// Tells whether a file has changed: by the time of the last change, as the kernel has it, its size and its inode.
struct FileStamp: Hashable, Sendable {
  private var time: [UInt8]
  private var size: Int64
  private var inode: UInt

  /// Nil where there is no such file.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    time = withUnsafeBytes(of: status.st_ctim) { Array($0) }
    size = Int64(status.st_size)
    inode = UInt(status.st_ino)
  }
}
