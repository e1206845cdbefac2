import LinuxPlatform
import SwitchModel

/// What instances have in the kernel, and which of them have no daemon any more.
struct LeftoverCheck: Check {
  func findings(in examination: Examination) -> [Finding] {
    let probe = examination.probe
    let states = probe.names(in: SwitchPlaces.run).filter { $0.hasSuffix(".state") }.map {
      String($0.dropLast(6))
    }
    let pinned = probe.names(in: SwitchPlaces.pins)
    // As the configuration's names are; others are not the switch's, and not to be put into commands.
    let names = Set(states).union(pinned).filter(Self.isName).sorted()
    let living = names.filter { examination.daemon(ofInstance: $0) != nil }
    var findings = names.map { name in
      instance(name, isPinned: pinned.contains(name), hasState: states.contains(name), examination)
    }
    findings += interfaces(of: names, examination)
    // The kernel does not tell whose they are.
    if living.isEmpty, probe.rules.contains(where: { $0.origin == .flowSwitch }), names.isEmpty {
      findings.append(
        Finding(
          .warning, "leftover-rules", of: "kernel", "routing rules of probes, and no switch",
          meaning: "harmless, and of no use",
          mend: "ip rule flush protocol \(RouteOrigin.flowSwitch.rawValue); "
            + "ip -6 rule flush protocol \(RouteOrigin.flowSwitch.rawValue)"))
    }
    return findings
  }

  private static func isName(_ text: String) -> Bool {
    func isAllowed(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return text.utf8.allSatisfy(isAllowed) && text.first.map { $0.isLetter || $0.isNumber } == true
  }

  private func instance(
    _ name: String, isPinned: Bool, hasState: Bool, _ examination: Examination
  ) -> Finding {
    let subject = "instance \(name)"
    if let process = examination.daemon(ofInstance: name) {
      return Finding(.ok, "daemon", of: subject, "runs, process \(process)")
    }
    let what =
      [
        isPinned ? "a datapath in \(SwitchPlaces.pins)/\(name)" : nil,
        hasState ? "the state of its ports" : nil,
      ]
      .compactMap { $0 }.joined(separator: " and ")
    let isWanted = examination.configuration?.name == name
    let byHand =
      [
        isPinned ? "rm -r \(SwitchPlaces.pins)/\(name)" : nil,
        "ip link delete \(OwnInterface.hostName(name))",
        hasState ? "rm \(SwitchPlaces.run)/\(name).state" : nil,
      ].compactMap { $0 }.joined(separator: "; ")
    return Finding(
      isWanted ? .note : .warning, "leftover", of: subject, "no daemon, but \(what)",
      meaning: (isPinned ? "the kernel goes on forwarding with the last tables; " : "")
        + (isWanted
          ? "the next run takes it over" : "a run of that name takes it over, and a clean stop removes it"),
      mend: isWanted
        ? ""
        : "systemctl start flowswitch@\(name) && systemctl stop flowswitch@\(name)    # or by hand: \(byHand)"
    )
  }

  /// Pairs of the switch's own whose instance is not known.
  private func interfaces(of names: [String], _ examination: Examination) -> [Finding] {
    var known = Set(names.map { OwnInterface.hostName($0) })
    if let configuration = examination.configuration {
      known.insert(OwnInterface.hostName(configuration.name))
    }
    return examination.links.filter { link in
      guard link.kind == "veth", link.name.hasPrefix("fs-"), !known.contains(link.name) else { return false }
      let peer = examination.links.first { $0.index == link.lower && !link.isLowerForeign }
      return peer?.name == "fsp-" + link.name.dropFirst(3)
    }.map {
      Finding(
        .warning, "leftover-interface", of: "interface \($0.name)",
        "a switch's own interface, and no such switch",
        meaning: "harmless, and of no use", mend: "ip link delete \($0.word)")
    }
  }
}
