import Balancing
import SwitchModel
import Wire

/// A member as it is now.
struct MemberRuntime {
  var configuration: MemberConfiguration
  /// `cluster/member`.
  let key: String
  /// In the tables.
  let index: Int
  let port: Int
  /// As found.
  var mac: MACAddress?
  /// It answered when it was asked last.
  var answers = false
  var lastChange: String
  /// At the last look, for rates.
  var sample = RateSample()

  var isResolved: Bool { mac != nil }
}

/// A member that the configuration does not name any more: new flows go to others, its own stay until they end (X8).
struct LeavingMember {
  let name: String
  /// `cluster/member`.
  let key: String
  let index: Int
  let port: Int
}

/// Counters at a moment, and what they grew by until the next.
struct RateSample {
  var packets: UInt64 = 0
  var bytes: UInt64 = 0
  var newFlows: UInt64 = 0
  var leaving: UInt64 = 0
  var packetsPerSecond: UInt64 = 0
  var bytesPerSecond: UInt64 = 0
  var newFlowsPerSecond: UInt64 = 0
  var leavingPerSecond: UInt64 = 0
}

/// Where a member stands in control's tables.
struct MemberPlace {
  let cluster: Int
  let member: Int
}

/// A cluster as it is now.
struct ClusterRuntime {
  var configuration: ClusterConfiguration
  /// In the tables, and in the virtual MAC.
  let index: Int
  let firstBucket: Int
  var members: [MemberRuntime]
  var machine: BucketMachine
  /// Former members that buckets in transition still lead to.
  var leaving: [LeavingMember] = []
  /// Its buckets come from an earlier run, and may have flows.
  var isUsed = false
  /// Of an availability cluster: who gets everything.
  var primary: Int?
  /// The MAC that is answered for its address: of the first cluster that has the address.
  var virtualMAC: MACAddress

  var name: String { configuration.name }
}
