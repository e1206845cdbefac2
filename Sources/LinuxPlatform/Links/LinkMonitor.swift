import CNetlink
import Glibc

/// Link events on a thread of its own. It watches the network namespace of the thread that makes it, and ends when it
/// is cancelled or let go.
public final class LinkMonitor: Sendable {
  public typealias Handler = @Sendable (LinkEvent) -> Void
  public typealias FailureHandler = @Sendable (SystemError) -> Void

  /// How long to wait until a failed dump is tried again, in milliseconds.
  private static let retryMilliseconds: Int32 = 200

  private let stop: EventDescriptor
  private let thread: PlatformThread

  /// - Parameters:
  ///   - receiveBuffer: bytes of the socket; nil for the system's default.
  ///   - onFailure: called on the monitor's thread when the kernel refused to tell; the monitor goes on trying.
  ///   - handler: called on the monitor's thread, first with every link there is (`appeared`). It may cancel.
  /// - Throws: `SystemError` when no socket or thread is to be had.
  public init(
    receiveBuffer: Int? = nil, onFailure: @escaping FailureHandler = { _ in }, handler: @escaping Handler
  ) throws(SystemError) {
    let watcher = try LinkWatcher(receiveBuffer: receiveBuffer)
    let stop = try EventDescriptor()
    let loop = Loop(watcher: watcher, stop: stop, handler: handler, onFailure: onFailure)
    self.stop = stop
    thread = try PlatformThread(name: "fs-links") { loop.run() }
  }

  deinit { cancel() }

  /// Ends it. When it returns, the handler will not be called again (unless the handler itself called this: then not
  /// after it returned).
  public func cancel() {
    stop.signal()
    thread.join()
  }

  /// The events as a sequence, which ends the monitor when it is no longer iterated. Nothing is dropped: a consumer
  /// that stops reading makes the sequence grow.
  public static func events(receiveBuffer: Int? = nil) throws(SystemError) -> AsyncStream<LinkEvent> {
    let (stream, continuation) = AsyncStream.makeStream(of: LinkEvent.self)
    let monitor = try LinkMonitor(receiveBuffer: receiveBuffer) { continuation.yield($0) }
    // Also called by `finish`; the closure is what keeps the monitor alive.
    continuation.onTermination = { _ in monitor.cancel() }
    return stream
  }

  /// Owned by the thread alone once it runs, which the compiler cannot see.
  private final class Loop: @unchecked Sendable {
    private var watcher: LinkWatcher
    private let stop: EventDescriptor
    private let handler: Handler
    private let onFailure: FailureHandler

    init(
      watcher: consuming LinkWatcher, stop: EventDescriptor, handler: @escaping Handler,
      onFailure: @escaping FailureHandler
    ) {
      self.watcher = watcher
      self.stop = stop
      self.handler = handler
      self.onFailure = onFailure
    }

    func run() {
      while !stop.isSignalled {
        var wait: Int32 = -1
        do {
          for event in try watcher.poll() {
            if stop.isSignalled { return }
            handler(event)
          }
          // More to read: the socket is readable, and poll returns at once.
        } catch {
          onFailure(error)
          wait = LinkMonitor.retryMilliseconds
          // An error that stays would otherwise wake the poll again and again.
          _ = stop.wait(milliseconds: wait)
        }
        stop.wait(alsoFor: watcher.fileDescriptor, milliseconds: watcher.needsResynchronization ? 0 : wait)
      }
    }
  }
}
