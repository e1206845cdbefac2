/// One claim about the switch, and what was measured.
package struct Finding: Sendable, CustomStringConvertible {
  /// The requirement's id, `H3`.
  package var requirement: String
  package var claim: String
  package var holds: Bool
  /// What was measured, with figures.
  package var fact: String

  package init(_ requirement: String, _ claim: String, _ holds: Bool, _ fact: String) {
    self.requirement = requirement
    self.claim = claim
    self.holds = holds
    self.fact = fact
  }

  package var description: String { "\(holds ? "✓" : "✗") \(requirement) \(claim): \(fact)" }
}
