import LinuxPlatform
import SwitchModel

/// Capabilities of who asks, who may be who runs the daemon.
struct PrivilegeCheck: Check {
  func findings(in examination: Examination) -> [Finding] {
    guard let held = examination.probe.capabilities else {
      return [Finding(.warning, "capabilities", of: "kernel", "which are held is not to be told")]
    }
    let needed: [Capability] =
      examination.datapath == .pcap ? [.netAdmin, .netRaw] : [.netAdmin, .netRaw, .bpf, .perfmon]
    let missing = held.missing(needed)
    if missing.isEmpty {
      return [Finding(.ok, "capabilities", of: "kernel", "all that the daemon needs are held")]
    }
    return [
      Finding(
        .warning, "capabilities", of: "kernel",
        "you have not \(missing.map(\.name).joined(separator: ", "))",
        meaning: "the daemon cannot run as you, and some of what follows may be incomplete",
        mend: "sudo flowswitch doctor …    # the service has them: systemctl start flowswitch@NAME")
    ]
  }
}
