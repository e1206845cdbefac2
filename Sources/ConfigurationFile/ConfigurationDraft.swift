import SwitchModel

/// A whole file as it was read: parts that are wrong are missing, and the report says so.
struct ConfigurationDraft {
  static let keys = ["switch", "ports", "clusters", "router-pools", "api"]
  /// The datapath has 512 port indexes; some are the switch's own.
  static let maximumPorts = 500
  /// A cluster's index is part of its virtual MAC.
  static let maximumClusters = 16384
  static let maximumMembers = 65535
  /// Of all pools: the datapath has 8 bits for a router's number.
  static let maximumRouters = 256
  /// Clusters whose address is a subnet: the datapath looks through all of them.
  static let maximumSubnets = 64

  var own = SwitchDraft()
  var ports: [PortDraft] = []
  var clusters: [ClusterDraft] = []
  var pools: [RouterPoolDraft] = []
  var api: APIDraft?

  init(_ root: Item) {
    guard let section = Section(root, keys: ConfigurationDraft.keys) else { return }
    if let item = section.required("switch", "a mapping with the switch's name") { own = SwitchDraft(item) }
    if let item = section.required("ports", "a list of ports"), let items = item.list("a list of ports") {
      if items.isEmpty { item.error("the list is empty", expected: "at least one port") }
      ports = items.map { PortDraft($0) }
      if items.count > ConfigurationDraft.maximumPorts {
        items[ConfigurationDraft.maximumPorts].error(
          "port \(ConfigurationDraft.maximumPorts + 1) of \(items.count)",
          expected: "at most \(ConfigurationDraft.maximumPorts) ports")
      }
    }
    api = section["api"].map { APIDraft($0) }
    if let items = section["clusters"]?.list("a list of clusters") {
      clusters = items.map { ClusterDraft($0) }
      if items.count > ConfigurationDraft.maximumClusters {
        items[ConfigurationDraft.maximumClusters].error(
          "cluster \(ConfigurationDraft.maximumClusters + 1) of \(items.count)",
          expected: "at most \(ConfigurationDraft.maximumClusters) clusters")
      }
    }
    if let item = section["router-pools"], let items = item.list("a list of router pools") {
      pools = items.map { RouterPoolDraft($0) }
      let room = max(0, ConfigurationDraft.maximumClusters - clusters.count)
      if items.count > room {
        items[room].error(
          "router pool \(room + 1) of \(items.count)",
          expected: "at most \(ConfigurationDraft.maximumClusters) clusters and router pools")
      }
    }
  }

  /// What no section can see alone.
  func check(_ report: Report) {
    checkNames(report)
    checkPorts(report)
    checkMembers(report)
    checkRouters(report)
    checkClusterAddresses(report)
    checkOwnAddresses(report)
    checkVirtualMACs(report)
  }
}
