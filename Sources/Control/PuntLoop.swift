import Glibc
import LinuxPlatform
import Synchronization
import SystemPackage

/// One thread that waits for the frames of all ports: hundreds of threads that each look up now and then would keep an
/// idle machine busy. It sleeps until a frame comes.
final class PuntLoop: Sendable {
  private struct State {
    var readers: [CInt: PuntReader] = [:]
    var isStopped = false
  }

  private let state = Mutex(State())
  /// The thread looks at its readers again when something is written.
  private let bell: (read: CInt, write: CInt)

  init() throws(SystemError) {
    var ends: [CInt] = [-1, -1]
    if pipe(&ends) != 0 { throw SystemError("open", "a pipe", code: .init(rawValue: errno)) }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    bell = (ends[0], ends[1])
    _ = try PlatformThread(name: "fs-punts") { [self] in run() }
  }

  deinit {
    close(bell.read)
    close(bell.write)
  }

  func add(_ reader: PuntReader) {
    state.withLock { $0.readers[reader.descriptor] = reader }
    ring()
  }

  func remove(_ reader: PuntReader) {
    state.withLock { if $0.readers[reader.descriptor] === reader { $0.readers[reader.descriptor] = nil } }
    ring()
  }

  /// Ends the thread, which holds the loop until then.
  func stop() {
    state.withLock {
      $0.readers = [:]
      $0.isStopped = true
    }
    ring()
  }

  private func ring() {
    var byte: UInt8 = 1
    // A pipe that is full rings already.
    _ = write(bell.write, &byte, 1)
  }

  private func run() {
    while true {
      let (readers, isStopped) = state.withLock { ($0.readers, $0.isStopped) }
      if isStopped { return }
      // In the order of `waiting`, behind the bell.
      let present = Array(readers.values)
      var waiting = [pollfd(fd: bell.read, events: Int16(POLLIN), revents: 0)]
      waiting += present.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      while true {
        if poll(&waiting, nfds_t(waiting.count), -1) < 0 && errno != EINTR { return }
        for (entry, reader) in zip(waiting.dropFirst(), present) where entry.revents != 0 {
          if !reader.readOnce() { remove(reader) }
        }
        if waiting[0].revents != 0 { break }
      }
      var bytes = [UInt8](repeating: 0, count: 512)
      while read(bell.read, &bytes, bytes.count) == bytes.count {}
    }
  }
}
