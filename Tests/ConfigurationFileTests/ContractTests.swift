import SwitchModel
import Testing
import Wire

@testable import ConfigurationFile

/// The file of spec/operator-surface.md, to the letter.
let exampleOfContract = """
  switch:
    name: fs1                      # names the control socket, the pinned datapath, log lines
    datapath: auto                 # auto | xdp | xdp-generic | tc | pcap   (auto: the best for these ports, and says which and why)
    address: 10.50.0.254/24        # optional: the switch's own address for probes and ARP; unset: an unused one is found
    virtual-mac: 02:f5:00:00:00:01 # optional: base for virtual MACs; default derived from the name, locally administered
  ports:
    - {name: sw-r1, role: router}  # an existing interface
    - {name: sw-s1, role: server}
    - {name: sw-s2, role: server}
    - {name: sw-s3, role: server}
    - {name: sw-r2, role: router}
  clusters:
    - name: web
      address: 10.50.0.100         # IPv4 or IPv6, a single address or a subnet
      services: [tcp/80, tcp/443]  # optional; without it every protocol and port
      mode: balanced               # balanced | availability
      hash: flow                   # flow (5-tuple) | source | destination
      buckets: 1024
      members:
        - {name: s1, port: sw-s1, weight: 100}             # MAC found by ARP for the cluster's address on that port
        - {name: s2, port: sw-s2, mac: "02:00:00:00:02:02"} # or given
        - {name: s3, port: sw-s3, address: 10.50.0.13}      # or found by ARP for an address of its own
      probe: {kind: http, port: 80, path: /health, interval: 1s, timeout: 500ms, fall: 3, rise: 2}
  router-pools:
    - name: upstream
      balance: per-server          # per-server (ARP answers) | per-flow (a virtual MAC)
      members:
        - {name: r1, address: 10.50.0.1, port: sw-r1}
        - {name: r2, address: 10.50.0.2, port: sw-r2}
      probe: {kind: arp, interval: 200ms, timeout: 100ms, fall: 3, rise: 2}

  """

@Suite("The contract's file")
struct ContractTests {
  @Test("Every key of the contract reaches the model")
  func everyKey() throws {
    let file = try ConfigurationFile(bytes: Array(exampleOfContract.utf8), file: "t.yaml")
    let configuration = file.configuration
    #expect(configuration.name == "fs1")
    #expect(configuration.datapath == .auto)
    #expect(configuration.address == IPPrefix("10.50.0.254/24"))
    #expect(configuration.virtualMAC == MACAddress("02:f5:00:00:00:01"))
    #expect(configuration.ports.map(\.role) == [.router, .server, .server, .server, .router])
    let cluster = try #require(configuration.clusters.first)
    #expect(
      cluster.services == [Service(protocolNumber: 6, port: 80), Service(protocolNumber: 6, port: 443)])
    #expect(cluster.members.map(\.port) == ["sw-s1", "sw-s2", "sw-s3"])
    #expect(
      cluster.members.map(\.location) == [
        .clusterAddress, .mac(MACAddress(2, 0, 0, 0, 2, 2)), .ownAddress(IPAddress(10, 50, 0, 13)),
      ])
    #expect(
      cluster.probe
        == ProbeConfiguration(
          kind: .http, port: 80, path: "/health", interval: .seconds(1), timeout: .milliseconds(500)))
    let pool = try #require(configuration.routerPools.first)
    #expect(pool.balance == .perServer)
    #expect(pool.members.map(\.address) == [IPAddress(10, 50, 0, 1), IPAddress(10, 50, 0, 2)])
    #expect(pool.probe?.timeout == .milliseconds(100))
  }

  @Test("The contract's file is taken without a word")
  func noWarnings() {
    #expect(diagnostics(exampleOfContract).isEmpty)
  }

  @Test("Defaults")
  func defaults() throws {
    let text = """
      switch: {name: fs1}
      ports: [{name: e1}, {name: e2}]
      clusters: [{name: c, address: "fd50::1", vlan: 7, members: [{name: m, port: e1}, {name: n, port: e2, vlan: untagged}]}]
      """
    let configuration = try ConfigurationFile(bytes: Array(text.utf8), file: "t.yaml").configuration
    let expected = SwitchConfiguration(
      name: "fs1", virtualMAC: MACAddress(derivedFromName: "fs1"),
      ports: [PortConfiguration(name: "e1", role: .any), PortConfiguration(name: "e2", role: .any)],
      clusters: [
        ClusterConfiguration(
          name: "c", address: try #require(IPPrefix("fd50::1")), vlan: VLANID(raw: 7),
          members: [
            MemberConfiguration(name: "m", port: "e1", vlan: VLANID(raw: 7)),
            MemberConfiguration(name: "n", port: "e2", vlan: .untagged),
          ], loadRoutine: LoadRoutineConfiguration())
      ])
    #expect(configuration == expected)
  }

  @Test("The base of virtual MACs comes from the name and never changes")
  func derivedMACs() {
    #expect(MACAddress(derivedFromName: "fs1").description == "02:f5:fa:68:00:01")
    #expect(MACAddress(derivedFromName: "fs2").description != MACAddress(derivedFromName: "fs1").description)
    for name in ["a", "fs1", "edge-7.example"] {
      let mac = MACAddress(derivedFromName: name)
      #expect(mac.isLocallyAdministered && !mac.isMulticast && mac.number & 0xffff == 1)
    }
  }
}
