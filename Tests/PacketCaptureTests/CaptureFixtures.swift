import PacketCapture

/// A frame of `count` bytes: an IPv4 UDP packet to port 53 if it is long enough.
func udpFrame(_ count: Int = 60) -> [UInt8] {
  let head: [UInt8] = [
    2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00,
    0x45, 0, 0, 46, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
    0x12, 0x34, 0, 53, 0, 26, 0, 0,
  ]
  return Array((head + [UInt8](repeating: 0xab, count: max(0, count - head.count))).prefix(count))
}

/// Everything a reader finds, and how it ended.
func readAll(_ bytes: [UInt8]) -> (items: [CaptureItem], error: CaptureFileError?) {
  var items: [CaptureItem] = []
  do throws(CaptureFileError) {
    var reader = try CaptureReader(MemorySource(bytes))
    while let item = try reader.next() { items.append(item) }
    return (items, nil)
  } catch {
    return (items, error)
  }
}

func frames(_ items: [CaptureItem]) -> [CaptureFrame] {
  items.compactMap { if case .frame(let frame) = $0 { frame } else { nil } }
}

/// Numbers of one byte order.
struct Bytes {
  var isBig: Bool
  var all: [UInt8] = []

  mutating func u16(_ value: UInt16) { add(UInt64(value), 2) }
  mutating func u32(_ value: UInt32) { add(UInt64(value), 4) }
  mutating func raw(_ bytes: [UInt8]) { all += bytes }

  private mutating func add(_ value: UInt64, _ size: Int) {
    for i in 0..<size {
      all.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * (isBig ? size - 1 - i : i))))
    }
  }

  /// A pcapng block around a body that is padded.
  static func block(_ type: UInt32, isBig: Bool, _ body: (inout Bytes) -> Void) -> [UInt8] {
    var inner = Bytes(isBig: isBig)
    body(&inner)
    while inner.all.count % 4 != 0 { inner.all.append(0) }
    var made = Bytes(isBig: isBig)
    made.u32(type)
    made.u32(UInt32(inner.all.count + 12))
    made.raw(inner.all)
    made.u32(UInt32(inner.all.count + 12))
    return made.all
  }

  static func section(isBig: Bool) -> [UInt8] {
    block(0x0a0d_0d0a, isBig: isBig) {
      $0.u32(0x1a2b_3c4d)
      $0.u16(1)
      $0.u16(0)
      $0.u32(.max)
      $0.u32(.max)
    }
  }

  static func interface(isBig: Bool, snap: UInt32 = 0, options: (inout Bytes) -> Void = { _ in }) -> [UInt8] {
    block(1, isBig: isBig) {
      $0.u16(1)
      $0.u16(0)
      $0.u32(snap)
      options(&$0)
    }
  }
}
