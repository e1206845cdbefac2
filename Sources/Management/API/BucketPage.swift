import SwitchModel

/// Rows of buckets as `JSON` writes them. A switch may have a million, and a general encoder takes microseconds for each
/// value of each.
struct BucketPage {
  /// Rows with commas between them.
  private(set) var bytes: [UInt8] = []

  mutating func append(_ rows: [BucketRow]) {
    for row in rows {
      if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
      key("{\"cluster\":")
      text(row.cluster)
      key(",\"index\":")
      number(UInt64(clamping: row.index))
      key(",\"member\":")
      text(row.member)
      key(",\"packets\":")
      number(row.packets)
      key(",\"previous\":")
      text(row.previous)
      key(",\"state\":")
      text(row.state)
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private mutating func key(_ words: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: words.utf8Start, count: words.utf8CodeUnitCount))
  }

  private mutating func number(_ value: UInt64) {
    let first = bytes.count
    var rest = value
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[first...].reverse()
  }

  private mutating func text(_ value: String?) {
    guard let value else { return key("null") }
    let isPlain = value.utf8.allSatisfy {
      (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
    }
    if !isPlain {
      bytes.append(contentsOf: JSON.encode(value))
      return
    }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: value.utf8)
    bytes.append(UInt8(ascii: "\""))
  }
}
