import PacketCapture
import Synchronization

/// Writes a capture as it comes, whole blocks only.
final class CaptureSink: Sendable {
  private struct State {
    var blocks = CaptureBlocks()
    var output: CaptureOutput?
  }

  private let path: String
  private let state = Mutex(State())

  /// The file is opened with the first bytes: what the daemon refuses leaves none.
  init(_ path: String) { self.path = path }

  func take(_ bytes: [UInt8]) throws {
    try state.withLock { state in
      let whole = try state.blocks.add(bytes)
      let output = try state.output ?? CaptureOutput(path)
      state.output = output
      try output.write(whole)
    }
  }

  /// - Returns: how many packets were captured and missed.
  func close() throws -> (packets: UInt64, missed: UInt64) {
    try state.withLock { state in
      try state.output?.close()
      state.output = nil
      return (state.blocks.packets, state.blocks.missed)
    }
  }
}
