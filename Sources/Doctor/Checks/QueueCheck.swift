import LinuxPlatform
import SwitchModel

/// Receive queues, and the CPUs that serve them.
struct QueueCheck: Check {
  func findings(in examination: Examination) -> [Finding] {
    let interrupts = InterruptTable(examination.probe.text("/proc/interrupts") ?? "")
    return examination.ports.flatMap { findings($0, interrupts, examination) }
  }

  private func findings(
    _ port: Link, _ interrupts: InterruptTable, _ examination: Examination
  ) -> [Finding] {
    let subject = "port \(port.name)"
    let hardware = examination.probe.hardware(of: port.name)
    // A veth's queues are not a NIC's: who sends decides about the CPU.
    guard port.kind == nil, let queues = hardware?.queues, let maximum = hardware?.maximumQueues else {
      return []
    }
    var findings: [Finding] = []
    let cpus = examination.cpus
    let wanted = min(cpus, maximum)
    // The driver's own limit while a program is attached.
    if hardware?.driver == "ena", queues > maximum / 2, maximum > 1 {
      findings.append(
        Finding(
          examination.level(.warning), "queues", of: subject, "uses \(queues) of \(maximum) queues",
          meaning: "ena refuses native XDP unless half of them are spare: generic XDP on all ports",
          mend: "ethtool -L \(port.word) combined \(max(1, maximum / 2))"))
    } else if hardware?.driver == "virtio_net", maximum < queues + cpus {
      findings.append(
        Finding(
          .note, "queues", of: subject, "has \(maximum) queues, \(queues) in use, for \(cpus) CPUs",
          meaning: "no queue to spare for each CPU's redirected frames: CPUs share one, with a lock"))
    } else if queues < wanted, hardware?.driver != "ena", hardware?.driver != "virtio_net" {
      findings.append(
        Finding(
          .note, "queues", of: subject, "has \(queues) receive queues in use for \(cpus) CPUs",
          meaning: "one queue is served by one CPU: more would share the frames",
          mend: "ethtool -L \(port.word) combined \(wanted)"))
    }
    return findings + spread(port, queues, cpus, interrupts, examination)
  }

  private func spread(
    _ port: Link, _ queues: Int, _ cpus: Int, _ interrupts: InterruptTable, _ examination: Examination
  ) -> [Finding] {
    let numbers = interrupts.numbers(ofInterface: port.name)
    guard queues > 1, cpus > 1, numbers.count > 1 else { return [] }
    var served: Set<Int> = []
    for number in numbers {
      // Where the kernel delivers it now; older ones tell only where it may.
      let places =
        examination.probe.text("/proc/irq/\(number)/effective_affinity_list")
        ?? examination.probe.text("/proc/irq/\(number)/smp_affinity_list") ?? ""
      served.formUnion(CPUList(places).numbers)
    }
    if served.count == 1, let only = served.first {
      let each = numbers.enumerated().map {
        "echo \($0.offset % cpus) > /proc/irq/\($0.element)/smp_affinity_list"
      }
      return [
        Finding(
          examination.level(.warning), "interrupts", of: "port \(port.name)",
          "CPU \(only) serves all its \(numbers.count) interrupts",
          meaning: "the other CPUs forward nothing of it", mend: each.joined(separator: "\n"))
      ]
    }
    if served.isEmpty { return [] }
    return [
      Finding(
        .ok, "interrupts", of: "port \(port.name)",
        "\(queues) queues, interrupts on \(served.count) of \(cpus) CPUs")
    ]
  }
}
