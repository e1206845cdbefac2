import Glibc
import Testing

@testable import LinuxPlatform

@Suite("What the service manager is told")
struct ServiceNotifierTests {
  /// A service manager: a socket with a name of its own.
  private final class Manager {
    let name: String
    private let descriptor: Int32

    init(_ name: String) throws {
      self.name = name
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
      let address = try #require(ServiceNotifier.SocketAddress(name))
      let bound = address.withPointer { bind(descriptor, $0, $1) }
      try #require(bound == 0)
    }

    deinit {
      close(descriptor)
      if name.hasPrefix("/") { unlink(name) }
    }

    /// What has come: a unix datagram is there as soon as it is sent.
    var datagrams: [String] {
      var all: [String] = []
      var bytes = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = recv(descriptor, &bytes, bytes.count, 0)
        if count < 0 { return all }
        all.append(String(decoding: bytes[..<count], as: UTF8.self))
      }
    }
  }

  private func notifier(_ variables: [String: String]) -> ServiceNotifier {
    ServiceNotifier(environment: { variables[$0] }, process: 42)
  }

  @Test(
    "a path and an abstract name are reached",
    arguments: ["/tmp/flowswitch-notify-\(getpid())", "@flowswitch/notify/\(getpid())"])
  func reached(name: String) throws {
    let manager = try Manager(name)
    let notifier = notifier(["NOTIFY_SOCKET": name])
    #expect(notifier.isHeard)
    notifier.ready(status: "3 ports")
    notifier.stopping()
    #expect(manager.datagrams == ["READY=1\nSTATUS=3 ports", "STOPPING=1"])
  }

  @Test func aReloadSaysWhenItBegan() throws {
    let manager = try Manager("@flowswitch/reload/\(getpid())")
    notifier(["NOTIFY_SOCKET": manager.name]).reloading()
    let lines = try #require(manager.datagrams.first).split(separator: "\n")
    #expect(lines.first == "RELOADING=1")
    let stamp = try #require(lines.last?.split(separator: "=").last.flatMap { Int64($0) })
    #expect(stamp > 0)
  }

  @Test func aStatusIsOneLine() throws {
    let manager = try Manager("@flowswitch/status/\(getpid())")
    notifier(["NOTIFY_SOCKET": manager.name]).status("web\nREADY=1\r\nMAINPID=1")
    #expect(manager.datagrams == ["STATUS=web READY=1 MAINPID=1"])
  }

  @Test(
    "what names no socket is nobody",
    arguments: [nil, "", "@", "/", "relative", "vsock:2:1234", "/" + String(repeating: "x", count: 200)])
  func nobody(name: String?) {
    let notifier = notifier(name.map { ["NOTIFY_SOCKET": $0, "WATCHDOG_USEC": "1000"] } ?? [:])
    #expect(!notifier.isHeard)
    #expect(notifier.watchdogInterval == nil)
    notifier.ready()
    #expect(!notifier.beat(at: .seconds(1)))
  }

  @Test(
    "the watchdog's interval",
    arguments: [
      (["WATCHDOG_USEC": "10000000"], .seconds(10)),
      (["WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "42"], .seconds(10)),
      (["WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "43"], nil),
      (["WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "x"], nil),
      (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "-5"], nil), (["WATCHDOG_USEC": "soon"], nil),
      (["WATCHDOG_USEC": "99999999999999999999"], nil), ([:], nil),
    ] as [([String: String], Duration?)])
  func interval(variables: [String: String], expected: Duration?) {
    let all = variables.merging(["NOTIFY_SOCKET": "@flowswitch/none"]) { $1 }
    #expect(notifier(all).watchdogInterval == expected)
  }

  @Test func signsOfLifeLeaveEveryThirdOfTheInterval() throws {
    let manager = try Manager("@flowswitch/beat/\(getpid())")
    let notifier = notifier(["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "3000000"])
    let sent = stride(from: 0, through: 2500, by: 100).filter { notifier.beat(at: .milliseconds($0)) }
    #expect(sent == [0, 1000, 2000])
    #expect(manager.datagrams == ["WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"])
  }

  @Test func aBeatThatCouldNotBeSentIsTriedAgain() throws {
    let name = "@flowswitch/again/\(getpid())"
    let notifier = notifier(["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "3000000"])
    #expect(!notifier.beat(at: .zero))
    let manager = try Manager(name)
    #expect(notifier.beat(at: .milliseconds(100)))
    #expect(manager.datagrams == ["WATCHDOG=1"])
  }

  @Test func aManagerThatDoesNotReadHoldsNoLoopUp() throws {
    let manager = try Manager("@flowswitch/full/\(getpid())")
    let notifier = notifier(["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "3000000"])
    // Its queue takes a few; then beats fail instead of waiting.
    let sent = (0..<100_000).prefix { notifier.beat(at: .seconds($0)) }.count
    #expect(sent > 0 && sent < 100_000)
    #expect(manager.datagrams.count == sent)
  }
}
