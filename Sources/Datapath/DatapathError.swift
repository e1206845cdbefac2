import Glibc

/// Why the datapath could not be had. `message` is for people and says what to do where something can be done.
public struct DatapathError: Error, Hashable, Sendable, CustomStringConvertible {
  public var message: String
  /// The kernel's code, 0 if it was not the kernel's refusal.
  public var code: CInt

  public init(_ message: String, code: CInt = 0) {
    self.message = message
    self.code = code
  }

  static func system(_ what: String, _ code: CInt) -> DatapathError {
    let code = abs(code)
    return DatapathError("can't \(what): \(String(cString: strerror(code)))", code: code)
  }

  public var description: String { message }
}
