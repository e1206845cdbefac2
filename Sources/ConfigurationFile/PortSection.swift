import SwitchModel

/// `ports[i]:` as it was read.
struct PortDraft {
  var name: Field<String>?
  var role: PortRole = .any
}

extension PortDraft {
  static let keys = ["name", "role"]

  init(_ item: Item) {
    self.init()
    guard let section = Section(item, keys: PortDraft.keys) else { return }
    if let item = section.required("name", "the name of an interface") {
      _ = item.interfaceName()
      // A wrong name is kept: members that refer to it are not at fault.
      if case .scalar(let text, _) = item.node.content { name = item.field(text) }
    }
    role = section["role"]?.choice(PortRole.self)?.value ?? .any
  }
}
