import CNetlink
import Glibc

/// A flag that a thread in poll(2) can wait for: an eventfd. Once signalled it stays so.
final class EventDescriptor: Sendable {
  let fileDescriptor: Int32

  init() throws(SystemError) {
    var descriptor: Int32 = -1
    let code = fs_event_open(&descriptor)
    if code != 0 { throw SystemError("open an event descriptor", number: code) }
    fileDescriptor = descriptor
  }

  deinit { close(fileDescriptor) }

  /// May be called from any thread, any number of times.
  func signal() { _ = fs_event_signal(fileDescriptor) }

  var isSignalled: Bool { wait(milliseconds: 0) }

  /// Returns whether it is signalled.
  @discardableResult
  func wait(alsoFor other: Int32 = -1, milliseconds: Int32) -> Bool {
    // A negative descriptor is ignored by poll.
    var polled = [
      pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: other, events: Int16(POLLIN), revents: 0),
    ]
    let ready = poll(&polled, nfds_t(polled.count), milliseconds)
    return ready > 0 && polled[0].revents != 0
  }
}
