import Datapath
import LinuxPlatform
import SwitchModel

/// Picks the datapath that `auto` stands for, and says why; or makes the one that is asked for.
struct DatapathChooser {
  let choice: DatapathChoice
  let wanted: Dimensions
  let paths: SwitchPaths
  let interfaces: [(name: String, ifindex: Int)]

  struct Result {
    var datapath: any Datapath
    var reason: String
    /// This call mounted the BPF filesystem.
    var mountedBPF: Bool
  }

  /// `makePcap` makes the daemon's own datapath.
  func choose(makePcap: () throws(DatapathError) -> any Datapath) throws(ControlError) -> Result {
    switch choice {
    case .pcap:
      return Result(datapath: try pcap(makePcap), reason: "as configured", mountedBPF: false)
    case .tc:
      throw ControlError(
        "switch.datapath: tc is not part of this version; use auto, xdp, xdp-generic or pcap")
    case .xdp, .xdpGeneric, .auto:
      var mounted = false
      let made: XDPDatapath
      do {
        // Until its folder of pins is there, another instance could take this one's filesystem for unused.
        let lock = FolderLock(paths.runFolder)
        defer { withExtendedLifetime(lock) {} }
        mounted = try mount()
        made = try XDPDatapath(
          choice == .xdpGeneric ? .xdpGeneric : .xdp, wanted: wanted,
          pins: PinFolder(instance: paths.name, root: paths.pinRoot))
      } catch {
        if choice != .auto { throw ControlError("datapath \(choice.rawValue): \(error)") }
        let reason = firstLine("\(error)")
        return Result(
          datapath: try pcap(makePcap), reason: "the kernel takes no XDP program: \(reason)",
          mountedBPF: mounted)
      }
      let reason = try settle(made)
      return Result(datapath: made, reason: reason, mountedBPF: mounted)
    }
  }

  /// Probes every port: native XDP needs all of them, because a frame goes from one driver to the other.
  private func settle(_ datapath: XDPDatapath) throws(ControlError) -> String {
    if choice != .xdpGeneric {
      let faults = interfaces.compactMap { port in
        datapath.probe(interface: port.name, ifindex: port.ifindex, generic: false)
      }
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
    return "as configured"
  }

  private func genericFault(_ datapath: XDPDatapath) -> String? {
    for port in interfaces {
      if let fault = datapath.probe(interface: port.name, ifindex: port.ifindex, generic: true) {
        return fault.message
      }
    }
    return nil
  }

  private func isTaken(_ faults: [DatapathError]) -> Bool {
    faults.contains { $0.message.contains("already has the XDP program") }
  }

  private func mount() throws -> Bool {
    try BPFFilesystem(path: paths.bpfFolder).mount()
  }

  private func pcap(_ make: () throws(DatapathError) -> any Datapath) throws(ControlError) -> any Datapath {
    do throws(DatapathError) { return try make() } catch { throw ControlError(error.message) }
  }

  private func firstLine(_ text: String) -> String {
    text.split(separator: "\n").first.map(String.init) ?? text
  }
}
