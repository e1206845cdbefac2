import Glibc
import SystemPackage

/// The tokens that a switch knows: a line each, `NAME ROLE DIGEST`. Empty lines and those that begin with `#` count for
/// nothing.
public struct TokenFile: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    /// Of who has it, for logs and people.
    var name: String
    var role: Role
    /// SHA-256 of the token's text.
    var digest: [UInt8]
  }
  static let maximumBytes = 1 << 20
  static let maximumTokens = 4096

  var entries: [Entry] = []

  /// - Throws: with the line that is wrong. Nothing of a token is told: somebody may have put it there in place of its
  ///   digest.
  init(text: String, path: String) throws(TokenFileError) {
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      func fault(_ reason: String) -> TokenFileError {
        .line(path: path, line: index + 1, reason: reason)
      }
      let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      guard words.count == 3 else { throw fault("\(words.count) words; expected NAME ROLE DIGEST") }
      guard Token.isName(String(first)) else {
        throw fault("the name has other characters than letters, digits and . _ -, or more than 63")
      }
      guard let role = Role(rawValue: String(words[1])) else {
        throw fault("the role is none of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      guard words[2].utf8.count == 64, let digest = [UInt8](hexadecimal: words[2]) else {
        throw fault(
          "the digest is not 64 hexadecimal digits; flowswitch token new prints the whole line")
      }
      guard !entries.contains(where: { $0.name == first }) else {
        throw fault("the name is there already")
      }
      entries.append(Entry(name: String(first), role: role, digest: digest))
      guard entries.count <= TokenFile.maximumTokens else {
        throw fault("more than \(TokenFile.maximumTokens) tokens")
      }
    }
  }

  /// - Throws: also when others than the owner may write to it, or its owner is neither root nor who runs the switch: who
  ///   writes to it gives rights.
  init(path: String) throws(TokenFileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(path: path, errno: Errno(rawValue: errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system(path: path, errno: Errno(rawValue: errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    guard status.st_mode & 0o022 == 0 else {
      throw .writable(path: path, mode: status.st_mode & 0o7777)
    }
    guard status.st_uid == 0 || status.st_uid == geteuid() else {
      throw .foreign(path: path, owner: status.st_uid)
    }
    guard status.st_size <= TokenFile.maximumBytes else { throw .tooLarge(path: path) }
    var bytes = [UInt8](repeating: 0, count: TokenFile.maximumBytes + 1)
    var count = 0
    while count < bytes.count {
      let got = bytes[count...].withUnsafeMutableBytes {
        read(descriptor, $0.baseAddress, $0.count)
      }
      if got < 0 { throw .system(path: path, errno: Errno(rawValue: errno)) }
      if got == 0 { break }
      count += got
    }
    guard count <= TokenFile.maximumBytes else { throw .tooLarge(path: path) }
    guard let text = String(validating: bytes.prefix(count), as: UTF8.self) else {
      throw .line(path: path, line: 1, reason: "the file is not UTF-8")
    }
    try self.init(text: text, path: path)
  }

  /// Takes as long for any text: neither which bytes differ nor which entry fits can be told from the time.
  func entry(for token: String) -> Entry? {
    let digest = Token.digest(of: token)
    var found: Entry?
    for entry in entries {
      var difference: UInt8 = 0
      for i in 0..<32 { difference |= digest[i] ^ entry.digest[i] }
      if difference == 0 { found = entry }
    }
    return found
  }
}

extension Token {
  /// 1 to 63 letters, digits and `. _ -`.
  public static func isName(_ text: String) -> Bool {
    (1...63).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        switch $0 {
        case 48...57, 65...90, 97...122, 0x2d, 0x2e, 0x5f: true
        default: false
        }
      }
  }
}
