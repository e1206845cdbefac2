/// A way in which a server of the lab fails, its consequences for the switch being the same: no traffic for it.
package enum Fault: String, CaseIterable, Sendable {
  /// The program is killed; its kernel refuses connections from then on.
  case program
  /// The whole host goes, and its cable with it.
  case namespace
  /// The cable is cut: no carrier.
  case link
  /// The link stays up, and everything that arrives vanishes.
  case blackhole
  /// The program answers after a second.
  case late
  /// The program answers the probes with an error.
  case wrong

  package var text: String {
    switch self {
    case .program: "its program is killed"
    case .namespace: "the host is gone"
    case .link: "its cable is cut"
    case .blackhole: "everything that it is sent vanishes, the link stays up"
    case .late: "it answers a second late"
    case .wrong: "it answers with errors"
    }
  }
}
