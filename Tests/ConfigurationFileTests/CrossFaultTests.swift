import SwitchModel
import Testing

@testable import ConfigurationFile

@Suite("Faults that two places make together")
struct CrossFaultTests {
  static let cases: [FaultCase] = [
    FaultCase(
      "H13 two members of one cluster on one port",
      head + """
          - name: web
            address: 10.50.0.100
            members:
              - {name: s1, port: p1}
              - {name: s2, port: p1}
        """,
      "11:26: clusters[0].members[1].port: member 's1' is on port 'p1' already; expected a port for each member, or shared-ports: true in the cluster"
    ),
    FaultCase(
      "H13 a port may be shared where the operator allows it",
      head + """
          - name: web
            address: 10.50.0.100
            shared-ports: true
            members:
              - {name: s1, port: p1, mac: "02:00:00:00:00:01"}
              - {name: s2, port: p1, mac: "02:00:00:00:00:02"}
        """),
    FaultCase(
      "H13 one MAC given twice in a cluster",
      head + """
          - name: web
            address: 10.50.0.100
            members:
              - {name: s1, port: p1, mac: "02:00:00:00:00:0a"}
              - {name: s2, port: p2, mac: "02-00-00-00-00-0A"}
        """,
      "11:35: clusters[0].members[1].mac: 02:00:00:00:00:0a is the MAC of another member (clusters[0].members[0].mac, line 10); expected a MAC of its own for each member"
    ),
    FaultCase(
      "H6 one MAC and port in several clusters",
      head + """
          - {name: a, address: 10.50.0.1, members: [{name: s1, port: p1, mac: "02:00:00:00:00:0a"}]}
          - {name: b, address: 10.50.0.2, members: [{name: s1, port: p1, mac: "02:00:00:00:00:0a"}]}
        """),
    FaultCase(
      "names twice",
      head + """
          - {name: a, address: 10.50.0.1, members: [{name: m, port: p1}, {name: m, port: p2}]}
          - {name: a, address: 10.50.0.2, members: [{name: m, port: p1}]}
        """,
      "7:73: clusters[0].members[1].name: 'm' is the name of another member of the cluster (clusters[0].members[0].name, line 7); expected a name that no other has",
      "8:12: clusters[1].name: 'a' is the name of another cluster (clusters[0].name, line 7); expected a name that no other has"
    ),
    FaultCase(
      "H6 one address, services apart",
      head + """
          - {name: a, address: 10.50.0.1, services: [tcp/80, esp], members: [{name: m, port: p1}]}
          - {name: b, address: 10.50.0.1, services: [tcp/81, udp], members: [{name: m, port: p1}]}
          - {name: c, address: 10.50.0.1, vlan: 9, members: [{name: m, port: p1}]}
        """),
    FaultCase(
      "one address, services that overlap",
      head + """
          - {name: a, address: 10.50.0.1, services: [tcp/80, udp], members: [{name: m, port: p1}]}
          - {name: b, address: 10.50.0.1, services: [tcp/80, udp/53], members: [{name: m, port: p1}]}
          - {name: c, address: 10.50.0.1, services: [tcp], members: [{name: m, port: p1}]}
          - {name: d, address: 10.50.0.1, members: [{name: m, port: p1}]}
        """,
      "8:46: clusters[1].services[0]: tcp/80 of 10.50.0.1 belongs to cluster 'a' already; expected a service that no other cluster of the address has",
      "8:54: clusters[1].services[1]: udp/53 of 10.50.0.1 belongs to cluster 'a' already; expected a service that no other cluster of the address has",
      "9:46: clusters[2].services[0]: tcp of 10.50.0.1 belongs to cluster 'a' already; expected a service that no other cluster of the address has",
      "10:24: clusters[3].address: 10.50.0.1 is the address of cluster 'a' already; expected another address or VLAN, or services in both that are apart"
    ),
    FaultCase(
      "one address, the first takes all",
      head + """
          - {name: a, address: 10.50.0.1, members: [{name: m, port: p1}]}
          - {name: b, address: 10.50.0.1, services: [tcp/80], members: [{name: m, port: p1}]}
        """,
      "8:24: clusters[1].address: 10.50.0.1 is the address of cluster 'a' already; expected another address or VLAN, or services in both that are apart"
    ),
    FaultCase(
      "subnets that overlap",
      head + """
          - {name: a, address: 10.1.2.3, members: [{name: m, port: p1}]}
          - {name: b, address: 10.1.0.0/16, members: [{name: m, port: p1, mac: "02:00:00:00:00:01"}]}
          - {name: c, address: 10.1.2.0/24, members: [{name: m, port: p1, mac: "02:00:00:00:00:01"}]}
          - {name: d, address: 10.2.0.0/16, members: [{name: m, port: p1, mac: "02:00:00:00:00:01"}]}
          - {name: e, address: "fd00::/16", members: [{name: m, port: p1, mac: "02:00:00:00:00:01"}]}
          - {name: f, address: "fd00:1::5", members: [{name: m, port: p1}]}
          - {name: g, address: "fd01::5", members: [{name: m, port: p1}]}
          - {name: h, address: 10.1.2.3, vlan: 5, members: [{name: m, port: p1}]}
        """,
      "9:24: clusters[2].address: 10.1.2.0/24 overlaps 10.1.0.0/16 of cluster 'b'; expected an address apart from every other cluster's on its VLAN",
      "9:24: clusters[2].address: 10.1.2.0/24 overlaps 10.1.2.3 of cluster 'a'; expected an address apart from every other cluster's on its VLAN",
      "12:24: clusters[5].address: fd00:1::5 overlaps fd00::/16 of cluster 'e'; expected an address apart from every other cluster's on its VLAN"
    ),
    FaultCase(
      "the switch's own address",
      head + """
          - {name: a, address: 10.50.0.254, members: [{name: m, port: p1}]}
          - {name: b, address: 10.50.0.128/25, members: [{name: m, port: p1, mac: "02:00:00:00:00:01"}]}
          - {name: c, address: 10.50.0.1, members: [{name: m, port: p1, address: 10.50.0.254}]}
        """,
      "7:24: clusters[0].address: 10.50.0.254 is the switch's own address; expected an address that switch.address is not in",
      "8:24: clusters[1].address: 10.50.0.128/25 overlaps 10.50.0.254 of cluster 'a'; expected an address apart from every other cluster's on its VLAN",
      "8:24: clusters[1].address: 10.50.0.128/25 holds the switch's own address 10.50.0.254; expected an address that switch.address is not in",
      "9:74: clusters[2].members[0].address: 10.50.0.254 is the switch's own address; expected another address than switch.address",
      "9:74: clusters[2].members[0].address: 10.50.0.254 is the address of cluster 'a'; expected an address that is no cluster's"
    ),
    FaultCase(
      "H4 where members are found",
      head + """
          - {name: a, address: 10.60.0.0/24, members: [{name: m, port: p1}]}
          - {name: b, address: 10.50.0.1, members: [{name: m, port: p1, address: 10.50.0.1}]}
          - name: c
            address: 10.50.0.2
            members: [{name: m, port: p1, address: 10.50.0.7}, {name: n, port: p2, address: 10.50.0.7}]
        """,
      "7:48: clusters[0].members[0]: its MAC cannot be found: the cluster's address 10.60.0.0/24 is a subnet; expected the key mac or address",
      "8:74: clusters[1].members[0].address: 10.50.0.1 is the cluster's address; expected an address of the member's own, or no key address",
      "11:85: clusters[2].members[1].address: 10.50.0.7 is the address of another member (clusters[2].members[0].address, line 11); expected an address of its own for each member"
    ),
    FaultCase(
      "fewer buckets than members",
      head + """
          - name: a
            address: 10.50.0.1
            buckets: 1
            members: [{name: m, port: p1}, {name: n, port: p2}]
        """,
      "9:14: clusters[0].buckets: 1 buckets are fewer than the 2 members; expected at least 2"),
    FaultCase(
      "no room for virtual MACs",
      """
      switch: {name: fs1, virtual-mac: "02:f5:00:00:ff:fe"}
      ports: [{name: p1}, {name: p2}]
      clusters:
        - {name: a, address: 10.50.0.1, members: [{name: m, port: p1, mac: "02:f5:00:00:ff:fd"}]}
        - {name: b, address: 10.50.0.2, members: [{name: m, port: p1, mac: "02:f5:00:00:ff:fc"}]}
      """,
      "1:34: switch.virtual-mac: 02:f5:00:00:ff:fe has no room for 2 clusters in its lowest 16 bits; expected at most 02:f5:00:00:ff:fd",
      "4:70: clusters[0].members[0].mac: 02:f5:00:00:ff:fd is one of the switch's own; expected a MAC that is not from 02:f5:00:00:ff:fd to 02:f5:00:00:ff:ff"
    ),
    FaultCase(
      "a base that leaves the switch no MAC",
      "switch: {name: fs1, virtual-mac: \"02:f5:00:00:00:00\"}\nports: [{name: p1}]\n",
      "1:34: switch.virtual-mac: 02:f5:00:00:00:00 leaves no room for the switch's own MAC, which is the one before; expected a MAC address that does not end in 00:00"
    ),
    FaultCase(
      "router pools",
      """
      switch: {name: fs1}
      ports: [{name: r1}, {name: p1}]
      clusters: [{name: a, address: 10.50.0.100, members: [{name: m, port: p1}]}]
      router-pools:
        - name: up
          balance: per-packet
          members:
            - {name: x, address: 10.50.0.1, port: r1}
            - {name: x, address: 10.50.0.1, port: r2}
            - {name: y, address: 10.50.0.100, port: r1}
            - {address: 10.50.0/24}
      """,
      "6:14: router-pools[0].balance: 'per-packet'; expected one of per-server, per-flow",
      "9:16: router-pools[0].members[1].name: 'x' is the name of another router of the pool (router-pools[0].members[0].name, line 8); expected a name that no other has",
      "9:28: router-pools[0].members[1].address: 10.50.0.1 is the address of another router (router-pools[0].members[0].address, line 8); expected an address of its own for each router",
      "9:45: router-pools[0].members[1].port: no port is named 'r2', did you mean 'r1'?; expected one of r1, p1",
      "10:28: router-pools[0].members[2].address: 10.50.0.100 is the address of cluster 'a'; expected an address that is no cluster's",
      "11:9: router-pools[0].members[3].name: missing; expected a name for the router",
      "11:9: router-pools[0].members[3].port: missing; expected the name of a port",
      "11:19: router-pools[0].members[3].address: '10.50.0/24' is not an address; expected an IPv4 or IPv6 address"
    ),
  ]

