import Synchronization

/// The tokens of a file, read again when the file has changed: a token can be added or taken away while the switch runs.
///
/// If the file is wrong then, or gone, what was read last goes on to count, which is told once.
final class TokenStore: Sendable {
  private struct State {
    var file: TokenFile
    var stamp: FileStamp?
    /// The file of that stamp is wrong.
    var isRejected = false
  }

  let path: String
  private let state: Mutex<State>
  private let onNotice: @Sendable (CredentialNotice) -> Void

  /// - Parameter onNotice: called when the file has changed.
  init(
    path: String, onNotice: @escaping @Sendable (CredentialNotice) -> Void = { _ in }
  ) throws(TokenFileError) {
    self.path = path
    self.onNotice = onNotice
    // The stamp first: what is written in between is read once more.
    let stamp = FileStamp(path)
    state = Mutex(State(file: try TokenFile(path: path), stamp: stamp))
  }

  /// The tokens that count now.
  var current: TokenFile {
    if let notice = refresh() { onNotice(notice) }
    return state.withLock { $0.file }
  }

  /// Reads the file again if it has changed.
  /// - Parameter isAsked: also if it is as wrong as it was.
  /// - Returns: what came of it; nil: nothing.
  func refresh(isAsked: Bool = false) -> CredentialNotice? {
    let stamp = FileStamp(path)
    return state.withLock { state in
      guard stamp != state.stamp || isAsked && state.isRejected else { return nil }
      state.stamp = stamp
      do throws(TokenFileError) {
        state.file = try TokenFile(path: path)
        state.isRejected = false
        return .loaded(path: path, effect: state.file.summary)
      } catch {
        state.isRejected = true
        return .rejected(path: path, reason: error.description)
      }
    }
  }
}

extension TokenFile {
  /// `3 tokens`
  var summary: String { "\(entries.count) token\(entries.count == 1 ? "" : "s")" }
}
