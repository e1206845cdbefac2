import CDatapath
import CTables
import Glibc

/// The pipeline in the kernel, in the XDP hook or at tc ingress: loaded, pinned, attached; adopted where an earlier daemon
/// left it (X7).
///
/// An adopted datapath keeps its maps, which hold flows and counters. The program is this daemon's, put into the links in
/// one step, so that an upgrade is the same as a restart; or the earlier daemon's, if that is the same. Used by one control
/// task.
public final class XDPDatapath: Datapath, @unchecked Sendable {
  /// Between native and generic XDP it is chosen after the program was loaded, when the ports were probed.
  public var kind: DatapathKind
  public let tables: TableMemory
  public let isAdopted: Bool
  /// It is the program of the datapath before this one, with its maps: nothing in the kernel changes.
  public let isProgramOfFormer: Bool
  let object: BPFObject
  let pins: PinFolder
  private let hasNewMaps: Bool
  /// Tables that were too small: the kernel forwards by them until the last port is attached.
  private var outgrown: TableMemory?
  private var links: [Int: CInt] = [:]
  private var interfaces: [Int: UInt32] = [:]
  /// What is shown of frames, by `fs_ifindexes`, and of which ports (nil: all).
  private var shown: (flags: UInt32, ports: Set<Int>?) = (0, nil)

  /// Loads the program. The earlier maps of this instance are taken over if they have room for `wanted`; larger ones
  /// go on with what those hold.
  /// - Parameters:
  ///   - elsewhere: tables of another datapath of this instance, to go on with where there are no maps.
  ///   - former: of this process and instance, and closed: if the maps have room, its program is used as it is, since
  ///     the kernel's verifier takes seconds to look at another one.
  ///   - direct: false makes new maps as on kernels that take none of one large value: slower, for tests.
  public init(
    _ kind: DatapathKind, wanted: Dimensions, pins: PinFolder, elsewhere: TableMemory? = nil,
    former: XDPDatapath? = nil, direct: Bool = true
  ) throws(DatapathError) {
    self.kind = kind
    self.pins = pins
    try pins.create()
    let hook: BPFObject.Hook = kind == .tc ? .tc : .xdp
    let maps = PinnedMaps(pins)
    if let maps, maps.dimensions.holds(wanted) {
      if let former, former.object.dimensions == maps.dimensions, former.object.hook == hook {
        object = former.object
        isProgramOfFormer = true
      } else {
        isProgramOfFormer = false
        if let earlier = BPFObject(pinned: pins, maps, hook) {
          object = earlier
        } else {
          object = try BPFObject(maps.dimensions, hook, maps.shape, reuse: maps.descriptors)
        }
      }
      hasNewMaps = false
      isAdopted = true
      tables = try XDPDatapath.memory(object)
      return
    }
    let earlier = try maps?.tables() ?? elsewhere
    object = try BPFObject.made(earlier?.dimensions.grown(for: wanted) ?? wanted, hook, direct: direct)
    hasNewMaps = true
    isProgramOfFormer = false
    isAdopted = earlier != nil
    tables = try XDPDatapath.memory(object)
    if let earlier { tables.takeOver(earlier) }
    outgrown = maps == nil ? nil : earlier
  }

  public func catchUp(isLast: Bool) {
    if let outgrown { tables.catchUp(with: outgrown) }
    if isLast { outgrown = nil }
  }

