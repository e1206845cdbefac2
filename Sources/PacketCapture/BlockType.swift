/// Blocks and options of pcapng (draft-ietf-opsawg-pcapng).
enum BlockType {
  static let section: UInt32 = 0x0a0d_0d0a
  static let interface: UInt32 = 1
  static let obsoletePacket: UInt32 = 2
  static let simplePacket: UInt32 = 3
  static let statistics: UInt32 = 5
  static let enhancedPacket: UInt32 = 6
}

enum OptionCode {
  static let end: UInt16 = 0
  static let comment: UInt16 = 1
  static let hardware: UInt16 = 2
  static let operatingSystem: UInt16 = 3
  static let application: UInt16 = 4
  static let name: UInt16 = 2
  static let interfaceDescription: UInt16 = 3
  static let resolution: UInt16 = 9
  static let timeOffset: UInt16 = 14
  static let flags: UInt16 = 2
  static let dropCount: UInt16 = 4
  static let packetID: UInt16 = 5
  static let received: UInt16 = 4
  static let missed: UInt16 = 7
}
