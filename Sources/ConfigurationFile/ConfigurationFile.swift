import Glibc
public import SwitchModel
import SystemPackage

/// A configuration file that was read and checked.
///
/// The room turns the operator's file into a `SwitchConfiguration`, or into a list of everything that is wrong with
/// it (spec/operator-surface.md, "Configuration"). Reading goes in steps, and a step's faults do not keep the next
/// from being looked for: bytes (`ByteCheck`) → nodes with places (`YAMLReader`) → sections by key (`…Draft`, from
/// an `Item`) → checks across sections (`ConfigurationDraft.check`) → the model. A step that cannot go on says why
/// in the `Report`.
public struct ConfigurationFile: Sendable {
  public let configuration: SwitchConfiguration
  /// The text.
  public let bytes: [UInt8]
  /// Warnings only.
  public let diagnostics: [Diagnostic]
  /// Why somebody else than root and this process's user may have written it: "others may write to it (mode 666)". Nil:
  /// nobody else, or it was no file.
  public let foreignHand: String?

  /// The programs that it names (a hook, `exec` probes) would be run for whoever wrote it, with the switch's rights.
  public var runsForeignPrograms: Bool {
    let runsPrograms =
      !configuration.hook.isEmpty || configuration.groups.contains { $0.probe?.kind == .exec }
    return foreignHand != nil && runsPrograms
  }

  /// Reads the file at `path`. At most 16 MiB are read, whatever the file is.
  public init(path: String) throws(ConfigurationFaults) {
    let bytes: [UInt8]
    let hand: String?
    do {
      (bytes, hand) = try ConfigurationFile.read(path)
    } catch {
      let report = Report(file: path)
      report.error("cannot be read: \(error)", at: .none, expected: "a file that can be read")
      throw ConfigurationFaults(diagnostics: report.sorted)
    }
    try self.init(bytes: bytes, file: path, foreignHand: hand)
  }

  /// - Parameter file: the name that faults carry.
  public init(bytes: [UInt8], file: String) throws(ConfigurationFaults) {
    try self.init(bytes: bytes, file: file, foreignHand: nil)
  }

  private init(bytes: [UInt8], file: String, foreignHand: String?) throws(ConfigurationFaults) {
    let report = Report(file: file)
    if let foreignHand {
      report.warning("\(foreignHand), and who writes to it commands the switch", at: .none, path: "")
    }
    guard let root = YAMLReader(report: report).read(bytes) else {
      throw ConfigurationFaults(diagnostics: report.sorted)
    }
    let draft = ConfigurationDraft(Item(node: root, path: "", report: report))
    draft.check(report)
    guard !report.hasErrors, let configuration = draft.build() else {
      throw ConfigurationFaults(diagnostics: report.sorted)
    }
    self.configuration = configuration
    self.bytes = bytes
    self.foreignHand = foreignHand
    self.diagnostics = report.sorted
  }

  /// A file's bytes, one more than allowed at the most; nil: it cannot be read.
  public static func bytes(of path: String) -> [UInt8]? { try? read(path).bytes }

  /// One byte more than allowed is read, so that the reader sees that there is more.
  private static func read(_ path: String) throws(Errno) -> (bytes: [UInt8], foreignHand: String?) {
    do {
      let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
      return try descriptor.closeAfter {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= YAMLReader.maximumSize {
          let count = try chunk.withUnsafeMutableBytes { try descriptor.read(into: $0) }
          if count == 0 { break }
          bytes += chunk[..<count]
        }
        return (bytes, foreignHand(on: descriptor))
      }
    } catch let error as Errno {
      throw error
    } catch {
      throw .ioError
    }
  }

  private static func foreignHand(on descriptor: FileDescriptor) -> String? {
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    // A group may be that of those who command the switch anyway.
    if status.st_mode & 0o002 != 0 {
      return "others may write to it (mode \(String(status.st_mode & 0o7777, radix: 8)))"
    }
    if status.st_uid != 0 && status.st_uid != geteuid() { return "its owner is user \(status.st_uid)" }
    return nil
  }
}
