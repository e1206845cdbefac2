import LinuxPlatform
import SwitchModel

/// Where the datapath lives while no daemon runs.
struct BPFCheck: Check {
  func findings(in examination: Examination) -> [Finding] {
    if examination.datapath == .pcap { return [] }
    let probe = examination.probe
    var findings: [Finding] = []
    let mount = "mount -t bpf -o mode=0700 bpf \(SwitchPlaces.bpf)"
    if probe.isBPFFilesystem(SwitchPlaces.bpf) {
      findings.append(
        Finding(.ok, "bpf-filesystem", of: "kernel", "the BPF filesystem is mounted at \(SwitchPlaces.bpf)"))
    } else if probe.names(in: "/sys/fs").contains("bpf") {
      // Root's daemon mounts it; one with the service's capabilities may not.
      let isMountable = probe.capabilities?.contains(.sysAdmin) == true
      findings.append(
        Finding(
          isMountable ? .note : examination.withoutXDP, "bpf-filesystem", of: "kernel",
          "none is mounted at \(SwitchPlaces.bpf)",
          meaning: isMountable
            ? "the switch mounts one when it runs as root; a service of less power cannot"
            : "the datapath cannot be kept there, so XDP is not to be had", mend: mount))
    } else {
      findings.append(
        Finding(
          examination.withoutXDP, "bpf-filesystem", of: "kernel", "this kernel has none",
          meaning: "without CONFIG_BPF_SYSCALL there is no XDP", mend: "apt-get install linux-image-amd64"))
    }
    if probe.isHostsMountNamespace == false {
      findings.append(
        Finding(
          .warning, "mount-namespace", of: "kernel", "this is not the host's mount namespace",
          meaning:
            "what is pinned here may go with the last process in it: forwarding ends when the daemon is killed",
          mend: "nsenter --net=/run/netns/NAME flowswitch run …    # not: ip netns exec"))
    }
    return findings + memory(examination)
  }

  /// Before Linux 5.11 maps count as locked memory.
  private func memory(_ examination: Examination) -> [Finding] {
    if examination.kernelIsAtLeast(5, 11) { return [] }
    let limits = examination.probe.text("/proc/self/limits") ?? ""
    guard let line = limits.split(separator: "\n").first(where: { $0.hasPrefix("Max locked memory") }),
      let soft = line.dropFirst("Max locked memory".count).split(separator: " ").first.flatMap({ Int($0) }),
      soft < 256 * 1024 * 1024
    else { return [] }
    return [
      Finding(
        examination.withoutXDP, "locked-memory", of: "kernel",
        "no more than \(soft / 1024) KiB may be locked",
        meaning: "this kernel counts the tables as locked memory, and refuses them",
        mend: "ulimit -l unlimited    # a service: LimitMEMLOCK=infinity")
    ]
  }
}
