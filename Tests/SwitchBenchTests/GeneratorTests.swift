import CSwitchBench
import Glibc
import Testing

@testable import SwitchBench

@Suite("Generator and sink", .serialized)
struct GeneratorTests {
  private static let isRoot = geteuid() == 0
  private static let reason: Comment = "needs root: network namespaces, interfaces, eBPF"

  /// A cable with the generator at one end.
  private final class Cable {
    let programs: Programs
    let folder: String
    let here: Namespace
    let there: Namespace
    let generator: Generator

    init(_ name: String) throws {
      folder = "/tmp/flowswitch-bench-test-\(getpid())\(name)"
      guard mkdir(folder, 0o755) == 0 else { throw BenchError("cannot make \(folder)") }
      programs = try Programs(folder: folder)
      here = try Namespace("bt\(getpid())\(name)a")
      there = try Namespace("bt\(getpid())\(name)b")
      for host in [here, there] { try host.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1") }
      try here.ip("link add eth0 type veth peer name eth0 netns \(there.name)\nlink set eth0 up")
      try there.ip("link set eth0 up")
      for host in [here, there] { try host.run("ethtool", "-K", "eth0", "gro", "on") }
      let cpu = try Machine.processors().last
      generator = try Generator(programs, in: here, interface: "eth0", cpu: cpu)
    }

    deinit { _ = try? Command(["rm", "-rf", folder]).run() }
  }

  @Test(
    "what left is what arrived, at a known rate",
    .enabled(if: isRoot, reason), arguments: [5_000.0, 50_000])
  func countsAlike(rate: Double) throws {
    let cable = try Cable("r\(Int(rate / 1000))")
    let sink = try Sink(cable.programs)
    try sink.attach(cable.there, "eth0")
    let load = Load(frame: BenchFrame(length: 64, to: .member(2)), flows: 100, rate: rate, stampEvery: 10)
    try cable.generator.start(load, limit: 10_000)
    for _ in 0..<1000 where cable.generator.sent < 10_000 { usleep(10_000) }
    try cable.generator.stop()
    usleep(50_000)
    let counts = try sink.counts()
    #expect(cable.generator.sent == 10_000)
    #expect(counts.frames == 10_000)
    #expect(counts.members == [0, 0, 10_000, 0])
    #expect(counts.latency.count == 1000)
    sink.detach()
  }

  @Test(
    "every frame has its flow and right checksums",
    .enabled(if: isRoot, reason), arguments: [64, 333, 1514])
  func checksums(length: Int) throws {
    let cable = try Cable("k\(length)")
    // Every protocol, whole frames.
    let socket: Int32 = try cable.there.inside {
      Glibc.socket(AF_PACKET, Int32(SOCK_RAW.rawValue), Int32(UInt16(3).bigEndian))
    }
    try #require(socket >= 0)
    defer { close(socket) }
    var wait = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    let load = Load(
      frame: BenchFrame(length: length, to: .member(0)), flows: 40, rate: 2000, stampEvery: 3)
    try cable.generator.start(load, limit: 120)
    var flows: Set<[UInt8]> = []
    var stamped = 0
    for _ in 0..<120 {
      var frame = [UInt8](repeating: 0, count: 2048)
      let got = recv(socket, &frame, frame.count, 0)
      try #require(got == length)
      frame = Array(frame.prefix(got))
      flows.insert(Array(frame[26..<30] + frame[34..<36]))
      if frame[56..<64].contains(where: { $0 != 0 }) { stamped += 1 }
      #expect(sum(frame[14..<34]) == 0xffff)
      let size = length - 34
      let pseudo: [UInt8] = frame[26..<34] + [0, 6, UInt8(size >> 8), UInt8(size & 0xff)]
      #expect(sum((pseudo + frame[34...])[...]) == 0xffff)
    }
    try cable.generator.stop()
    #expect(flows.count == 40)
    #expect(stamped == 40)
  }

  /// RFC 1071, byte by byte.
  private func sum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var sum: UInt32 = 0
    for (index, byte) in bytes.enumerated() { sum += UInt32(byte) << (index % 2 == 0 ? 8 : 0) }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return sum
  }
}
