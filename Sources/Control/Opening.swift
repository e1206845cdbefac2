import CTables
import Datapath
import LinuxPlatform
import SwitchModel
import Wire

/// What a start has taken hold of before the actor exists.
struct Opened {
  var lock: InstanceLock
  var claims: [String: PortClaim]
  var events: AsyncStream<SwitchEvent>
  var eventInput: AsyncStream<SwitchEvent>.Continuation
  /// With the numbers that the tables were written with.
  var state: InstanceState
  var numbers: NumberAllocator
  var datapath: any Datapath
  var reason: String
  var portSetup: PortSetup
  var own: OwnInterface
}

/// The part of a start that makes things in the kernel: the switch's own interface, and the datapath.
struct Opening {
  let configuration: SwitchConfiguration
  let paths: SwitchPaths
  /// The ports that are there.
  let links: [Link]
  let earlier: InstanceState
  /// Of the switch of this process that just made room.
  let former: (any Datapath)?

  /// Takes back what it made when it fails.
  func open(
    lock: InstanceLock, claims: [String: PortClaim], state: InstanceState
  ) throws(ControlError) -> Opened {
    let setup: PortSetup
    let own: OwnInterface
    do {
      setup = try PortSetup()
      own = try OwnInterface.ensure(
        switchName: configuration.name, mac: SwitchControl.ownMAC(configuration),
        addresses: knownAddresses, mtu: links.map(\.mtu).min())
    } catch {
      throw ControlError("\(error)")
    }
    let numbers = NumberAllocator(configuration, earlier: earlier.numbers)
    let (events, input) = AsyncStream.makeStream(
      of: SwitchEvent.self, bufferingPolicy: .bufferingOldest(8192))
    let portCount = numbers.portCount
    let chooser = DatapathChooser(
      choice: configuration.datapath,
      wanted: Opening.dimensions(configuration, numbers, cpus: XDPDatapath.cpus), paths: paths,
      interfaces: (links + [own.port]).map { ($0.name, Int($0.index)) }, earlier: earlier, former: former)
    let result: DatapathChooser.Result
    do throws(ControlError) {
      result = try chooser.choose { elsewhere throws(DatapathError) in
        try PcapDatapath(
          path: paths.tables, wanted: Opening.dimensions(configuration, numbers, cpus: portCount),
          earlier: earlier.fileDimensions, elsewhere: elsewhere,
          onPunt: { input.yield(.frame(port: $0, $1)) },
          onFailure: { input.yield(.portFailed(port: $0, $1)) })
      }
    } catch {
      if !own.isAdopted { _ = try? OwnInterface.remove(switchName: configuration.name) }
      throw error
    }
    var state = state
    state.mountedBPF = state.mountedBPF || result.mountedBPF
    state.datapath = result.datapath.kind.rawValue
    state.choice = configuration.datapath.rawValue
    state.reason = result.reason
    state.dimensions = result.datapath.tables.dimensions
    state.abi = FS_ABI
    return Opened(
      lock: lock, claims: claims, events: events, eventInput: input, state: state, numbers: numbers,
      datapath: result.datapath, reason: result.reason, portSetup: setup, own: own)
  }

  /// The configured address, and those that an earlier run found and still uses.
  private var knownAddresses: [IPPrefix] {
    let found = earlier.ownAddresses.compactMap { subnet, address -> IPPrefix? in
      guard let subnet = IPPrefix(subnet), let address = IPAddress(address) else { return nil }
      return IPPrefix(address, length: subnet.length)
    }
    let configured = configuration.address.map { [$0] } ?? []
    return configured + found.filter { !configured.contains($0) }
  }

  /// What a configuration needs.
  static func dimensions(
    _ configuration: SwitchConfiguration, _ numbers: NumberAllocator, cpus: Int
  ) -> Dimensions {
    Dimensions(
      cpus: cpus, clusters: numbers.clusterCount, members: numbers.memberCount,
      buckets: numbers.bucketCount,
      services: configuration.clusters.reduce(0) { $0 + $1.services.count },
      sources: configuration.clusters.contains { $0.stickyTime != nil } ? 1 << 18 : 0)
  }
}
