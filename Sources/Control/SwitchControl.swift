import Balancing
import Datapath
import Glibc
import HealthProbe
import LinuxPlatform
import Logging
import ProxyARP
import SwitchModel
import Wire

/// The switch's management processor (WO 99/33227, fig. 5F): owns ports, clusters and members, decides, and writes what
/// it decided into the datapath's tables.
///
/// An actor: threads (captures, link monitor) send it events, the API asks it for rows, a tick every 100 ms turns the
/// state machines. It is the only writer of policy. The steps of its life are in `+Start`, `+Ports`, `+Clusters`,
/// `+Addresses`, `+Tick`; what it shows in `+Rows`.
public actor SwitchControl {
  let configuration: SwitchConfiguration
  let paths: SwitchPaths
  let log: Logger
  let time: any TimeSource
  let instanceLock: InstanceLock
  let events: AsyncStream<SwitchEvent>
  let eventInput: AsyncStream<SwitchEvent>.Continuation
  /// When the daemon began, whichever configuration it had then.
  let startedAt: WallTime
  /// Takes the place of another one of this process: that is no start of the switch.
  let isSuccessor: Bool
  let release: String

  var state: InstanceState
  var isStateDirty = false
  /// The last writing of the state has failed.
  var isStateBroken = false
  var numbers: NumberAllocator
  var datapath: any Datapath
  var datapathReason: String
  let isAdopted: Bool
  /// Of the switch whose place this one takes: what is not taken over yet. After `handOver` its own.
  var holdings: Holdings?
  /// A successor has failed.
  var wasTakenBack = false
  let portSetup: PortSetup
  var portTable: [PortRuntime]
  /// Where each port number stands in `portTable`.
  let portPositions: [Int: Int]
  /// Those of clusters, pools and members, and none.
  let ownVLANs: Set<VLANID>
  var own: OwnInterface
  /// Where the datapath's frames for control come in.
  let puntGate: PuntGate
  var puntLoop: PuntLoop?
  var ownReader: PuntReader?
  var puntRing: (any Tap)?
  /// Which there are, and in which order, is settled at the start.
  var clusterTable: [ClusterRuntime] = []
  /// By name.
  var clusterPositions: [String: Int] = [:]
  /// Positions of those that have buckets in transition.
  var movingClusters: Set<Int> = []
  /// The MAC that is answered for each single address of a cluster, and the clusters whose address is a subnet.
  var virtualMACs: [NeighbourKey: MACAddress] = [:]
  var subnetClusters: [Int] = []
  /// By the members' numbers.
  var memberPlaces: [Int: MemberPlace] = [:]
  /// Of those that drain, by their numbers.
  var drains: [Int: DrainWatch] = [:]
  /// Former members in `clusterTable`.
  var leavers = 0
  /// Members that nothing goes to, by their numbers, of which the flow table says nothing any more.
  var buried: Set<Int> = []
  var resolver: MemberResolver
  var neighbours: NeighbourTable
  var announcer = Announcer()
  var monitor: LinkMonitor?
  var receivedBefore: [UInt64] = []
  /// Frames that all ports had received when members were sampled last.
  var receivedAtSample: UInt64?
  var wasQuiet = false
  var ticks = 0
  var eventLog: EventLog
  var isEventLogBroken = false
  let hook: HookRunner?
  var hookReportedAt: Duration?
  var probeRunner: ProbeRunner?
  var probeRoutes: ProbeRoutes?
  /// Members and routers by the job that watches them.
  var probeTargets: [Int: [MemberPlace]] = [:]
  var finder: AddressFinder
  /// MACs were found since the probes were configured.
  var newMACs = false
  /// The start is complete.
  var isUp = false
  var isStopped = false
  /// Somebody watches the flows.
  var isTapped = false
  /// Of the capture that is under way.
  var captureQueue: CaptureQueue?
  var captureTap: (any Tap)?

  init(
    configuration: SwitchConfiguration, paths: SwitchPaths, log: Logger, time: any TimeSource,
    version: String, opened: Opened, predecessor: Predecessor?, holdings: Holdings?
  ) {
    self.configuration = configuration
    self.paths = paths
    self.log = log
    self.time = time
    release = version
    instanceLock = opened.lock
    events = opened.events
    eventInput = opened.eventInput
    startedAt = predecessor?.startedAt ?? time.wall
    isSuccessor = predecessor != nil
    state = opened.state
    isStateBroken = predecessor?.isUnsaved == true
    numbers = opened.numbers
    datapath = opened.datapath
    datapathReason = opened.reason
    isAdopted = opened.datapath.isAdopted
    self.holdings = holdings
    puntGate = holdings?.gate ?? PuntGate(opened.eventInput)
    puntGate.turn(to: opened.eventInput)
    portSetup = opened.portSetup
    own = opened.own
    let memberPorts = Set(configuration.clusters.flatMap { $0.members.map(\.port) })
    portTable = configuration.ports.map {
      PortRuntime(
        $0, index: opened.numbers.numbers.ports[$0.name] ?? 0, hasMembers: memberPorts.contains($0.name))
    }
    portPositions = Dictionary(
      portTable.enumerated().map { ($0.element.index, $0.offset) }, uniquingKeysWith: { first, _ in first })
    ownVLANs = configuration.groups.reduce(into: [.untagged]) { vlans, group in
      vlans.insert(group.vlan)
      for member in group.members { vlans.insert(member.vlan) }
    }
    for position in portTable.indices {
      portTable[position].lock = opened.claims[portTable[position].name]
    }
    let identity = SwitchControl.identity(configuration, clusters: opened.numbers.clusterCount)
    resolver = MemberResolver(identity: identity)
    neighbours = NeighbourTable(identity: identity)
    neighbours.reserved = SwitchControl.reservedPrefixes(configuration)
    let present = (try? NetlinkSession().addresses(of: opened.own.host.index).map(\.address)) ?? []
    finder = AddressFinder(
      mac: SwitchControl.ownMAC(configuration),
      wanted: SwitchControl.ownAddressWishes(
        configuration, opened.state.ownAddresses, present: Set(present)), seed: opened.state.seed)
    eventLog = predecessor?.eventLog ?? EventLog(path: paths.events)
    hook = HookRunner(configuration.hook, instance: configuration.name)
  }

  /// The MAC before the clusters' is the switch's own.
  static func ownMAC(_ configuration: SwitchConfiguration) -> MACAddress {
    MACAddress(number: configuration.virtualMAC.number - 1)
  }

  static func identity(_ configuration: SwitchConfiguration, clusters: Int) -> SwitchIdentity {
    SwitchIdentity(
      mac: ownMAC(configuration), address: configuration.address, virtualMAC: configuration.virtualMAC,
      virtualCount: clusters)
  }

  var tables: TableMemory { datapath.tables }

  /// The datapath's time: 100 ms since the machine's start, so that it goes on over restarts.
  var fine: UInt32 {
    let (seconds, attoseconds) = time.now.components
    return UInt32(truncatingIfNeeded: seconds * 10 + attoseconds / 100_000_000_000_000_000)
  }

  func portPosition(_ index: Int) -> Int? { portPositions[index] }
  func portName(_ index: Int) -> String {
    index == NumberAllocator.ownPort ? own.port.name : portPosition(index).map { portTable[$0].name } ?? "?"
  }
}
