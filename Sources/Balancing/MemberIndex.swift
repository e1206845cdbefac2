/// A member's index in the datapath's member table. Never 0: there 0 stands for "no member", here that is nil, so
/// `MemberIndex(raw: word)` turns a field of a bucket word into what the rest of the room uses.
public struct MemberIndex: Hashable, Comparable, Sendable {
  public let raw: UInt32

  /// Nil for 0.
  public init?(raw: UInt32) {
    if raw == 0 { return nil }
    self.raw = raw
  }

  public static func < (a: MemberIndex, b: MemberIndex) -> Bool { a.raw < b.raw }
}

extension MemberIndex: CustomStringConvertible {
  public var description: String { String(raw) }
}
