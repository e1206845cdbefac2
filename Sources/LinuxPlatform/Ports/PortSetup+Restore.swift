import SystemPackage
import Wire

extension PortSetup {
  /// Puts back what a state says was changed, and only that, as far as it still is as the switch had left it. Goes on
  /// after a failure. May be repeated, and called for changes that were planned and never made.
  /// - Throws: `SystemError` when not even the interface could be looked up.
  public func restore(_ state: PortState) throws(SystemError) -> PortRestoration {
    var result = PortRestoration()
    guard let link = try currentLink(of: state) else {
      result.isGone = true
      return result
    }
    // Reverse order, but all features in one go: one by one, a driver could turn a second one on or off with the
    // first. A port that was down goes down before anything else, so that nothing of the host's gets out on it.
    for change in state.changes.reversed() {
      if case .feature = change { continue }
      do {
        if try undo(change, of: link) { result.restored.append(change) } else { result.left.append(change) }
      } catch {
        if error.isAbsence, (try? session.link(index: link.index)) == .some(nil) {
          result.isGone = true
          return result
        }
        result.failed.append((change, error))
      }
    }
    restoreFeatures(of: link, state, &result)
    return result
  }

  /// Returns false where it is not as the switch had left it.
  private func undo(_ change: PortChange, of link: Link) throws(SystemError) -> Bool {
    switch change {
    case .feature:
      return false
    case .flag(let flag):
      guard link.flags.contains(flag.linkFlag) else { return false }
      try session.setFlags([], mask: flag.linkFlag, of: link.index)
      return true
    case .ipv6Disabled:
      let setting = try Sysctl.ipv6("disable_ipv6", of: link.name)
      guard try setting.read() == "1" else { return false }
      try setting.write("0")
      return true
    case .ipv6Address(let text):
      // Enabled by now: in the plan the addresses stand before the change that drops them.
      guard let address = IPPrefix(text) else {
        throw SystemError("restore address", text, code: .invalidArgument, detail: "not an address")
      }
      do {
        try session.addAddress(address, to: link.index)
        return true
      } catch {
        if error.code == .fileExists { return false }
        throw error
      }
    }
  }

  private func restoreFeatures(of link: Link, _ state: PortState, _ result: inout PortRestoration) {
    let names = state.changes.compactMap { change -> String? in
      if case .feature(let name) = change { name } else { nil }
    }
    if names.isEmpty { return }
    do {
      let off = Set(try ethtool.features(of: link.name).filter { !$0.isRequested }.map(\.name))
      try ethtool.setFeatures(
        Dictionary(uniqueKeysWithValues: Set(names).intersection(off).map { ($0, true) }), of: link.name)
      let wanted = Set(try ethtool.features(of: link.name).filter(\.isRequested).map(\.name))
      for name in names {
        if !off.contains(name) {
          result.left.append(.feature(name))
        } else if wanted.contains(name) {
          result.restored.append(.feature(name))
        } else {
          // For one: an XDP program still attached takes segmentation away from a veth's peer.
          let error = SystemError(
            "turn on \(name) of", link.name, code: .notSupported, detail: "fixed at present")
          result.failed.append((.feature(name), error))
        }
      }
    } catch {
      for name in names { result.failed.append((.feature(name), error)) }
    }
  }
}
