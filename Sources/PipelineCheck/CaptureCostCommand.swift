import ArgumentParser
import Datapath
import Foundation
import LinuxPlatform
import Support

struct CaptureCostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture", abstract: "What a capture costs: nanoseconds a packet, and packets a second.",
    discussion: """
      First by BPF_PROG_RUN, a few thousand runs a call, so that each finds room in the ring. Then a cluster's packets \
      are sent over veth pairs through native XDP, at a rate and as fast as it goes, without and with a capture that is \
      read and written as the daemon does it. The latter is counted per second of the sending thread's own processor \
      time, in which the kernel forwards: what else the machine does is not in it. All by turns; the medians count. \
      Needs root.
      """)

  @Option(help: "Rounds of each.")
  var rounds = 9

  @Option(help: "Packets a second, of the rate.")
  var rate = 100_000

  @Option(help: "Seconds a round takes.")
  var seconds = 1.0

  @Option(help: "Bytes of a frame that are captured.")
  var snap = 256

  @Option(help: "Bytes of a frame.")
  var size = 512

  func validate() throws {
    guard rounds > 0, rate > 0, seconds > 0, (1...65535).contains(snap), (60...1500).contains(size) else {
      throw ValidationError(
        "all numbers are positive, a frame has 60 to 1500 bytes, a snap 65535 at the most")
    }
  }

  func run() throws {
    try program()
    try live()
  }

  // MARK: By BPF_PROG_RUN

  private func program() throws {
    let kernel = try KernelRunner(TestSwitch.dimensions)
    let sw = TestSwitch(kernel)
    // The members' MAC is the cluster's: each run finds the frame as the one before did.
    let web = sw.cluster(
      "10.0.0.100", buckets: 1024, members: (1...4).map { sw.member(onPort: $0, mac: sw.mac(ofCluster: 0)) })
    let frame = sw.tcp(web, from: "198.51.100.7", 1000, .ack).padded(to: size)
    var off: [Double] = []
    var on: [Double] = []
    for _ in 0..<rounds {
      off.append(try time(kernel, frame))
      let (tap, load) = try capture(kernel)
      on.append(try time(kernel, frame))
      tap.close()
      load.stop()
      guard tap.missed == 0 else { throw ValidationError("the capture missed \(tap.missed)") }
    }
    print("BPF_PROG_RUN, ns a packet          median    spread")
    row("no capture", off)
    row("captured, \(min(snap, size)) bytes", on)
  }

  /// Ten calls, between which the ring is read.
  private func time(_ kernel: KernelRunner, _ frame: TestFrame) throws -> Double {
    var sum = 0
    for _ in 0..<10 {
      sum += try kernel.sandbox.inside { try kernel.time(frame, port: 0, count: 10_000) }
      usleep(60_000)
    }
    return Double(sum) / 10
  }

  private func capture(_ kernel: KernelRunner) throws -> (any Tap, CaptureReaderLoad) {
    let load = try CaptureReaderLoad()
    return (try kernel.datapath.openCapture(ports: nil, snap: snap) { load.add($0) }, load)
  }

  // MARK: Over veth pairs

  private struct Rates {
    var forwarded: [Double] = []
    var missed: UInt64 = 0
    var written = 0
  }

  private func live() throws {
    let kernel = try KernelRunner(TestSwitch.dimensions, isLive: true)
    let sw = TestSwitch(kernel)
    let web = sw.cluster("10.0.0.100", buckets: 1024, members: (1...4).map { sw.member(onPort: $0) })
    let frame = sw.tcp(web, from: "198.51.100.7", 1000, .ack).padded(to: size)
    let injector = try kernel.sandbox.inside { try PacketInjector(interface: "far-port0") }
    for limit in [rate, Int.max] {
      var without = Rates()
      var with = Rates()
      for _ in 0..<rounds {
        try send(frame, injector, kernel, limit, &without)
        let (tap, load) = try capture(kernel)
        try send(frame, injector, kernel, limit, &with)
        usleep(100_000)
        tap.close()
        load.stop()
        with.missed += tap.missed
        with.written += load.written
      }
      print(
        limit == .max
          ? "as fast as it goes, packets a second of processor time" : "\(limit) packets a second offered")
      row("forwarded, no capture", without.forwarded)
      row("forwarded, captured", with.forwarded)
      let ratios = zip(with.forwarded, without.forwarded).map { $0 / max($1, 1) }
      print(
        "  ratio".padding(toLength: 32, withPad: " ", startingAt: 0)
          + String(format: "%9.3f  %.3f-%.3f", ratios.middle, ratios.min() ?? 0, ratios.max() ?? 0))
      let all = Double(with.written) + Double(with.missed)
      print(String(format: "  missed by the capture: %.2f %%", 100 * Double(with.missed) / max(all, 1)))
    }
  }

  private func send(
    _ frame: TestFrame, _ injector: borrowing PacketInjector, _ kernel: KernelRunner, _ limit: Int,
    _ rates: inout Rates
  ) throws {
    let before = try kernel.sandbox.inside { try CaptureCostCommand.received() }
    let clock = ContinuousClock()
    let begin = clock.now
    let length = Duration.seconds(seconds)
    var sent = 0
    var used = 0.0
    try kernel.sandbox.inside {
      let start = CaptureCostCommand.processorTime
      defer { used = CaptureCostCommand.processorTime - start }
      try frame.bytes.withUnsafeBytes { bytes in
        while true {
          let elapsed = clock.now - begin
          if elapsed >= length { break }
          let due = limit == .max ? sent + 64 : Int(Double(limit) * (elapsed / .seconds(1)))
          while sent < due {
            if try injector.send(bytes) != .sent { break }
            sent += 1
          }
        }
      }
    }
    let elapsed = limit == .max ? used : (clock.now - begin) / .seconds(1)
    usleep(20_000)
    let after = try kernel.sandbox.inside { try CaptureCostCommand.received() }
    rates.forwarded.append(Double(after - before) / elapsed)
  }

  /// Of this thread, in seconds.
  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Packets that came out at the members' ends.
  private static func received() throws -> Int {
    let text = try String(contentsOfFile: "/proc/thread-self/net/dev", encoding: .utf8)
    return text.split(separator: "\n").reduce(0) { sum, line in
      let words = line.split(whereSeparator: { $0 == " " || $0 == ":" })
      guard let name = words.first, name.hasPrefix("far-port"), name != "far-port0", words.count > 2 else {
        return sum
      }
      return sum + (Int(words[2]) ?? 0)
    }
  }

  private func row(_ name: String, _ values: [Double]) {
    print(
      "  \(name)".padding(toLength: 32, withPad: " ", startingAt: 0)
        + String(format: "%9.0f  %.0f-%.0f", values.middle, values.min() ?? 0, values.max() ?? 0))
  }
}

extension [Double] {
  fileprivate var middle: Double { isEmpty ? 0 : sorted()[count / 2] }
}
