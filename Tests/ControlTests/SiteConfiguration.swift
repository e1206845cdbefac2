/// A configuration of a site's switch, as a user would write it.
struct SiteConfiguration {
  struct Cluster {
    var name = "web"
    var address = Site.address
    var services: [String] = []
    var mode = "balanced"
    var buckets = 1024
    /// As it stands in the file; empty: none.
    var probe = ""
    /// Servers of the site.
    var members: [String]
  }

  var datapath = "auto"
  var ports: [String]
  var clusters: [Cluster]
  var settle = "300s"
  var observe = "1s"
  /// More sections.
  var more = ""
  /// Lines of `api`.
  var api: [String] = []

  /// All ports, and one cluster of these servers.
  init(_ site: Site, _ members: [String]? = nil, datapath: String = "auto") {
    self.datapath = datapath
    ports = site.ports
    clusters = [Cluster(members: members ?? site.servers)]
  }

  /// By TCP, four times a second.
  static let quickProbe = "{kind: tcp, port: 80, interval: 250ms, timeout: 240ms, fall: 3, rise: 2}"

  func with(_ change: (inout SiteConfiguration) -> Void) -> SiteConfiguration {
    var result = self
    change(&result)
    return result
  }

  func text(name: String) -> String {
    var lines = ["switch:", "  name: \(name)", "  datapath: \(datapath)"]
    lines += ["  settle-time: \(settle)", "  observe-time: \(observe)"]
    if !api.isEmpty { lines += ["api:"] + api.map { "  \($0)" } }
    lines.append("ports:")
    for port in ports {
      lines.append("  - {name: \(port), role: \(port == "p-r" ? "router" : "server")}")
    }
    lines.append("clusters:")
    for cluster in clusters {
      lines += ["  - name: \(cluster.name)", "    address: \(cluster.address)", "    mode: \(cluster.mode)"]
      lines.append("    buckets: \(cluster.buckets)")
      if !cluster.services.isEmpty {
        lines.append("    services: [\(cluster.services.joined(separator: ", "))]")
      }
      if !cluster.probe.isEmpty { lines.append("    probe: \(cluster.probe)") }
      lines.append("    members:")
      for member in cluster.members { lines.append("      - {name: \(member), port: p-\(member)}") }
    }
    if !more.isEmpty { lines.append(more) }
    return lines.joined(separator: "\n") + "\n"
  }
}
