import Balancing
import LinuxPlatform
import SwitchModel

// What operators ask for: drain, enable, disable (X5).
extension SwitchControl {
  public func setAdminState(_ wanted: AdminState, of key: String) throws(OperationError) {
    guard let at = place(of: key) else {
      throw OperationError(.notFound, "there is no member or router \(key)")
    }
    let member = clusterTable[at.cluster].members[at.member]
    if member.admin == wanted { return }
    clusterTable[at.cluster].members[at.member].admin = wanted
    clusterTable[at.cluster].members[at.member].lastChange = time.wall.description
    drains[member.index] = wanted == .draining ? DrainWatch() : nil
    state.adminStates[key] = wanted == .enabled ? nil : wanted
    record(.admin, key, cause: "the operator asked for it", effect: "it is \(wanted.rawValue)")
    review([at.cluster], because: "the operator enabled it")
    // What an operator has been told is done outlives a daemon that is killed the moment after.
    saveState()
    saveEvents()
  }

  /// `cluster/member` or `pool/router`.
  func place(of key: String) -> MemberPlace? {
    for (position, cluster) in clusterTable.enumerated() {
      if let i = cluster.members.firstIndex(where: { $0.key == key }) {
        return MemberPlace(cluster: position, member: i)
      }
    }
    return nil
  }
}
