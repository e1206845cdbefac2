import Logging

// What runs is kept for the next start; where that fails (a disk that is full), it is tried again until it is.
extension SwitchHolder {
  /// How long after a failure it is tried again.
  static let keepingInterval = Duration.seconds(2)

  /// - Parameter previous: as `ConfigurationStore.save` takes it.
  /// - Returns: why what runs is not kept; nil: it is.
  func keepRunning(previous former: [UInt8]?, openUntil: Int?) -> String? {
    guard let store else { return nil }
    keeper?.cancel()
    keeper = nil
    do {
      try store.save(running: running.text, previous: former, openUntil: openUntil)
      return nil
    } catch {
      keeper = Task { [weak self] in
        while (try? await Task.sleep(for: SwitchHolder.keepingInterval)) != nil {
          if await self?.keepAgain() != false { return }
        }
      }
      return
        "\(store.folder): \(error): the configuration that runs is not kept over a restart as long as that is so"
    }
  }

  /// As it is by now.
  private func keepAgain() -> Bool {
    guard let store, !Task.isCancelled else { return true }
    do {
      try store.save(running: running.text, previous: previous?.text, openUntil: unconfirmed?.until)
      try store.saveSource(source)
    } catch {
      return false
    }
    log.notice("\(store.folder): the configuration that runs is kept")
    keeper = nil
    return true
  }
}
