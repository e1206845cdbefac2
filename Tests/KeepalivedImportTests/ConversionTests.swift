import ConfigurationFile
import SwitchModel
import Testing
import Wire

@testable import KeepalivedImport

/// Imports a text, and reads the result as `flowswitch run` would.
func converted(_ text: String, options: ImportOptions = ImportOptions()) throws -> (
  result: KeepalivedImport, configuration: SwitchConfiguration
) {
  let result = try KeepalivedImport(bytes: Array(text.utf8), file: "k.conf", options: options)
  do {
    let file = try ConfigurationFile(bytes: Array(result.text.utf8), file: "out.yaml")
    return (result, file.configuration)
  } catch {
    Issue.record("\(error)\n\(result.text)")
    throw error
  }
}

@Suite("keepalived.conf to clusters")
struct ConversionTests {
  @Test("Every sample becomes a configuration that the switch takes", arguments: Samples.all)
  func isTaken(_ text: String) throws {
    let (result, configuration) = try converted(text)
    #expect(!configuration.clusters.isEmpty)
    // Every placeholder is a port, and every other name of a port is none.
    #expect(Set(configuration.ports.map(\.name)) == Set(result.placeholders))
    #expect(result.findings.contains { $0.meaning == .converted })
  }

  @Test("Direct routing: clusters, members, weights, stickiness, sorry server")
  func directRouting() throws {
    let (result, configuration) = try converted(Samples.directRouting)
    #expect(configuration.name == "LVS_MAIN")
    #expect(configuration.clusters.map(\.name) == ["10.50.0.100-80", "10.50.0.100-443"])
    let web = configuration.clusters[0]
    #expect(web.address == IPPrefix("10.50.0.100"))
    #expect(web.services == [Service(protocolNumber: 6, port: 80)])
    #expect(web.members.map(\.name) == ["10.50.0.11", "10.50.0.12", "10.50.0.99"])
    #expect(web.members.map(\.weight) == [3, 1, 100])
    #expect(web.members.map(\.isLastResort) == [false, false, true])
    #expect(web.members[0].location == .ownAddress(IPAddress(10, 50, 0, 11)))
    #expect(web.stickyTime == .seconds(50))
    #expect(web.members.map(\.port) == ["CHANGE-ME-1", "CHANGE-ME-2", "CHANGE-ME-3"])
    let probe = try #require(web.probe)
    #expect(probe.kind == .http && probe.port == 80 && probe.path == "/health?full=1")
    #expect(probe.host == "www.example.net" && probe.statuses == [200...200])
    #expect(
      probe.interval == .seconds(6) && probe.timeout == .seconds(3) && probe.fastInterval == .seconds(3))
    #expect(probe.fall == 4 && probe.rise == 1)

