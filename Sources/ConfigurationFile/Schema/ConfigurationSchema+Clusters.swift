import SwitchModel

extension ConfigurationSchema {
  static let cluster = SchemaSection(
    id: "cluster", path: "clusters[]", summary: "A virtual address, and the members that carry it.",
    keys: [
      SchemaKey(
        name: "name", value: .name, isRequired: true, meaning: "unique among clusters and router pools"),
      SchemaKey(
        name: "address", value: .clusterAddress, isRequired: true,
        meaning:
          "the virtual address; apart from other clusters' on its VLAN, or equal with services that are apart; at most 64 subnets"
      ),
      SchemaKey(name: "vlan", value: .vlan, defaultText: "`untagged`", meaning: "VLAN of the address"),
      SchemaKey(
        name: "services", value: .list(of: .service, count: 1...Int.max), defaultText: "everything",
        meaning:
          "the protocols and ports that are balanced, such as `tcp/80`, `udp/53`, `esp`; no two may overlap"),
      SchemaKey(
        name: "mode", value: .choice(ClusterMode.allCases.map(\.rawValue)), defaultText: "`balanced`",
        meaning: "by weight to all, or all to one primary"),
      SchemaKey(
        name: "hash", value: .choice(FlowHash.allCases.map(\.rawValue)), defaultText: "`flow`",
        meaning: "what tells flows apart"),
      SchemaKey(
        name: "buckets", value: .powerOfTwo(1...65536), defaultText: "`1024`",
        meaning: "shares that are given to members; not fewer than members"),
      SchemaKey(
        name: "shared-ports", value: .boolean, defaultText: "`false`",
        meaning:
          "allows several members on one port, and routers there; isolation between them is then not the switch's"
      ),
      SchemaKey(
        name: "assign", value: .choice(AssignmentRule.allCases.map(\.rawValue)), defaultText: "`least-moves`",
        meaning:
          "how buckets are given: so that any change moves the fewest, or by the members alone, so that several switches compute the same"
      ),
      SchemaKey(name: "load", value: .either("off", load), defaultText: "on", meaning: "the load routine"),
      SchemaKey(
        name: "slow-start", value: .duration(ClusterDraft.slowStarts), defaultText: "`0s`",
        meaning: "how long the share of a member that is new or back grows to its weight"),
      SchemaKey(
        name: "sticky", value: .duration(ClusterDraft.stickyTimes), defaultText: "none",
        meaning: "a source that was silent no longer than this finds its member again"),
      SchemaKey(
        name: "members", value: .list(of: .section(member), count: 1...ConfigurationDraft.maximumMembers),
        isRequired: true, meaning: "the servers; 65535 in all clusters"),
      SchemaKey(
        name: "probe", value: .either("none", probe), defaultText: "none: ARP or ND alone",
        meaning: "how members are watched"),
    ],
    conditions: [
      SchemaCondition(
        key: "mode", value: .string("availability"), forbidden: ["assign", "slow-start", "sticky"],
        onlyOff: ["load"], reason: "all flows of an availability cluster go to its primary"),
      SchemaCondition(
        key: "assign", value: .string("maglev"), forbidden: ["slow-start"], onlyOff: ["load"],
        reason: "with Maglev shares depend on the members alone"),
    ])

  static let member = SchemaSection(
    id: "member", path: "clusters[].members[]", summary: "A server of a cluster.",
    keys: [
      SchemaKey(name: "name", value: .name, isRequired: true, meaning: "unique in the cluster"),
      SchemaKey(
        name: "port", value: .port, isRequired: true,
        meaning: "one member of a cluster on a port, unless `shared-ports`"),
      SchemaKey(name: "vlan", value: .vlan, defaultText: "the cluster's", meaning: "VLAN of the member"),
      SchemaKey(
        name: "weight", value: .integer(MemberDraft.weights), defaultText: "`100`",
        meaning: "share of the buckets; no effect with `mode: availability`"),
      SchemaKey(
        name: "mac", value: .mac, defaultText: "found",
        meaning:
          "given, not asked for; not one of the switch's own. Required where the cluster's address is a subnet, unless `address`"
      ),
      SchemaKey(
        name: "address", value: .address, defaultText: "the cluster's",
        meaning: "the member's own address, by which its MAC is found"),
      SchemaKey(
        name: "last-resort", value: .boolean, defaultText: "`false`",
        meaning:
          "serves only while no other member can (a sorry server); not all members, not with `mode: availability`"
      ),
    ],
    exclusive: ["mac", "address"])

  static let routerPool = SchemaSection(
    id: "router-pool", path: "router-pools[]",
    summary: "Routers of one family and one VLAN that share what the servers send; at most 256 in all pools.",
    keys: [
      SchemaKey(
        name: "name", value: .name, isRequired: true, meaning: "unique among pools and clusters"),
      SchemaKey(
        name: "balance", value: .choice(RouterBalance.allCases.map(\.rawValue)), defaultText: "`per-server`",
        meaning: "by the answers to servers' ARP or ND questions, or by a virtual MAC and each flow's hash"),
      SchemaKey(
        name: "choice", value: .choice(RouterChoice.allCases.map(\.rawValue)), defaultText: "`round-robin`",
        meaning:
          "with `per-server`: which router a server gets; in turn, or moved gently while load is uneven"),
      SchemaKey(
        name: "load", value: .either("off", load), defaultText: "on with `choice: load` and with `per-flow`",
        meaning: "the load routine; with `round-robin` a fault"),
      SchemaKey(
        name: "members", value: .list(of: .section(router), count: 1...ConfigurationDraft.maximumRouters),
        isRequired: true, meaning: "the routers"),
      SchemaKey(
        name: "probe", value: .section(probe), defaultText: "`arp` or `nd`, each second",
        meaning: "how routers are watched"),
    ],
    conditions: [
      SchemaCondition(
        key: "balance", value: .string("per-flow"), forbidden: ["choice"],
        reason: "flows are divided by their hash")
    ])

  static let router = SchemaSection(
    id: "router", path: "router-pools[].members[]", summary: "A router of a pool.",
    keys: [
      SchemaKey(name: "name", value: .name, isRequired: true, meaning: "unique in the pool"),
      SchemaKey(
        name: "address", value: .address, isRequired: true,
        meaning: "what servers have as next hop; no cluster's, no other router's, not the switch's"),
      SchemaKey(
        name: "link-local", value: .linkLocal, defaultText: "none",
        meaning: "beside an IPv6 `address`: also answered for"),
      SchemaKey(
        name: "port", value: .port, isRequired: true,
        meaning: "without members of clusters (unless `shared-ports`): frames from there are a router's own"),
      SchemaKey(name: "vlan", value: .vlan, defaultText: "`untagged`", meaning: "the same for all of a pool"),
      SchemaKey(
        name: "mac", value: .mac, defaultText: "found", meaning: "given, not asked for; nobody else's"),
      SchemaKey(
        name: "weight", value: .integer(MemberDraft.weights), defaultText: "`100`",
        meaning: "share of the servers or flows"),
    ])
}
