import Glibc

/// The directory in which daemons put their control sockets.
public struct SocketDirectory: Sendable {
  public let path: String

  public init(path: String = ControlSocket.directory) { self.path = path }

  /// All sockets there by their names, dead ones as well.
  public func sockets() -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".sock") { names.append("\(path)/\(name)") }
    }
    return names.sorted()
  }

  /// The sockets whose daemon answers a request within the time.
  public func answering(within timeout: Duration = .seconds(2)) async -> [String] {
    await withTaskGroup(of: String?.self) { group in
      for path in sockets() {
        group.addTask {
          do throws(ControlClientError) {
            _ = try await ControlClient(path: path).get(.version, timeout: timeout)
            return path
          } catch {
            // One that we may not ask is there all the same: who asks it is told why not.
            if case .forbidden = error { return path }
            return nil
          }
        }
      }
      var found: [String] = []
      for await path in group { if let path { found.append(path) } }
      return found.sorted()
    }
  }
}
