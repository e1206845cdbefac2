import Glibc
import ManagementFixtures
import SwitchModel
import Testing

@testable import Management

@Suite("The control socket")
struct ControlSocketTests {
  static func mode(_ path: String) -> UInt32? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
  }

  /// Binds a socket and closes it again: what a daemon leaves that was killed.
  static func makeStale(_ path: String) {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    close(descriptor)
  }

  @Test("Its directory is made, its mode lets the group in, and it goes with the server")
  func modes() async throws {
    try await withTemporaryDirectory { directory in
      _ = try ControlSocket(path: "\(directory)/new/fs1.sock")
      #expect(ControlSocketTests.mode("\(directory)/new") == 0o755)
    }
    try await withServer { path in
      #expect(ControlSocketTests.mode(path) == 0o660)
      #expect(ControlSocketTests.mode(path + ".lock") == 0o600)
    }
  }

  @Test("A socket that a dead daemon left is removed")
  func stale() async throws {
    try await withTemporaryDirectory { directory in
      let path = "\(directory)/fs1.sock"
      ControlSocketTests.makeStale(path)
      #expect(ControlSocketTests.mode(path) != nil)
      _ = try ControlSocket(path: path)
      #expect(ControlSocketTests.mode(path) == nil)
    }
  }

  @Test("A second daemon is told why it may not start, and disturbs nothing")
  func inUse() async throws {
    try await withServer { (path: String) async throws in
      let error = ControlSocketError.inUse(path: path, pid: Int(getpid()))
      #expect(throws: error) { try ControlSocket(path: path) }
      #expect(error.description == "a flowswitch runs on \(path) already (pid \(getpid()))")
      // Without the lock's file the socket itself tells.
      unlink(path + ".lock")
      #expect(throws: ControlSocketError.inUse(path: path, pid: nil)) { try ControlSocket(path: path) }
      #expect(try await ControlClient(path: path).get([PortRow].self, .ports).value.count == 2)
    }
  }

  @Test("What is no socket is left alone")
  func notASocket() async throws {
    try await withTemporaryDirectory { directory in
      let path = "\(directory)/fs1.sock"
      mkdir(path, 0o755)
      #expect(throws: ControlSocketError.notASocket(path: path)) { try ControlSocket(path: path) }
    }
  }

  @Test("A name that no socket can have")
  func tooLong() {
    let path = "/tmp/" + String(repeating: "x", count: 110)
    #expect(throws: ControlSocketError.nameTooLong(path: path)) { try ControlSocket(path: path) }
  }

  @Test("Of the sockets in a directory, the one that answers is found")
  func discovery() async throws {
    try await withServer { path in
      let directory = SocketDirectory(path: String(path.dropLast("/fs1.sock".count)))
      ControlSocketTests.makeStale(directory.path + "/old.sock")
      #expect(directory.sockets() == [path, directory.path + "/old.sock"])
      #expect(await directory.answering(within: .seconds(30)) == [path])
    }
    #expect(await SocketDirectory(path: "/nonexistent").answering().isEmpty)
  }
}
