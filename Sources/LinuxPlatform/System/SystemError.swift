public import SystemPackage

/// The kernel, or a library that speaks for it, refused something: what was asked, of what, and the reason.
public struct SystemError: Error, Hashable, Sendable {
  /// What was asked, as a verb phrase: `add route`.
  public var operation: String
  /// Of what: an interface, an address, a path. May be empty.
  public var subject: String
  public var code: Errno
  /// The kernel's or library's own words, empty where they say no more than the code.
  public var detail: String

  public init(_ operation: String, _ subject: String = "", code: Errno, detail: String = "") {
    self.operation = operation
    self.subject = subject
    self.code = code
    self.detail = detail
  }

  init(_ operation: String, _ subject: String = "", number: Int32, detail: String = "") {
    self.init(operation, subject, code: Errno(rawValue: number), detail: detail)
  }

  /// The thing asked for is not there (any more): what cleaning up may take for success.
  public var isAbsence: Bool {
    // ENODEV, ENXIO: the interface. ENOENT: a rule, neighbour, file. ESRCH: a route. EADDRNOTAVAIL: an address.
    [
      .operationNotSupportedByDevice, .noSuchAddressOrDevice, .noSuchFileOrDirectory, .noSuchProcess,
      .addressNotAvailable,
    ].contains(code)
  }
}

extension SystemError: CustomStringConvertible {
  public var description: String {
    let what = subject.isEmpty ? operation : "\(operation) \(subject)"
    let reason = code.description
    return detail.isEmpty || detail == reason ? "\(what): \(reason)" : "\(what): \(detail) (\(reason))"
  }
}
