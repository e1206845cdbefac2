/// What Linux takes as the name of an interface (`dev_valid_name`, net/core/dev.c).
public enum InterfaceName {
  /// Bytes; IFNAMSIZ less the terminating NUL.
  public static let maximumLength = 15

  public static func isValid(_ name: String) -> Bool {
    guard !name.isEmpty, name.utf8.count <= maximumLength, name != ".", name != ".." else { return false }
    return name.utf8.allSatisfy(isAllowed)
  }

  static func isAllowed(_ byte: UInt8) -> Bool {
    // The kernel's isspace() counts Latin-1's no-break space; NUL would end the name.
    byte > UInt8(ascii: " ") && byte != 0x7f && byte != 0xa0 && byte != UInt8(ascii: "/")
      && byte != UInt8(ascii: ":")
  }

  /// `prefix` + `stem`, shortened where it is too long or holds what is not allowed: then the stem's first
  /// characters, `-`, and six hexadecimal digits of its hash, always the same for the same stem.
  static func derived(prefix: String, stem: String, stemLength: Int) -> String {
    if stem.utf8.count <= stemLength, isValid(prefix + stem) { return prefix + stem }
    let digits = String(fnv1a(stem) & 0xff_ffff, radix: 16)
    let hash = String(repeating: "0", count: 6 - digits.count) + digits
    let head = stem.unicodeScalars.lazy.filter { $0.isASCII && isAllowed(UInt8($0.value)) }
      .prefix(max(0, stemLength - 7))
    return prefix + String(String.UnicodeScalarView(head)) + "-" + hash
  }

  /// FNV-1a, 32 bits, folded to 24 (draft-eastlake-fnv §3): short, and the same in every run, unlike `Hasher`.
  private static func fnv1a(_ text: String) -> UInt32 {
    let hash = text.utf8.reduce(UInt32(0x811c_9dc5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    return (hash >> 24) ^ (hash & 0xff_ffff)
  }
}
