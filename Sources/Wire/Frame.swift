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
  public let aside: Aside
  #if hasFeature(Embedded)
    /// What the hook gave, where the frame is found again. A part of a frame in a function of its own has none.
    let context: UnsafeRawPointer

    @inline(__always)
    init(
      base: UnsafeMutableRawPointer, end: UnsafeMutableRawPointer, aside: Aside, _ context: UnsafeRawPointer
    ) {
      self.base = base
      self.end = end
      self.aside = aside
      self.context = context
    }
  #else
    @inline(__always)
    public init(base: UnsafeMutableRawPointer, end: UnsafeMutableRawPointer, aside: Aside = .nothing) {
      self.base = base
      self.end = end
      self.aside = aside
    }

    /// In the kernel: the same frame, of which the verifier has seen no comparison yet. Ways that lead here with
    /// different ones would each be verified anew.
    @inline(__always)
    public var unseen: Frame { self }
  #endif

  /// Bytes of the frame from here on: those that are aside, too.
  @inline(__always)
  public var count: Int { present &+ aside.beyond &+ Int(aside.tag >> 16) &* 4 }

  /// Bytes from here on that can be accessed.
  @inline(__always)
  private var present: Int {
    #if hasFeature(Embedded)
      return Int(fs_distance(base, end))
    #else
      return end - base
    #endif
  }

  /// Bytes of the longest frame that leaves for this one.
  @inline(__always)
  public var longest: Int { aside.segment != 0 ? aside.segment : count }

  /// So many bytes can be accessed.
  @inline(__always)
  public func has(_ bytes: Int) -> Bool { base + bytes <= end }

  /// So many bytes are there from here on, though it may be that they can't all be accessed.
  @inline(__always)
  public func holds(_ bytes: Int) -> Bool {
    aside.isUsed ? bytes <= present &+ aside.beyond : has(bytes)
  }

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
      return Frame(base: fs_opaque(base + offset), end: end, aside: aside, context)
    #else
      return Frame(base: base + offset, end: end, aside: aside)
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
