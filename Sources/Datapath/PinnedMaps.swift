import CDatapath
import CTables
import Glibc

/// The maps that an earlier daemon of an instance left, open.
final class PinnedMaps {
  /// By name.
  let descriptors: [String: CInt]
  let dimensions: Dimensions
  let shape: TableShape

  /// Nil if one is missing or their layout is another.
  init?(_ pins: PinFolder) {
    var found: [String: CInt] = [:]
    for name in BPFObject.allMaps {
      let fd = fs_bpf_get(pins.map(name))
      if fd >= 0 { found[name] = fd }
    }
    guard let dimensions = PinnedMaps.dimensions(of: found, pins),
      let shape = PinnedMaps.shape(of: found, dimensions)
    else {
      for fd in found.values { close(fd) }
      return nil
    }
    descriptors = found
    self.dimensions = dimensions
    self.shape = shape
  }

  deinit { for fd in descriptors.values { close(fd) } }

  /// Whether a program uses these tables, all of which are made at once. It has others besides, of constants.
  func areThose(of program: CInt, _ pins: PinFolder) -> Bool {
    let constants = fs_bpf_get(pins.constants)
    if constants < 0 { return false }
    defer { close(constants) }
    var tables: Set<UInt32> = []
    for fd in TableID.allCases.compactMap({ descriptors[$0.rawValue] }) + [constants] {
      var facts = fs_bpf_map_facts()
      guard fs_bpf_map_facts(fd, &facts) == 0 else { return false }
      tables.insert(facts.id)
    }
    var used = [UInt32](repeating: 0, count: 64)
    let count = Int(fs_bpf_program_maps(program, &used, UInt32(used.count)))
    return count > 0 && count <= used.count && tables.isSubset(of: used.prefix(count))
  }

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
    var found = Dimensions(cpus: 1, clusters: 1, members: 1, buckets: 1, services: 1)
    found.cpus = Int(value.cpus)
    found.clusters = Int(value.clusters)
    found.memberShift = Int(value.member_shift)
    found.bucketShift = Int(value.bucket_shift)
    found.flowSets = Int(value.flow_mask) + 1
    found.sourceSets = Int(value.source_mask) + 1
    found.answerSets = Int(value.answer_mask) + 1
    found.serviceSets = Int(value.service_sets)
    return found.isPlausible ? found : nil
  }

  /// The shape in which all tables have the size that the dimensions say.
  private static func shape(of maps: [String: CInt], _ dimensions: Dimensions) -> TableShape? {
    TableShape.allCases.first { shape in
      TableID.allCases.allSatisfy { table in
        var facts = fs_bpf_map_facts()
        guard let fd = maps[table.rawValue], fs_bpf_map_facts(fd, &facts) == 0 else { return false }
        return shape.map(table, dimensions) == (Int(facts.value_size), Int(facts.max_entries))
      }
    }
  }
}
