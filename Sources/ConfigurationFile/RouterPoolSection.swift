import SwitchModel

/// `router-pools[i]:` as it was read.
struct RouterPoolDraft {
  var name: Field<String>?
  var balance: RouterBalance = .perServer
  var members: [RouterDraft] = []
  var probe: ProbeConfiguration?

  init(_ item: Item) {
    guard let section = Section(item, keys: ["name", "balance", "members", "probe"]) else { return }
    name = section.required("name", "a name for the pool")?.name()
    balance = section["balance"]?.choice(RouterBalance.self)?.value ?? .perServer
    if let list = section.required("members", "a list of routers"), let items = list.list("a list of routers")
    {
      if items.isEmpty { list.error("the list is empty", expected: "at least one router") }
      members = items.map { RouterDraft($0) }
    }
    if let item = section["probe"] {
      probe = ProbeConfiguration(item, keyPosition: section.position(ofKey: "probe"))
    }
  }
}
