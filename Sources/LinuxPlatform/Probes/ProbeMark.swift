/// The marks of one switch's probes, which are the numbers of its routing tables too.
///
/// ```
///   31   29 28                    18 17                                   0
///   ┌──────┬────────────────────────┬─────────────────────────────────────┐
///   │ 0b010│ interface index % 2048 │ member                              │
///   └──────┴────────────────────────┴─────────────────────────────────────┘
/// ```
///
/// So two switches of one network namespace do not meet, and a mark of others is not likely to look like one: they
/// count from 1, or set single bits.
struct ProbeMark: Hashable, Sendable {
  static let instanceMask: UInt32 = 0xfffc_0000
  static let memberMask: UInt32 = 0x0003_ffff
  /// Members whose rules stand together.
  static let groupMask: UInt32 = 0xffff_ff00

  /// With member 0.
  let instance: UInt32

  init(interface index: UInt32) { instance = 0b010 << 29 | (index % 2048) << 18 }

  /// Nil for a number that no switch makes.
  init?(instance: UInt32) {
    guard instance >> 29 == 0b010, instance & Self.memberMask == 0 else { return nil }
    self.instance = instance
  }

  /// Modulo 2048.
  var interface: UInt32 { instance >> 18 & 2047 }

  func mark(_ member: Int) -> UInt32 { instance | UInt32(truncatingIfNeeded: member) & Self.memberMask }

  func owns(_ number: UInt32) -> Bool { number & Self.instanceMask == instance }
}
