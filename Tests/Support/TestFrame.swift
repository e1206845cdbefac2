public import Wire

/// An Ethernet frame made for a test: `TestFrame(from: router, to: cluster, tags: [.vlan(10)], .ipv4(…))`.
public struct TestFrame: Hashable, Sendable {
  public var bytes: [UInt8]

  public init(bytes: [UInt8]) { self.bytes = bytes }

  public init(
    from source: MACAddress, to destination: MACAddress, tags: [Tag] = [], _ payload: NetworkPayload
  ) {
    bytes = destination.bytes + source.bytes + tags.flatMap(\.bytes) + payload.typed
  }

  /// An 802.1Q or 802.1ad tag.
  public struct Tag: Hashable, Sendable {
    var bytes: [UInt8]

    public static func vlan(_ id: Int, priority: Int = 0) -> Tag {
      Tag(bytes: [0x81, 0x00] + .be16(priority << 13 | id))
    }

    public static func service(_ id: Int) -> Tag { Tag(bytes: [0x88, 0xa8] + .be16(id)) }
    public static func priority(_ level: Int) -> Tag { vlan(0, priority: level) }
  }

  public var destination: MACAddress { mac(0) }
  public var source: MACAddress { mac(6) }

  /// Everything but the destination MAC (H1: that stays).
  public var beyondDestination: [UInt8] { Array(bytes.dropFirst(6)) }

  /// The VLAN of the outermost tag; nil: no tag.
  public var vlan: Int? {
    guard bytes.count >= 16, [0x8100, 0x88a8].contains(bytes.get16(12)) else { return nil }
    return bytes.get16(14) & 0xfff
  }

  public func to(_ destination: MACAddress) -> TestFrame {
    TestFrame(bytes: destination.bytes + bytes.dropFirst(6))
  }

  public func from(_ source: MACAddress) -> TestFrame {
    TestFrame(bytes: bytes.prefix(6) + source.bytes + bytes.dropFirst(12))
  }

  public func cut(to length: Int) -> TestFrame { TestFrame(bytes: Array(bytes.prefix(length))) }

  /// With zeros behind, as an Ethernet card sends short frames.
  public func padded(to length: Int = 60) -> TestFrame {
    TestFrame(bytes: bytes + [UInt8](repeating: 0, count: max(0, length - bytes.count)))
  }

  public func setting(_ offset: Int, _ values: UInt8...) -> TestFrame {
    var copy = self
    for (i, value) in values.enumerated() where offset + i < bytes.count { copy.bytes[offset + i] = value }
    return copy
  }

  private func mac(_ offset: Int) -> MACAddress {
    guard bytes.count >= offset + 6 else { return .zero }
    let b = bytes[offset..<offset + 6].map { $0 }
    return MACAddress(b[0], b[1], b[2], b[3], b[4], b[5])
  }
}

/// What an Ethernet header carries, with its type.
public struct NetworkPayload: Sendable {
  var type: Int
  public var bytes: [UInt8]

  var typed: [UInt8] { .be16(type) + bytes }

  public static func other(type: Int, _ bytes: [UInt8]) -> NetworkPayload {
    NetworkPayload(type: type, bytes: bytes)
  }

  /// 802.3 with a length instead of a type, as the spanning tree uses it.
  public static func llc(_ bytes: [UInt8]) -> NetworkPayload {
    NetworkPayload(type: bytes.count, bytes: bytes)
  }

  public enum ARPOperation: Int, Sendable { case request = 1, reply }

  public static func arp(
    _ operation: ARPOperation, sender: IPAddress, _ senderMAC: MACAddress, target: IPAddress,
    _ targetMAC: MACAddress = .zero
  ) -> NetworkPayload {
    NetworkPayload(
      type: 0x0806,
      bytes: [0, 1, 8, 0, 6, 4] + .be16(operation.rawValue) + senderMAC.bytes + sender.bytes + targetMAC.bytes
        + target.bytes)
  }
}
