/// What a person needs to play with a lab that stands.
enum LabGuide {
  static func text(_ lab: LabNetwork, _ console: Console) throws -> String {
    var lines = ["", console.bold("Lab '\(lab.name)' is standing.") + " Enter a host:", ""]
    for host in lab.layout.hosts {
      let command = "nsenter --net=/run/netns/\(lab.namespace(of: host)) bash"
      let addresses = host.addresses.joined(separator: " ")
      lines.append(
        "  \(command)   \(console.faint("# \(host.role)\(addresses.isEmpty ? "" : ", " + addresses)"))")
    }
    let inside = { (host: LabHost) in "nsenter --net=/run/netns/\(lab.namespace(of: host))" }
    lines +=
      ["", console.bold("Try:"), ""]
      + (lab.layout.hasClusters ? clusters(inside, lab, console) : [])
      + (lab.layout.hasPool ? pool(inside, lab) : [])
    lines += [
      "", "  its configuration  \(lab.configuration)", "  the daemon's log   \(lab.daemonLog)",
      "", "Remove it:  flowswitch lab down --name \(lab.name)",
    ]
    return lines.joined(separator: "\n")
  }

  private static func clusters(
    _ inside: (LabHost) -> String, _ lab: LabNetwork, _ console: Console
  ) -> [String] {
    [
      "  \(inside(.a1)) curl http://\(LabAddress.web[0])/     \(console.faint("# which server answers?"))",
      "  \(inside(.b1)) curl 'http://[\(LabAddress.web[1])]/?[1-20]'",
      "  \(inside(.a1)) ping -s 4000 \(LabAddress.web[0])",
      "  \(inside(.a1)) dig +short @\(LabAddress.web[0]) server.lab TXT",
      "  \(inside(.a1)) iperf3 -c \(LabAddress.bulk[0])",
      "  \(inside(.r1)) ip neigh show dev lan      \(console.faint("# the virtual MAC"))",
      "  \(inside(.s2)) tcpdump -eni eth0",
      "  flowswitch show members --socket \(lab.socket)",
    ]
  }

  private static func pool(_ inside: (LabHost) -> String, _ lab: LabNetwork) -> [String] {
    [
      "  \(inside(LabHost.hosted[0])) ping -c 3 \(LabHost.x1.addresses[0])",
      "  \(inside(LabHost.hosted[0])) ip neigh show \(LabHost.p1.addresses[0])",
      "  \(inside(LabHost.hosted[1])) ip neigh show \(LabHost.p1.addresses[0])",
      "  flowswitch show routers --socket \(lab.socket)",
      "  flowswitch disable out/p2 --socket \(lab.socket)",
    ]
  }
}
