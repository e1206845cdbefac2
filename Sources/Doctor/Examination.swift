import LinuxPlatform
import SwitchModel

/// What a check is given: the machine, and what is wanted of it.
struct Examination {
  let probe: any Probe
  /// Nil: the machine alone is looked at, and each of its Ethernet interfaces as if it might become a port.
  let configuration: SwitchConfiguration?
  let links: [Link]

  init(_ probe: any Probe, _ configuration: SwitchConfiguration?) {
    self.probe = probe
    self.configuration = configuration
    links = probe.links
  }

  var datapath: DatapathChoice { configuration?.datapath ?? .auto }

  /// Nil where the release does not say.
  var kernel: (major: Int, minor: Int)? {
    probe.text("/proc/sys/kernel/osrelease").flatMap { KernelInformation.version(of: $0) }
  }

  func kernelIsAtLeast(_ major: Int, _ minor: Int) -> Bool {
    kernel.map { ($0.major, $0.minor) >= (major, minor) } ?? true
  }

  /// How bad it is that XDP is not to be had: `auto` has something else, and pcap does not ask for it.
  var withoutXDP: FindingLevel {
    switch datapath {
    case .xdp, .xdpGeneric, .tc: .fault
    case .auto: .warning
    case .pcap: .ok
    }
  }

  /// CPUs that are online: `0-3,8` is five.
  var cpus: Int { max(1, CPUList(probe.text("/sys/devices/system/cpu/online") ?? "0").count) }

  /// The configured ports that are there; without a configuration what could be ports.
  var ports: [Link] {
    guard let configuration else {
      return links.filter {
        $0.isEthernet && !$0.flags.contains(.loopback) && !$0.name.hasPrefix("fs-")
          && !$0.name.hasPrefix("fsp-")
      }
    }
    return configuration.ports.compactMap { port in links.first { $0.name == port.name } }
  }

  /// What would be wrong with a port is only good to know of an interface that nobody wants as one.
  func level(_ level: FindingLevel) -> FindingLevel { configuration == nil ? min(level, .note) : level }

  func driver(of link: Link) -> String? { probe.hardware(of: link.name)?.driver ?? link.kind }

  /// The process of a switch's daemon, as its lock names it. Nil: it does not run.
  func daemon(ofInstance name: String) -> Int32? {
    guard let text = probe.text("\(SwitchPlaces.run)/\(name).lock"),
      let process = text.split(separator: "\n").first.flatMap({ Int32($0) }),
      let command = probe.text("/proc/\(process)/comm"), command.hasPrefix("flowswitch")
    else { return nil }
    return process
  }
}

/// Where instances keep their things.
enum SwitchPlaces {
  static let run = "/run/flowswitch"
  static let bpf = "/sys/fs/bpf"
  static let pins = "/sys/fs/bpf/flowswitch"
}
