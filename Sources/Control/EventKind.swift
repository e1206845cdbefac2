/// What can happen (docs/events.md). The raw values are the names in events, logs and JSON.
enum EventKind: String, CaseIterable {
  case memberUp = "member-up"
  case memberDown = "member-down"
  case memberFound = "member-found"
  case memberChanged = "member-changed"
  case primary
  case clusterFailed = "cluster-failed"
  case clusterRestored = "cluster-restored"
  case routerUp = "router-up"
  case routerDown = "router-down"
  case linkUp = "link-up"
  case linkDown = "link-down"
  case drained
  case admin
  case rebalanced
  case flood
  case floodOver = "flood-over"
  case probeDamped = "probe-damped"
  case conflict
  case ownAddress = "own-address"
  case hookFailed = "hook-failed"
  case applied
  case applyFailed = "apply-failed"
  case credentialsLoaded = "credentials-loaded"
  case credentialsRejected = "credentials-rejected"
  case started
  case stopped

  var isWarning: Bool {
    switch self {
    case .memberDown, .clusterFailed, .routerDown, .linkDown, .flood, .probeDamped, .conflict, .hookFailed,
      .applyFailed, .credentialsRejected:
      true
    default: false
    }
  }
}
