import CDatapath
import Glibc

// Which interfaces take the program, found out before they are ports.
extension XDPDatapath {
  /// Whether the interface takes this program in a mode: attached for a moment, where it passes every frame, because
  /// the interface is no port yet. Nil: yes. An interface where this instance is attached already in that mode is not
  /// disturbed; one where it is attached in the other is for that moment, since the kernel takes one mode at a time.
  public func probe(interface: String, ifindex: Int, generic: Bool) -> DatapathError? {
    faults([(interface, ifindex)], generic: generic).first
  }

  /// What stands against the program on interfaces, of each as `probe` finds it. At tc ingress the kernel takes it on every
  /// interface or on none, and each try costs two RCU grace periods: there the first one stands for all.
  public func faults(_ interfaces: [(name: String, ifindex: Int)], generic: Bool) -> [DatapathError] {
    let wanted: AttachMode = kind == .tc ? .tc : generic ? .generic : .native
    let present = Dictionary(
      pins.attachments.map { ($0.ifindex, $0) }, uniquingKeysWith: { first, _ in first })
    var isKnown = false
    var faults: [DatapathError] = []
    for port in interfaces {
      let own = present[UInt32(port.ifindex)]
      if own?.mode == wanted { continue }
      if wanted == .tc && isKnown && own == nil {
        if XDPDatapath.hasSwitch(ifindex: port.ifindex) {
          faults.append(refusal(EBUSY, interface: port.name, ifindex: port.ifindex))
        }
        continue
      }
      if let fault = fault(port.name, port.ifindex, wanted, own) {
        faults.append(fault)
      } else {
        isKnown = true
      }
    }
    return faults
  }

  private func fault(
    _ interface: String, _ ifindex: Int, _ wanted: AttachMode, _ own: PinFolder.Attachment?
  ) -> DatapathError? {
    if let own {
      pins.detach(own.port)
    }
    let link = place(wanted, ifindex: UInt32(ifindex))
    if link >= 0 {
      _ = fs_bpf_link_detach(link)
      Glibc.close(link)
    }
    if let own { putBack(own) }
    return link < 0 ? refusal(-link, interface: interface, ifindex: ifindex) : nil
  }

  /// The earlier program goes on until this one takes its place.
  private func putBack(_ own: PinFolder.Attachment) {
    let program = fs_bpf_get(pins.program)
    if program < 0 { return }
    defer { Glibc.close(program) }
    let link = own.mode.attach(program, ifindex: own.ifindex)
    if link < 0 { return }
    try? pins.pin(link, pins.link(own.port))
    Glibc.close(link)
  }
}
