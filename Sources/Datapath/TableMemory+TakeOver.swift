import CTables
import Glibc

// Tables of other dimensions, or of the other kind of datapath: what they hold goes on in new ones (X7). Numbers mean
// the same in both, since control keeps them (`NumberAllocator`).
extension TableMemory {
  /// Takes over what an earlier datapath of the instance knows: assignments, transitions, flows, stations, members'
  /// links, neighbours, counters. Clusters, services, virtual addresses and ports are control's to write. To be called before anything
  /// forwards by these tables.
  func takeOver(_ old: TableMemory) {
    let settings = base(.settings, of: fs_switch.self)
    settings.pointee = old.base(.settings, of: fs_switch.self).pointee
    settings.pointee.subnets = 0
    for table in [TableID.stations, .fragments, .buckets, .transits] { copy(table, from: old) }
    if dimensions.flowSets == old.dimensions.flowSets { copy(.flows, from: old) }
    if dimensions.sourceSets == old.dimensions.sourceSets { copy(.sources, from: old) }
    for entry in old.answers where !entry.isVirtual && entry.pool == nil { _ = setAnswer(entry) }
    takeOverMembers(old)
    takeOverRouters(old)
    takeOverCounters(old)
  }

  /// Flows and sources that were entered in the old tables since `takeOver`, while some port still forwarded by them: a
  /// connection that began then stays with its member. What the new tables know already stays.
  func catchUp(with old: TableMemory) {
    if dimensions.flowSets == old.dimensions.flowSets { merge(.flows, from: old, tagFrom: 27) }
    if dimensions.sourceSets == old.dimensions.sourceSets { merge(.sources, from: old, tagFrom: 35) }
  }

  /// Word for word, each complete in itself (`FlowTable`, `SourceTable`), with a tag from a bit on.
  private func merge(_ table: TableID, from old: TableMemory, tagFrom bit: UInt64) {
    let (mine, theirs) = (base(table, of: UInt64.self), old.base(table, of: UInt64.self))
    let ways = table.stride / MemoryLayout<UInt64>.stride
    for set in 0..<min(table.count(dimensions), table.count(old.dimensions)) {
      let (here, there) = (mine + set * ways, theirs + set * ways)
      for way in 0..<ways {
        let word = there[way]
        if word == 0 || (0..<ways).contains(where: { here[$0] != 0 && here[$0] >> bit == word >> bit }) {
          continue
        }
        if let free = (0..<ways).first(where: { here[$0] == 0 }) { here[free] = word }
      }
    }
  }

  private func copy(_ table: TableID, from old: TableMemory) {
    let (mine, theirs) = (bytes(table), old.bytes(table))
    let count = min(mine.count, theirs.count)
    guard count > 0, let target = mine.baseAddress, let source = theirs.baseAddress else { return }
    memcpy(target, source, count)
  }

  /// Each CPU has a copy of a member's link and counters of its own; the sums go on in the first one's.
  private func takeOverMembers(_ old: TableMemory) {
    let (mine, theirs) = (base(.members, of: fs_member.self), old.base(.members, of: fs_member.self))
    for index in 0..<min(dimensions.members, old.dimensions.members) {
      var record = theirs[index]
      let sum = old.memberCounters(index)
      record.packets = 0
      record.bytes = 0
      record.new_flows = 0
      record.leaving_packets = 0
      record.unentered = 0
      for cpu in 1..<max(dimensions.cpus, 1) { mine[cpu * dimensions.members + index] = record }
      record.packets = sum.packets
      record.bytes = sum.bytes
      record.new_flows = sum.newFlows
      record.leaving_packets = sum.leavingPackets
      record.unentered = sum.unentered
      mine[index] = record
    }
  }

  /// Where routers are, and their counters. What is steered away from them is control's to say, as the pools are.
  private func takeOverRouters(_ old: TableMemory) {
    for index in 0..<Int(FS_ROUTERS) {
      guard let entry = old.router(index) else { continue }
      setRouter(index, RouterEntry(link: entry.link))
      let sum = old.routerCounters(index)
      (base(.routers, of: fs_router.self) + index).pointee.packets = sum.packets
      (base(.routers, of: fs_router.self) + index).pointee.bytes = sum.bytes
    }
  }

  private func takeOverCounters(_ old: TableMemory) {
    let buckets = base(.bucketCounters, of: fs_bucket_counter.self)
    for index in 0..<min(dimensions.buckets, old.dimensions.buckets) {
      let sum = old.bucketCounters(index)
      buckets[index] = fs_bucket_counter(packets: sum.packets, bytes: sum.bytes)
    }
    let ports = base(.ports, of: fs_port.self)
    for index in 0..<Int(FS_PORTS) {
      let sum = old.portCounters(index)
      var record = fs_port()
      record.rx_packets = sum.rxPackets
      record.rx_bytes = sum.rxBytes
      record.tx_packets = sum.txPackets
      record.tx_bytes = sum.txBytes
      record.flood_packets = sum.floodPackets
      record.flood_bytes = sum.floodBytes
      ports[index] = record
    }
    let reasons = base(.reasons, of: fs_counter.self)
    let size = Int(FS_REASONS) * Int(FS_PORTS)
    let theirs = old.base(.reasons, of: fs_counter.self)
    for slot in 0..<size {
      var sum: UInt64 = 0
      for cpu in 0..<old.dimensions.cpus { sum &+= theirs[cpu * size + slot].packets }
      reasons[slot].packets = sum
    }
  }
}
