#if hasFeature(Embedded)
  import BPFShim
#endif

/// The bytes of an Ethernet frame, from the destination MAC to the end of the payload, where the datapath finds them.
///
/// Nothing is copied and nothing is checked twice: ask `has` before the accesses it covers, in the same function
/// after inlining, because the kernel's verifier must see the comparison that bounds them.
/// `raw…` accessors return words in wire order (first byte lowest), as the tables hold addresses.
public struct Frame {
  public let base: UnsafeMutableRawPointer
  public let end: UnsafeMutableRawPointer
  #if hasFeature(Embedded)
    private let context: UnsafePointer<xdp_md>

    @inline(__always)
    init(_ context: UnsafePointer<xdp_md>) {
      self.init(base: fs_data(context), end: fs_data_end(context), context)
    }

    @inline(__always)
    private init(
      base: UnsafeMutableRawPointer, end: UnsafeMutableRawPointer, _ context: UnsafePointer<xdp_md>
    ) {
      self.base = base
      self.end = end
      self.context = context
    }
  #else
    @inline(__always)
    public init(base: UnsafeMutableRawPointer, end: UnsafeMutableRawPointer) {
      self.base = base
      self.end = end
    }
  #endif

  /// The same frame, of which the kernel's verifier has seen no comparison yet: ways that lead here with different ones
  /// would each be verified anew.
  @inline(__always)
  public var unseen: Frame {
    #if hasFeature(Embedded)
      return Frame(base: fs_data_again(context), end: fs_data_end_again(context), context)
    #else
      return self
    #endif
  }

  /// Bytes in the frame.
  @inline(__always)
  public var count: Int { end - base }

  @inline(__always)
  public func has(_ bytes: Int) -> Bool { base + bytes <= end }

  /// `has`, and the compiler may not conclude it from earlier comparisons: the kernel's verifier does not see that a
  /// packet that holds its total length also holds what is known to be shorter.
  @inline(__always)
  public func hasIndeed(_ bytes: Int) -> Bool {
    #if hasFeature(Embedded)
      return base + bytes <= fs_opaque(end)
    #else
      return has(bytes)
    #endif
  }

  /// The frame from `offset` on: its accessors then take constant offsets. In the kernel the begin is one value that
  /// the compiler can't compute twice, so that what was compared with the end is what is accessed.
  @inline(__always)
  public func from(_ offset: Int) -> Frame {
    #if hasFeature(Embedded)
      return Frame(base: fs_opaque(base + offset), end: end, context)
    #else
      return Frame(base: base + offset, end: end)
    #endif
  }

  @inline(__always)
  public func u8(_ offset: Int) -> UInt8 { base.load(fromByteOffset: offset, as: UInt8.self) }

  @inline(__always)
  public func u16(_ offset: Int) -> UInt16 { raw16(offset).bigEndian }

  @inline(__always)
  public func raw16(_ offset: Int) -> UInt16 { load(offset) }

  @inline(__always)
  public func raw32(_ offset: Int) -> UInt32 { load(offset) }

  @inline(__always)
  public func raw64(_ offset: Int) -> UInt64 { load(offset) }

  @inline(__always)
  public func mac(_ offset: Int) -> UInt64 {
    UInt64(raw32(offset)) | UInt64(raw16(offset &+ 4)) << 32
  }

  @inline(__always)
  public func set8(_ offset: Int, _ value: UInt8) {
    base.storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
  }

  /// `value` in host order.
  @inline(__always)
  public func set16(_ offset: Int, _ value: UInt16) { store(offset, value.bigEndian) }

  @inline(__always)
  public func setRaw16(_ offset: Int, _ value: UInt16) { store(offset, value) }

  @inline(__always)
  public func setRaw32(_ offset: Int, _ value: UInt32) { store(offset, value) }

  @inline(__always)
  public func setRaw64(_ offset: Int, _ value: UInt64) { store(offset, value) }

  @inline(__always)
  public func setMAC(_ offset: Int, _ mac: UInt64) {
    setRaw32(offset, UInt32(truncatingIfNeeded: mac))
    setRaw16(offset &+ 4, UInt16(truncatingIfNeeded: mac >> 32))
  }

  // eBPF loads words at any address on the machines that have an efficient way to, but its compiler splits what is
  // marked unaligned into bytes. So there the accesses claim alignment; in the daemon they do not.
  #if hasFeature(Embedded)
    @inline(__always)
    private func load<T>(_ offset: Int) -> T { base.load(fromByteOffset: offset, as: T.self) }

    @inline(__always)
    private func store<T>(_ offset: Int, _ value: T) {
      (base + offset).assumingMemoryBound(to: T.self).pointee = value
    }
  #else
    @inline(__always)
    private func load<T: BitwiseCopyable>(_ offset: Int) -> T {
      base.loadUnaligned(fromByteOffset: offset, as: T.self)
    }

    @inline(__always)
    private func store<T: BitwiseCopyable>(_ offset: Int, _ value: T) {
      base.storeBytes(of: value, toByteOffset: offset, as: T.self)
    }
  #endif
}
