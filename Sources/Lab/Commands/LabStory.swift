/// The demonstration: chapters, each with what a person should know and claims that are measured.
struct LabStory {
  struct Chapter {
    var title: String
    var prose: String
    /// Nil: not with this datapath; `prose` says why.
    var check: ((LabChecks) throws -> [Finding])?
  }

  static func chapters(datapath: String) -> [Chapter] {
    [
      Chapter(
        title: "One address, one MAC",
        prose: """
          Four servers carry \(LabAddress.web[0]) and \(LabAddress.web[1]). Whoever asks for them is answered by the
          switch, with the virtual MAC of the cluster.
          """, check: { try $0.virtualMACAnswers() }),
      Chapter(
        title: "Many servers behind it",
        prose: """
          Clients in both networks fetch the page that names the server. Every fetch is a connection of its own, and
          each goes where its flow hash points.
          """, check: { try $0.clientsAreSpread() }),
      Chapter(
        title: "A connection stays where it began",
        prose: "Requests that share a connection, and a large page.",
        check: { try $0.connectionStays() }),
      Chapter(
        title: "Nothing but the destination MAC",
        prose: """
          tcpdump listens at both routers, all servers and the ordinary host. What came into the switch and what left
          it are then held against each other, byte by byte.
          """, check: { try $0.onlyDestinationMACChanges() }),
      Chapter(
        title: "Protocols without ports",
        prose: """
          IPsec ESP, and protocol 253, which nobody knows, from sixteen sources. Without ports the hash uses the
          addresses, so a source stays with its server.
          """, check: { try $0.portlessProtocolsPass() }),
      Chapter(
        title: "Fragments and ICMP errors",
        prose: """
          Only a datagram's first fragment has ports; an ICMP error has those of the packet that it quotes. Both find
          the server that the flow is with.
          """, check: { try $0.fragmentsStayTogether() + $0.errorsFindTheirServer() }),
      Chapter(
        title: "Ordinary programs: ping, DNS, iperf3", prose: "",
        check: { try $0.pingWorks() + $0.dnsIsSpread() + $0.iperfWorks() }),
      Chapter(
        title: "An ordinary host beside them",
        prose:
          "h1 is in no cluster. For it the switch is an Ethernet switch, and the cluster one more address.",
        check: { try $0.ordinaryHostTalks() }),
      Chapter(
        title: "The servers do not hear of each other",
        prose: """
          With one address on four NICs, any other switch has hosts fight for it. Here every server announces it,
          probes for it and repeats duplicate address detection, and all others listen.
          """, check: { try $0.serversAreIsolated() + $0.serversTalkOutward() }),
      restart(datapath: datapath),
    ] + failures + [
      Chapter(
        title: "And it was counted", prose: "", check: { try $0.countersCount() })
    ]
  }

  private static func restart(datapath: String) -> Chapter {
    guard datapath.hasPrefix("xdp") else {
      return Chapter(
        title: "The daemon is killed",
        prose: "Left out: with the datapath '\(datapath)' the daemon itself forwards.", check: nil)
    }
    return Chapter(
      title: "The daemon is killed",
      prose: """
        SIGKILL while downloads and pings run; for a while there is no daemon; then it starts again. The datapath is
        in the kernel and goes on.
        """, check: { try $0.daemonRestartLosesNothing() })
  }

  private static var failures: [Chapter] {
    [
      Chapter(
        title: "nginx is killed",
        prose: """
          The switch asks every server for its page five times a second, by its own kernel's TCP, at the shared address
          and each server's MAC. Eighty connections are held open while nginx on s2 is killed and started again.
          """, check: { try $0.nginxIsKilled() }),
      Chapter(
        title: "A cable is cut; a server swallows everything",
        prose: """
          A link that goes down acts at once. A server whose link is up and which gets nothing any more is found by
          three probes in a row. Connections and datagrams of the others are counted through fault and return.
          """, check: { try $0.survives(.link) + $0.survives(.blackhole, victim: .s3) }),
      Chapter(
        title: "The operator takes a server out",
        prose: "Draining: what it has it keeps, and what is new goes elsewhere. Then it comes back slowly.",
        check: { try $0.drainsWithoutBreaking() + $0.startsSlowly() }),
      Chapter(
        title: "One serves, the others wait",
        prose: """
          The cluster 'pair' gives everything to its primary. It fails, is succeeded, returns without taking the
          place back, and its successor fails in turn.
          """, check: { try $0.succession() }),
      Chapter(
        title: "All fail",
        prose: "Every server answers the probes with errors, one after another; then all are well again.",
        check: { try $0.allFail() }),
      Chapter(
        title: "Four routers for servers that know one",
        prose: """
          A second network: eight servers with one default router, p1, of a pool of four. Each router may send 50 Mbit/s
          to the world. The switch answers each server's question for p1 with the MAC of one of the four. Then p2
          fails, and the servers go on sending to its MAC.
          """,
        check: {
          try $0.inPool(.routers) {
            try $0.routersAreSpread() + $0.routersScale() + $0.routerFails(.namespace)
          }
        }),
    ]
  }
}
