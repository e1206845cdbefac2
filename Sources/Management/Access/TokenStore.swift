import Glibc
import Synchronization

/// The tokens of a file, read again when the file has changed: a token can be added or taken away while the switch runs.
///
/// If the file is wrong then, or gone, what was read last goes on to count, and the log says so once.
final class TokenStore: Sendable {
  private struct Stamp: Hashable {
    /// The time of the last change, as the kernel has it.
    var time: [UInt8]
    var size: Int64
    var inode: UInt
  }
  private struct State {
    var file: TokenFile
    var stamp: Stamp?
  }

  let path: String
  private let state: Mutex<State>

  init(path: String) throws(TokenFileError) {
    self.path = path
    // The stamp first: what is written in between is read once more.
    let stamp = TokenStore.stamp(path)
    state = Mutex(State(file: try TokenFile(path: path), stamp: stamp))
  }

  /// - Parameter onFault: called when a change of the file cannot be used.
  func current(_ onFault: (TokenFileError) -> Void) -> TokenFile {
    let stamp = TokenStore.stamp(path)
    return state.withLock { state in
      guard stamp != state.stamp else { return state.file }
      state.stamp = stamp
      do throws(TokenFileError) {
        state.file = try TokenFile(path: path)
      } catch {
        onFault(error)
      }
      return state.file
    }
  }

  private static func stamp(_ path: String) -> Stamp? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Stamp(
      time: withUnsafeBytes(of: status.st_ctim) { Array($0) }, size: Int64(status.st_size),
      inode: UInt(status.st_ino))
  }
}
