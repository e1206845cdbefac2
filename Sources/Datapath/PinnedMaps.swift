import CDatapath
import CTables
import Glibc

/// The maps that an earlier daemon of an instance left, open.
final class PinnedMaps {
  /// By name.
  let descriptors: [String: CInt]
  let dimensions: Dimensions

  /// Nil if one is missing or their layout is another.
  init?(_ pins: PinFolder) {
    var found: [String: CInt] = [:]
    for name in BPFObject.allMaps + BPFObject.laterMaps {
      let fd = fs_bpf_get(pins.map(name))
      if fd >= 0 { found[name] = fd }
    }
    guard let dimensions = PinnedMaps.dimensions(of: found, pins) else {
      for fd in found.values { close(fd) }
      return nil
    }
    descriptors = found
    self.dimensions = dimensions
  }

  deinit { for fd in descriptors.values { close(fd) } }

  /// Their memory, which stays when the maps are closed.
  func tables() throws(DatapathError) -> TableMemory {
    var known: [TableID: CInt] = [:]
    for table in TableID.allCases { known[table] = descriptors[table.rawValue] }
    return try TableMemory.maps(known, dimensions)
  }

  private static func dimensions(of maps: [String: CInt], _ pins: PinFolder) -> Dimensions? {
    guard BPFObject.allMaps.allSatisfy({ maps[$0] != nil }) else { return nil }
    let constants = fs_bpf_get(pins.constants)
    if constants < 0 { return nil }
    defer { close(constants) }
    var key: UInt32 = 0
    var value = fs_dimensions()
    var facts = fs_bpf_map_facts()
    guard fs_bpf_map_facts(constants, &facts) == 0,
      facts.value_size == UInt32(MemoryLayout<fs_dimensions>.size),
      fs_bpf_map_lookup(constants, &key, &value) == 0, value.abi == FS_ABI
    else { return nil }
    var counts: [TableID: Int] = [:]
    for table in TableID.allCases {
      guard let fd = maps[table.rawValue], fs_bpf_map_facts(fd, &facts) == 0,
        facts.value_size == UInt32(table.stride)
      else { return nil }
      counts[table] = Int(facts.max_entries)
    }
    var found = Dimensions(cpus: 1, clusters: 1, members: 1, buckets: 1, services: 1)
    found.cpus = (counts[.ports] ?? 0) / Int(FS_PORTS)
    found.clusters = counts[.clusters] ?? 0
    found.memberShift = Int(value.member_shift)
    found.bucketShift = Int(value.bucket_shift)
    found.flowSets = Int(value.flow_mask) + 1
    found.sourceSets = Int(value.source_mask) + 1
    found.answerSets = Int(value.answer_mask) + 1
    found.serviceSets = counts[.services] ?? 0
    guard found.cpus > 0, TableID.allCases.allSatisfy({ $0.count(found) == counts[$0] }) else { return nil }
    return found
  }
}
