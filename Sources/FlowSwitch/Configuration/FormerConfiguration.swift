import SwitchModel

/// What ran before: a text that nobody need read until it is asked for, since with thousands of clusters that takes a second.
struct FormerConfiguration: Sendable {
  let text: [UInt8]
  private let known: LoadedConfiguration?

  init(_ loaded: LoadedConfiguration) {
    text = loaded.text
    known = loaded
  }

  init(text: [UInt8]) {
    self.text = text
    known = nil
  }

  /// Nil: it is damaged, or another switch's.
  func loaded(forSwitch name: String) async -> LoadedConfiguration? {
    guard let loaded = known ?? (try? LoadedConfiguration(text, name: "previous.yaml")) else { return nil }
    return loaded.configuration.name == name ? loaded : nil
  }
}
