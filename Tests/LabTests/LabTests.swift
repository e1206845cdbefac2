import Foundation
import Lab
import Testing

/// Everything that needs network namespaces. One lab at a time: the figures are taken on two cores.
@Suite(
  "Lab", .serialized,
  .enabled(if: Privilege.isRoot, "needs root: network namespaces, interfaces, raw sockets"))
struct LabTests {}

enum Privilege {
  static let isRoot = geteuid() == 0
}
