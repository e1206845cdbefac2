/// Something that a pure room does, again and again at the same cost.
public struct RoomScene: Sendable {
  /// Room and case: `forwarding: cluster, IPv4 TCP`.
  public let name: String
  /// How often one measurement does it.
  public let count: Int
  /// Sets it up, and returns what is measured.
  public let prepare: @Sendable () throws -> () throws -> Void

  /// All of them.
  /// - Throws: the tables could not be made.
  public static func all() throws -> [RoomScene] { try forwarding() + balancing() }
}
