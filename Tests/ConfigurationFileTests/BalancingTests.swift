import SwitchModel
import Testing
import Wire

@testable import ConfigurationFile

@Suite("How flows and servers are divided")
struct BalancingTests {
  struct Good: Sendable, CustomTestStringConvertible {
    var text: String
    var expected: LoadRoutineConfiguration?
    var testDescription: String { text }
  }

  static let loads: [Good] = [
    Good(text: "mode: balanced", expected: LoadRoutineConfiguration()),
    Good(text: "assign: least-moves", expected: LoadRoutineConfiguration()),
    Good(text: "load: off", expected: nil),
    Good(text: "load: {}", expected: LoadRoutineConfiguration()),
    Good(
      text: "load: {measure: new-flows, interval: 1m, tolerance: 5%}",
      expected: LoadRoutineConfiguration(measure: .newFlows, interval: .seconds(60), tolerance: 5)),
    Good(text: "assign: maglev", expected: nil),
    Good(text: "{assign: maglev, load: off}", expected: nil),
    Good(text: "mode: availability", expected: nil),
    Good(text: "{mode: availability, load: off}", expected: nil),
  ]

  @Test("H8 the load routine is on unless it cannot be", arguments: loads)
  func load(_ one: Good) throws {
    let keys = one.text.hasPrefix("{") ? String(one.text.dropFirst().dropLast()) : one.text
    let text = head + "  - {name: a, address: 10.50.0.1, members: [{name: m, port: p1}], \(keys)}"
    let file = try ConfigurationFile(bytes: Array(text.utf8), file: "t.yaml")
    #expect(file.configuration.clusters[0].loadRoutine == one.expected)
  }

  @Test("X5 X8 assignment, slow start, stickiness and members of last resort reach the model")
  func cluster() throws {
    let text =
      head + """
          - name: a
            address: 10.50.0.1
            assign: maglev
            sticky: 24h
            members: [{name: m, port: p1, last-resort: true}, {name: n, port: p2, last-resort: false}]
          - {name: b, address: 10.50.0.2, slow-start: 30s, members: [{name: m, port: p1}]}
        """
    let configuration = try ConfigurationFile(bytes: Array(text.utf8), file: "t.yaml").configuration
    let (a, b) = (configuration.clusters[0], configuration.clusters[1])
    #expect(a.assignment == .maglev && b.assignment == .leastMoves)
    #expect(a.stickyTime == .seconds(86400) && b.stickyTime == nil)
    #expect(a.slowStart == .zero && b.slowStart == .seconds(30))
    #expect(a.members.map(\.isLastResort) == [true, false])
  }

