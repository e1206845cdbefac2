/// How the load routine decides (H8). The defaults suit steps of some seconds.
public struct LoadSettings: Hashable, Sendable {
  /// How far a member's load may be from its share, in percent of the share. 1 or more.
  public var tolerance: Int
  /// Less measured in a step than this, in the measure's units, says nothing: no bucket moves.
  public var floor: UInt64
  /// At most one in so many buckets moves in a step; `wide` where load differs widely: the most loaded member has more
  /// than twice the least loaded's load, relative to weight.
  public var part: Int
  public var widePart: Int
  /// Never more than so many in a step, however large the table.
  public var mostMoves: Int
  /// Steps for which a bucket stays after it moved; before it goes back to where it was, four times as many.
  public var coolDown: Int
  /// How much of the load of a bucket is the last step's, the rest is the past's. In percent, 1...100.
  public var smoothing: Int

  public init(
    tolerance: Int = 25, floor: UInt64 = 100, part: Int = 16, widePart: Int = 4, mostMoves: Int = 1024,
    coolDown: Int = 6, smoothing: Int = 30
  ) {
    self.tolerance = max(tolerance, 1)
    self.floor = floor
    self.part = max(part, 1)
    self.widePart = max(widePart, 1)
    self.mostMoves = max(mostMoves, 1)
    self.coolDown = max(coolDown, 0)
    self.smoothing = min(max(smoothing, 1), 100)
  }
}
