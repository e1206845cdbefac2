import SwitchModel
import Wire

/// The host's settings that decide about the switch's own address.
struct SettingsCheck: Check {
  func findings(in examination: Examination) -> [Finding] {
    guard let configuration = examination.configuration else { return [] }
    var findings: [Finding] = []
    let wantsIPv6 =
      configuration.clusters.contains { $0.address.address.isIPv6 }
      || configuration.routerPools.contains { $0.members.contains { $0.address.isIPv6 } }
    if wantsIPv6, examination.probe.text("/proc/sys/net/ipv6/conf/all/disable_ipv6") != "0" {
      findings.append(
        Finding(
          .warning, "ipv6", of: "kernel", "IPv6 is off on this host",
          meaning:
            "it is forwarded, but the switch cannot probe IPv6 members or ask for their MACs from its own address",
          mend: "sysctl -w net.ipv6.conf.all.disable_ipv6=0"))
    }
    if examination.probe.text("/proc/sys/net/ipv4/conf/all/rp_filter") == "1" {
      findings.append(
        Finding(
          .note, "rp-filter", of: "kernel", "reverse paths are checked strictly (rp_filter 1)",
          meaning: "the switch makes it loose (2) on its own interface, where probes' answers come in"))
    }
    return findings
  }
}
