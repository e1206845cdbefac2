import CTables

/// The tag of a ring's record that is not among the bytes behind it: socket buffers keep it aside.
struct RecordTag {
  /// As it stands in a frame; empty: the record has none.
  let bytes: [UInt8]

  /// - Parameters: of the record's event.
  init(action: UInt32, destination: UInt64) {
    guard action & FS_TAP_TAG != 0 else {
      bytes = []
      return
    }
    let type: [UInt8] = action & FS_TAP_SERVICE_TAG != 0 ? [0x88, 0xa8] : [0x81, 0]
    bytes =
      type + [UInt8(truncatingIfNeeded: destination >> 56), UInt8(truncatingIfNeeded: destination >> 48)]
  }

  /// The frame in a record, with the tag. The ring fills records up to a multiple of eight; `limit` says how long the
  /// frame is.
  func frame(_ record: UnsafeRawBufferPointer, from offset: Int, upTo limit: Int) -> [UInt8] {
    let present = max(0, min(record.count - offset, limit - bytes.count))
    var frame = Array(record[offset..<offset + present])
    if !bytes.isEmpty && frame.count >= 12 { frame.insert(contentsOf: bytes, at: 12) }
    return frame
  }
}
