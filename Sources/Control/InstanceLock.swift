import Glibc
import LinuxPlatform

/// One daemon an instance: an advisory lock on a file, which the kernel drops with the process.
final class InstanceLock: Sendable {
  private let descriptor: CInt

  init(_ paths: SwitchPaths) throws(ControlError) {
    if mkdir(paths.runFolder, 0o755) != 0 && errno != EEXIST {
      throw ControlError("can't create \(paths.runFolder): \(String(cString: strerror(errno)))")
    }
    descriptor = open(paths.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 {
      throw ControlError("can't open \(paths.lock): \(String(cString: strerror(errno)))")
    }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      var text = [UInt8](repeating: 0, count: 32)
      let length = pread(descriptor, &text, text.count, 0)
      let holder =
        String(decoding: text.prefix(max(length, 0)), as: UTF8.self)
        .split(separator: "\n").first.map { " (process \($0))" } ?? ""
      close(descriptor)
      throw ControlError(
        "the switch \(paths.name) is running already\(holder); another one on this machine needs another name"
      )
    }
    let mine = "\(getpid())\n"
    ftruncate(descriptor, 0)
    _ = mine.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  /// Who held it last.
  static func lastHolder(_ paths: SwitchPaths) -> ProcessIdentity? {
    let file = open(paths.lock, O_RDONLY | O_CLOEXEC)
    if file < 0 { return nil }
    defer { close(file) }
    var text = [UInt8](repeating: 0, count: 32)
    let length = read(file, &text, text.count)
    let digits = String(decoding: text.prefix(max(length, 0)), as: UTF8.self).split(separator: "\n").first
    return digits.flatMap { Int32($0) }.map { ProcessIdentity($0) }
  }

  /// Lets another switch of this name start, also in this process, before this object goes.
  func release() { flock(descriptor, LOCK_UN) }

  deinit { close(descriptor) }
}

/// Held while the BPF filesystem is mounted and unmounted, which all instances of the machine share: an instance that
/// goes must not take away what another one is about to pin in.
final class FolderLock {
  private let descriptor: CInt

  /// Waits for whoever holds it.
  init?(_ path: String) {
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 { return nil }
    if flock(descriptor, LOCK_EX) != 0 {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }
}
