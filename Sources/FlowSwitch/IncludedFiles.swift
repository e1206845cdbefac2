import Glibc
import KeepalivedImport
import SystemPackage

/// `include` of a keepalived.conf as keepalived does it: names with wildcards, relative to the folder of the file that
/// includes. Files from standard input include nothing.
struct IncludedFiles: KeepalivedIncludes {
  /// Bytes of one file, and one more: the importer says that it is too large.
  static let maximumSize = 4 << 20
  static let maximumMatches = 256

  private let isAllowed: Bool

  init(for file: String) { isAllowed = file != "-" }

  func files(matching pattern: String, from file: String) throws(KeepalivedIncludeError) -> [(
    name: String, bytes: [UInt8]
  )] {
    guard isAllowed else { throw KeepalivedIncludeError("standard input has no folder") }
    let path =
      pattern.hasPrefix("/")
      ? FilePath(pattern) : FilePath(file).removingLastComponent().appending(pattern)
    var found = glob_t()
    defer { globfree(&found) }
    // GLOB_BRACE is 1 << 10 (glob.h); no sorting is left out, so the order is keepalived's.
    switch glob(path.string, 1 << 10, nil, &found) {
    case 0: break
    case GLOB_NOMATCH: throw KeepalivedIncludeError("there is no such file")
    default: throw KeepalivedIncludeError("the folder cannot be read")
    }
    guard found.gl_pathc <= IncludedFiles.maximumMatches else {
      throw KeepalivedIncludeError("it names more than \(IncludedFiles.maximumMatches) files")
    }
    var files: [(name: String, bytes: [UInt8])] = []
    for index in 0..<Int(found.gl_pathc) {
      guard let name = found.gl_pathv?[index].map({ String(cString: $0) }) else { continue }
      files.append((name, try IncludedFiles.read(name, options: .nonBlocking)))
    }
    return files
  }

  /// - Parameter options: `.nonBlocking` where a FIFO must not wait for its writer.
  static func read(_ path: String, options: FileDescriptor.OpenOptions = []) throws(KeepalivedIncludeError)
    -> [UInt8]
  {
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(
        FilePath(path), .readOnly, options: options.union(.closeOnExec))
    } catch {
      throw KeepalivedIncludeError("\(error)")
    }
    defer { try? descriptor.close() }
    return try read(descriptor)
  }

  static func read(_ descriptor: FileDescriptor) throws(KeepalivedIncludeError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    do {
      while bytes.count <= maximumSize {
        let count = try chunk.withUnsafeMutableBytes { try descriptor.read(into: $0) }
        if count == 0 { break }
        bytes += chunk[..<count]
      }
    } catch {
      throw KeepalivedIncludeError("\(error)")
    }
    return bytes
  }
}
