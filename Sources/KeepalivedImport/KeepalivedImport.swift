/// A keepalived.conf as a configuration of FlowSwitch.
///
/// The room turns virtual servers into clusters and real servers into members, and tells of everything that becomes
/// something else or nothing. It reads keepalived.conf(5): bytes → lines and definitions (`KeepalivedReader`) → blocks
/// (`KeepalivedParser`) → what they mean (`VirtualServer`) → what becomes of it (`ConversionPlan`) → text
/// (`YAMLWriter`). The text is one that `ConfigurationFile` takes: what it would not is in comments. Interfaces are not
/// in keepalived.conf, so ports are `CHANGE-ME-R` and `CHANGE-ME-1`, … where the options name none.
public struct KeepalivedImport: Sendable {
  /// YAML.
  public let text: String
  /// In the order of the file, at most `maximumFindings`.
  public let findings: [ImportFinding]
  /// Findings beyond that.
  public let furtherFindings: Int
  /// Ports that nobody has named yet.
  public let placeholders: [String]

  public static let maximumFindings = 5000

  /// - Parameters:
  ///   - bytes: the file, at most 4 MiB.
  ///   - file: the name that places carry.
  public init(
    bytes: [UInt8], file: String, options: ImportOptions = ImportOptions(),
    includes: some KeepalivedIncludes = NoIncludes()
  ) throws(KeepalivedFault) {
    try self.init(bytes: bytes, file: file, options: options, includes: includes, limits: KeepalivedLimits())
  }

  init(
    bytes: [UInt8], file: String, options: ImportOptions = ImportOptions(),
    includes: some KeepalivedIncludes = NoIncludes(), limits: KeepalivedLimits
  ) throws(KeepalivedFault) {
    var reader = KeepalivedReader(
      configurationID: options.configurationID, includes: includes, limits: limits)
    let statements = try reader.read(bytes, file: file)
    var plan = ConversionPlan(options: options, limits: limits)
    for condition in reader.conditions {
      plan.find(
        .changed, condition.place, condition.text,
        condition.isTaken ? "the line counts, by --config-id" : "the line does not count for this --config-id"
      )
    }
    try plan.read(statements, file: file)
    text = YAMLWriter(plan: plan, file: file).text
    findings = plan.findings.enumerated().sorted {
      ($0.element.place.line, $0.offset) < ($1.element.place.line, $1.offset)
    }.map(\.element)
    furtherFindings = plan.furtherFindings
    placeholders = plan.placeholders
  }
}