  private static func memory(_ object: BPFObject) throws(DatapathError) -> TableMemory {
    var descriptors: [TableID: CInt] = [:]
    for table in TableID.allCases { descriptors[table] = object.map(table.rawValue) }
    return try TableMemory.maps(descriptors, object.dimensions)
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

  private var programID: UInt32 {
    var facts = fs_bpf_program_facts()
    return fs_bpf_program_facts(object.program, &facts) == 0 ? facts.id : 0
  }

  /// Pins program and maps; called once the tables are filled.
  public func pin() throws(DatapathError) {
    // Maps that were taken over are pinned already.
    if hasNewMaps {
      try pins.pin(object.map(".rodata.fs"), pins.constants)
      for name in BPFObject.allMaps { try pins.pin(object.map(name), pins.map(name)) }
    }
    try pins.pin(object.program, pins.program)
    try pins.pinIdentity(object.program, object.identity)
  }

  // MARK: Ports

  public func attach(port: Int, interface: String, ifindex: Int) throws(DatapathError) {
    try mapPort(port, interface: interface, ifindex: UInt32(ifindex))
    if try takeOver(port: port, ifindex: UInt32(ifindex)) { return }
    _ = releaseEarlier(ifindex: UInt32(ifindex))
    let link = place(AttachMode(kind), ifindex: UInt32(ifindex))
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

  /// Puts the program on an interface, unless another switch is there: the kernel takes programs in both hooks, and more
  /// than one at tc ingress. Returns the link's descriptor.
  func place(_ mode: AttachMode, ifindex: UInt32) -> CInt {
    XDPDatapath.hasSwitch(ifindex: Int(ifindex)) ? -EBUSY : mode.attach(object.program, ifindex: ifindex)
  }

  public func detach(port: Int) {
    unmapPort(port)
    if let link = links.removeValue(forKey: port) {
      _ = fs_bpf_link_detach(link)
      Glibc.close(link)
    }
    unlink(pins.link(port))
  }

  /// Lets go of what an earlier daemon had and this one has not: links on interfaces that are no ports now, or other
  /// ones, and their places in the maps, to which frames would still be flooded.
  public func detachOthers(than ports: [Int: Int]) {
    let attachments = pins.attachments
    for port in pins.linkedPorts {
      let known = attachments.first { $0.port == port }
      if let known, ports[port] == Int(known.ifindex) { continue }
      if let known, !interfaces.values.contains(known.ifindex) {
        var (key, none) = (known.ifindex, UInt32(0))
        _ = fs_bpf_map_update(object.map("fs_ifindexes"), &key, &none)
      }
      pins.detach(port)
    }
    for port in 0..<FS_PORTS where ports[Int(port)] == nil {
      var key = port
      _ = fs_bpf_map_delete(object.map("fs_ports"), &key)
      setInterface(Int(port), 0)
    }
  }

  public func openTap(_ onSample: @escaping @Sendable (TapSample) -> Void) throws(DatapathError) -> any Tap {
    let tap = try RingTap(
      map: object.map("fs_tap"), pages: 256,
      onRecord: { if let sample = TapSample($1) { onSample(sample) } },
      onClose: { [weak self] in self?.show(0, of: nil) })
    show(FS_IFINDEX_TAP, of: nil)
    return tap
  }

  public func openCapture(
    ports: Set<Int>?, snap: Int, _ onSample: @escaping @Sendable (CaptureSample) -> Void
  ) throws(DatapathError) -> any Tap {
    let kept = min(max(snap, 0), Int(FS_CAPTURE_BYTES))
    let (tables, lostBefore) = (tables, tables.captureLost)
    // 64 MiB of rings for all CPUs.
    let pages = min(max(16384 / max(tables.dimensions.cpus, 1), 128), 2048)
    let tap = try RingTap(
      map: object.map("fs_tap"), pages: RingTap.powerOfTwo(below: pages),
      onRecord: { if let sample = CaptureSample($1, snap: kept) { onSample(sample) } },
      onClose: { [weak self] in self?.show(0, of: nil) },
      missed: { tables.captureLost &- lostBefore })
    show(FS_IFINDEX_CAPTURE | (UInt32(kept + 7) / 8) << FS_IFINDEX_SNAP_SHIFT, of: ports)
    return tap
  }

  private func show(_ flags: UInt32, of ports: Set<Int>?) {
    shown = (flags, ports)
    for (port, ifindex) in interfaces {
      var key = ifindex
      var value = entry(port)
      _ = fs_bpf_map_update(object.map("fs_ifindexes"), &key, &value)
    }
  }

  private func entry(_ port: Int) -> UInt32 {
    UInt32(port + 1) | (shown.ports?.contains(port) != false ? shown.flags : 0)
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

  /// Whether a switch forwards on an interface, in the XDP hook or at tc ingress.
  public static func hasSwitch(ifindex: Int) -> Bool {
    if AttachMode.programs(atTC: UInt32(ifindex)).contains(where: {
      programName($0).hasPrefix(BPFObject.Hook.tc.rawValue)
    }) {
      return true
    }
    var program: UInt32 = 0
    var mode: CInt = 0
    guard fs_bpf_xdp_query(CInt(ifindex), &program, &mode) == 0, program != 0 else { return false }
    return programName(program).hasPrefix(BPFObject.Hook.xdp.rawValue)
  }

  private static func programName(_ program: UInt32) -> String {
    var name = [CChar](repeating: 0, count: 64)
    _ = fs_bpf_program_name(program, &name, name.count)
    return name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  }

  /// An earlier daemon's link on the same interface in the same mode goes on with this program.
  private func takeOver(port: Int, ifindex: UInt32) throws(DatapathError) -> Bool {
    let path = pins.link(port)
    let link = fs_bpf_get(path)
    if link < 0 { return false }
    var facts = fs_bpf_link_facts()
    let isSame =
      fs_bpf_link_facts(link, &facts) == 0 && facts.ifindex == ifindex
      && AttachMode(of: facts) == AttachMode(kind)
    // To replace a program waits for an RCU grace period; by itself it need not be.
    if isSame && (facts.program_id == programID || fs_bpf_link_update(link, object.program) == 0) {
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

  /// Enters ports' interfaces, before the program is on all of them.
  public func mapPorts(_ interfaces: [Int: Int]) throws(DatapathError) {
    for (port, ifindex) in interfaces {
      try mapPort(port, interface: "port \(port)", ifindex: UInt32(ifindex))
    }
  }

  /// For tc, whose program looks up interfaces itself and has no broadcast: it goes through the ports. The number up to
  /// which it does only grows, since an earlier daemon's ports are there until they are detached.
  private func setInterface(_ port: Int, _ ifindex: UInt32) {
    var (key, value) = (UInt32(port), ifindex)
    _ = fs_bpf_map_update(object.map(BPFObject.interfaces), &key, &value)
    if ifindex == 0 { return }
    key = 0
    let indexes = object.map("fs_ifindexes")
    var count: UInt32 = 0
    _ = fs_bpf_map_lookup(indexes, &key, &count)
    count = max(count, UInt32(port) + 1)
    _ = fs_bpf_map_update(indexes, &key, &count)
  }

  private func mapPort(_ port: Int, interface: String, ifindex: UInt32) throws(DatapathError) {
    var key = ifindex
    var value = entry(port)
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
    if error == 0 {
      setInterface(port, ifindex)
      return
    }
    unmapPort(port)
    // The kernel's word for an interface that is not there.
    if error == -EINVAL { throw DatapathError("\(interface) (index \(ifindex)) is gone", code: ENODEV) }
    throw DatapathError.system("enter \(interface) for sending", error)
  }

  private func unmapPort(_ port: Int) {
    var key = UInt32(port)
    _ = fs_bpf_map_delete(object.map("fs_ports"), &key)
    setInterface(port, 0)
    if var ifindex = interfaces.removeValue(forKey: port) {
      var none: UInt32 = 0
      _ = fs_bpf_map_update(object.map("fs_ifindexes"), &ifindex, &none)
    }
  }

  func refusal(_ code: CInt, interface: String, ifindex: Int) -> DatapathError {
    var program: UInt32 = 0
    var mode: CInt = 0
    if kind != .tc || code == EBUSY, fs_bpf_xdp_query(CInt(ifindex), &program, &mode) == 0, program != 0 {
      let text = XDPDatapath.programName(program)
      return DatapathError(
        "\(interface) already has the XDP program \(text.isEmpty ? "" : text + " ")(id \(program)): another switch "
          + "runs on it, or something else uses XDP there; `bpftool net show dev \(interface)` tells more",
        code: code)
    }
    switch code {
    case EBUSY:
      return DatapathError(
        "\(interface): another switch forwards there in the kernel; `bpftool net show dev \(interface)` tells more",
        code: code)
    case EINVAL where kind == .tc:
      return DatapathError("this kernel has no tcx links (Linux 6.6)", code: code)
    case EOPNOTSUPP:
      return DatapathError("the driver of \(interface) has no native XDP", code: code)
    case EINVAL, ERANGE, ENOTSUP, E2BIG:
      return DatapathError(
        "the driver of \(interface) refuses native XDP (MTU too large, or offloads like LRO on)", code: code)
    default:
      return .system("attach the datapath to \(interface)", code)
    }
  }
}
