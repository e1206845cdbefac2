import BPFShim

/// The entry point at tc ingress: socket buffers, as the kernel has merged them, go on in one piece. Checksums and
/// segmentation stay as they are, since nothing they cover is changed but the destination MAC.
@c(flowswitch_tc) @section("tc")
public func flowswitchTC(_ ctx: UnsafeMutablePointer<fs_skb>) -> Int32 { handle(ctx, DirectTables()) }

/// The same where the kernel makes no maps for `DirectTables`; one of the two is loaded.
@c(flowswitch_tc_lookups) @section("tc")
public func flowswitchTCLookups(_ ctx: UnsafeMutablePointer<fs_skb>) -> Int32 { handle(ctx, LookupTables()) }

@inline(__always)
private func handle<T: KernelTables>(_ ctx: UnsafeMutablePointer<fs_skb>, _ tables: T) -> Int32 {
  let entry = tables.ifindex(ctx.pointee.ifindex)
  // Not (or no longer) a port: the host's own business.
  if entry == 0 { return next }
  let port = (entry & FS_IFINDEX_PORT) &- 1
  if ctx.pointee.vlan_present == 0 && EtherType.isTag(UInt16(truncatingIfNeeded: ctx.pointee.protocol)) {
    takeTagOut(ctx)
  }
  if prepare(ctx) == 0 { return shot }
  let frame = Frame(ctx)
  let destination = frame.has(14) ? frame.mac(0) : 0
  let pipeline = Pipeline(tables: tables)
  let verdict = pipeline.process(frame, port: port)
  if entry & (FS_IFINDEX_TAP | FS_IFINDEX_CAPTURE) != 0 {
    var vlan = UInt32.max
    if case .forward(_, .replace(let wanted)) = verdict { vlan = wanted }
    let outcome = ShownOutcome(verdict)
    tell(
      ctx, entry, destination, UInt64(outcome.out) << 32 | UInt64(outcome.action), vlan: vlan, T.self)
  }
  let action = carryOut(verdict, ctx, tables, destination: destination, port)
  // BPF_PROG_RUN shows what is in the bytes and this, but no tag.
  if ctx.pointee.vlan_present != 0 {
    ctx.pointee.cb0 = fs_skb_tag(ctx)
    ctx.pointee.cb1 = ctx.pointee.vlan_proto
  }
  return action
}

@inline(__always)
private func carryOut(
  _ verdict: Verdict, _ ctx: UnsafeMutablePointer<fs_skb>, _ tables: some KernelTables, destination: UInt64,
  _ port: UInt32
) -> Int32 {
  switch verdict {
  case .drop: return shot
  case .punt(let reason):
    give(ctx, destination, port: port, reason: UInt32(reason.rawValue))
    // The host's stack has neither ARP nor IPv6 on a port.
    return pass
  case .reply:
    let interface = tables.interface(ofPort: port)
    return interface != 0 ? Int32(truncatingIfNeeded: fs_redirect(interface, 0)) : shot
  case .flood: return flood(ctx, tables, from: port)
  case .forward(let out, let change):
    let size = length(ctx)
    let sent = size &+ UInt64(truncatingIfNeeded: change.bytes)
    if !retag(ctx, change, size: size) {
      Pipeline(tables: tables).undo(size: sent, to: out, from: port, reason: .noHeadroom)
      return shot
    }
    let interface = tables.interface(ofPort: out)
    if interface == 0 {
      Pipeline(tables: tables).undo(size: sent, to: out, from: port, reason: .portDown)
      return shot
    }
    return Int32(truncatingIfNeeded: fs_redirect(interface, 0))
  }
}

/// TC_ACT_UNSPEC: whoever is next on this interface.
@inline(__always) private var next: Int32 { -1 }
@inline(__always) private var pass: Int32 { 0 }
@inline(__always) private var shot: Int32 { 2 }

/// Shows a frame to control. `outcome`: action, and out << 32. `vlan`: of a tag that is replaced; beyond 16 bits: none is.
@inline(never)
private func tell<T: KernelTables>(
  _ ctx: UnsafeMutablePointer<fs_skb>, _ entry: UInt32, _ destination: UInt64, _ outcome: UInt64,
  vlan: UInt32,
  _ tables: T.Type
) {
  let shown = Shown(
    entry: entry, destination: destination, size: length(ctx), tag: described(ctx, vlan: vlan),
    port: (entry & FS_IFINDEX_PORT) &- 1,
    outcome: ShownOutcome(
      action: UInt32(truncatingIfNeeded: outcome), out: UInt32(truncatingIfNeeded: outcome >> 32)))
  show(UnsafeRawPointer(ctx), T(), shown)
}

/// Gives a frame to control.
@inline(never)
private func give(
  _ ctx: UnsafeMutablePointer<fs_skb>, _ destination: UInt64, port: UInt32, reason: UInt32
) {
  let present = UInt64(ctx.pointee.len)
  let bytes = present < UInt64(FS_PUNT_BYTES) ? present : UInt64(FS_PUNT_BYTES)
  let described = described(ctx, vlan: UInt32.max)
  var event = fs_tap_event(
    destination: destination | UInt64(described & 0xffff) << 48,
    length: UInt32(truncatingIfNeeded: length(ctx)), port: port, out: 0,
    action: FS_TAP_PUNT | reason << 16 | described >> 16)
  _ = fs_event_output(UnsafeRawPointer(ctx), map_fs_punts(), bytes << 32 | currentCPU, &event)
}

