import Foundation

/// The eBPF object that the build made of the pipeline: an ELF file for libbpf.
public enum DatapathObject {
  public static var bytes: [UInt8] {
    let text = GeneratedObject.base64.withUTF8Buffer { Data($0) }
    return [UInt8](Data(base64Encoded: text) ?? Data())
  }

  /// Tells one build's object from another's: FNV-1a over its text, in hexadecimal digits.
  public static var digest: String {
    let hash = GeneratedObject.base64.withUTF8Buffer { text in
      text.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
    return String(hash, radix: 16)
  }
}
