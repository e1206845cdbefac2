import Foundation
@testable import Lab
import Testing

/// A suite's own lab: built before its first test, taken down after its last, whatever came between.
struct LabTrait: SuiteTrait, TestScoping {
  var datapath: LabDatapath
  var layout: LabLayout = .servers

  @TaskLocal static var lab: LabNetwork?

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    LabNetwork.removeAbandoned()
    let lab = try LabNetwork.up(
      base: "test", datapath: datapath, layout: layout, binary: Executable.flowswitch(), owned: true)
    do {
      try await Self.$lab.withValue(lab) { try await function() }
    } catch {
      try lab.down()
      throw error
    }
    try lab.down()
  }
}

extension Trait where Self == LabTrait {
  /// A lab whose switch has this datapath.
  static func lab(_ datapath: LabDatapath, _ layout: LabLayout = .servers) -> LabTrait {
    LabTrait(datapath: datapath, layout: layout)
  }
}

/// Expects every claim of a check to hold, in the suite's lab.
func verify(
  _ check: (LabChecks) throws -> [Finding], sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let lab = try #require(LabTrait.lab, sourceLocation: sourceLocation)
  let findings = try check(LabChecks(lab))
  #expect(!findings.isEmpty, sourceLocation: sourceLocation)
  for finding in findings {
    #expect(finding.holds, "\(finding)", sourceLocation: sourceLocation)
  }
  // What the switch said meanwhile says why.
  if findings.contains(where: { !$0.holds }) {
    print(TextFile.read(lab.daemonLog)?.split(separator: "\n").suffix(60).joined(separator: "\n") ?? "no log")
  }
}
