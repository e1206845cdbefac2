import ConfigurationFile
@testable import KeepalivedImport
import Planning
import Replay
import SwitchModel

extension FuzzTarget {
  /// A configuration's text. What is refused names a place; what is accepted can be filled into tables and compared with
  /// another.
  static let configuration = FuzzTarget(
    "configuration", "the text of a configuration", longest: 8192, .direct { bytes in try read(bytes) })

  private static func read(_ bytes: [UInt8]) throws(FuzzFault) {
    let configuration: SwitchConfiguration
    do throws(ConfigurationFaults) {
      configuration = try ConfigurationFile(bytes: bytes, file: "fuzz.yaml").configuration
    } catch {
      try check(error.diagnostics, bytes)
      return
    }
    _ = ConfigurationPlanner.summary(from: configuration, to: configuration)
    // Larger ones take long, and go the same way.
    if configuration.groups.reduce(0, { $0 + $1.buckets }) <= 1 << 14 {
      _ = try? OfflineSwitch(configuration)
    }
  }

  private static func check(_ diagnostics: [Diagnostic], _ bytes: [UInt8]) throws(FuzzFault) {
    try FuzzFault.unless(!diagnostics.isEmpty, "refused without a word")
    // More bytes than a text has lines.
    let lines = 0...bytes.count + 2
    for fault in diagnostics {
      try FuzzFault.unless(
        lines.contains(fault.line) && lines.contains(fault.column), "a place elsewhere: \(fault)")
    }
  }

  /// What becomes of any keepalived.conf is a text that the switch takes, or a fault.
  static let keepalived = FuzzTarget(
    "keepalived", "keepalived.conf", longest: 8192, .direct { bytes in try convert(bytes) })

  private static func convert(_ bytes: [UInt8]) throws(FuzzFault) {
    var limits = KeepalivedLimits()
    // A file that includes itself ends sooner.
    limits.resolved = 1 << 18
    limits.nesting = 4
    guard
      let imported = try? KeepalivedImport(
        bytes: bytes, file: "keepalived.conf", includes: Itself(bytes: bytes), limits: limits)
    else { return }
    do throws(ConfigurationFaults) {
      _ = try ConfigurationFile(bytes: Array(imported.text.utf8), file: "imported.yaml")
    } catch {
      throw FuzzFault("the text is refused: \(error)\n\(imported.text)")
    }
  }
}

/// Every `include` finds the same file again.
private struct Itself: KeepalivedIncludes {
  let bytes: [UInt8]

  func files(matching pattern: String, from file: String) throws(KeepalivedIncludeError) -> [(
    name: String, bytes: [UInt8]
  )] {
    [(name: pattern, bytes: bytes)]
  }
}
