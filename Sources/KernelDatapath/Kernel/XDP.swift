import BPFShim

/// The entry point in the XDP hook.
@c(flowswitch_xdp) @section("xdp")
public func flowswitchXDP(_ ctx: UnsafePointer<xdp_md>) -> Int32 { handle(ctx, DirectTables()) }

/// The same where the kernel makes no maps for `DirectTables`; one of the two is loaded.
@c(flowswitch_xdp_lookups) @section("xdp")
public func flowswitchXDPLookups(_ ctx: UnsafePointer<xdp_md>) -> Int32 { handle(ctx, LookupTables()) }

/// Frame and port in, verdict carried out.
@inline(__always)
private func handle(_ ctx: UnsafePointer<xdp_md>, _ tables: some KernelTables) -> Int32 {
  let entry = tables.ifindex(ctx.pointee.ingress_ifindex)
  // Not (or no longer) a port: the host's own business.
  if entry == 0 { return pass }
  let port = (entry & FS_IFINDEX_PORT) &- 1
  let frame = Frame(ctx)
  let size = UInt64(truncatingIfNeeded: frame.count)
  let destination = frame.has(14) ? frame.mac(0) : 0
  let pipeline = Pipeline(tables: tables)
  let verdict = pipeline.process(frame, port: port)
  if entry & (FS_IFINDEX_TAP | FS_IFINDEX_CAPTURE) != 0 {
    show(ctx, tables, verdict, entry, destination, size: size, port)
  }
  switch verdict {
  case .drop: return drop
  case .punt: return pass
  case .reply:
    // Redirected to where it came from rather than XDP_TX: a veth wakes its peer after XDP_TX only if that has an XDP
    // program, too.
    return Int32(truncatingIfNeeded: fs_redirect_map(map_fs_ports(), UInt64(port), UInt64(transmit)))
  case .flood: return Int32(truncatingIfNeeded: fs_redirect_map(map_fs_ports(), 0, broadcastExceptIngress))
  case .forward(let out, let tag):
    var sent = size
    switch tag {
    case .keep: break
    case .pop:
      sent &-= 4
      if !retag(ctx, by: 4, vlan: 0) {
        pipeline.undo(size: sent, to: out, from: port, reason: .noHeadroom)
        return drop
      }
    case .push(let vlan):
      sent &+= 4
      if !retag(ctx, by: -4, vlan: vlan) {
        pipeline.undo(size: sent, to: out, from: port, reason: .noHeadroom)
        return drop
      }
    }
    // Without an interface behind the port the helper returns the action in `flags`.
    let action = Int32(
      truncatingIfNeeded: fs_redirect_map(map_fs_ports(), UInt64(out), UInt64(drop)))
    if action == drop { pipeline.undo(size: sent, to: out, from: port, reason: .portDown) }
    return action
  }
}

@inline(__always) private var drop: Int32 { 1 }
@inline(__always) private var pass: Int32 { 2 }
@inline(__always) private var transmit: Int32 { 3 }
/// BPF_F_BROADCAST | BPF_F_EXCLUDE_INGRESS
@inline(__always) private var broadcastExceptIngress: UInt64 { 8 | 16 }

@inline(__always)
private func retag(_ ctx: UnsafePointer<xdp_md>, by delta: Int32, vlan: UInt32) -> Bool {
  let before = Frame(ctx)
  guard before.has(18) else { return false }
  let addresses = Retag.Addresses(of: before)
  guard fs_adjust_head(ctx, delta) == 0 else { return false }
  let frame = Frame(ctx)
  return delta < 0 ? Retag.push(frame, addresses, vlan: vlan) : Retag.pop(frame, addresses)
}

/// Gives control the frame as it leaves, and what became of it. Nothing waits if control is slow: the ring drops, and
/// what a capture misses so is counted. `entry`: the port's, `size`: of the frame that came.
@inline(__always)
private func show(
  _ ctx: UnsafePointer<xdp_md>, _ tables: some KernelTables, _ verdict: Verdict, _ entry: UInt32,
  _ destination: UInt64, size: UInt64, _ port: UInt32
) {
  var action = FS_TAP_FLOOD
  var leaving: UInt32 = 0
  switch verdict {
  case .drop(let reason): action = FS_TAP_DROP | UInt32(reason.rawValue) << 16
  case .punt(let reason): action = FS_TAP_PUNT | UInt32(reason.rawValue) << 16
  case .flood: break
  case .reply: action = FS_TAP_REPLY
  case .forward(let out, _):
    action = FS_TAP_FORWARD
    leaving = out
  }
  let length = UInt32(truncatingIfNeeded: size)
  if entry & FS_IFINDEX_CAPTURE != 0 {
    guard let record = tables.port(port) else { return }
    let wanted = UInt64(entry >> FS_IFINDEX_SNAP_SHIFT) << 3
    let bytes = size < wanted ? size : wanted
    var event = fs_capture_event(
      time: fs_time(), length: length, port: port, out: leaving, action: action | FS_TAP_CAPTURE,
      note: record.pointee.note, destination: destination)
    if fs_capture_output(ctx, map_fs_tap(), bytes << 32 | currentCPU, &event) != 0 {
      if let lost = tables.reason(FS_CAPTURE_LOST, port: port) { lost.pointee.packets &+= 1 }
    }
    return
  }
  let bytes = size < UInt64(FS_TAP_BYTES) ? size : UInt64(FS_TAP_BYTES)
  var event = fs_tap_event(
    destination: destination, length: length, port: port, out: leaving, action: action)
  _ = fs_event_output(ctx, map_fs_tap(), bytes << 32 | currentCPU, &event)
}

/// BPF_F_CURRENT_CPU; how much of the frame goes along stands in the upper half.
@inline(__always) private var currentCPU: UInt64 { 0xffff_ffff }
