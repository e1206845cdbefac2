import CTables
import Forwarding
import Wire

extension CaptureSample {
  /// A record of the ring, of which the frame is kept up to `snap` bytes. Nil if it is not one.
  init?(_ record: UnsafeRawBufferPointer, snap: Int) {
    let size = MemoryLayout<fs_capture_event>.size
    guard record.count >= size else { return nil }
    let event = record.loadUnaligned(as: fs_capture_event.self)
    guard event.action & FS_TAP_CAPTURE != 0,
      let outcome = TapSample.Outcome(action: event.action, out: event.out)
    else { return nil }
    self.outcome = outcome
    time = event.time
    length = Int(event.length)
    port = Int(event.port)
    note = PacketNote(word: event.note)
    // The ring fills records up to a multiple of eight.
    let tag = RecordTag(action: event.action, destination: event.destination)
    let bytes = tag.frame(record, from: size, upTo: min(length, max(snap, 0)))
    switch outcome {
    case .replied:
      after = bytes
      before = []
    case .forwarded:
      after = bytes
      before = CaptureSample.before(bytes, MACAddress(raw: event.destination & 0xffff_ffff_ffff), note)
    case .flooded, .dropped, .punted:
      before = bytes
      after = nil
    }
  }

  /// Undoes what forwarding writes: the destination's MAC, and the VLAN of a tag that stays.
  private static func before(_ bytes: [UInt8], _ destination: MACAddress, _ note: PacketNote) -> [UInt8] {
    var bytes = bytes
    for i in 0..<min(6, bytes.count) {
      bytes[i] = UInt8(truncatingIfNeeded: destination.number >> UInt64(8 * (5 - i)))
    }
    if note.cluster != nil, bytes.count >= 16, bytes[12] == 0x81, bytes[13] == 0 {
      bytes[14] = bytes[14] & 0xf0 | UInt8(note.vlan >> 8)
      bytes[15] = UInt8(note.vlan & 0xff)
    }
    return bytes
  }
}