  @Test("Faults across places", arguments: cases)
  func faults(_ one: FaultCase) { #expect(diagnostics(one.text) == one.expected) }

  @Test("Faults in every part of a file are reported at once, in its order")
  func allAtOnce() {
    let found = diagnostics(
      """
      switch: {name: fs1, datapth: xdp}
      ports:
        - {name: p1, role: srever}
      clusters:
        - {name: web, address: 10.50.0.300, buckets: 3, members: [{name: s1, port: p2}]}
        - {name: web, address: 10.50.0.1, members: [{name: s1, port: p1, weight: many}]}
      router-pool: []
      """)
    #expect(
      found.map { $0.split(separator: " ")[0] } == [
        "t.yaml:1:21:", "t.yaml:3:22:", "t.yaml:5:26:", "t.yaml:5:48:", "t.yaml:5:78:", "t.yaml:6:12:",
        "t.yaml:6:76:", "t.yaml:7:1:",
      ])
  }

  @Test("More ports than the datapath has")
  func tooManyPorts() {
    var text = "switch: {name: fs1}\nports:\n"
    for i in 0..<500 { text += "  - {name: e\(i)}\n" }
    #expect(diagnostics(text) == [])
    text += "  - {name: e500}\n"
    #expect(diagnostics(text) == ["t.yaml:503:5: ports[500]: port 501 of 501; expected at most 500 ports"])
  }

  @Test("More subnets than the datapath has")
  func tooManySubnets() {
    var text = head
    for i in 0...64 {
      text +=
        "  - {name: c\(i), address: 10.1.\(i).0/24, members: [{name: m, port: p1, mac: 02:00:00:00:00:01}]}\n"
    }
    #expect(
      diagnostics(text) == [
        "t.yaml:71:26: clusters[64].address: subnet 65 of 65; expected at most 64 clusters whose address is a subnet"
      ])
  }

  @Test("More members and clusters than the switch has", .timeLimit(.minutes(5)))
  func tooManyMembers() {
    var text = head
    for i in 0..<16385 {
      text +=
        "  - {name: c\(i), address: 10.\(i >> 12).\(i >> 6 & 63).\(i & 63 | 64), shared-ports: true, members: ["
      for m in 0..<4 { text += "{name: m\(m), port: p\(m & 1 + 1)}, " }
      text += "]}\n"
    }
    #expect(
      diagnostics(text) == [
        "t.yaml:16390:138: clusters[16383].members[3]: member 65536 of the switch; expected at most 65535 members in all clusters",
        "t.yaml:16391:5: clusters[16384]: cluster 16385 of 16385; expected at most 16384 clusters",
      ])
  }
}
