import BPFShim

/// What is told of a frame besides its bytes.
struct Shown {
  /// The port's, of `fs_ifindexes`.
  var entry: UInt32
  /// The MAC that it came with.
  var destination: UInt64
  /// Of the frame that came, with its tags.
  var size: UInt64
  /// The tag that is not among the bytes: its control information, and FS_TAP_TAG… << 16; 0: none.
  var tag: UInt32
  var port: UInt32
  var outcome: ShownOutcome
}

/// A verdict in words of the rings.
struct ShownOutcome {
  /// FS_TAP_*, and the reason << 16.
  var action: UInt32
  /// The port that it leaves by.
  var out: UInt32

  @inline(__always)
  init(action: UInt32, out: UInt32) {
    self.action = action
    self.out = out
  }

  @inline(__always)
  init(_ verdict: Verdict) {
    action = FS_TAP_FLOOD
    out = 0
    switch verdict {
    case .drop(let reason): action = FS_TAP_DROP | UInt32(reason.rawValue) << 16
    case .punt(let reason): action = FS_TAP_PUNT | UInt32(reason.rawValue) << 16
    case .flood: break
    case .reply: action = FS_TAP_REPLY
    case .forward(let port, _):
      action = FS_TAP_FORWARD
      out = port
    }
  }
}

/// Gives control the frame as it leaves, and what became of it. Nothing waits if control is slow: the ring drops, and
/// what a capture misses so is counted.
@inline(__always)
func show(_ ctx: UnsafeRawPointer, _ tables: some KernelTables, _ shown: Shown) {
  let action = shown.outcome.action | shown.tag >> 16
  let leaving = shown.outcome.out
  let destination = shown.destination | UInt64(shown.tag & 0xffff) << 48
  let length = UInt32(truncatingIfNeeded: shown.size)
  let present = shown.tag != 0 ? shown.size &- 4 : shown.size
  if shown.entry & FS_IFINDEX_CAPTURE != 0 {
    guard let record = tables.port(shown.port) else { return }
    let wanted = UInt64(shown.entry >> FS_IFINDEX_SNAP_SHIFT) << 3
    let bytes = present < wanted ? present : wanted
    var event = fs_capture_event(
      time: fs_time(), length: length, port: shown.port, out: leaving, action: action | FS_TAP_CAPTURE,
      note: record.pointee.note, destination: destination)
    if fs_capture_output(ctx, map_fs_tap(), bytes << 32 | currentCPU, &event) != 0 {
      if let lost = tables.reason(FS_CAPTURE_LOST, port: shown.port) { lost.pointee.packets &+= 1 }
    }
    return
  }
  let bytes = present < UInt64(FS_TAP_BYTES) ? present : UInt64(FS_TAP_BYTES)
  var event = fs_tap_event(
    destination: destination, length: length, port: shown.port, out: leaving, action: action)
  _ = fs_event_output(ctx, map_fs_tap(), bytes << 32 | currentCPU, &event)
}

/// BPF_F_CURRENT_CPU; how much of the frame goes along stands in the upper half.
@inline(__always) var currentCPU: UInt64 { 0xffff_ffff }
