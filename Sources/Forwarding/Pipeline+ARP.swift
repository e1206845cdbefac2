#if canImport(Wire)
  import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

// ARP (RFC 826) for and from shared addresses; WO 99/33227, H3, H4, H9. All other ARP is switched like any frame.
//
//                    │ target is virtual          │ target is a known neighbour │ else
//  sender is shared  │ own address: to control    │ answered                    │ request: to control
//  (a member)        │ another's: answered        │                             │ answer: to control
//  sender is 0.0.0.0 │ member's port: to control  │ switched                    │ switched
//  (probe, RFC 5227) │ else: answered (defended)  │                             │
//  other senders     │ request: answered          │ switched                    │ switched
//
// And of pools of routers (H9), where "server" is who is behind a port with FS_PORT_SERVERS:
//
//                      │ target is a pool's router                             │ else
//  a server asks       │ answered by its bucket; none: as an unknown neighbour │
//  a pool's router     │ about itself, unasked: to control                     │ switched
//  a pool's router     │ asks a virtual address or a known neighbour: answered; asks another: to control
//
// What a router asks would tell its own MAC to every server that hears it, and undo what the server was answered.
// "To control" also means: nobody else gets it. So no member sees another's claim, no router learns a member's MAC.
extension Pipeline {
  /// `p` begins at the ARP header. Nil: switch it like any other frame.
  @inline(__always)
  func arp(
    _ p: Frame, _ frame: Frame, _ vlan: UInt32, _ ingress: UnsafeMutablePointer<fs_port>, _ port: UInt32
  ) -> Verdict? {
    // Ethernet, IPv4, 6 and 4 bytes; what is not that names no address of ours.
    guard p.has(28), p.raw32(0) == 0x0008_0100, p.raw16(4) == 0x0406 else { return nil }
    let operation = p.u16(6)
    guard operation == 1 || operation == 2 else { return nil }
    let sender = p.raw32(14)
    let target = p.raw32(24)
    let key = AddressKey(hi: 0, lo: UInt64(sender), vlan: vlan, isIPv6: false)
    // The switch asks one member: it shall answer itself.
    if isProbe(frame.mac(0), ingress) { return nil }
    let known = answer(key, ingress)
    let senderIsShared = sender != 0 && known.isVirtual
    if senderIsShared && (operation == 2 || target == sender) { return punt(.claim, ingress, port) }
    if known.isPool && sender != 0 && (target == sender || operation == 2 && frame.u8(0) & 1 != 0) {
      return punt(.claim, ingress, port)
    }
    if operation == 2 { return nil }
    let isKept = senderIsShared || isRouters(known, ingress) && sender != 0
    let found = forServer(
      answer(AddressKey(hi: 0, lo: UInt64(target), vlan: vlan, isIPv6: false), ingress),
      isQuestion: sender != 0, frame, ingress)
    if found.isVirtual || found.isKnown && isKept {
      if sender == 0 && ingress.pointee.flags & FS_PORT_MEMBERS != 0 {
        return punt(.claim, ingress, port)
      }
      // In place: the asker becomes the target, the answer's MAC the sender.
      let asker = p.mac(8)
      frame.setMAC(0, frame.mac(6))
      frame.setMAC(6, found.mac)
      p.setRaw16(6, 0x0200)
      p.setMAC(18, asker)
      p.setRaw32(24, sender)
      p.setMAC(8, found.mac)
      p.setRaw32(14, target)
      return reply(frame, ingress)
    }
    if isKept { return punt(.question, ingress, port) }
    return nil
  }

  /// The sender's address is a pool's router's, and it is not a server that says so.
  @inline(__always)
  func isRouters(_ sender: Answer, _ ingress: UnsafeMutablePointer<fs_port>) -> Bool {
    sender.isPool && ingress.pointee.flags & FS_PORT_SERVERS == 0
  }
}