/// To every port but one. A clone each, and the frame itself to the last. Interface 0 is nobody's: the kernel makes no clone
/// for it, and drops a frame. To tell it apart here would have the verifier go through what is left of the loop twice from
/// each port on.
@inline(__always)
private func flood(_ ctx: UnsafeMutablePointer<fs_skb>, _ tables: some KernelTables, from port: UInt32)
  -> Int32
{
  let count = tables.ifindex(0) & (FS_PORTS &- 1)
  var last: UInt32 = 0
  var i: UInt32 = 0
  while i < count {
    if fs_differ(i, port) != 0 {
      let interface = tables.interface(ofPort: i)
      if interface != 0 {
        _ = fs_clone_redirect(ctx, last, 0)
        last = interface
      }
    }
    i &+= 1
  }
  return Int32(truncatingIfNeeded: fs_redirect(last, 0))
}

// MARK: What a socket buffer holds, and where

/// Bytes that are at hand for packets that have more headers than the usual: the longest chain that the pipeline
/// follows, and a quoted packet's headers.
@inline(__always) private var mostHeaders: Int { 1536 }

/// Puts all headers of a frame at hand, and into `cb4` the length of the longest frame on the wire that becomes of it, 0 if
/// it is one itself. Returns 0 if the kernel has no memory. A function of its own, with its result in the context: so the
/// verifier goes on from one state.
@inline(never)
private func prepare(_ ctx: UnsafeMutablePointer<fs_skb>) -> UInt64 {
  let length = Int(ctx.pointee.len)
  let payload = ctx.pointee.gso_size
  let base = fs_skb_data(ctx)
  let end = fs_skb_data_end(ctx)
  let present = Int(fs_distance(base, end))
  ctx.pointee.cb4 = 0
  if payload == 0 && length == present { return 1 }
  let known = usualHeaders(Frame(base: base, end: end))
  if payload != 0 {
    ctx.pointee.cb4 =
      payload &+ UInt32(truncatingIfNeeded: known != 0 ? known : 14) &+ ctx.pointee.vlan_present &* 4
  }
  if known != 0 { return 1 }
  let wanted = length < mostHeaders ? length : mostHeaders
  if present >= wanted { return 1 }
  return fs_pull_data(ctx, UInt32(truncatingIfNeeded: wanted)) == 0 ? 1 : 0
}

/// With all tags.
@inline(__always)
private func length(_ ctx: UnsafeMutablePointer<fs_skb>) -> UInt64 {
  UInt64(ctx.pointee.len) &+ UInt64(ctx.pointee.vlan_present &* 4)
}

/// The length of Ethernet, IP and TCP or UDP headers, if there is nothing else and they are at hand; 0 if not so.
@inline(__always)
private func usualHeaders(_ frame: Frame) -> Int {
  guard frame.hasIndeed(54) else { return 0 }
  let type = frame.raw16(12)
  if type == EtherType.ipv4 {
    // No options, no fragment.
    if frame.u8(14) != 0x45 || frame.raw16(20) & 0xff3f != 0 { return 0 }
    if frame.u8(23) == IPProtocol.udp { return 42 }
    return frame.u8(23) == IPProtocol.tcp ? 34 &+ Int(frame.u8(46) >> 4) &* 4 : 0
  }
  guard type == EtherType.ipv6, frame.hasIndeed(74) else { return 0 }
  if frame.u8(20) == IPProtocol.udp { return 62 }
  return frame.u8(20) == IPProtocol.tcp ? 54 &+ Int(frame.u8(66) >> 4) &* 4 : 0
}

// MARK: Tags

/// A tag among the bytes goes where the kernel keeps the tags of received frames; it does so itself but in BPF_PROG_RUN.
@inline(__always)
private func takeTagOut(_ ctx: UnsafeMutablePointer<fs_skb>) {
  let frame = Frame(base: fs_skb_data(ctx), end: fs_skb_data_end(ctx))
  guard frame.has(18) else { return }
  let type = frame.raw16(12)
  let control = frame.u16(14)
  // This takes a second tag out as well, which the next puts back.
  _ = fs_vlan_pop(ctx)
  _ = fs_vlan_push(ctx, type, control)
}

/// A tag that is aside always goes: what the helper fails at is taking out a second one, of a frame that is too short.
@inline(__always)
private func retag(_ ctx: UnsafeMutablePointer<fs_skb>, _ change: TagChange, size: UInt64) -> Bool {
  switch change {
  case .keep: return true
  case .pop:
    _ = fs_vlan_pop(ctx)
    return true
  case .push(let vlan):
    return size >= 18 && fs_vlan_push(ctx, EtherType.vlan, UInt16(truncatingIfNeeded: vlan & 0xfff)) == 0
  case .replace(let vlan):
    let type = UInt16(truncatingIfNeeded: ctx.pointee.vlan_proto)
    let control = ctx.pointee.vlan_tci & 0xf000 | vlan & 0xfff
    _ = fs_vlan_pop(ctx)
    return fs_vlan_push(ctx, type, UInt16(truncatingIfNeeded: control)) == 0
  }
}

/// A tag as control is told of it (`Shown.tag`), with the VLAN that it leaves with (`tell`).
@inline(__always)
private func described(_ ctx: UnsafeMutablePointer<fs_skb>, vlan: UInt32) -> UInt32 {
  if ctx.pointee.vlan_present == 0 { return 0 }
  var control = ctx.pointee.vlan_tci & 0xffff
  if vlan < 1 << 16 { control = control & 0xf000 | vlan & 0xfff }
  let isService = UInt16(truncatingIfNeeded: ctx.pointee.vlan_proto) == EtherType.serviceVLAN
  return control | (isService ? FS_TAP_TAG | FS_TAP_SERVICE_TAG : FS_TAP_TAG) << 16
}
