import Foundation
import SystemPackage
import Testing
import Wire

@testable import LinuxPlatform

@Suite("Ports are prepared and put back", .enabled(if: Namespace.isRoot, Namespace.reason))
struct PortSetupTests {
  /// Everything that PortSetup may touch, to be compared before and after.
  private struct Picture: Equatable {
    var flags: LinkFlags
    var features: [OffloadFeature]
    var isIPv6Disabled: String?
    var addresses: Set<IPPrefix>

    init(_ name: String) throws {
      let session = try NetlinkSession()
      let link = try #require(try session.link(named: name))
      flags = link.flags
      features = try Ethtool().features(of: name)
      isIPv6Disabled = try Sysctl.ipv6("disable_ipv6", of: name).read()
      addresses = Set(try session.addresses(of: link.index).map(\.address))
    }
  }

  private func withPair(_ body: (PortSetup) throws -> Void) throws {
    try Namespace.new {
      try ip("link add a0 type veth peer name b0")
      try body(try PortSetup())
    }
  }

  @Test("H14: what is put back is exactly what was", arguments: PortMode.allCases, [false, true])
  func exactRestore(mode: PortMode, wasUp: Bool) throws {
    try withPair { setup in
      // Other than the defaults, so that "restored" differs from "reset".
      try Ethtool().setFeatures(["rx-gro": true, "tx-tcp6-segmentation": false], of: "a0")
      try ip("addr add 10.9.0.1/24 dev a0")
      if wasUp {
        try ip("link set a0 up")
        try ip("addr add fd09::1/64 dev a0 nodad")
        try ip("addr add fd09:1::1/128 dev a0 nodad")
      }
      let before = try Picture("a0")

      let plan = try setup.plan("a0", mode: mode)
      #expect(try Picture("a0") == before, "a plan changes nothing")
      let saved = try JSONEncoder().encode(plan)
      let applied = try setup.apply(plan)
      #expect(applied.stuckOffloads == [])

      let during = try Picture("a0")
      #expect(during.flags.contains([.up, .promiscuous, .noARP]))
      #expect(during.isIPv6Disabled == "1")
      #expect(during.addresses.allSatisfy { !$0.address.isIPv6 })
      for feature in during.features where mode.offloadsToTurnOff.contains(feature.name) {
        #expect(!feature.isActive, "\(feature.name)")
      }
      for (old, new) in zip(before.features, during.features)
      where !mode.offloadsToTurnOff.contains(old.name) && old.isRequested != new.isRequested {
        Issue.record("\(old.name) was changed")
      }

      // By another process, after a restart.
      let state = try JSONDecoder().decode(PortState.self, from: saved)
      #expect(state == plan)
      let result = try PortSetup().restore(state)
      #expect(result.isComplete)
      #expect(!result.isGone)
      #expect(try eventually { try Picture("a0").addresses == before.addresses })
      #expect(try Picture("a0") == before)
    }
  }

  @Test func aSecondRestoreFindsNothingToDo() throws {
    try withPair { setup in
      let before = try Picture("a0")
      let state = try setup.apply(try setup.plan("a0", mode: .pcap))
      _ = try setup.restore(state)
      let again = try setup.restore(state)
      #expect(again.restored == [])
      #expect(again.isComplete)
      #expect(try Picture("a0") == before)
    }
  }

  @Test func whatWasNeverAppliedIsNotUndone() throws {
    try withPair { setup in
      let before = try Picture("a0")
      let plan = try setup.plan("a0", mode: .xdp)
      #expect(!plan.changes.isEmpty)
      _ = try setup.restore(plan)
      #expect(try Picture("a0") == before)
    }
  }

  @Test func aPortThatIsReadyNeedsNoChange() throws {
    try withPair { setup in
      _ = try setup.apply(try setup.plan("a0", mode: .xdp))
      #expect(try setup.plan("a0", mode: .xdp).changes == [])
    }
  }

  @Test("X7: a killed daemon's successor still knows what the port was") func successor() throws {
    try withPair { setup in
      try Ethtool().setFeatures(["rx-gro": true], of: "a0")
      let before = try Picture("a0")
      let first = try setup.apply(try setup.plan("a0", mode: .xdp))
      // Killed; the next one has the saved state, and another mode.
      let second = try setup.plan("a0", mode: .pcap, previous: first)
      #expect(Set(first.changes).isSubset(of: second.changes))
      _ = try setup.apply(second)
      let result = try setup.restore(second)
      #expect(result.isComplete)
      #expect(try Picture("a0") == before)
    }
  }

  @Test func whatTheOperatorChangedMeanwhileIsLeft() throws {
    try withPair { setup in
      let state = try setup.apply(try setup.plan("a0", mode: .xdp))
      try ip("link set a0 promisc off")
      let result = try setup.restore(state)
      #expect(result.left.contains(.flag(.promiscuous)))
      #expect(result.restored.contains(.flag(.noARP)))
    }
  }

  @Test func aRenamedPortIsPutBack() throws {
    try withPair { setup in
      let before = try Picture("a0")
      let state = try setup.apply(try setup.plan("a0", mode: .xdp))
      try ip("link set a0 down")
      try ip("link set a0 name c0")
      #expect(try setup.restore(state).isComplete)
      #expect(try Picture("c0") == before)
    }
  }

  @Test func aVanishedPortIsNoFailure() throws {
    try withPair { setup in
      let state = try setup.apply(try setup.plan("a0", mode: .xdp))
      try ip("link del a0")
      #expect(try setup.restore(state).isGone)
      // Another of the same name has nothing to do with it.
      try ip("link add a0 type veth peer name b0")
      let fresh = try Picture("a0")
      #expect(try setup.restore(state).isGone)
      #expect(try Picture("a0") == fresh)
      let gone = try #require(throws: SystemError.self) { _ = try setup.apply(state) }
      #expect(gone.isAbsence)
    }
  }

  @Test func stateOfAnotherBootIsVoid() throws {
    try withPair { setup in
      var state = try setup.apply(try setup.plan("a0", mode: .xdp))
      state.bootID = "another"
      #expect(try setup.restore(state).isGone)
      #expect(try setup.plan("a0", mode: .xdp, previous: state).changes == [])
    }
  }

  @Test func anUnknownPortIsAnError() throws {
    try withPair { setup in
      let error = try #require(throws: SystemError.self) { _ = try setup.plan("nope", mode: .xdp) }
      #expect(error.isAbsence)
      #expect(error.subject == "nope")
    }
  }

  @Test func hardwareSaysWhatItIs() throws {
    try withPair { _ in
      let veth = try Ethtool().hardware(of: "a0")
      #expect(veth.driver == "veth")
      #expect(veth.speedMegabits == 10_000)
      #expect((veth.maximumQueues ?? 0) > 0)
      try ip("link add br0 type bridge")
      #expect(try Ethtool().hardware(of: "br0").speedMegabits == nil)
      #expect(throws: SystemError.self) { try Ethtool().hardware(of: "nope") }
      #expect(throws: SystemError.self) { try Ethtool().features(of: "a-name-longer-than-any") }
    }
  }
}
