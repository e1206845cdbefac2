import CNetlink
import Glibc
import Synchronization

/// A thread for work that blocks or must not wait for others: a capture, a monitor. It starts in the network
/// namespace of its maker.
public final class PlatformThread: Sendable {
  private let thread: pthread_t
  private let isJoined = Mutex(false)

  /// - Parameter name: as `top -H` shows it; at most 15 bytes are kept.
  /// - Throws: `SystemError` (`EAGAIN`) when the system has no more threads to give.
  public init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    var made = pthread_t()
    let code = pthread_create(
      &made, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        fs_name_thread(start.name)
        start.body()
        return nil
      }, start.toOpaque())
    if code != 0 {
      start.release()
      throw SystemError("start thread", name, number: code)
    }
    thread = made
  }

  deinit {
    // Not waited for: its resources go when it ends.
    isJoined.withLock { if !$0 { pthread_detach(thread) } }
  }

  /// Waits until the thread has ended; at once when called on that thread itself.
  public func join() {
    if pthread_equal(thread, pthread_self()) != 0 { return }
    isJoined.withLock { joined in
      if !joined { pthread_join(thread, nil) }
      joined = true
    }
  }

  private final class Start {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
}
