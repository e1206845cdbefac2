/// A block in the making. A capture writes hundreds of thousands a second, so it grows where the others are.
struct PcapNGBlock {
  private var content: [UInt8]
  private let start: Int
  private var hasOptions = false

  init(_ type: UInt32, behind others: consuming [UInt8] = []) {
    start = others.count
    content = others
    add(type)
    add(UInt32(0))
  }

  mutating func add(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { content.append(contentsOf: $0) }
  }

  /// Upper half first, whatever the order of the bytes.
  mutating func add(time: UInt64) {
    add(UInt32(truncatingIfNeeded: time >> 32))
    add(UInt32(truncatingIfNeeded: time))
  }

  /// The first `count` of these bytes.
  mutating func add(_ bytes: [UInt8], _ count: Int) {
    bytes.withUnsafeBytes { content.append(contentsOf: $0.prefix(count)) }
    pad()
  }

  mutating func option(_ code: UInt16, _ number: some FixedWidthInteger) {
    hasOptions = true
    add(code)
    add(UInt16(number.bitWidth / 8))
    add(number)
    pad()
  }

  /// Texts of more than 4096 bytes are shortened, at a character; empty ones left out.
  mutating func option(_ code: UInt16, _ text: String) {
    var text = text
    if text.utf8.count > 4096 { text = PcapNGBlock.shortened(text) }
    if text.isEmpty { return }
    hasOptions = true
    add(code)
    add(UInt16(clamping: text.utf8.count))
    text.withUTF8 { content.append(contentsOf: $0) }
    pad()
  }

  private static func shortened(_ text: String) -> String {
    var text = text[...]
    while text.utf8.count > 4096 { text = text.prefix(min(text.count - 1, 4096)) }
    return String(text)
  }

  /// What was there before, and the block.
  consuming func finish() -> [UInt8] {
    if hasOptions { add(UInt32(0)) }
    let length = UInt32(clamping: content.count - start + 4)
    withUnsafeBytes(of: length.littleEndian) { bytes in
      for i in 0..<4 { content[start + 4 + i] = bytes[i] }
    }
    add(length)
    return content
  }

  private mutating func pad() {
    while (content.count - start) % 4 != 0 { content.append(0) }
  }
}
