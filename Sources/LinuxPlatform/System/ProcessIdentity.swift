/// A process, as an operator would name it.
public struct ProcessIdentity: Hashable, Sendable {
  public var id: Int32
  /// The command's name (`/proc/PID/comm`). Nil when it is gone or may not be looked at.
  public var name: String?

  public init(_ id: Int32) {
    self.id = id
    name = (try? TextFile.read("/proc/\(id)/comm")).map { String($0[...].trimmingSpaces()) }
  }
}

extension ProcessIdentity: CustomStringConvertible {
  public var description: String { name.map { "\(id) (\($0))" } ?? String(id) }
}
