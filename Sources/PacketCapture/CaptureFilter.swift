import CDatapath

/// An expression in libpcap's language (pcap-filter(7)), compiled for frames in memory.
public final class CaptureFilter: @unchecked Sendable {
  // Written once; libpcap only reads it while matching.
  private let compiled: OpaquePointer

  /// What is wrong with an expression, in libpcap's words.
  public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String

    public init(message: String) { self.message = message }

    public var description: String { message }
  }

  /// Longer ones are refused: the compiler's work grows faster than the text.
  public static let longest = 2048

  /// Names of hosts are looked up, which may block as long as the resolver does; not for a thread that has other work.
  public init(_ expression: String) throws(Fault) {
    guard expression.utf8.count <= CaptureFilter.longest else {
      throw Fault(
        message: "a filter of \(expression.utf8.count) bytes; \(CaptureFilter.longest) are the most")
    }
    guard !expression.utf8.contains(0) else { throw Fault(message: "a filter has no zero byte") }
    var text = [CChar](repeating: 0, count: 256)
    guard let made = fs_filter_compile(expression, &text, text.count) else {
      let words = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      throw Fault(message: "the filter \"\(expression)\" is not understood: \(words)")
    }
    compiled = made
  }

  deinit { fs_filter_free(compiled) }

  /// - Parameters:
  ///   - bytes: an Ethernet frame, or its beginning; what the expression asks beyond them does not match.
  ///   - originalLength: bytes on the wire.
  public func matches(_ bytes: [UInt8], originalLength: Int) -> Bool {
    bytes.withUnsafeBufferPointer {
      fs_filter_match(compiled, $0.baseAddress, UInt32(clamping: $0.count), UInt32(clamping: originalLength))
        != 0
    }
  }
}
