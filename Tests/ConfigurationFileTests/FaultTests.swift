import SwitchModel
import Testing

@testable import ConfigurationFile

@Suite("Faults of single values")
struct FaultTests {
  static let switchCases: [FaultCase] = [
    FaultCase(
      "nothing there", "{}", "1:1: switch: missing; expected a mapping with the switch's name",
      "1:1: ports: missing; expected a list of ports"),
    FaultCase(
      "empty keys", "switch:\nports:\nclusters:\n",
      "1:8: switch: nothing is given; expected a mapping with the keys name, datapath, address, virtual-mac, station-ageing, settle-time, observe-time, hook",
      "2:7: ports: nothing is given; expected a list of ports",
      "3:10: clusters: nothing is given; expected a list of clusters"),
    FaultCase(
      "wrong types", "switch: [fs1]\nports: {name: e1}\nclusters: web\nrouter-pools: 1\n",
      "1:9: switch: a list; expected a mapping with the keys name, datapath, address, virtual-mac, station-ageing, settle-time, observe-time, hook",
      "2:8: ports: a mapping; expected a list of ports",
      "3:11: clusters: 'web'; expected a list of clusters",
      "4:15: router-pools: '1'; expected a list of router pools"),
    FaultCase(
      "every key of switch",
      """
      switch:
        name: -x
        datapath: xpd
        address: 10.0.0.1
        virtual-mac: 00:f5:00:00:00:01
        station-ageing: 300
        settle-time: 2d
        observe-time: 20m
        adress: 1
      ports: [{name: e1}]
      """,
      "2:9: switch.name: '-x' is not a name; expected a name of 1 to 63 letters, digits and . _ - that begins with a letter or digit",
      "3:13: switch.datapath: 'xpd', did you mean 'xdp'?; expected one of auto, xdp, xdp-generic, tc, pcap",
      "4:12: switch.address: '10.0.0.1' has no prefix length; expected an address with the length of its prefix, like 10.50.0.254/24",
      "5:16: switch.virtual-mac: 00:f5:00:00:00:01 is not locally administered; expected a MAC address whose first byte has the bit 0x02, like 02:f5:00:00:00:01",
      "6:19: switch.station-ageing: '300' has no unit; expected a duration from 1s to 10m, like 200ms, 1s, 1.5s, 1m or 1h",
      "7:16: switch.settle-time: '2d'; expected a duration from 100ms to 24h, like 200ms, 1s, 1.5s, 1m or 1h",
      "8:17: switch.observe-time: 20m is out of range; expected a duration from 0s to 10m, like 200ms, 1s, 1.5s, 1m or 1h",
      "9:3: switch: unknown key 'adress', did you mean 'address'?; expected one of name, datapath, address, virtual-mac, station-ageing, settle-time, observe-time, hook"
    ),
    FaultCase(
      "ports",
      """
      switch: {name: fs1}
      ports:
        - {name: e1, role: ruoter}
        - {name: a-name-of-16-byte}
        - {name: "e 2"}
        - {name: e/3}
        - {role: server}
        - {name: e1}
        - e9
        - {name: [x]}
      """,
      "3:22: ports[0].role: 'ruoter', did you mean 'router'?; expected one of router, server, device, peer, any",
      "4:12: ports[1].name: 'a-name-of-16-byte' is not an interface name; expected an interface name: 1 to 15 bytes without '/', ':' or white space",
      "5:12: ports[2].name: 'e 2' is not an interface name; expected an interface name: 1 to 15 bytes without '/', ':' or white space",
      "6:12: ports[3].name: 'e/3' is not an interface name; expected an interface name: 1 to 15 bytes without '/', ':' or white space",
      "7:5: ports[4].name: missing; expected the name of an interface",
      "8:12: ports[5].name: 'e1' is the name of another port (ports[0].name, line 3); expected a name that no other has",
      "9:5: ports[6]: 'e9'; expected a mapping with the keys name, role",
      "10:12: ports[7].name: a list; expected an interface name: 1 to 15 bytes without '/', ':' or white space"
    ),
  ]

