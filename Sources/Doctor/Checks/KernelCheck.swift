import SwitchModel

/// Version, JIT, what a kernel of this version does not tell.
struct KernelCheck: Check {
  func findings(in examination: Examination) -> [Finding] {
    let release = examination.probe.text("/proc/sys/kernel/osrelease") ?? ""
    guard let kernel = examination.kernel else {
      return [
        Finding(
          .warning, "kernel-version", of: "kernel", "its version is not to be told: \(release)",
          meaning: "XDP needs Linux 5.14 or later")
      ]
    }
    var findings: [Finding] = []
    if (kernel.major, kernel.minor) < (5, 14) {
      let level = examination.withoutXDP
      findings.append(
        Finding(
          level, "kernel-version", of: "kernel", "Linux \(release)",
          meaning: level == .ok
            ? "recent enough for pcap"
            : "its verifier may refuse the program; then frames go through libpcap, slower",
          mend: level == .ok ? "" : "apt-get install linux-image-amd64"))
    } else if examination.datapath == .tc && (kernel.major, kernel.minor) < (6, 6) {
      findings.append(
        Finding(
          .fault, "kernel-version", of: "kernel", "Linux \(release)",
          meaning:
            "programs at tc ingress are links since Linux 6.6: the switch does not start with `datapath: tc`",
          mend: "datapath: auto    # in the configuration"))
    } else {
      findings.append(Finding(.ok, "kernel-version", of: "kernel", "Linux \(release)"))
    }
    if examination.datapath != .pcap, examination.probe.text("/proc/sys/net/core/bpf_jit_enable") == "0" {
      findings.append(
        Finding(
          .warning, "bpf-jit", of: "kernel", "eBPF programs are interpreted",
          meaning: "every frame takes several times as long", mend: "sysctl -w net.core.bpf_jit_enable=1"))
    }
    return findings
  }
}
