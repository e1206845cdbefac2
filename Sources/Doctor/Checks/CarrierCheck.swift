import LinuxPlatform
import SwitchModel

/// Signal and speed.
struct CarrierCheck: Check {
  func findings(in examination: Examination) -> [Finding] {
    var findings: [Finding] = []
    var speeds: Set<Int> = []
    for port in examination.ports {
      let subject = "port \(port.name)"
      if port.isUp && port.carrier == false {
        findings.append(
          Finding(
            examination.level(.warning), "carrier", of: subject, "has no signal",
            meaning: "members behind it are failed, routers behind it not to be reached",
            mend: "ethtool \(port.word)    # cable, the switch port at the far end, its `ip link set … up`"))
      } else if !port.isUp {
        findings.append(
          Finding(
            .note, "carrier", of: subject, "is down",
            meaning: "the switch sets it up when it starts; its signal is "
              + "unknown until then"))
      } else {
        let speed = examination.probe.hardware(of: port.name)?.speedMegabits
        if let speed { speeds.insert(speed) }
        findings.append(Finding(.ok, "carrier", of: subject, speed.map { "up, \($0) Mb/s" } ?? "up"))
      }
    }
    if examination.configuration != nil, speeds.count > 1, let slowest = speeds.min(),
      let fastest = speeds.max()
    {
      findings.append(
        Finding(
          .note, "speeds", of: "ports", "are of \(slowest) to \(fastest) Mb/s",
          meaning: "weights do not know of speeds: give members behind slower ports less"))
    }
    return findings
  }
}
