import SwitchModel

/// The description of the configuration file: what keys there are, what may stand behind them, what they mean.
///
/// The JSON Schema (`json`) and the reference (`markdown`) are written from it. The parser's sections have their keys in
/// their own words; a test holds both against each other, key by key and range by range.
public enum ConfigurationSchema {
  static let root = SchemaSection(
    id: "file", path: "", summary: "The whole file.",
    keys: [
      SchemaKey(name: "switch", value: .section(ofSwitch), isRequired: true, meaning: "the switch itself"),
      SchemaKey(
        name: "ports", value: .list(of: .section(port), count: 1...ConfigurationDraft.maximumPorts),
        isRequired: true, meaning: "the interfaces that it switches between"),
      SchemaKey(
        name: "clusters", value: .list(of: .section(cluster), count: 0...ConfigurationDraft.maximumClusters),
        defaultText: "none: an Ethernet switch", meaning: "virtual addresses and their members"),
      SchemaKey(
        name: "router-pools",
        value: .list(of: .section(routerPool), count: 0...ConfigurationDraft.maximumClusters),
        defaultText: "none",
        meaning: "routers that share what servers send; clusters and pools together at most 16384"
      ),
      SchemaKey(
        name: "api", value: .section(api), defaultText: "the control socket alone",
        meaning: "where programs and the console may speak to the switch"),
    ])

  static let ofSwitch = SchemaSection(
    id: "switch", path: "switch", summary: "The switch itself.",
    keys: [
      SchemaKey(
        name: "name", value: .name, isRequired: true,
        meaning:
          "names the control socket, the pinned datapath, the own interface and log lines; unique on the machine"
      ),
      SchemaKey(
        name: "datapath", value: .choice(["auto", "xdp", "xdp-generic", "tc", "pcap"]), defaultText: "`auto`",
        meaning: "how frames are taken; `auto` is the best that the ports can do"),
      SchemaKey(
        name: "address", value: .interfaceAddress, defaultText: "an unused one is found",
        meaning:
          "the switch's own address, on its interface fs-NAME, untagged; sender of its ARP questions and probes"
      ),
      SchemaKey(
        name: "virtual-mac", value: .mac, defaultText: "02:f5:xx:xx:00:01, xx:xx from the name",
        meaning:
          "virtual MAC of the first cluster, the others count up; locally administered, not ending in 00:00, not beginning with ae:f5:50"
      ),
      SchemaKey(
        name: "station-ageing", value: .duration(.seconds(1)...(.seconds(600))), defaultText: "`5m`",
        meaning: "how long a silent station is remembered, in steps of 3.2 s"),
      SchemaKey(
        name: "settle-time", value: .duration(.milliseconds(100)...(.seconds(86400))), defaultText: "`5m`",
        meaning: "how long a moved bucket's previous path must be quiet until the move is complete"),
      SchemaKey(
        name: "observe-time", value: .duration(.zero...(.seconds(600))), defaultText: "`10s`",
        meaning:
          "how long flows without a beginning (UDP, ESP, …) are entered before they begin on the new member"),
      SchemaKey(
        name: "hook", value: .command, defaultText: "none",
        meaning: "program and first arguments, run for each event"),
    ])

  static let port = SchemaSection(
    id: "port", path: "ports[]", summary: "A port: an Ethernet interface of the daemon's network namespace.",
    keys: [
      SchemaKey(
        name: "name", value: .interface, isRequired: true,
        meaning: "one that is missing is taken when it comes; one at least must exist at start"),
      SchemaKey(
        name: "role", value: .choice(PortRole.allCases.map(\.rawValue)), defaultText: "`any`",
        meaning: "what is behind it; `server`: hosts that router pools are for, as behind ports with members"),
    ])

  static let load = SchemaSection(
    id: "load", path: "clusters[].load, router-pools[].load",
    summary:
      "The load routine: it moves buckets while members' loads, each relative to its weight, are uneven.",
    keys: [
      SchemaKey(
        name: "measure", value: .choice(LoadMeasure.allCases.map(\.rawValue)), defaultText: "`packets`",
        meaning: "what is compared; `new-flows` not in pools with `balance: per-server`"),
      SchemaKey(
        name: "interval", value: .duration(LoadDraft.intervals), defaultText: "`10s`", meaning: "how often"),
      SchemaKey(
        name: "tolerance", value: .percentage(LoadDraft.tolerances), defaultText: "`25%`",
        meaning: "how far a member may be from its due share before buckets move, of that share"),
    ])

  static let damping = SchemaSection(
    id: "damping", path: "probe.damping", summary: "What fails too often stays out for a while.",
    keys: [
      SchemaKey(
        name: "flaps", value: .integer(2...100), isRequired: true, meaning: "this many failures"),
      SchemaKey(
        name: "window", value: .duration(.seconds(1)...(.seconds(86400))), isRequired: true,
        meaning: "within this time"),
      SchemaKey(
        name: "hold", value: .duration(.seconds(1)...(.seconds(86400))), isRequired: true,
        meaning: "keep the target failed for so long after the last"),
    ])

  static let sections = [
    root, ofSwitch, port, cluster, member, load, probe, damping, routerPool, router, api,
  ]
}
