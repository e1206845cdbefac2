#if canImport(Wire)
  import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

/// What the datapath answers for.
public struct AddressKey {
  public var hi: UInt64
  public var lo: UInt64
  public var vlan: UInt32
  public var isIPv6: Bool

  @inline(__always)
  public init(hi: UInt64, lo: UInt64, vlan: UInt32, isIPv6: Bool) {
    self.hi = hi
    self.lo = lo
    self.vlan = vlan
    self.isIPv6 = isIPv6
  }

  /// The `meta` word of a valid record of this key, but for what kind it is.
  @inline(__always)
  public var meta: UInt64 {
    1 | (isIPv6 ? 2 : 0) | UInt64(vlan) << 16
  }

  /// Which set a record of this key stands in.
  @inline(__always)
  public func set(mask: UInt32) -> UInt32 { AddressKey.set(hi, lo, meta, mask: mask) }

  @inline(__always)
  static func set(_ hi: UInt64, _ lo: UInt64, _ meta: UInt64, mask: UInt32) -> UInt32 {
    let h = fold(fold(meta, lo), hi) &* 0xd6e8_feb8_6659_fd93
    return UInt32(truncatingIfNeeded: h >> 32) & mask
  }

  /// Bits of `meta` that must agree with the key's.
  @inline(__always)
  static var metaMask: UInt64 { 0x0fff_0003 }
}

/// What was found for an address: a MAC and three flags in a word, 0 for nothing. A pool has its index for the MAC.
struct Answer {
  fileprivate var word: UInt64

  @inline(__always) var isKnown: Bool { word != 0 }
  @inline(__always) var mac: UInt64 { word & 0xffff_ffff_ffff }
  @inline(__always) var isVirtual: Bool { word & 1 << 48 != 0 }
  @inline(__always) var isRouter: Bool { word & 1 << 49 != 0 }
  @inline(__always) var isPool: Bool { word & 1 << 50 != 0 }
}

extension Pipeline {
  @inline(__always)
  func answer(_ key: AddressKey, _ port: UnsafeMutablePointer<fs_port>) -> Answer {
    // Forgotten, or every way through a search would be a path of its own for what follows.
    let exact = forget(find(key.hi, key.lo, key.meta), port)
    return Answer(word: exact != 0 ? exact : forget(findSubnet(key.hi, key.lo, key.meta), port))
  }

  /// What a server is told that asks for a pool's router: the router that has its bucket, as something that is answered
  /// to everyone. Other answers stay what they are.
  @inline(__always)
  func forServer(
    _ found: Answer, isQuestion: Bool, _ frame: Frame, _ ingress: UnsafeMutablePointer<fs_port>
  ) -> Answer {
    if !found.isPool { return found }
    var word: UInt64 = 0
    if isQuestion && ingress.pointee.flags & FS_PORT_SERVERS != 0, let settings = tables.settings() {
      word = routerOfServer(found.mac, frame.mac(6), settings.pointee.mac_base)
      if word != 0 { word |= found.word & 1 << 49 | 1 << 48 }
    }
    return Answer(word: forget(word, ingress))
  }

  // Functions of their own in the kernel.

  @inline(never)
  private func find(_ hi: UInt64, _ lo: UInt64, _ wanted: UInt64) -> UInt64 {
    guard let set = tables.answers(AddressKey.set(hi, lo, wanted, mask: tables.answerMask)) else { return 0 }
    var i = 0
    while i < 4 {
      let meta = set[i].meta
      if meta & AddressKey.metaMask == wanted && set[i].address_lo == lo && set[i].address_hi == hi {
        return set[i].mac & 0xffff_ffff_ffff | (meta & 28) << 46
      }
      i &+= 1
    }
    return 0
  }

  /// Among the clusters that are subnets.
  @inline(never)
  private func findSubnet(_ hi: UInt64, _ lo: UInt64, _ wanted: UInt64) -> UInt64 {
    guard let settings = tables.settings(), settings.pointee.subnets != 0 else { return 0 }
    // Where the loop ends is one comparison, as each takes the verifier through the rest of the loop.
    let last = (settings.pointee.subnets &- 1) & (FS_SUBNETS &- 1)
    var i: UInt32 = 0
    while true {
      guard let subnet = tables.subnet(i) else { return 0 }
      if subnet.pointee.meta & AddressKey.metaMask == wanted
        && lo & subnet.pointee.mask_lo == subnet.pointee.address_lo
        && hi & subnet.pointee.mask_hi == subnet.pointee.address_hi
      {
        return subnet.pointee.mac & 0xffff_ffff_ffff | 1 << 48
      }
      if i == last { return 0 }
      i &+= 1
    }
  }
}
