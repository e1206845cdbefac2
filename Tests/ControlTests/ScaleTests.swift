import Foundation
import SwitchModel
import Testing

@testable import Lab

/// As many clusters as a small machine starts within seconds; `make scale` measures ten thousand.
extension LiveTests {
  private static let clusters = 2000

  private static func address(_ cluster: Int) -> String { "10.9.\(64 + cluster >> 8).\(cluster & 255)" }

  /// `web`, whose members are found, and clusters of the same three servers by their MACs.
  private static func text(_ site: Site, weight: Int = 100) -> String {
    var configuration = SiteConfiguration(site)
    configuration.clusters[0].buckets = 64
    let lines = (0..<clusters).flatMap { cluster in
      [
        "  - name: c\(cluster)", "    address: \(address(cluster))", "    buckets: 16", "    members:",
      ]
        + site.servers.map { server in
          let own = cluster == 1 && server == "s1" ? weight : 100
          return "      - {name: \(server), port: p-\(server), mac: \"\(site.mac(server))\", weight: \(own)}"
        }
    }
    configuration.more = lines.joined(separator: "\n")
    return configuration.text(name: site.name)
  }

  @Test("Scale, H12, X8: 2,000 clusters forward, are told of, changed, and lose a member")
  func thousandsOfClusters() throws {
    let site = try Site()
    defer { site.remove() }
    let one = LiveTests.address(1234)
    for server in site.servers { try site.ip(server, "addr add \(one)/16 dev eth0") }
    try site.ip("r", "addr add 10.9.0.1/16 dev eth0")
    try site.serve()
    try site.serve(address: one)
    let file = "\(site.folder)/many.yaml"
    try TextFile.write(file, LiveTests.text(site))
    let daemon = try site.start(file: file)
    try daemon.awaitMembers()
    let clusters = try daemon.clusters()
    #expect(clusters.count == LiveTests.clusters + 1)
    #expect(clusters.allSatisfy { $0.state == "operational" && $0.members_operational == 3 })

    // A cluster in the middle forwards, and so does the one whose members were found.
    var held: [Conversation] = []
    for address in [one, Site.address] {
      for _ in 0..<6 {
        let conversation = try #require(site.connect(address))
        #expect(try #require(conversation.ask()).hasPrefix("s"))
        held.append(conversation)
      }
    }

    // A change of one weight touches one cluster, and no connection.
    let before = held.map { $0.ask() }
    try TextFile.write(file, LiveTests.text(site, weight: 50))
    let plan = try daemon.ask("diff", file)
    #expect(plan.text.contains("c1/s1") && !plan.text.contains("c2/") && !plan.text.contains("c1234"))
    #expect(try daemon.ask("apply", file).status == 0)
    #expect(held.map { $0.ask() } == before)

    // A member of all of them is gone: nobody's buckets lead to it, one event says so.
    try site.setCarrier("s1", up: false)
    try daemon.awaitMembers { rows in
      rows.allSatisfy {
        ($0.name == "s1") == ($0.state != "operational") && ($0.name == "s1") == ($0.buckets == 0)
      }
    }
    let members = try daemon.members()
    #expect(members.count == 3 * (LiveTests.clusters + 1))
    #expect(members.reduce(0) { $0 + $1.buckets } == 64 + 16 * LiveTests.clusters)
    for (conversation, server) in zip(held, before) where server != "s1" {
      #expect(conversation.ask() == server)
    }
    let fresh = try #require(site.connect(one))
    #expect(["s2", "s3"].contains(try #require(fresh.ask())))
    #expect(daemon.said.split(separator: "\n").count { $0.contains("member-down") } == 1)
  }
}
