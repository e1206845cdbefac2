import ConfigurationFile
import PacketCapture
@testable import Replay
import SwitchModel

extension FuzzTarget {
  /// A capture file, item by item. What was read can be written, and reads the same then.
  static let capture = FuzzTarget(
    "capture", "files of captures", longest: 8192, .direct { bytes in try readCapture(bytes) })

  private static func readCapture(_ bytes: [UInt8]) throws {
    guard var reader = try? CaptureReader(MemorySource(bytes)) else { return }
    var writer = PcapNGWriter(snapLength: 1 << 18)
    var written = writer.header(hardware: "", operatingSystem: "", application: "")
    written += writer.interface(name: "port", description: "")
    var frames: [CaptureFrame] = []
    var items = 0
    while let item = try? reader.next() {
      items += 1
      guard case .frame(var frame) = item else { continue }
      try FuzzFault.unless(
        reader.interfaces.indices.contains(frame.interface), "a frame of an interface that is not there")
      _ = FrameSummary(frame.bytes)
      frame.interface = 0
      frames.append(frame)
      writer.add(frame, to: &written)
    }
    try FuzzFault.unless(items <= bytes.count, "\(items) items of \(bytes.count) bytes")
    try FuzzFault.unless(
      reader.offset <= UInt64(bytes.count), "read to \(reader.offset), where \(bytes.count) bytes are")
    do {
      var again = try CaptureReader(MemorySource(written))
      var read: [[UInt8]] = []
      while let item = try again.next() { if case .frame(let frame) = item { read.append(frame.bytes) } }
      try FuzzFault.unless(
        read == frames.map(\.bytes), "\(frames.count) frames were written, \(read.count) others read")
    } catch let error as CaptureFileError {
      throw FuzzFault("what was written is not read: \(error)")
    }
  }

  /// A capture file through the pipeline of a switch that is not there. The first byte: whether frames are readdressed.
  static let replay = FuzzTarget(
    "replay", "captures that are replayed", longest: 8192, .direct { bytes in try replayCapture(bytes) })

  private static func replayCapture(_ bytes: [UInt8]) throws {
    guard let isReaddressed = bytes.first.map({ $0 & 1 != 0 }),
      var reader = try? CaptureReader(MemorySource(Array(bytes.dropFirst())))
    else { return }
    let configuration = try ConfigurationFile(bytes: Array(small.utf8), file: "small.yaml").configuration
    var replay = try CaptureReplay(OfflineSwitch(configuration), readdresses: isReaddressed)
    var packets = 0
    while let item = try? reader.next() { if replay.take(item) != nil { packets += 1 } }
    try FuzzFault.unless(
      replay.summary.packets == packets && replay.summary.verdicts.values.reduce(0, +) == packets,
      "\(packets) packets, of which the summary says \(replay.summary)")
  }

  static let small = """
    switch: {name: fs1, address: 10.50.0.254/24}
    ports:
      - {name: r, role: router}
      - {name: a, role: server}
      - {name: b, role: server}
    clusters:
      - name: web
        address: 10.50.0.100
        services: [tcp/80, udp/443]
        buckets: 16
        members:
          - {name: s1, port: a, mac: "02:00:00:00:02:01"}
          - {name: s2, port: b, mac: "02:00:00:00:02:02"}
      - name: six
        address: fd50::100
        buckets: 16
        members:
          - {name: s1, port: a, mac: "02:00:00:00:02:01"}
    """
}
