import CDatapath
import CTables
import Glibc

/// The pipeline in the kernel's XDP hook: loaded, pinned, attached; adopted where an earlier daemon left it (X7).
///
/// An adopted datapath keeps its maps, which hold flows and counters; the program is always this daemon's, put into
/// the links in one step, so that an upgrade is the same as a restart. Used by one control task.
public final class XDPDatapath: Datapath, @unchecked Sendable {
  /// Chosen after the program was loaded, when the ports were probed.
  public var kind: DatapathKind
  public let tables: TableMemory
  public let isAdopted: Bool
  private let object: BPFObject
  private let pins: PinFolder
  private var links: [Int: CInt] = [:]
  private var interfaces: [Int: UInt32] = [:]

  /// Loads the program. The earlier tables of this instance are taken over if they have room for `wanted`.
  public init(_ kind: DatapathKind, wanted: Dimensions, pins: PinFolder) throws(DatapathError) {
    self.kind = kind
    self.pins = pins
    try pins.create()
    let earlier = XDPDatapath.openMaps(pins)
    defer { for fd in earlier.values { Glibc.close(fd) } }
    if let found = XDPDatapath.dimensions(of: earlier, pins), found.holds(wanted) {
      object = try BPFObject(found, reuse: earlier)
      isAdopted = true
    } else {
      object = try BPFObject(wanted)
      isAdopted = false
    }
    var descriptors: [TableID: CInt] = [:]
    for table in TableID.allCases { descriptors[table] = object.map(table.rawValue) }
    tables = try TableMemory.maps(descriptors, object.dimensions)
  }

  /// What the machine needs for the tables: CPUs that may run the program.
  public static var cpus: Int { max(1, Int(fs_bpf_cpus())) }

  /// The program in the kernel: identification, bytes of code, instructions that the verifier looked at.
  public var facts: (id: Int, codeBytes: Int, machineBytes: Int, verified: Int) {
    var facts = fs_bpf_program_facts()
    _ = fs_bpf_program_facts(object.program, &facts)
    return (
      Int(facts.id), Int(facts.xlated_bytes), Int(facts.jited_bytes), Int(facts.verified_instructions)
    )
  }

  /// The program's descriptor, for BPF_PROG_RUN; valid while this object lives.
  public var program: CInt { object.program }

  /// Pins program and maps; called once the tables are filled.
  public func pin() throws(DatapathError) {
    try pins.pin(object.program, pins.program)
    try pins.pin(object.map(".rodata.fs"), pins.constants)
    for name in BPFObject.allMaps { try pins.pin(object.map(name), pins.map(name)) }
  }

  // MARK: Ports

  public func attach(port: Int, interface: String, ifindex: Int) throws(DatapathError) {
    try mapPort(port, interface: interface, ifindex: UInt32(ifindex))
    if try takeOver(port: port, ifindex: UInt32(ifindex)) { return }
    let mode: CInt = kind == .xdpGeneric ? 2 : 1
    var link = fs_bpf_attach_xdp(object.program, CInt(ifindex), mode)
    if link == -EBUSY && releaseEarlier(ifindex: UInt32(ifindex)) {
      link = fs_bpf_attach_xdp(object.program, CInt(ifindex), mode)
    }
    if link < 0 {
      unmapPort(port)
      throw refusal(-link, interface: interface, ifindex: ifindex)
    }
    do throws(DatapathError) {
      try pins.pin(link, pins.link(port))
    } catch {
      Glibc.close(link)
      unmapPort(port)
      throw error
    }
    links[port] = link
  }

