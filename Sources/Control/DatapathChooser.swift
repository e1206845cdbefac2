import Datapath
import LinuxPlatform
import SwitchModel

/// Picks the datapath that `auto` stands for, and says why; or makes the one that is asked for.
struct DatapathChooser {
  let choice: DatapathChoice
  let wanted: Dimensions
  let paths: SwitchPaths
  let interfaces: [(name: String, ifindex: Int)]
  /// What an earlier daemon of this instance left behind.
  let earlier: InstanceState
  /// Of this process, if it just ended.
  var former: (any Datapath)?

  struct Result {
    var datapath: any Datapath
    var reason: String
    /// This call mounted the BPF filesystem.
    var mountedBPF: Bool
  }

  var pins: PinFolder { PinFolder(instance: paths.name, root: paths.pinRoot) }

  /// `makePcap` makes the daemon's own datapath, which goes on with the given tables if it has none of its own.
  func choose(makePcap: (TableMemory?) throws(DatapathError) -> any Datapath) throws(ControlError) -> Result {
    switch choice {
    case .pcap:
      return Result(datapath: try pcap(makePcap), reason: "as configured", mountedBPF: false)
    case .xdp, .xdpGeneric, .tc, .auto:
      let missing = DatapathChooser.missing([.bpf, .perfmon])
      if choice == .auto, !missing.isEmpty {
        let reason = "\(missing.joined(separator: " and ")) missing: the kernel takes no program"
        return Result(datapath: try pcap(makePcap), reason: reason, mountedBPF: false)
      }
      var mounted = false
      let made: XDPDatapath
      var reasonForTC: String?
      do {
        mounted = try mount()
        (made, reasonForTC) = try kernel()
      } catch {
        if choice != .auto { throw ControlError("datapath \(choice.rawValue): \(error)") }
        let reason = firstLine("\(error)")
        return Result(
          datapath: try pcap(makePcap), reason: "the kernel takes no program: \(reason)",
          mountedBPF: mounted)
      }
      let reason: String
      if let reasonForTC { reason = reasonForTC } else { reason = try settle(made) }
      return Result(datapath: made, reason: reason, mountedBPF: mounted)
    }
  }

  /// Probes every port: native XDP needs all of them, because a frame goes from one driver to the other.
  private func settle(_ datapath: XDPDatapath) throws(ControlError) -> String {
    if choice == .tc {
      if let fault = fault(datapath) {
        datapath.close(keep: datapath.isAdopted)
        throw ControlError("datapath tc: \(fault)")
      }
      return "as configured"
    }
    if choice == .auto && stayingKind == .xdpGeneric { datapath.kind = .xdpGeneric }
    if choice != .xdpGeneric && datapath.kind == .xdp {
      let faults = datapath.faults(interfaces, generic: false)
      if faults.isEmpty { return choice == .auto ? "every port takes native XDP" : "as configured" }
      let fault = faults[0].message
      if choice == .xdp || isTaken(faults) {
        datapath.close(keep: datapath.isAdopted)
        throw ControlError("datapath xdp: \(fault)")
      }
      datapath.kind = .xdpGeneric
      if let other = genericFault(datapath) {
        datapath.close(keep: datapath.isAdopted)
        throw ControlError("neither native nor generic XDP: \(fault); \(other)")
      }
      return fault
    }
    if let fault = genericFault(datapath) {
      datapath.close(keep: datapath.isAdopted)
      throw ControlError("datapath xdp-generic: \(fault)")
    }
    return choice == .auto ? earlier.reason ?? "as the earlier run chose" : "as configured"
  }

  private func genericFault(_ datapath: XDPDatapath) -> String? { fault(datapath) }

  /// Of the first port that does not take the program, in generic mode or at tc ingress.
  private func fault(_ datapath: XDPDatapath) -> String? {
    datapath.faults(interfaces, generic: true).first?.message
  }

  private func isTaken(_ faults: [DatapathError]) -> Bool {
    faults.contains { $0.message.contains("another switch") }
  }

  /// Until its folder of pins is there, another instance could take this one's filesystem for unused.
  private func mount() throws -> Bool {
    let lock = FolderLock(paths.runFolder)
    defer { withExtendedLifetime(lock) {} }
    let isNew = try BPFFilesystem(path: paths.bpfFolder).mount()
    try pins.create()
    return isNew
  }

  /// `auto` stays with what it chose as long as it runs: to look again would interrupt it (X7).
  private var stayingKind: DatapathKind? {
    earlier.choice ?? choice.rawValue == choice.rawValue ? pins.attachedKind : nil
  }

  /// The program that shall be tried; with a reason where `auto` takes tc, and every port does, too.
  private func kernel() throws(DatapathError) -> (XDPDatapath, String?) {
    if choice == .tc { return (try program(.tc), nil) }
    if choice == .auto, stayingKind ?? .tc == .tc, let drivers = virtualDrivers {
      // Older kernels refuse. These ports take XDP as well.
      if let made = try? program(.tc) {
        if fault(made) == nil {
          return (made, "every port is virtual (\(drivers)): segmentation offload is kept")
        }
        made.close(keep: made.isAdopted)
      }
    }
    return (try program(choice == .xdpGeneric ? .xdpGeneric : .xdp), nil)
  }

  /// The drivers of all ports, if none of them has hardware of its own. What passes between virtual machines and
  /// containers is merged into packets of 64 KiB, which XDP would have to cut up.
  private var virtualDrivers: String? {
    guard let ethtool = try? Ethtool() else { return nil }
    var drivers: Set<String> = []
    for port in interfaces {
      guard let driver = try? ethtool.hardware(of: port.name).driver,
        DatapathChooser.virtualDrivers.contains(driver)
      else { return nil }
      drivers.insert(driver)
    }
    return drivers.isEmpty ? nil : drivers.sorted().joined(separator: ", ")
  }

  /// `tun` is the driver of taps.
  private static let virtualDrivers: Set<String> = ["veth", "tun", "virtio_net"]

  private func program(_ kind: DatapathKind) throws(DatapathError) -> XDPDatapath {
    guard earlier.datapath == DatapathKind.pcap.rawValue else {
      return try XDPDatapath(kind, wanted: wanted, pins: pins, former: former as? XDPDatapath)
    }
    // Maps that are there although the last run was in the daemon are older than its tables.
    let lock = FolderLock(paths.runFolder)
    defer { withExtendedLifetime(lock) {} }
    pins.remove()
    let tables = earlier.fileDimensions.flatMap { PcapDatapath.earlierTables(paths.tables, $0) }
    return try XDPDatapath(kind, wanted: wanted, pins: pins, elsewhere: tables)
  }

  private func pcap(
    _ make: (TableMemory?) throws(DatapathError) -> any Datapath
  ) throws(ControlError) -> any Datapath {
    let own = Set(pins.attachedInterfaces)
    for port in interfaces where !own.contains(port.ifindex) && XDPDatapath.hasSwitch(ifindex: port.ifindex) {
      throw ControlError(
        "\(port.name): another switch forwards there in the kernel; `bpftool net show dev \(port.name)` tells more"
      )
    }
    do throws(DatapathError) {
      return try make(earlier.datapath == DatapathKind.pcap.rawValue ? nil : pins.tables)
    } catch {
      throw ControlError(error.message)
    }
  }

  private func firstLine(_ text: String) -> String {
    text.split(separator: "\n").first.map(String.init) ?? text
  }

  /// The names of those that this process lacks.
  static func missing(_ capabilities: [Capability]) -> [String] {
    (try? Capabilities.current())?.missing(capabilities).map(\.name) ?? []
  }
}
