import Foundation
import Glibc

/// Answers with its name whatever is asked, on TCP and UDP, until it is stopped. A thread of its own.
final class EchoServer: @unchecked Sendable {
  private let answer: [UInt8]
  private let listener: Int32
  private let datagrams: Int32
  private let wake: (reading: Int32, writing: Int32)
  private let isDone = DispatchSemaphore(value: 0)

  init(name: String, namespace: String, address: String, port: UInt16) throws {
    answer = Array("\(name)\n".utf8)
    let sockets = try inNamespace(namespace) {
      (
        stream: socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0),
        datagram: socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      )
    }
    listener = sockets.stream
    datagrams = sockets.datagram
    var ends: [Int32] = [-1, -1]
    pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    wake = (ends[0], ends[1])
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    let isBound = [listener, datagrams].allSatisfy { descriptor in
      withAddress(address, port) { bind(descriptor, $0, $1) } == 0
    }
    guard isBound, listen(listener, 512) == 0 else {
      throw SiteFailure("\(name) can't serve \(address):\(port): \(String(cString: strerror(errno)))")
    }
    Thread.detachNewThread { [self] in run() }
  }

  func stop() {
    close(wake.writing)
    isDone.wait()
  }

  private func run() {
    var open: [Int32] = []
    var bytes = [UInt8](repeating: 0, count: 256)
    while true {
      var entries = ([wake.reading, listener, datagrams] + open).map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      poll(&entries, nfds_t(entries.count), -1)
      if entries[0].revents != 0 { break }
      if entries[1].revents != 0 {
        let accepted = accept(listener, nil, nil)
        if accepted >= 0 {
          // Or every program that is started later has it, too.
          _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
          open.append(accepted)
        }
      }
      if entries[2].revents != 0 { answerDatagram(&bytes) }
      for entry in entries.dropFirst(3) where entry.revents != 0 {
        if recv(entry.fd, &bytes, bytes.count, 0) > 0 {
          _ = send(entry.fd, answer, answer.count, Int32(MSG_NOSIGNAL))
        } else {
          close(entry.fd)
          open.removeAll { $0 == entry.fd }
        }
      }
    }
    for descriptor in open + [listener, datagrams, wake.reading] { close(descriptor) }
    isDone.signal()
  }

  private func answerDatagram(_ bytes: inout [UInt8]) {
    var from = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    withUnsafeMutablePointer(to: &from) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        if recvfrom(datagrams, &bytes, bytes.count, 0, address, &length) >= 0 {
          _ = sendto(datagrams, answer, answer.count, 0, address, length)
        }
      }
    }
  }
}