  /// Whether the interface takes this program in a mode: attached for a moment, where it passes every frame, because
  /// the interface is no port yet. Nil: yes. An interface where this instance is attached already is not disturbed.
  public func probe(interface: String, ifindex: Int, generic: Bool) -> DatapathError? {
    var program: UInt32 = 0
    var mode: CInt = 0
    let isAttached = fs_bpf_xdp_query(CInt(ifindex), &program, &mode) == 0 && program != 0
    if isAttached && isOwn(ifindex: UInt32(ifindex)) { return nil }
    let link = fs_bpf_attach_xdp(object.program, CInt(ifindex), generic ? 2 : 1)
    if link < 0 { return refusal(-link, interface: interface, ifindex: ifindex) }
    _ = fs_bpf_link_detach(link)
    Glibc.close(link)
    return nil
  }

  private func isOwn(ifindex: UInt32) -> Bool {
    pins.linkedPorts.contains { port in
      let link = fs_bpf_get(pins.link(port))
      if link < 0 { return false }
      defer { Glibc.close(link) }
      var facts = fs_bpf_link_facts()
      return fs_bpf_link_facts(link, &facts) == 0 && facts.ifindex == ifindex
    }
  }

  public func detach(port: Int) {
    unmapPort(port)
    if let link = links.removeValue(forKey: port) {
      _ = fs_bpf_link_detach(link)
      Glibc.close(link)
    }
    unlink(pins.link(port))
  }

  /// Detaches links of an earlier daemon on ports that are none now.
  public func detachOthers(than ports: Set<Int>) {
    for port in pins.linkedPorts where !ports.contains(port) {
      let link = fs_bpf_get(pins.link(port))
      if link >= 0 {
        var facts = fs_bpf_link_facts()
        if fs_bpf_link_facts(link, &facts) == 0, facts.ifindex != 0 {
          var ifindex = facts.ifindex
          var none: UInt32 = 0
          _ = fs_bpf_map_update(object.map("fs_ifindexes"), &ifindex, &none)
        }
        _ = fs_bpf_link_detach(link)
        Glibc.close(link)
      }
      unlink(pins.link(port))
    }
    // Nor is anything flooded there any more.
    for port in 0..<Int(FS_PORTS) where !ports.contains(port) { unmapPort(port) }
  }

  public func openTap(_ onSample: @escaping @Sendable (TapSample) -> Void) throws(DatapathError) -> any Tap {
    let tap = try RingTap(map: object.map("fs_tap"), onSample: onSample) { [weak self] in
      self?.showFrames(false)
    }
    showFrames(true)
    return tap
  }

  private func showFrames(_ on: Bool) {
    for (port, ifindex) in interfaces {
      var key = ifindex
      var value = UInt32(port + 1) | (on ? FS_IFINDEX_TAP : 0)
      _ = fs_bpf_map_update(object.map("fs_ifindexes"), &key, &value)
    }
  }

  public func close(keep: Bool) {
    for (port, link) in links {
      if !keep { _ = fs_bpf_link_detach(link) }
      Glibc.close(link)
      if !keep { unlink(pins.link(port)) }
    }
    links = [:]
    if !keep { pins.remove() }
  }

  /// An earlier daemon's link on the same interface in the same mode goes on with this program.
  private func takeOver(port: Int, ifindex: UInt32) throws(DatapathError) -> Bool {
    let path = pins.link(port)
    let link = fs_bpf_get(path)
    if link < 0 { return false }
    var facts = fs_bpf_link_facts()
    var program: UInt32 = 0
    var mode: CInt = 0
    let isSame =
      fs_bpf_link_facts(link, &facts) == 0 && facts.ifindex == ifindex
      && fs_bpf_xdp_query(CInt(ifindex), &program, &mode) == 0
      && mode == (kind == .xdpGeneric ? 2 : 1)
    if isSame && fs_bpf_link_update(link, object.program) == 0 {
      links[port] = link
      return true
    }
    _ = fs_bpf_link_detach(link)
    Glibc.close(link)
    unlink(path)
    return false
  }

