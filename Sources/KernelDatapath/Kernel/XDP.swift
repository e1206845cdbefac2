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
    show(
      UnsafeRawPointer(ctx), tables,
      Shown(
        entry: entry, destination: destination, size: size, tag: 0, port: port, outcome: ShownOutcome(verdict)
      ))
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
    case .keep, .replace: break
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
