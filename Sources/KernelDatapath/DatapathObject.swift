import Foundation

/// The eBPF object that the build made of the pipeline: an ELF file for libbpf.
public enum DatapathObject {
  public static var bytes: [UInt8] {
    let text = GeneratedObject.base64.withUTF8Buffer { Data($0) }
    return [UInt8](Data(base64Encoded: text) ?? Data())
  }
}
