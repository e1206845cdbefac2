import LinuxPlatform
import SwitchModel

/// Whether a driver runs the program itself, and sends what other ports redirect to it.
struct DriverCheck: Check {
  func findings(in examination: Examination) -> [Finding] {
    if [.pcap, .xdpGeneric, .tc].contains(examination.datapath) { return [] }
    return examination.ports.map { finding($0, examination) }
  }

  private func finding(_ port: Link, _ examination: Examination) -> Finding {
    let driver = examination.driver(of: port) ?? "unknown"
    let subject = "port \(port.name)"
    let known = XDPDriver(name: driver)
    // The kernel's word, where it gives one; the table says who declares sending only while a program is attached.
    let declared = examination.probe.declaredXDP(of: port.index)
    let runs = declared.map { $0.contains([.basic, .redirect]) } ?? (known != .none)
    let sends = declared?.contains(.transmit) == true || known == .sends
    if runs && sends {
      return Finding(.ok, "native-xdp", of: subject, "driver \(driver) runs XDP and sends redirected frames")
    }
    if runs {
      // `auto` finds out whether a driver attaches, not whether it sends.
      return Finding(
        examination.level(known == .cannotSend ? .fault : .warning), "native-xdp", of: subject,
        "driver \(driver) runs XDP, and \(known == .cannotSend ? "cannot" : "does not say that it can") send redirected frames",
        meaning: "native XDP attaches, and frames to this port vanish",
        mend: "datapath: xdp-generic    # in the configuration")
    }
    return Finding(
      examination.datapath == .xdp ? examination.level(.fault) : .note, "native-xdp", of: subject,
      "driver \(driver) has no native XDP",
      meaning: examination.datapath == .xdp
        ? "the switch does not start with `datapath: xdp`" : "all ports run generic XDP: it works, slower",
      mend: examination.datapath == .xdp ? "datapath: auto    # in the configuration" : "")
  }
}
