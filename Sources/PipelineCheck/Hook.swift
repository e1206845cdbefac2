import ArgumentParser
import Datapath

/// Where the kernel's program stands.
enum Hook: String, ExpressibleByArgument, CaseIterable {
  case xdp
  case tc

  var kind: DatapathKind { self == .tc ? .tc : .xdpGeneric }
}
