import LinuxPlatform
import SwitchModel

/// Whether the configured ports are there, and can be ports.
struct PresenceCheck: Check {
  func findings(in examination: Examination) -> [Finding] {
    guard let configuration = examination.configuration else { return [] }
    var findings: [Finding] = []
    let isAnyThere = !examination.ports.isEmpty
    for port in configuration.ports {
      let subject = "port \(port.name)"
      guard let link = examination.links.first(where: { $0.name == port.name }) else {
        findings.append(
          Finding(
            isAnyThere ? .warning : .fault, "exists", of: subject, "there is no such interface here",
            meaning: isAnyThere
              ? "the switch runs without it, and takes it when it comes"
              : "no port exists in this network namespace: the switch does not start",
            mend: "ip -br link    # which there are; for another namespace: nsenter --net=/run/netns/NAME …"))
        continue
      }
      let driver = examination.driver(of: link).map { ", driver \($0)" } ?? ""
      if link.isEthernet && !link.flags.contains(.loopback) {
        findings.append(Finding(.ok, "exists", of: subject, "interface \(link.index)\(driver)"))
      } else {
        findings.append(
          Finding(
            .fault, "ethernet", of: subject, "is not an Ethernet interface\(driver)",
            meaning: "it has no frames with MAC addresses; the switch refuses it",
            mend: "ip -br link    # choose another"))
      }
    }
    return findings
  }
}
