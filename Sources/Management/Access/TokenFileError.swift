public import SystemPackage

/// Why a file of tokens cannot be used.
public enum TokenFileError: Error, Hashable, Sendable {
  case system(path: String, errno: Errno)
  case notAFile(path: String)
  /// Others than its owner may write to it.
  case writable(path: String, mode: UInt32)
  case foreign(path: String, owner: UInt32)
  case tooLarge(path: String)
  case line(path: String, line: Int, reason: String)
}

extension TokenFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let path, let errno): "tokens: \(path): \(errno)"
    case .notAFile(let path): "tokens: \(path) is not a regular file"
    case .writable(let path, let mode):
      "tokens: others may write to \(path) (mode \(String(mode, radix: 8))); mend it with chmod 600 \(path)"
    case .foreign(let path, let owner):
      "tokens: \(path) belongs to user \(owner); only root or the switch's own user may give rights"
    case .tooLarge(let path): "tokens: \(path) is larger than \(TokenFile.maximumBytes) bytes"
    case .line(let path, let line, let reason): "tokens: \(path):\(line): \(reason)"
    }
  }
}