    let tls = configuration.clusters[1]
    #expect(tls.hash == .source)
    // The same servers are behind the same ports.
    #expect(tls.members.map(\.port) == ["CHANGE-ME-1", "CHANGE-ME-2"])
    #expect(tls.probe?.kind == .https && tls.probe?.tlsVerify == false && tls.probe?.statuses == [200...299])
    let told = result.findings.map(\.description)
    #expect(
      told.contains(
        "k.conf:69:5: not converted: sorry_server 127.0.0.1 443: 127.0.0.1 is a loopback address"))
    #expect(
      told.contains { $0.hasPrefix("k.conf:30:5: changed: lb_algo wrr: ") }, "\(told.joined(separator: "\n"))"
    )
    #expect(told.contains { $0.contains("a cluster has one probe for all its members: that of line 71") })
    // The virtual address of VRRP that is no cluster's is told of.
    #expect(result.text.contains("#   VRRP VI_1: 10.50.0.1/24 (line 24)"))
  }

  @Test("Definitions, groups, ranges, quotes")
  func definitions() throws {
    let (result, configuration) = try converted(Samples.definitions)
    let mail = configuration.clusters.prefix { $0.name.hasPrefix("mail-") }
    #expect(
      mail.map(\.address.description) == [
        "10.60.1.1", "10.60.1.2", "10.60.1.3", "10.60.1.9", "10.60.1.16", "10.60.1.17", "10.60.1.18",
        "10.60.1.19",
      ])
    #expect(mail[0].services.map(\.description) == ["tcp/25", "tcp/465"])
    #expect(mail[3].services.map(\.description) == ["tcp/587"])
    #expect(mail[0].members.map(\.name) == ["10.60.0.11", "10.60.0.12"])
    #expect(mail[0].loadRoutine?.measure == .newFlows)
    #expect(mail[0].probe?.kind == .tcp && mail[0].probe?.fall == 3)
    #expect(mail[0].probe?.fastInterval == .seconds(2))

    let dns = try #require(configuration.clusters.first { $0.name == "10.60.1.53-53-udp" })
    #expect(dns.services == [Service(protocolNumber: 17, port: 53)])
    #expect(dns.probe?.query == "www.example.net" && dns.probe?.queryType == "A" && dns.probe?.fall == 4)
    #expect(dns.probe?.interval == .milliseconds(2500))

    let six = try #require(configuration.clusters.first { $0.address.address.isIPv6 })
    #expect(six.assignment == .maglev && six.hash == .flow)
    #expect(six.members.map(\.name) == ["left", "right-hand"])
    #expect(
      six.probe?.command == ["/usr/local/bin/check", "two words", "\"quoted\"", "fd60::11"])
    #expect(six.probe?.timeout == .seconds(4) && six.probe?.fall == 1)

    // A firewall mark's addresses are nowhere: its cluster is there, in comments.
    #expect(configuration.clusters.count == 10)
    #expect(result.text.contains("  # - name: mark-12"))
    #expect(result.findings.contains { $0.subject == "fwmark 7" && $0.meaning == .notConverted })
  }

  @Test("Address translation, failover, and what cannot be")
  func translation() throws {
    let (result, configuration) = try converted(Samples.translation)
    #expect(configuration.clusters.map(\.name) == ["192.0.2.10-80", "192.0.2.11-sctp"])
    let first = configuration.clusters[0]
    #expect(first.mode == .availability && first.stickyTime == nil)
    // The heaviest first; the sorry server last, and no member twice.
    #expect(first.members.map(\.name) == ["192.168.1.12", "192.168.1.11", "192.168.1.99"])
    #expect(first.probe?.kind == .udp && first.probe?.send == Array("abc".utf8) && first.probe?.port == 80)
    #expect(first.probe?.expect == Array("d".utf8))
    let second = configuration.clusters[1]
    #expect(second.services == [Service(protocolNumber: 132)])
    #expect(second.stickyTime == .seconds(86400))
    #expect(second.members.map(\.name) == ["192.168.1.21"])
    #expect(
      second.probe?.kind == .tcp && second.probe?.port == 25 && second.probe?.expect == Array("220".utf8))
    let told = result.findings.map(\.description).joined(separator: "\n")
    for text in [
      "the server must listen on port 80, not 8080", "192.168.1.12 is a member already",
      "weight 0 means no new connections", "192.0.2.11 is the address of a cluster",
      "a member has an address of the cluster's family", "tcp/80 of 192.0.2.10 belongs to another cluster",
      "no real server of it could be converted", Meanings.nat, Meanings.tunnel,
    ] {
      #expect(told.contains(text), "\(text) in\n\(told)")
    }
  }

  struct Scheduler: Sendable, CustomTestStringConvertible {
    var name: String
    var hash = FlowHash.flow
    var assignment = AssignmentRule.leastMoves
    var measure: LoadMeasure? = .packets
    var weights: [Int] = [3, 1]
    var meaning: ImportFinding.Meaning = .changed
    var testDescription: String { name }
  }

  static let schedulers: [Scheduler] = [
    Scheduler(name: "rr", weights: [100, 100]), Scheduler(name: "wrr"),
    Scheduler(name: "lc", measure: .newFlows, weights: [100, 100]),
    Scheduler(name: "wlc", measure: .newFlows), Scheduler(name: "sed", measure: .newFlows),
    Scheduler(name: "nq", measure: .newFlows), Scheduler(name: "twos", measure: .newFlows),
    Scheduler(name: "sh", hash: .source, meaning: .converted),
    Scheduler(name: "dh", hash: .destination, weights: [100, 100], meaning: .converted),
    Scheduler(name: "lblc", hash: .destination), Scheduler(name: "lblcr", hash: .destination),
    Scheduler(name: "mh", hash: .source, assignment: .maglev, measure: nil, meaning: .converted),
    Scheduler(name: "ovf", meaning: .notConverted), Scheduler(name: "nonsense", meaning: .notConverted),
  ]

  @Test("Every scheduler of IPVS has something that is nearest", arguments: schedulers)
  func scheduler(_ one: Scheduler) throws {
    let text = """
      virtual_server 10.0.0.1 80 {
        lb_algo \(one.name)
        real_server 10.0.0.2 80 { weight 3
        }
        real_server 10.0.0.3 80 { weight 1
        }
      }
      """
    let (result, configuration) = try converted(text)
    let cluster = configuration.clusters[0]
    #expect(cluster.hash == one.hash && cluster.assignment == one.assignment)
    #expect(cluster.loadRoutine?.measure == one.measure)
    #expect(cluster.members.map(\.weight) == one.weights)
    #expect(result.findings.first { $0.subject.hasPrefix("lb_algo") }?.meaning == one.meaning)
  }

  @Test("Ports that the operator names")
  func ports() throws {
    let options = ImportOptions(
      name: "fs9", routerPort: "up1", ports: ["srv1", "srv2"], portsByAddress: ["10.50.0.12": "srv9"])
    let (result, configuration) = try converted(Samples.directRouting, options: options)
    #expect(configuration.name == "fs9")
    #expect(configuration.ports.map(\.name) == ["up1", "srv1", "srv9", "srv2"])
    #expect(configuration.ports.map(\.role) == [.router, .server, .server, .server])
    #expect(result.placeholders.isEmpty && !result.text.contains("CHANGE-ME"))
    // All behind one port.
    let one = ImportOptions(
      routerPort: "up1",
      portsByAddress: [
        "10.50.0.11": "srv", "10.50.0.12": "srv", "10.50.0.99": "srv",
      ])
    #expect(
      try converted(Samples.directRouting, options: one).configuration.clusters.allSatisfy(\.sharedPorts))
  }

  @Test("More servers than ports and buckets: the rest share the last port")
  func many() throws {
    var text = "virtual_server 10.0.0.1 80 {\n"
    for number in 0..<1500 { text += "real_server 10.1.\(number / 250).\(number % 250 + 1) 80 { }\n" }
    let (_, configuration) = try converted(text + "}\n")
    #expect(configuration.ports.count == 500)
    #expect(configuration.clusters[0].members.count == 1500 && configuration.clusters[0].buckets == 2048)
    #expect(configuration.clusters[0].sharedPorts)
  }

  @Test("Lines with a condition count for the configuration that is asked for")
  func conditions() throws {
    let text = """
      global_defs {
        @main router_id first
        @^main router_id second
      }
      virtual_server 10.0.0.1 80 { real_server 10.0.0.2 80 { } }
      """
    #expect(
      try converted(text, options: ImportOptions(configurationID: "main")).configuration.name == "first")
    #expect(try converted(text).configuration.name == "second")
  }
}
