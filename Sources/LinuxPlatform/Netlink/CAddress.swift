import CNetlink
import Wire

extension fs_address {
  init(_ address: IPAddress) { self.init(IPPrefix(address)) }

  init(_ prefix: IPPrefix) {
    self.init()
    let source = prefix.address.bytes
    withUnsafeMutableBytes(of: &bytes) { $0.copyBytes(from: source) }
    length = UInt8(source.count)
    self.prefix = UInt8(prefix.length)
  }

  /// Nil for "none".
  var address: IPAddress? {
    withUnsafeBytes(of: bytes) { IPAddress(bytes: Array($0.prefix(Int(length)))) }
  }

  var ipPrefix: IPPrefix? { address.map { IPPrefix($0, length: Int(prefix)) } }
}

extension MACAddress {
  typealias CBytes = (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8)

  init(_ bytes: CBytes) { self.init(bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5) }

  var cBytes: CBytes {
    func byte(_ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: raw >> (index * 8)) }
    return (byte(0), byte(1), byte(2), byte(3), byte(4), byte(5))
  }
}
