import CNetlink
import Glibc

/// Runs `body` with the calling thread in a named network namespace. Sockets that it makes stay there. `body` must not
/// suspend.
func inNamespace<Result: ~Copyable>(_ name: String, _ body: () throws -> Result) throws -> Result {
  var home: Int32 = -1
  var code = fs_network_namespace(&home)
  if code != 0 { throw SiteFailure("the network namespace: \(String(cString: strerror(code)))") }
  defer { close(home) }
  let there = open("/run/netns/\(name)", O_RDONLY | O_CLOEXEC)
  if there < 0 { throw SiteFailure("no network namespace \(name)") }
  defer { close(there) }
  code = fs_enter_network_namespace(there)
  if code != 0 { throw SiteFailure("enter \(name): \(String(cString: strerror(code)))") }
  defer {
    precondition(fs_enter_network_namespace(home) == 0, "cannot return to the test's network namespace")
  }
  return try body()
}

/// An IPv4 socket address, for the length of a call.
func withAddress<Result>(
  _ address: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
  var raw = sockaddr_in()
  raw.sin_family = sa_family_t(AF_INET)
  raw.sin_port = port.bigEndian
  inet_pton(AF_INET, address, &raw.sin_addr)
  return withUnsafePointer(to: &raw) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
}

/// Waits until a descriptor can be read or written. Bounded.
func isReady(_ descriptor: Int32, _ events: Int32, seconds: Int32) -> Bool {
  isReady(descriptor, events, milliseconds: seconds * 1000)
}

func isReady(_ descriptor: Int32, _ events: Int32, milliseconds: Int32) -> Bool {
  var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
  return poll(&entry, 1, milliseconds) == 1
}
