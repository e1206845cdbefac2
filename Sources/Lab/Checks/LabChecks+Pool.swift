extension LabChecks {
  /// Runs checks in a second lab, with a pool of routers, that stands as long as they take.
  func inPool(
    _ layout: LabLayout, _ checks: (LabChecks) throws -> [Finding]
  ) throws -> [Finding] {
    let pool = try LabNetwork.up(
      base: "pool", datapath: lab.datapath, layout: layout, binary: lab.binary, owned: true)
    let findings: [Finding]
    do {
      findings = try checks(LabChecks(pool))
    } catch {
      try pool.down()
      throw error
    }
    try pool.down()
    return findings
  }
}
