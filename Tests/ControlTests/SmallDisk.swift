import Glibc

@testable import Lab

/// A mount namespace in which the switch's two folders are small filesystems, that can be filled. It lasts until it is
/// released.
final class SmallDisk {
  /// As others see it.
  private let root: String
  private let holder: Daemon
  private let folders: [String]

  init(_ site: Site, kilobytes: Int = 128) throws {
    folders = ["/run/flowswitch", "\(site.folder)/configurations"]
    mkdir(folders[1], 0o700)
    let mounts = folders.map { "mount -t tmpfs -o size=\(kilobytes)k none \($0)" }.joined(separator: " && ")
    holder = try Daemon(
      name: "disk", namespace: site.namespace,
      words: ["unshare", "-m", "sh", "-c", "\(mounts) && echo mounted && exec sleep 600"],
      log: "\(site.folder)/disk")
    root = "/proc/\(holder.pid)/root"
    guard try Waiting.until(within: .seconds(10), { holder.said.contains("mounted") }) else {
      throw SiteFailure("no small disk: \(holder.said)")
    }
  }

  deinit { release() }

  func release() { holder.kill() }

  /// Runs a program there.
  var wrapper: [String] { ["nsenter", "-m", "-t", "\(holder.pid)", "--"] }

  /// Not a byte can be written any more.
  func fill() throws {
    for folder in folders {
      let file = open("\(root)\(folder)/fill", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
      if file < 0 { throw SiteFailure("\(folder): \(String(cString: strerror(errno)))") }
      let page = [UInt8](repeating: 0, count: 4096)
      while write(file, page, page.count) > 0 {}
      close(file)
    }
  }

  func empty() { for folder in folders { unlink("\(root)\(folder)/fill") } }

  func read(_ path: String) -> String { TextFile.read("\(root)\(path)") ?? "" }

  func names(in folder: String) -> [String] { TextFile.names(in: "\(root)\(folder)") }
}