  static let clusterCases: [FaultCase] = [
    FaultCase(
      "a member's every key",
      head + """
          - name: web
            address: 10.50.0.100
            members:
              - {name: "s 1", port: p9, vlan: 4095, weight: 0, mac: "01:00:5e:00:00:01"}
              - {name: s2, prot: p2, weight: "7", address: 10.50.0.256}
              - {name: s3, port: p2, mac: 00:00:00:00:00:00, address: 10.50.0.13, vlan: -1}
        """,
      "10:16: clusters[0].members[0].name: 's 1' is not a name; expected a name of 1 to 63 letters, digits and . _ - that begins with a letter or digit",
      "10:29: clusters[0].members[0].port: no port is named 'p9', did you mean 'p1'?; expected one of r1, p1, p2",
      "10:39: clusters[0].members[0].vlan: '4095'; expected a VLAN identifier from 1 to 4094, or untagged",
      "10:53: clusters[0].members[0].weight: 0 is out of range; expected a whole number from 1 to 65535",
      "10:61: clusters[0].members[0].mac: 01:00:5e:00:00:01 is a multicast address; expected a unicast MAC address like 02:00:00:00:02:02",
      "11:9: clusters[0].members[1].port: missing; expected the name of a port",
      "11:20: clusters[0].members[1]: unknown key 'prot', did you mean 'port'?; expected one of name, port, vlan, weight, mac, address, last-resort",
      "11:38: clusters[0].members[1].weight: the text '7'; expected a whole number from 1 to 65535, without quotes",
      "11:52: clusters[0].members[1].address: '10.50.0.256' is not an address; expected an IPv4 or IPv6 address",
      "12:35: clusters[0].members[2].mac: 00:00:00:00:00:00 is zero; expected a unicast MAC address like 02:00:00:00:02:02",
      "12:63: clusters[0].members[2].address: mac and address are both given; expected only one of them",
      "12:81: clusters[0].members[2].vlan: '-1'; expected a VLAN identifier from 1 to 4094, or untagged"),
    FaultCase(
      "a cluster's every key",
      head + """
          - name: web
            address: 10.50.1.5/24
            vlan: x
            services: [tcp/80, tcp/0, udq/53, esp/1, icmp, tcp, 255]
            mode: balance
            hash: sorce
            buckets: 1000
            shared-ports: yes
            members: []
            prob: {}
        """,
      "8:14: clusters[0].address: 10.50.1.5/24 has host bits set; expected the subnet 10.50.1.0/24, or the address 10.50.1.5 alone",
      "9:11: clusters[0].vlan: 'x'; expected a VLAN identifier from 1 to 4094, or untagged",
      "10:24: clusters[0].services[1]: '0' is not a port; expected a port from 1 to 65535",
      "10:31: clusters[0].services[2]: unknown protocol 'udq', did you mean 'udp'?; expected a service like tcp/80, udp/53, icmp, esp or a protocol number from 1 to 254",
      "10:39: clusters[0].services[3]: 'esp' has no ports; expected the protocol alone, without '/'",
      "10:52: clusters[0].services[5]: tcp and tcp/80 (clusters[0].services[0]) overlap; expected each service once",
      "10:57: clusters[0].services[6]: unknown protocol '255'; expected a service like tcp/80, udp/53, icmp, esp or a protocol number from 1 to 254",
      "11:11: clusters[0].mode: 'balance', did you mean 'balanced'?; expected one of balanced, availability",
      "12:11: clusters[0].hash: 'sorce', did you mean 'source'?; expected one of flow, source, destination",
      "13:14: clusters[0].buckets: 1000 is not a power of two; expected a power of two from 1 to 65536, like 512 or 1024",
      "14:19: clusters[0].shared-ports: 'yes'; expected true or false",
      "15:14: clusters[0].members: the list is empty; expected at least one member",
      "16:5: clusters[0]: unknown key 'prob', did you mean 'probe'?; expected one of name, address, vlan, services, mode, hash, buckets, shared-ports, assign, load, slow-start, sticky, … (14 in all)"
    ),
    FaultCase(
      "services of the other family",
      head + """
          - {name: a, address: "fd50::1", services: [icmp], members: [{name: m, port: p1}]}
          - {name: b, address: 10.50.0.9, services: [ipv6-icmp], members: [{name: m, port: p1}]}
        """,
      "7:46: clusters[0].services[0]: icmp does not go with an IPv6 address; expected ipv6-icmp",
      "8:46: clusters[1].services[0]: ipv6-icmp does not go with an IPv4 address; expected icmp"),
    FaultCase(
      "addresses of no host",
      head + """
          - {name: a, address: 224.0.0.1, members: [{name: m, port: p1}]}
          - {name: b, address: "ff02::1", members: [{name: m, port: p1}]}
          - {name: c, address: 0.0.0.0/0, members: [{name: m, port: p1, mac: 02:00:00:00:00:01}]}
          - {name: d, address: 127.0.0.1, members: [{name: m, port: p1}]}
          - {name: e, address: 10.1.0.0/33, members: [{name: m, port: p1}]}
          - {name: f, address: "::", members: [{name: m, port: p1}]}
        """,
      "7:24: clusters[0].address: 224.0.0.1 is a multicast address; expected an address of hosts",
      "8:24: clusters[1].address: ff02::1 is a multicast address; expected an address of hosts",
      "9:24: clusters[2].address: 0.0.0.0/0 is every address; expected an IPv4 or IPv6 address, or a subnet like 10.50.1.0/24",
      "10:24: clusters[3].address: 127.0.0.1 is a loopback address; expected an address of hosts",
      "11:24: clusters[4].address: '10.1.0.0/33' is not an address; expected an IPv4 or IPv6 address, or a subnet like 10.50.1.0/24",
      "12:24: clusters[5].address: :: is the unspecified address; expected an address of hosts"),
    FaultCase(
      "probes",
      head + """
          - name: a
            address: 10.50.0.1
            members: [{name: m, port: p1}]
            probe: {kind: htpp}
          - name: b
            address: 10.50.0.2
            members: [{name: m, port: p1}]
            probe: {kind: tcp, path: /x, interval: 1ms, timeout: 2s, fall: 0, rise: 101}
          - name: c
            address: 10.50.0.3
            members: [{name: m, port: p1}]
            probe: {kind: http, path: health, port: 70000, interval: 200ms, timeout: 300ms}
          - name: d
            address: 10.50.0.4
            members: [{name: m, port: p1}]
            probe: {kind: exec, command: [check.sh, -v], intervall: 1s}
          - name: e
            address: 10.50.0.5
            members: [{name: m, port: p1}]
            probe: {interval: 1s}
        """,
      "10:19: clusters[0].probe.kind: 'htpp', did you mean 'http'?; expected one of arp, nd, icmp, tcp, udp, dns, http, https, exec, link",
      "14:12: clusters[1].probe.port: missing; expected a port from 1 to 65535",
      "14:24: clusters[1].probe.path: a probe of kind tcp has no path; expected one of kind, port, send, expect, interval, timeout, fall, rise, jitter, fast-interval, damping",
      "14:44: clusters[1].probe.interval: 1ms is out of range; expected a duration from 10ms to 1h, like 200ms, 1s, 1.5s, 1m or 1h",
      "14:58: clusters[1].probe.timeout: 2s is longer than the interval of 1s; expected at most 1s",
      "14:68: clusters[1].probe.fall: 0 is out of range; expected a whole number from 1 to 100",
      "14:77: clusters[1].probe.rise: 101 is out of range; expected a whole number from 1 to 100",
      "18:31: clusters[2].probe.path: 'health' is not a path; expected a path like /health, without white space, of at most 2048 bytes",
      "18:45: clusters[2].probe.port: 70000 is out of range; expected a whole number from 1 to 65535",
      "18:78: clusters[2].probe.timeout: 300ms is longer than the interval of 200ms; expected at most 200ms",
      "22:34: clusters[3].probe.command: 'check.sh' is not an absolute path; expected a list: the absolute path of a program, and its arguments",
      "22:50: clusters[3].probe: unknown key 'intervall', did you mean 'interval'?; expected one of kind, interval, timeout, fall, rise, jitter, fast-interval, damping, port, send, expect, query, … (24 in all)",
      "26:12: clusters[4].probe.kind: missing; expected one of arp, nd, icmp, tcp, udp, dns, http, https, exec, link"
    ),
    FaultCase(
      "text that is dangerous in a terminal",
      head + """
          - {name: "a\\e[31m\\u202e", address: 10.50.0.9, members: [{name: m, port: p1}]}
        """,
      "7:12: clusters[0].name: 'a\\u{1b}[31m\\u{202e}' is not a name; expected a name of 1 to 63 letters, digits and . _ - that begins with a letter or digit"
    ),
  ]

  @Test("Faults of switch and ports", arguments: switchCases)
  func switchFaults(_ one: FaultCase) { #expect(diagnostics(one.text) == one.expected) }

  @Test("Faults of clusters", arguments: clusterCases)
  func clusterFaults(_ one: FaultCase) { #expect(diagnostics(one.text) == one.expected) }
}
