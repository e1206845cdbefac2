import PacketCapture
import SwitchModel

@testable import Lab

/// A capture of a switch's, read back.
struct CapturedFile {
  struct Packet {
    var number: UInt64
    /// Ports.
    var from: String?
    var out: String?
    /// As it came, and as it leaves.
    var before: [UInt8]?
    var after: [UInt8]?
    var length: Int
    var decision: String
    var time: UInt64

    var type: Int { word(12) }
    func word(_ offset: Int) -> Int {
      let bytes = before ?? after ?? []
      return bytes.count > offset + 1 ? Int(bytes[offset]) << 8 | Int(bytes[offset + 1]) : 0
    }
    /// Of an IPv4 packet without options: of the protocol.
    func isIP(_ protocolNumber: UInt8) -> Bool {
      guard let bytes = before ?? after else { return false }
      return type == 0x0800 && bytes.count > 41 && bytes[23] == protocolNumber
    }
    var isKnown: Bool { decision.hasSuffix("; known flow") }
    var isSyn: Bool { isIP(6) && (before?[47] ?? 0) & 0x12 == 2 }
  }

  private(set) var packets: [Packet] = []
  private(set) var interfaces: [String] = []
  private(set) var received: UInt64 = 0
  private(set) var missed: UInt64 = 0
  private(set) var frames = 0

  /// - Throws: if it is not whole.
  init(_ path: String) throws { try self.init(bytes: TextFile.readBytes(path) ?? []) }

  init(bytes: [UInt8]) throws {
    var reader = try CaptureReader(MemorySource(bytes))
    var places: [UInt64: Int] = [:]
    while let item = try reader.next() {
      switch item {
      case .interface(_, let interface): interfaces.append(interface.name ?? "")
      case .statistics(let counts): (received, missed) = (counts.received ?? 0, counts.missed ?? 0)
      case .frame(let frame):
        frames += 1
        let number = frame.packetID ?? 0
        let place = places[number] ?? packets.count
        if place == packets.count {
          places[number] = place
          packets.append(
            Packet(
              number: number, length: frame.originalLength, decision: frame.comments.first ?? "",
              time: frame.time ?? 0))
        }
        if frame.direction == .inbound {
          packets[place].from = interfaces[frame.interface]
          packets[place].before = frame.bytes
        } else {
          packets[place].out = interfaces[frame.interface]
          packets[place].after = frame.bytes
        }
      }
    }
  }

  /// How often each decision stands in it.
  var decisions: [String: Int] { packets.reduce(into: [:]) { $0[$1.decision, default: 0] += 1 } }

  /// Datagrams to this port.
  func datagrams(to port: Int) -> [Packet] { packets.filter { $0.isIP(17) && $0.word(36) == port } }
  /// ICMP of this type.
  func echoes(_ type: UInt8) -> [Packet] { packets.filter { $0.isIP(1) && ($0.before?[34] ?? 0) == type } }
}
