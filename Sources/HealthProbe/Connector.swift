import CHealthProbe
import Dispatch
import Glibc
import NIOCore
import Wire

/// Makes the connections of stream probes; lives on the runner's event loop. All that are under way are in one epoll
/// instance, whose news reach the loop in batches: a channel each would cost more than all the rest of a probe, and most
/// probes want nothing but the connection.
final class Connector {
  /// The descriptor is the receiver's.
  typealias Completion = (Result<Int32, IOError>) -> Void

  private struct Pending {
    var descriptor: Int32
    var completion: Completion
  }

  private let loop: any EventLoop
  private let queue = DispatchQueue(label: "flowswitch.connector")
  private var poll: Int32 = -1
  private var source: (any DispatchSourceRead)?
  private var pending: [UInt64: Pending] = [:]
  private var last: UInt64 = 0

  init(_ loop: any EventLoop) { self.loop = loop }

  /// Begins a connection.
  /// - Parameter completion: called on the event loop, never before this returns.
  /// - Returns: what `cancel` takes.
  /// - Throws: `IOError`, also of a target that refuses at once.
  func connect(
    to address: IPAddress, port: UInt16, _ settings: SocketSettings, _ completion: @escaping Completion
  ) throws -> UInt64 {
    try open()
    let descriptor = try settings.makeSocket(type: Int32(SOCK_STREAM.rawValue), protocol: Int32(IPPROTO_TCP))
    let code = address.withSocketAddress(port: port) { Glibc.connect(descriptor, $0, $1) }
    if code != 0, errno != EINPROGRESS {
      let error = IOError(errnoCode: errno, reason: "connect")
      close(descriptor)
      throw error
    }
    last += 1
    var wanted = epoll_event()
    // Both mean writable to a socket that was connected at once, too. Told once: it is handed on then.
    wanted.events = EPOLLOUT.rawValue | EPOLLONESHOT.rawValue
    wanted.data.u64 = last
    guard epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &wanted) == 0 else {
      let error = IOError(errnoCode: errno, reason: "epoll_ctl")
      close(descriptor)
      throw error
    }
    pending[last] = Pending(descriptor: descriptor, completion: completion)
    return last
  }

  func cancel(_ ticket: UInt64) {
    if let found = pending.removeValue(forKey: ticket) { close(found.descriptor) }
  }

  func stop() {
    for found in pending.values { close(found.descriptor) }
    pending = [:]
    source?.cancel()
    source = nil
    // Nothing reaches the loop after this.
    queue.sync {}
    poll = -1
  }

  private func open() throws {
    guard poll < 0 else { return }
    let made = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard made >= 0 else { throw IOError(errnoCode: errno, reason: "epoll_create1") }
    poll = made
    let bound = NIOLoopBound(self, eventLoop: loop)
    let source = DispatchSource.makeReadSource(fileDescriptor: made, queue: queue)
    source.setEventHandler { [loop] in
      let ready = Self.ready(made)
      if !ready.isEmpty { loop.execute { bound.value.settle(ready) } }
    }
    source.setCancelHandler { close(made) }
    source.resume()
    self.source = source
  }

  private static func ready(_ poll: Int32) -> [UInt64] {
    var events = [epoll_event](repeating: epoll_event(), count: 256)
    let count = epoll_wait(poll, &events, Int32(events.count), 0)
    return count > 0 ? events[..<Int(count)].map(\.data.u64) : []
  }

  private func settle(_ tickets: [UInt64]) {
    for ticket in tickets {
      guard let found = pending.removeValue(forKey: ticket) else { continue }
      var code: Int32 = 0
      var length = socklen_t(MemoryLayout<Int32>.size)
      if getsockopt(found.descriptor, SOL_SOCKET, SO_ERROR, &code, &length) != 0 { code = errno }
      if code == 0 {
        var event = epoll_event()
        epoll_ctl(poll, EPOLL_CTL_DEL, found.descriptor, &event)
        found.completion(.success(found.descriptor))
      } else {
        close(found.descriptor)
        found.completion(.failure(IOError(errnoCode: code, reason: "connect")))
      }
    }
  }
}
