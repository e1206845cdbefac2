import SwitchModel

/// With which configuration a daemon starts: its file's, unless one that was applied still waits to be confirmed when
/// the daemon before this one was killed.
struct StartChoice: Sendable {
  var configuration: LoadedConfiguration
  /// Seconds since 1970; nil: nothing waits.
  var openUntil: Int?
  /// What the former configuration was, if this one waits to be confirmed.
  var former: LoadedConfiguration?
  /// What to tell the operator.
  var warning: String?

  init(file: LoadedConfiguration) { configuration = file }

  init(file: LoadedConfiguration, store: ConfigurationStore, now: Int) {
    self.init(file: file)
    // No confirmation waits for longer: if it seems so the clock was set back.
    guard let until = store.openUntil.map({ min($0, now + 24 * 3600) }), let running = store.running,
      let previous = store.previous
    else {
      return
    }
    let name = file.configuration.name
    // Somebody wrote something else meanwhile: that is what is wanted.
    guard file.text == running || file.text == previous else {
      warning = "a configuration waited to be confirmed; the file is another one, so it is dropped"
      return
    }
    guard let applied = try? LoadedConfiguration(running, name: store.runningPath),
      let former = try? LoadedConfiguration(previous, name: store.previousPath),
      applied.configuration.name == name, former.configuration.name == name
    else {
      warning = "a configuration waited to be confirmed, but \(store.folder) is damaged; the file is used"
      return
    }
    if now < until {
      configuration = applied
      openUntil = until
      self.former = former
      warning =
        "the configuration that was applied last runs on; it is taken back in \(until - now) s unless it is confirmed"
    } else {
      configuration = former
      warning = "the configuration that was applied last was not confirmed in time: the former one is back"
    }
  }

  /// What `rollback` goes back to: the former one, or what ran before this start if that was another one.
  func previous(in store: ConfigurationStore?) -> FormerConfiguration? {
    if let former { return FormerConfiguration(former) }
    guard let store else { return nil }
    let earlier = store.running == configuration.text ? store.previous : store.running
    return earlier.map(FormerConfiguration.init(text:))
  }
}
