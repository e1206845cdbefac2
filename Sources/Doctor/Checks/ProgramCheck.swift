import LinuxPlatform
import SwitchModel

/// Other XDP programs: an interface has one.
struct ProgramCheck: Check {
  /// What the names of the switch's programs begin with.
  private static let ours = "flowswitch_xdp"

  func findings(in examination: Examination) -> [Finding] {
    if examination.datapath == .pcap && examination.configuration == nil { return [] }
    return examination.ports.compactMap { port in
      guard let program = examination.probe.program(of: port.index) else { return nil }
      let name = program.name.isEmpty ? "id \(program.id)" : "\(program.name), id \(program.id)"
      if program.name.hasPrefix(Self.ours) {
        return Finding(
          .note, "xdp-program", of: "port \(port.name)", "a switch forwards there (\(name))",
          meaning: "a switch of the same name takes it over; one of another name does not start",
          mend: "flowswitch show version    # which; dead ones are below, as instances")
      }
      return Finding(
        examination.level(.fault), "xdp-program", of: "port \(port.name)",
        "has an XDP program already (\(name))",
        meaning: "it gets the frames first; the switch does not start",
        mend:
          "ip link set dev \(port.word) xdp off    # or, if it is linked: bpftool link show, bpftool link detach id N"
      )
    }
  }
}
