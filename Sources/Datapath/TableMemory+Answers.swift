import CTables
import Forwarding
public import Wire

/// An address that the datapath answers ARP or ND for.
public struct AnswerEntry: Hashable, Sendable {
  public var address: IPAddress
  public var vlan: VLANID
  public var mac: MACAddress
  public var isVirtual: Bool
  public var isRouter: Bool
  /// The address is a router's of this pool (index of its cluster): servers are answered by the pool's buckets (H9), and
  /// `mac` is not used.
  public var pool: Int?

  public init(address: IPAddress, vlan: VLANID, mac: MACAddress, isVirtual: Bool, isRouter: Bool = false) {
    self.address = address
    self.vlan = vlan
    self.mac = mac
    self.isVirtual = isVirtual
    self.isRouter = isRouter
  }

  /// An address of a pool's router.
  public init(address: IPAddress, vlan: VLANID, pool: Int) {
    self.address = address
    self.vlan = vlan
    mac = MACAddress(raw: 0)
    isVirtual = false
    isRouter = true
    self.pool = pool
  }

  /// What stands where a MAC does.
  var word: UInt64 { pool.map { UInt64($0) } ?? mac.raw }

  var key: AddressKey {
    AddressKey(hi: address.hi, lo: address.lo, vlan: UInt32(vlan.raw), isIPv6: address.isIPv6)
  }

  var meta: UInt64 {
    key.meta | (isVirtual ? FS_ANSWER_VIRTUAL : 0) | (isRouter ? FS_ANSWER_ROUTER : 0)
      | (pool != nil ? FS_ANSWER_POOL : 0)
  }
}

extension TableMemory {
  /// Enters an address, or changes its MAC in one step. What becomes a pool's, or ceases to be one, gets another record:
  /// nobody may take a pool's index for a MAC. False: its set is full; where there was a record of the other kind, it is
  /// gone, and there is room after a second.
  public func setAnswer(_ entry: AnswerEntry) -> Bool {
    let set = answerSet(entry.key)
    let first = set - base(.answers, of: fs_answer.self)
    if let known = way(of: entry.key, in: set) {
      if (set[known].meta ^ entry.meta) & FS_ANSWER_POOL == 0 {
        set[known].mac = entry.word
        set[known].meta = entry.meta
        return true
      }
      set[known].meta = 0
      freedAnswers[first + known] = clock.fine
    }
    let now = clock.fine
    freedAnswers = freedAnswers.filter { now &- $0.value < 10 }
    guard
      let free = (0..<4).first(where: {
        set[$0].meta & FS_ANSWER_VALID == 0 && freedAnswers[first + $0] == nil
      })
    else { return false }
    set[free].address_hi = entry.address.hi
    set[free].address_lo = entry.address.lo
    set[free].mac = entry.word
    set[free].meta = entry.meta
    return true
  }

  public func removeAnswer(_ address: IPAddress, vlan: VLANID) {
    let key = AddressKey(
      hi: address.hi, lo: address.lo, vlan: UInt32(vlan.raw), isIPv6: address.isIPv6)
    let set = answerSet(key)
    if let known = way(of: key, in: set) {
      set[known].meta = 0
      freedAnswers[set - base(.answers, of: fs_answer.self) + known] = clock.fine
    }
  }

  public var answers: [AnswerEntry] {
    let first = base(.answers, of: fs_answer.self)
    return (0..<dimensions.answerSets * 4).compactMap { i in
      let record = first[i]
      if record.meta & FS_ANSWER_VALID == 0 { return nil }
      let address = IPAddress(
        hi: record.address_hi, lo: record.address_lo, isIPv6: record.meta & FS_ANSWER_IPV6 != 0)
      let vlan = VLANID(raw: UInt16(truncatingIfNeeded: record.meta >> UInt64(FS_ANSWER_VLAN_SHIFT)))
      if record.meta & FS_ANSWER_POOL != 0 {
        return AnswerEntry(address: address, vlan: vlan, pool: Int(record.mac))
      }
      return AnswerEntry(
        address: address, vlan: vlan, mac: MACAddress(raw: record.mac),
        isVirtual: record.meta & FS_ANSWER_VIRTUAL != 0,
        isRouter: record.meta & FS_ANSWER_ROUTER != 0)
    }
  }

  /// The clusters whose address is a subnet, at most `FS_SUBNETS`.
  public func setSubnets(_ subnets: [(prefix: IPPrefix, vlan: VLANID, mac: MACAddress)]) {
    let settings = base(.settings, of: fs_switch.self)
    let first = base(.subnets, of: fs_subnet.self)
    let fresh = subnets.prefix(Int(FS_SUBNETS)).map { subnet in
      let network = subnet.prefix.network
      let key = AddressKey(
        hi: 0, lo: 0, vlan: UInt32(subnet.vlan.raw), isIPv6: network.address.isIPv6)
      return fs_subnet(
        address_hi: network.address.hi, address_lo: network.address.lo, mask_hi: network.mask.hi,
        mask_lo: network.mask.lo, mac: subnet.mac.raw, meta: key.meta | FS_ANSWER_VIRTUAL,
        spare: (0, 0))
    }
    for (i, record) in fresh.enumerated() {
      let present = first[i]
      if present.address_hi == record.address_hi, present.address_lo == record.address_lo,
        present.mask_hi == record.mask_hi, present.mask_lo == record.mask_lo, present.mac == record.mac,
        present.meta == record.meta
      {
        continue
      }
      first[i].meta = 0
      var hidden = record
      hidden.meta = 0
      first[i] = hidden
      first[i].meta = record.meta
    }
    settings.pointee.subnets = UInt32(fresh.count)
  }

  private func answerSet(_ key: AddressKey) -> UnsafeMutablePointer<fs_answer> {
    base(.answers, of: fs_answer.self) + Int(key.set(mask: UInt32(dimensions.answerSets - 1))) * 4
  }

  private func way(of key: AddressKey, in set: UnsafeMutablePointer<fs_answer>) -> Int? {
    (0..<4).first {
      set[$0].meta & ~(FS_ANSWER_VIRTUAL | FS_ANSWER_ROUTER | FS_ANSWER_POOL) == key.meta
        && set[$0].address_lo == key.lo
        && set[$0].address_hi == key.hi
    }
  }
}
