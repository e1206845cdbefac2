import Foundation
import PacketCapture
import Testing

private let tshark = "/usr/bin/tshark"

/// Wireshark's own reader as a witness. Skipped where it is not installed.
@Suite(
  "Wireshark reads what is written",
  .enabled(if: FileManager.default.isExecutableFile(atPath: tshark), "tshark is not installed"))
struct WiresharkTests {
  @Test("frames, interface names, directions, comments and times")
  func fields() throws {
    let (bytes, frames) = PcapNGTests.sample()
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("fs-\(UUID()).pcapng")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bytes).write(to: file)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tshark)
    process.arguments =
      ["-n", "-r", file.path, "-T", "fields", "-E", "separator=;"]
      + [
        "frame.time_epoch", "frame.interface_name", "frame.len", "frame.cap_len",
        "frame.packet_flags_direction",
        "frame.comment",
      ].flatMap { ["-e", $0] }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let lines = text.split(separator: "\n")
    #expect(lines.count == frames.count)
    #expect(lines.first?.hasPrefix("1700000000.123456789;sw-r1;1514;61;") == true, "\(text)")
    #expect(lines.first?.contains("forward to web/s1") == true)
    #expect(lines.dropFirst().first?.hasPrefix("0.000000000;sw-s1;60;60;") == true, "\(text)")
  }
}
