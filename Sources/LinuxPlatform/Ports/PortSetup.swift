import SystemPackage
import Wire

/// Makes interfaces switch ports and puts them back (architecture, decision 6): up, promiscuous, without ARP and IPv6
/// of the host, without the offloads that would change frames (`PortMode`).
///
/// Two steps, so that a daemon which is killed in between can still restore: `plan` looks and changes nothing; save
/// its result; `apply` makes the changes, before a datapath or capture is attached; `restore` takes them back, after it
/// is detached (an attached program holds some features fixed). Both, like `restore`, may be repeated: what is as wanted is left alone. To
/// be used on a thread in the network namespace in which it was made (settings under /proc/sys belong to the thread's).
public struct PortSetup: Sendable {
  let session: NetlinkSession
  let ethtool: Ethtool

  public init() throws(SystemError) {
    session = try NetlinkSession()
    ethtool = try Ethtool()
  }

  /// What has to change on an interface.
  /// - Parameter previous: the saved state of an earlier run, if any. When it belongs to the same interface its
  ///   changes are kept, since the interface still shows what that run made of it and not what it was.
  /// - Throws: `SystemError`; `ENODEV` when there is no such interface.
  public func plan(_ interface: String, mode: PortMode, previous: PortState? = nil) throws(SystemError)
    -> PortState
  {
    guard let link = try session.link(named: interface) else {
      throw SystemError("prepare port", interface, code: .operationNotSupportedByDevice)
    }
    let bootID = try KernelInformation.bootID()
    var state = PortState(
      interface: link.name, index: link.index, macAddress: link.mac?.description, bootID: bootID)
    if let previous, previous.bootID == bootID, previous.describes(link) { state.changes = previous.changes }

    var wanted: [PortChange] = []
    // Offloads first: while the port is still as it was, no half prepared one forwards. IPv6 goes before the interface
    // comes up, or the kernel would solicit routers on the segment.
    let features = try ethtool.features(of: link.name)
    for name in mode.offloadsToTurnOff {
      guard let feature = features.first(where: { $0.name == name }) else { continue }
      if feature.isChangeable {
        // Wanted but not in force counts: it would come into force when what stands against it goes.
        if feature.isRequested { wanted.append(.feature(name)) }
      } else if feature.isActive {
        state.stuckOffloads.append(name)
      }
    }
    if try Sysctl.ipv6("disable_ipv6", of: link.name).read() == "0" {
      wanted += try ipv6Addresses(of: link) + [.ipv6Disabled]
    }
    for flag in [PortFlag.noARP, .promiscuous, .up] where !link.flags.contains(flag.linkFlag) {
      wanted.append(.flag(flag))
    }
    for change in wanted where !state.changes.contains(change) { state.changes.append(change) }
    state.changes =
      state.changes.filter { $0.step == 0 } + state.changes.filter { $0.step == 1 }
      + state.changes.filter { $0.step == 2 }
    return state
  }

  /// Addresses that would not come back by themselves: all that an operator configured. The link-local one that the
  /// kernel makes is among them; adding it again is harmless.
  private func ipv6Addresses(of link: Link) throws(SystemError) -> [PortChange] {
    try session.addresses(of: link.index).filter { $0.address.address.isIPv6 && $0.isPermanent }.map {
      .ipv6Address($0.address.fullDescription)
    }
  }

  /// Makes the planned changes. What fails leaves those before it made: `restore` takes them back.
  /// - Returns: the state with the offloads that turned out to be stuck.
  public func apply(_ state: PortState) throws(SystemError) -> PortState {
    guard let link = try currentLink(of: state) else {
      throw SystemError("prepare port", state.interface, code: .operationNotSupportedByDevice)
    }
    var features: [String: Bool] = [:]
    var flags: LinkFlags = []
    for change in state.changes {
      switch change {
      case .feature(let name): features[name] = false
      case .flag(let flag): flags.insert(flag.linkFlag)
      case .ipv6Disabled, .ipv6Address: break
      }
    }
    try ethtool.setFeatures(features, of: link.name)
    if state.changes.contains(.ipv6Disabled) {
      try Sysctl.ipv6("disable_ipv6", of: link.name).ensure("1")
    }
    // First what keeps the host quiet, then up.
    try session.setFlags(flags.subtracting(.up), mask: flags.subtracting(.up), of: link.index)
    if flags.contains(.up) { try session.setUp(true, of: link.index) }

    var result = state
    for feature in try ethtool.features(of: link.name)
    where feature.isActive && features[feature.name] == false {
      if !result.stuckOffloads.contains(feature.name) { result.stuckOffloads.append(feature.name) }
    }
    return result
  }

  /// The interface that a state is about, under whatever name it has now. Nil when it is gone.
  func currentLink(of state: PortState) throws(SystemError) -> Link? {
    guard try KernelInformation.bootID() == state.bootID, let link = try session.link(index: state.index),
      state.describes(link)
    else { return nil }
    return link
  }
}

extension PortState {
  func describes(_ link: Link) -> Bool {
    // Either may have been changed by the operator; both at once, and the index the same, is another interface.
    link.index == index && (link.name == interface || link.mac?.description == macAddress)
  }
}

extension PortChange {
  /// 0, 1, 2: the order in which changes are made.
  var step: Int {
    switch self {
    case .feature: 0
    case .ipv6Address, .ipv6Disabled: 1
    case .flag: 2
    }
  }
}

extension IPPrefix {
  /// With the length even where it is that of a single address: an interface's address is not its network.
  var fullDescription: String { "\(address)/\(length)" }
}
