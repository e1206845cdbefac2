extension Frame {
  /// What belongs to a frame and is not among its bytes between `base` and `end`. In a socket buffer that is the VLAN
  /// tag, payload in other pages, and that it stands for many frames (segmentation offload). Constants where the carrier
  /// keeps nothing aside, so that nothing is left of them in the compiled pipeline.
  public struct Aside: Sendable {
    /// Bytes behind `end`: payload, that nobody needs to look at.
    public let beyond: Int
    /// Bytes of the longest frame on the wire that becomes of this one; 0: it is one itself.
    public let segment: Int
    /// The carrier keeps things aside, the outermost tag always.
    public let isUsed: Bool
    /// 802.1Q tag control information of that tag, and bit 16; 0: none.
    public let tag: UInt32

    @inline(__always)
    public init(beyond: Int, segment: Int, isUsed: Bool, tag: UInt32) {
      self.beyond = beyond
      self.segment = segment
      self.isUsed = isUsed
      self.tag = tag
    }

    @inline(__always)
    public static var nothing: Aside { Aside(beyond: 0, segment: 0, isUsed: false, tag: 0) }
  }
}