  /// An earlier daemon's link on the interface, as another port than the interface is now, ends. False: there is none.
  private func releaseEarlier(ifindex: UInt32) -> Bool {
    for port in pins.linkedPorts where links[port] == nil {
      let link = fs_bpf_get(pins.link(port))
      if link < 0 { continue }
      defer { Glibc.close(link) }
      var facts = fs_bpf_link_facts()
      if fs_bpf_link_facts(link, &facts) == 0 && facts.ifindex == ifindex {
        _ = fs_bpf_link_detach(link)
        unlink(pins.link(port))
        return true
      }
    }
    return false
  }

  private func mapPort(_ port: Int, interface: String, ifindex: UInt32) throws(DatapathError) {
    var key = ifindex
    var value = UInt32(port + 1)
    if ifindex >= FS_IFINDEXES {
      throw DatapathError(
        "\(interface) has the interface index \(ifindex), beyond the \(FS_IFINDEXES) that the datapath can hold"
      )
    }
    if let old = interfaces[port], old != ifindex { unmapPort(port) }
    var error = fs_bpf_map_update(object.map("fs_ifindexes"), &key, &value)
    if error != 0 { throw DatapathError.system("enter the interface of \(interface)", error) }
    interfaces[port] = ifindex
    key = UInt32(port)
    value = ifindex
    error = fs_bpf_map_update(object.map("fs_ports"), &key, &value)
    if error == 0 { return }
    unmapPort(port)
    // The kernel's word for an interface that is not there.
    if error == -EINVAL { throw DatapathError("\(interface) (index \(ifindex)) is gone", code: ENODEV) }
    throw DatapathError.system("enter \(interface) for sending", error)
  }

  private func unmapPort(_ port: Int) {
    var key = UInt32(port)
    _ = fs_bpf_map_delete(object.map("fs_ports"), &key)
    if var ifindex = interfaces.removeValue(forKey: port) {
      var none: UInt32 = 0
      _ = fs_bpf_map_update(object.map("fs_ifindexes"), &ifindex, &none)
    }
  }

  private func refusal(_ code: CInt, interface: String, ifindex: Int) -> DatapathError {
    var program: UInt32 = 0
    var mode: CInt = 0
    if fs_bpf_xdp_query(CInt(ifindex), &program, &mode) == 0, program != 0 {
      var name = [CChar](repeating: 0, count: 64)
      _ = fs_bpf_program_name(program, &name, name.count)
      let text = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
      return DatapathError(
        "\(interface) already has the XDP program \(text.isEmpty ? "" : text + " ")(id \(program)): another switch "
          + "runs on it, or something else uses XDP there; `bpftool net show dev \(interface)` tells more",
        code: code)
    }
    switch code {
    case EOPNOTSUPP:
      return DatapathError("the driver of \(interface) has no native XDP", code: code)
    case EINVAL, ERANGE, ENOTSUP, E2BIG:
      return DatapathError(
        "the driver of \(interface) refuses native XDP (MTU too large, or offloads like LRO on)", code: code)
    default:
      return .system("attach the datapath to \(interface)", code)
    }
  }

  // MARK: Earlier tables

  private static func openMaps(_ pins: PinFolder) -> [String: CInt] {
    var found: [String: CInt] = [:]
    for name in BPFObject.allMaps {
      let fd = fs_bpf_get(pins.map(name))
      if fd >= 0 { found[name] = fd }
    }
    return found
  }

  /// The dimensions that pinned maps were made with; nil if one is missing or their layout is another.
  private static func dimensions(of maps: [String: CInt], _ pins: PinFolder) -> Dimensions? {
    guard maps.count == BPFObject.allMaps.count else { return nil }
    let constants = fs_bpf_get(pins.constants)
    if constants < 0 { return nil }
    defer { Glibc.close(constants) }
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
    found.answerSets = Int(value.answer_mask) + 1
    found.serviceSets = counts[.services] ?? 0
    guard found.cpus > 0, TableID.allCases.allSatisfy({ $0.count(found) == counts[$0] }) else { return nil }
    return found
  }
}
