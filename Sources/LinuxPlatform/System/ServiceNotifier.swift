import Glibc
import Synchronization

/// Tells the service manager that started this process how it does (sd_notify(3)): datagrams to the socket that
/// `NOTIFY_SOCKET` names. Where nobody asked to be told, or cannot be reached, nothing happens.
public final class ServiceNotifier: Sendable {
  /// How long the manager waits for a sign of life before it takes the process for hung (`WATCHDOG_USEC`). Nil: it does
  /// not watch.
  public let watchdogInterval: Duration?
  private let address: SocketAddress?
  /// When the last sign of life left, in `TimeSource.now`.
  private let lastBeat = Mutex<Duration?>(nil)

  /// - Parameters:
  ///   - environment: the process' variables: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`. What is malformed in
  ///     them counts as absent.
  ///   - process: this one's number; a watchdog for another process is not ours to feed.
  public init(
    environment: (String) -> String? = { getenv($0).map { String(cString: $0) } }, process: Int32 = getpid()
  ) {
    address = environment("NOTIFY_SOCKET").flatMap { SocketAddress($0) }
    let isOurs = environment("WATCHDOG_PID").map { Int32($0) == process } ?? true
    let microseconds = environment("WATCHDOG_USEC").flatMap { Int64($0) } ?? 0
    watchdogInterval = address != nil && isOurs && microseconds > 0 ? .microseconds(microseconds) : nil
  }

  /// Whether a manager wants to be told.
  public var isHeard: Bool { address != nil }

  /// The start, or a reload, is complete.
  public func ready(status: String = "") { tell(["READY=1", line(status)]) }

  /// A reload begins; `ready` ends it.
  public func reloading() {
    // The time tells the manager which of its requests this answers (systemd 253, Type=notify-reload).
    tell(["RELOADING=1", "MONOTONIC_USEC=\(monotonicMicroseconds())"])
  }

  /// The stop begins.
  public func stopping(status: String = "") { tell(["STOPPING=1", line(status)]) }

  /// One line for the operator, as `systemctl status` shows it.
  public func status(_ text: String) { tell([line(text)]) }

  /// A sign of life, to be called by the loop whose hanging is to be noticed, as often as it likes: one datagram
  /// leaves every third of the interval, so that one that is late or lost is no fault. Never blocks.
  /// - Parameter now: `TimeSource.now`.
  /// - Returns: whether one left.
  @discardableResult
  public func beat(at now: Duration) -> Bool {
    guard let watchdogInterval else { return false }
    return lastBeat.withLock { last in
      if let last, now - last < watchdogInterval / 3 { return false }
      // One that could not be sent is tried again with the next beat.
      guard send("WATCHDOG=1", patience: nil) else { return false }
      last = now
      return true
    }
  }

  private func tell(_ lines: [String]) {
    let text = lines.filter { !$0.isEmpty }.joined(separator: "\n")
    if !text.isEmpty { _ = send(text, patience: timeval(tv_sec: 1, tv_usec: 0)) }
  }

  /// What would look like another variable is made one line.
  private func line(_ status: String) -> String {
    if status.isEmpty { return "" }
    return "STATUS=" + String(status.map { $0.isNewline ? " " : $0 })
  }

  /// - Parameter patience: how long to wait for room in the manager's queue; nil: not at all.
  private func send(_ text: String, patience: timeval?) -> Bool {
    guard let address else { return false }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    if descriptor < 0 { return false }
    defer { close(descriptor) }
    var flags = Int32(MSG_NOSIGNAL)
    if var patience {
      setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    } else {
      flags |= Int32(MSG_DONTWAIT)
    }
    let bytes = Array(text.utf8)
    return address.withPointer { sendto(descriptor, bytes, bytes.count, flags, $0, $1) } == bytes.count
  }

  private func monotonicMicroseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
  }
}

extension ServiceNotifier {
  /// Of a unix socket: a path, or a name in the abstract namespace, which is written with `@` in place of its first
  /// byte, a zero (unix(7)).
  struct SocketAddress: Sendable {
    private let bytes: [UInt8]

    /// Nil for what is neither (a vsock, say), or too long.
    init?(_ text: String) {
      var bytes = Array(text.utf8)
      guard bytes.count > 1, bytes.count < Self.room, let first = bytes.first else { return nil }
      switch first {
      case UInt8(ascii: "/"):
        break
      case UInt8(ascii: "@"): bytes[0] = 0
      default: return nil
      }
      self.bytes = bytes
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
      let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
      return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
      }
    }

    /// Bytes of `sun_path`.
    private static let room = 108
  }
}