  @Test("H9 a pool with every key reaches the model, and one with the fewest")
  func pools() throws {
    let text = """
      switch: {name: fs1, hook: [/bin/notify, a b]}
      ports: [{name: r1}, {name: r2}]
      router-pools:
        - name: up
          balance: per-server
          choice: load
          load: {measure: bytes, interval: 5s, tolerance: 20%}
          members:
            - {name: x, address: "fd50::1", link-local: "fe80::1", port: r1, vlan: 7, mac: "02:00:00:00:00:01", weight: 7}
            - {name: y, address: "fd50::2", port: r1, vlan: 7}
        - {name: four, members: [{name: x, address: 10.50.0.1, port: r1}]}
        - {name: flow, balance: per-flow, members: [{name: x, address: 10.50.0.2, port: r2}], probe: {kind: link}}
        - {name: still, balance: per-flow, load: off, members: [{name: x, address: 10.50.0.3, port: r2}]}
        - {name: gentle, choice: load, members: [{name: x, address: 10.50.0.4, port: r2}]}
      """
    let configuration = try ConfigurationFile(bytes: Array(text.utf8), file: "t.yaml").configuration
    #expect(configuration.hook == ["/bin/notify", "a b"])
    #expect(
      configuration.routerPools[0]
        == RouterPoolConfiguration(
          name: "up", balance: .perServer, choice: .load,
          loadRoutine: LoadRoutineConfiguration(measure: .bytes, interval: .seconds(5), tolerance: 20),
          members: [
            RouterConfiguration(
              name: "x", address: try #require(IPAddress("fd50::1")), linkLocal: IPAddress("fe80::1"),
              port: "r1", vlan: VLANID(raw: 7), mac: MACAddress(2, 0, 0, 0, 0, 1), weight: 7),
            RouterConfiguration(
              name: "y", address: try #require(IPAddress("fd50::2")), port: "r1", vlan: VLANID(raw: 7)),
          ], probe: ProbeConfiguration(kind: .nd)))
    #expect(
      configuration.routerPools[1]
        == RouterPoolConfiguration(
          name: "four",
          members: [RouterConfiguration(name: "x", address: IPAddress(10, 50, 0, 1), port: "r1")],
          probe: ProbeConfiguration(kind: .arp)))
    #expect(configuration.routerPools[2].probe == ProbeConfiguration(kind: .link))
    #expect(
      configuration.routerPools.map(\.loadRoutine).suffix(3) == [
        LoadRoutineConfiguration(), nil, LoadRoutineConfiguration(),
      ])
  }

  static let faults: [FaultCase] = [
    FaultCase(
      "H11 what an availability cluster has no use for",
      head + """
          - name: a
            address: 10.50.0.1
            mode: availability
            assign: maglev
            load: {}
            slow-start: 1s
            sticky: 1m
            members: [{name: m, port: p1, last-resort: true}]
        """,
      "10:5: clusters[0].assign: all flows of an availability cluster go to its primary; expected mode: balanced, or no key assign",
      "11:5: clusters[0].load: all flows of an availability cluster go to its primary; expected mode: balanced, or no key load",
      "12:5: clusters[0].slow-start: all flows of an availability cluster go to its primary; expected mode: balanced, or no key slow-start",
      "13:5: clusters[0].sticky: all flows of an availability cluster go to its primary; expected mode: balanced, or no key sticky",
      "14:48: clusters[0].members[0].last-resort: an availability cluster takes its members in their order; expected mode: balanced, or no key last-resort: the last member is the last resort"
    ),
    FaultCase(
      "X8 maglev, bad values, and nothing but last resorts",
      head + """
          - name: a
            address: 10.50.0.1
            assign: maglev
            load: {measure: bytes}
            slow-start: 1s
            members: [{name: m, port: p1}]
          - name: b
            address: 10.50.0.2
            assign: maglv
            load: {measure: byte, interval: 10ms, tolerance: 25, x: 1}
            slow-start: 2h
            sticky: 25h
            members: [{name: m, port: p1, last-resort: true}, {name: n, port: p2, last-resort: true}]
          - name: c
            address: 10.50.0.3
            load: on
            members: [{name: m, port: p1, last-resort: 1}]
          - {name: d, address: 10.50.0.4, load: {tolerance: 101%}, members: [{name: m, port: p1}]}
        """,
      "10:5: clusters[0].load: with assign: maglev shares depend on the members alone, so that every switch computes the same; expected assign: least-moves, or no key load",
      "11:5: clusters[0].slow-start: with assign: maglev shares depend on the members alone, so that every switch computes the same; expected assign: least-moves, or no key slow-start",
      "15:13: clusters[1].assign: 'maglv', did you mean 'maglev'?; expected one of least-moves, maglev",
      "16:21: clusters[1].load.measure: 'byte', did you mean 'bytes'?; expected one of packets, bytes, new-flows",
      "16:37: clusters[1].load.interval: 10ms is out of range; expected a duration from 1s to 1h, like 200ms, 1s, 1.5s, 1m or 1h",
      "16:54: clusters[1].load.tolerance: '25'; expected a percentage from 1% to 100%",
      "16:58: clusters[1].load: unknown key 'x'; expected one of measure, interval, tolerance",
      "17:17: clusters[1].slow-start: 2h is out of range; expected a duration from 0s to 1h, like 200ms, 1s, 1.5s, 1m or 1h",
      "18:13: clusters[1].sticky: 25h is out of range; expected a duration from 1s to 24h, like 200ms, 1s, 1.5s, 1m or 1h",
      "19:48: clusters[1].members[0].last-resort: every member is one of last resort; expected at least one member that is not",
      "22:11: clusters[2].load: 'on'; expected off, or a mapping with the keys measure, interval, tolerance",
      "23:48: clusters[2].members[0].last-resort: '1'; expected true or false",
      "24:53: clusters[3].load.tolerance: 101% is out of range; expected a percentage from 1% to 100%"),
    FaultCase(
      "H9 values of pools",
      """
      switch: {name: fs1, hook: [notify]}
      ports: [{name: r1}]
      router-pools:
        - {name: a, balance: per-flow, choice: load, members: [{name: x, address: 10.50.0.1, port: r1}]}
        - {name: b, load: {}, members: [{name: x, address: 10.50.0.2, port: r1}]}
        - {name: c, choice: load, load: off, members: [{name: x, address: 10.50.0.3, port: r1}]}
        - {name: d, choice: load, load: {measure: new-flows}, members: [{name: x, address: 10.50.0.4, port: r1}]}
        - {name: e, members: [{name: x, address: 10.50.0.5, port: r1, link-local: "fe80::1", weight: 0}]}
        - {name: f, members: [{name: x, address: "fd50::1", port: r1, link-local: "fd50::2"}], probe: {kind: arp}}
        - {name: g, choice: lod, members: [], probe: none}
      """,
      "1:27: switch.hook: 'notify' is not an absolute path; expected a list: the absolute path of a program, and its arguments",
      "4:34: router-pools[0].choice: a pool that balances per flow has no choice: flows are divided by their hash; expected balance: per-server, or no key choice",
      "5:15: router-pools[1].load: servers are given to routers in turn, whatever the load; expected choice: load, or no key load",
      "6:35: router-pools[2].load: the choice is by load; expected choice: round-robin, or a mapping with the keys measure, interval, tolerance",
      "7:45: router-pools[3].load.measure: new flows are not counted where frames go to a router's own MAC; expected packets or bytes",
      "8:77: router-pools[4].members[0].link-local: fe80::1 stands beside the IPv4 address 10.50.0.5; expected no key link-local: only IPv6 routers have one",
      "8:96: router-pools[4].members[0].weight: 0 is out of range; expected a whole number from 1 to 65535",
      "9:77: router-pools[5].members[0].link-local: fd50::2 is not a link-local address; expected an address of fe80::/10",
      "9:104: router-pools[5].probe.kind: arp does not go with an IPv6 address; expected nd",
      "10:23: router-pools[6].choice: 'lod', did you mean 'load'?; expected one of round-robin, load",
      "10:37: router-pools[6].members: the list is empty; expected at least one router",
      "10:48: router-pools[6].probe: a router is always watched: without its MAC it is of no use; expected a probe, or no key probe"
    ),
    FaultCase(
      "H9 H10 routers that cannot be told apart, or cannot stand in for each other",
      """
      switch: {name: fs1, address: 10.50.0.254/24, virtual-mac: "02:f5:00:00:00:01"}
      ports: [{name: r1}, {name: r2}, {name: p1}, {name: p2}]
      clusters:
        - {name: a, address: 10.50.0.100, members: [{name: m, port: p1, mac: "02:00:00:00:00:0a"}]}
        - {name: b, address: 10.60.0.0/24, shared-ports: true, members: [{name: m, port: p2, mac: "02:00:00:00:00:0b"}]}
      router-pools:
        - name: a
          members:
            - {name: x, address: 10.50.0.1, port: p1, mac: "02:00:00:00:00:0a"}
            - {name: y, address: "fd50::1", port: p2, mac: "02:00:00:00:00:01"}
            - {name: z, address: 10.50.0.3, port: r1, vlan: 7, mac: "02:f5:00:00:00:03"}
        - name: up
          members:
            - {name: x, address: 10.50.0.1, port: r2, mac: "02:00:00:00:00:01"}
            - {name: y, address: 10.50.0.254, port: r2, mac: "ae:f5:50:00:00:01"}
            - {name: z, address: 10.60.0.1, port: r2}
        - {name: up, members: [{name: x, address: 10.50.0.9, port: r1}]}
      """,
      "7:11: router-pools[0].name: 'a' is the name of a cluster (clusters[0].name, line 4); expected a name that no other has",
      "9:45: router-pools[0].members[0].port: port 'p1' is that of member 'm' of cluster 'a'; expected a port without members, or shared-ports: true in the cluster",
      "9:54: router-pools[0].members[0].mac: 02:00:00:00:00:0a is the MAC of a member (clusters[0].members[0].mac, line 4); expected a MAC of its own for each router",
      "10:28: router-pools[0].members[1].address: fd50::1 is not of the pool's family; expected an IPv4 address like the first router's, or a pool of its own",
      "11:55: router-pools[0].members[2].vlan: a VLAN other than the first router's; expected vlan: untagged, or a pool of its own",
      "11:63: router-pools[0].members[2].mac: 02:f5:00:00:00:03 is one of the switch's own; expected a MAC that is not from 02:f5:00:00:00:00 to 02:f5:00:00:00:05",
      "14:28: router-pools[1].members[0].address: 10.50.0.1 is the address of another router (router-pools[0].members[0].address, line 9); expected an address of its own for each router",
      "14:54: router-pools[1].members[0].mac: 02:00:00:00:00:01 is the MAC of another router (router-pools[0].members[1].mac, line 10); expected a MAC of its own for each router",
      "15:28: router-pools[1].members[1].address: 10.50.0.254 is the switch's own address; expected another address than switch.address",
      "15:56: router-pools[1].members[1].mac: ae:f5:50:00:00:01 is one of those that probes are sent to; expected a MAC that does not begin with ae:f5:50",
      "16:28: router-pools[1].members[2].address: 10.60.0.1 is in 10.60.0.0/24 of cluster 'b'; expected an address that is no cluster's",
      "17:12: router-pools[2].name: 'up' is the name of another router pool (router-pools[1].name, line 12); expected a name that no other has"
    ),
    FaultCase(
      "C6 a base of virtual MACs among those of probes",
      "switch: {name: fs1, virtual-mac: \"ae:f5:50:00:00:01\"}\nports: [{name: p1}]\n",
      "1:34: switch.virtual-mac: ae:f5:50:00:00:01 is one of those that probes are sent to; expected a MAC that does not begin with ae:f5:50"
    ),
  ]

  @Test("Faults", arguments: faults)
  func fault(_ one: FaultCase) { #expect(diagnostics(one.text) == one.expected) }

  @Test("H10 more routers than the datapath has numbers")
  func tooManyRouters() {
    var text = "switch: {name: fs1}\nports: [{name: r1}]\nrouter-pools:\n  - name: up\n    members:\n"
    for i in 0...256 {
      text += "      - {name: r\(i), address: 10.50.\(i >> 8).\(i & 255 | 1), port: r1, vlan: 7}\n"
    }
    let found = diagnostics(text).filter { !$0.contains("another router") }
    #expect(
      found == [
        "t.yaml:262:9: router-pools[0].members[256]: router 257 of 257; expected at most 256 routers in all pools"
      ])
  }
}
