import CSwitchBench

/// A MAC address of the test network.
struct MAC: Equatable, CustomStringConvertible {
  let bytes: [UInt8]

  static let client = MAC(bytes: [2, 0, 0, 0xbe, 0, 1])
  /// What the shared address is reached by.
  static let shared = MAC(bytes: [2, 0, 0, 0xbe, 2, 1])
  /// The sink tells members by the last two bits.
  static func member(_ number: Int) -> MAC { MAC(bytes: [2, 0, 0, 0xbe, 1, UInt8(number)]) }
  static let members = (0..<Int(BENCH_MEMBERS)).map(member)

  var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
  }
}
