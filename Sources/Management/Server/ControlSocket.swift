import Glibc
import Synchronization
import SystemPackage

/// The right to serve on a control socket: held from before the socket is bound until the daemon goes, so that of
/// two daemons that start at once one is told why it may not.
///
/// Beside the socket `NAME.sock` lies `NAME.sock.lock`. The kernel gives the lock back when a daemon dies however it
/// dies, and then its socket is stale and may be removed. The file itself stays: to remove it would let a third
/// daemon lock a new file while a second waits for the old one.
public final class ControlSocket: Sendable {
  public static let directory = "/run/flowswitch"

  public let path: String
  /// Nil: the daemon's own.
  private let group: Mutex<gid_t?>
  private let lock: Int32

  /// - Parameters:
  ///   - path: of the socket. Its directory is made (0755) if only that is missing.
  ///   - group: whose members may use it; nil: the daemon's.
  public init(path: String, group: String? = nil) throws(ControlSocketError) {
    guard path.utf8.count <= 107 else { throw .nameTooLong(path: path) }
    self.group = Mutex(try group.map(ControlSocket.groupNumber))
    try ControlSocket.makeDirectory(of: path)
    self.path = path
    lock = try ControlSocket.takeLock(of: path)
    // Everything is set: if this throws, deinit closes the lock.
    try ControlSocket.removeStale(path)
  }

  deinit { close(lock) }

  /// The socket of the switch with this name.
  public static func path(ofSwitch name: String) -> String { "\(directory)/\(name).sock" }

  /// Members of the socket's group may speak to the switch, others not. To be called when it is bound; until then the
  /// mode is what the umask left, and a umask of 022 lets only root in.
  func open() throws(ControlSocketError) {
    if let group = group.withLock({ $0 }) {
      guard chown(path, uid_t.max, group) == 0 else { throw .failure("chown", path) }
    }
    guard chmod(path, 0o660) == 0 else { throw .failure("chmod", path) }
  }

  /// Members of another group may speak to the switch from now on; who is connected stays so.
  /// - Parameter name: nil: the daemon's own.
  /// - Throws: and leaves it as it was.
  func change(group name: String?) throws(ControlSocketError) {
    let number = try name.map(ControlSocket.groupNumber)
    // Before it is bound `open` does it.
    if access(path, F_OK) == 0, chown(path, uid_t.max, number ?? getegid()) != 0 {
      throw .failure("chown", path)
    }
    group.withLock { $0 = number }
  }

  private static func groupNumber(_ name: String) throws(ControlSocketError) -> gid_t {
    var entry = Glibc.group()
    var found: UnsafeMutablePointer<Glibc.group>?
    // A group with very many members needs the room.
    var room = [CChar](repeating: 0, count: 1 << 20)
    guard getgrnam_r(name, &entry, &room, room.count, &found) == 0, found != nil else {
      throw .noGroup(name: name)
    }
    return entry.gr_gid
  }

  func remove() { unlink(path) }

  private static func makeDirectory(of path: String) throws(ControlSocketError) {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    let directory = String(path[..<slash])
    if mkdir(directory, 0o755) == 0 {
      // The umask must not hide sockets from the group that may use them.
      guard chmod(directory, 0o755) == 0 else { throw .failure("chmod", directory) }
    } else if errno != EEXIST {
      throw .failure("mkdir", directory)
    }
  }

  private static func takeLock(of path: String) throws(ControlSocketError) -> Int32 {
    let name = path + ".lock"
    let descriptor = Glibc.open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .failure("open", name) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      var bytes = [UInt8](repeating: 0, count: 16)
      let count = pread(descriptor, &bytes, bytes.count, 0)
      close(descriptor)
      guard reason == EWOULDBLOCK else {
        throw .system(call: "flock", path: name, errno: Errno(rawValue: reason))
      }
      let text = String(decoding: bytes.prefix(max(count, 0)).prefix { $0 != 10 }, as: UTF8.self)
      throw .inUse(path: path, pid: Int(text))
    }
    // For the message above only: a lock without it is as good.
    let text = Array("\(getpid())\n".utf8)
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
    return descriptor
  }

  /// A socket without a listener refuses connections: it is what a dead daemon left.
  private static func removeStale(_ path: String) throws(ControlSocketError) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw .failure("stat", path)
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue),
      0)
    guard descriptor >= 0 else { throw .failure("socket", path) }
    defer { close(descriptor) }
    guard connect(descriptor, to: path) != 0, errno == ECONNREFUSED || errno == ENOENT else {
      throw .inUse(path: path, pid: nil)
    }
    guard unlink(path) == 0 || errno == ENOENT else { throw .failure("unlink", path) }
  }

  private static func connect(_ descriptor: Int32, to path: String) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) {
      $0.copyBytes(from: path.utf8.prefix($0.count - 1))
    }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}

extension ControlSocketError {
  /// Of the call that just failed.
  fileprivate static func failure(_ call: String, _ path: String) -> ControlSocketError {
    .system(call: call, path: path, errno: Errno(rawValue: errno))
  }
}
