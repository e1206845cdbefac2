import LinuxPlatform
import SwitchModel
import Wire

@testable import Doctor

/// A machine on which all is well, for tests to change: Linux 6.12, four CPUs, two ports with the driver ice.
struct FakeMachine: Probe {
  var files = [
    "/proc/sys/kernel/osrelease": "6.12.1-amd64", "/proc/sys/net/core/bpf_jit_enable": "1",
    "/proc/sys/net/ipv6/conf/all/disable_ipv6": "0", "/proc/sys/net/ipv4/conf/all/rp_filter": "0",
    "/sys/devices/system/cpu/online": "0-3",
  ]
  var directories: [String: [String]] = ["/sys/fs": ["bpf", "cgroup"]]
  var isBPFMounted = true
  var isHostsMountNamespace: Bool? = true
  var capabilities: Capabilities? = Capabilities(effective: .max)
  var links = [
    FakeMachine.link(1, "lo", kind: "", isEthernet: false), FakeMachine.link(2, "e1"),
    FakeMachine.link(3, "e2"),
  ]
  var addresses: [InterfaceAddress] = []
  var routes: [Route] = []
  var rules: [RoutingRule] = []
  var features: [String: [OffloadFeature]] = [:]
  var hardware = [
    "e1": PortHardware(driver: "ice", speedMegabits: 10000, maximumQueues: 4, queues: 4),
    "e2": PortHardware(driver: "ice", speedMegabits: 10000, maximumQueues: 4, queues: 4),
  ]
  var rings: [String: RingSizes] = [:]
  var declared: [UInt32: XDPFeatures] = [2: [.basic, .redirect], 3: [.basic, .redirect]]
  var programs: [UInt32: AttachedProgram] = [:]

  func text(_ path: String) -> String? { files[path] }
  func names(in directory: String) -> [String] { directories[directory] ?? [] }
  func isBPFFilesystem(_ path: String) -> Bool { isBPFMounted && path == "/sys/fs/bpf" }
  func features(of interface: String) -> [OffloadFeature] { features[interface] ?? [] }
  func hardware(of interface: String) -> PortHardware? { hardware[interface] }
  func rings(of interface: String) -> RingSizes? { rings[interface] }
  func declaredXDP(of index: UInt32) -> XDPFeatures? { declared[index] }
  func program(of index: UInt32) -> AttachedProgram? { programs[index] }

  static func link(_ index: UInt32, _ name: String, kind: String = "", isEthernet: Bool = true) -> Link {
    var link = Link(index: index, name: name, flags: [.up, .running, .lowerUp])
    link.kind = kind.isEmpty ? nil : kind
    link.isEthernet = isEthernet
    link.carrier = true
    return link
  }

  /// e1 and e2 are its ports.
  static func configuration(_ datapath: DatapathChoice = .auto, name: String = "fs1") throws
    -> SwitchConfiguration
  {
    struct Missing: Error {}
    guard let mac = MACAddress("02:f5:00:00:00:01") else { throw Missing() }
    return SwitchConfiguration(
      name: name, datapath: datapath, virtualMAC: mac,
      ports: [PortConfiguration(name: "e1", role: .router), PortConfiguration(name: "e2", role: .server)],
      clusters: [])
  }
}
