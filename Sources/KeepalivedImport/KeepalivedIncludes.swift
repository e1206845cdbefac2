/// Finds the files that `include` names.
public protocol KeepalivedIncludes: Sendable {
  /// - Parameters:
  ///   - pattern: what stands behind `include`, perhaps with wildcards.
  ///   - file: the name of the file that it stands in.
  /// - Returns: names and bytes of the files, in the order in which they are read.
  func files(matching pattern: String, from file: String) throws(KeepalivedIncludeError) -> [(
    name: String, bytes: [UInt8]
  )]
}

/// Why a file cannot be included.
public struct KeepalivedIncludeError: Error, Hashable, Sendable {
  public var reason: String

  public init(_ reason: String) { self.reason = reason }
}

/// For text that does not come from a file: every `include` is a fault.
public struct NoIncludes: KeepalivedIncludes {
  public init() {}

  public func files(matching pattern: String, from file: String) throws(KeepalivedIncludeError) -> [(
    name: String, bytes: [UInt8]
  )] {
    throw KeepalivedIncludeError("other files are not read here")
  }
}
