import SwitchModel
import Wire

/// `router-pools[i]:` as it was read.
struct RouterPoolDraft {
  var path: String
  var name: Field<String>?
  var balance: RouterBalance = .perServer
  var choice: RouterChoice = .roundRobin
  var load: LoadDraft?
  var members: [RouterDraft] = []
  var probe: ProbeDraft?

  static let keys = ["name", "balance", "choice", "load", "members", "probe"]

  init(_ item: Item) {
    path = item.path
    guard let section = Section(item, keys: RouterPoolDraft.keys) else { return }
    name = section.required("name", "a name for the pool")?.name()
    balance = section["balance"]?.choice(RouterBalance.self)?.value ?? .perServer
    choice = section["choice"]?.choice(RouterChoice.self)?.value ?? .roundRobin
    load = section["load"].map { LoadDraft($0) }
    checkLoad(section)
    if let list = section.required("members", "a list of routers"), let items = list.list("a list of routers")
    {
      if items.isEmpty { list.error("the list is empty", expected: "at least one router") }
      members = items.map { RouterDraft($0) }
    }
    probe = section["probe"].map { ProbeDraft($0) }
    if let probe, probe.isNone {
      section["probe"]?.error(
        "a router is always watched: without its MAC it is of no use", expected: "a probe, or no key probe")
    }
    if let isIPv6 { probe?.checkFamily(isIPv6: isIPv6, section.report) }
  }

  /// The family of the first router whose address could be read.
  var isIPv6: Bool? { members.lazy.compactMap(\.address).first?.value.isIPv6 }

  /// The load routine as it takes effect.
  var loadRoutine: LoadRoutineConfiguration? {
    guard balance == .perFlow || choice == .load else { return nil }
    return load.map(\.configuration) ?? LoadRoutineConfiguration()
  }

  /// ARP or ND once a second, where nothing else is said: a router without its MAC is of no use.
  var effectiveProbe: ProbeConfiguration? {
    probe?.configuration ?? ProbeConfiguration(kind: isIPv6 == true ? .nd : .arp)
  }

  private func checkLoad(_ section: Section) {
    if balance == .perFlow, section["choice"] != nil {
      section.report.error(
        "a pool that balances per flow has no choice: flows are divided by their hash",
        at: section.position(ofKey: "choice"), path: "\(path).choice",
        expected: "balance: per-server, or no key choice")
      return
    }
    guard let load, balance == .perServer else { return }
    if choice != .load, load.configuration != nil {
      section.report.error(
        "servers are given to routers in turn, whatever the load", at: section.position(ofKey: "load"),
        path: load.path, expected: "choice: load, or no key load")
    } else if choice == .load, load.configuration == nil {
      section.report.error(
        "the choice is by load", at: load.position, path: load.path,
        expected: "choice: round-robin, or a mapping with the keys measure, interval, tolerance")
    } else if load.configuration?.measure == .newFlows {
      section["load"].flatMap { Section($0, keys: LoadDraft.keys)?["measure"] }?.error(
        "new flows are not counted where frames go to a router's own MAC", expected: "packets or bytes")
    }
  }
}
