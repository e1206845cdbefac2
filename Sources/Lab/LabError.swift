/// Why the lab could not do something, in words for a person, with the exit code of the operator's contract.
package struct LabError: Error, Equatable, CustomStringConvertible {
  package enum Kind: Equatable, Sendable {
    /// Wrong usage, or the machine lacks something: exit code 1.
    case usage
    /// The kernel, a program or the daemon refused, or a claim does not hold: exit code 2.
    case refused
    /// No daemon answered in time: exit code 3.
    case silent
    /// Ended by this signal: exit code 128 and its number, as shells have it.
    case interrupted(Int32)
  }

  package var kind: Kind
  package var description: String

  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  package static func refused(_ description: String) -> LabError { LabError(.refused, description) }

  package var exitCode: Int32 {
    switch kind {
    case .usage: 1
    case .refused: 2
    case .silent: 3
    case .interrupted(let signal): 128 + signal
    }
  }

  package var isInterruption: Bool {
    if case .interrupted = kind { true } else { false }
  }
}
