import Balancing
import HealthProbe
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
  /// What the operator wants.
  var admin: AdminState
  /// What the probe says; `unknown` counts as not failed, and stays where there is no probe.
  var health: HealthState
  /// Why it failed last, in the probe's words.
  var healthText = "as before the start"
  /// It could serve when the cluster was looked at last.
  var wasAble = false
  /// It could serve at some time.
  var hasServed = false
  /// Since when its share grows (X5); nil: it has its full weight.
  var growsSince: Duration?
  /// New flows that it had when the load routine looked last.
  var flowsAtStep: UInt64 = 0
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

/// The load routine of a cluster, and what it measures.
struct LoadState {
  var routine: LoadRoutine
  /// Each bucket's counter when it was looked at last; empty: all were 0.
  var before: [UInt64]
  /// Packets that its members had taken then.
  var packets: UInt64
  var nextStep: Duration
}

/// Where a member stands in control's tables.
struct MemberPlace {
  let cluster: Int
  let member: Int
}

/// A cluster as it is now.
struct ClusterRuntime {
  var configuration: ClusterConfiguration
  /// It is this router pool.
  let pool: RouterPoolConfiguration?
  /// In the tables, and in the virtual MAC.
  let index: Int
  let firstBucket: Int
  var members: [MemberRuntime]
  var machine: BucketMachine
  /// Former members that buckets in transition still lead to.
  var leaving: [LeavingMember] = []
  /// New flows that found no room, when it was looked at last.
  var unentered: UInt64?
  /// There is a flood of new flows until then, in ticks.
  var floodedUntil = 0
  /// Its buckets come from an earlier run, and may have flows.
  var isUsed = false
  /// Of an availability cluster: who gets everything.
  var availability: AvailabilityMachine<String>?
  /// Its primary's number.
  var primary: Int?
  /// In a pool with ARP answers: the router that each known server (its bucket) was given, and that it has back when the
  /// router does.
  var homes: [Int: MemberIndex] = [:]
  /// Of a cluster with a load routine.
  var load: LoadState?
  /// It had a member that could serve.
  var wasServing = false
  /// The MAC that is answered for its address: of the first cluster that has the address.
  var virtualMAC: MACAddress

  var name: String { configuration.name }
}
