import Datapath
import LinuxPlatform
public import SwitchModel

// Another configuration in the place of this one, without a new process (issue of the operator: "change it without
// fear"). What a start adopts from a killed daemon it adopts from one that ended here: tables, links, numbers.
extension SwitchControl {
  /// Ends this switch so that another of the same name can start at once in this process. The kernel goes on forwarding
  /// meanwhile; the daemon's own datapath (pcap) stops, and its tables stay.
  public func handOver() {
    eventInput.finish()
    let left = leave()
    shutDown(keep: true, isHandedOver: true)
    holdings = left
    instanceLock.release()
  }

  /// What the next one goes on with is not this one's any more.
  private func leave() -> Holdings {
    var left = Holdings(
      kind: datapath.kind, gate: puntGate, puntLoop: puntLoop, ownReader: ownReader,
      ownInterface: own.host.index, puntRing: puntRing)
    for position in portTable.indices {
      let port = portTable[position]
      if let link = port.link, port.isAttached {
        left.ports[port.name] = Holdings.Port(
          interface: link.index, index: port.index, state: port.state, speedMegabits: port.speedMegabits,
          lock: port.lock, injector: port.injector, puntReader: port.puntReader)
      } else {
        port.puntReader?.stop()
      }
      portTable[position].lock = nil
      portTable[position].injector = nil
      portTable[position].puntReader = nil
    }
    (puntLoop, ownReader, puntRing) = (nil, nil, nil)
    return left
  }

  func takeHoldings() -> Holdings? {
    defer { holdings = nil }
    return holdings
  }

  /// A successor could not start.
  func takeBack(_ returned: Holdings?) {
    holdings = returned
    wasTakenBack = true
  }

  /// What the switch in the place of this one goes on with, beside the datapath.
  struct Predecessor: Sendable {
    var startedAt: WallTime
    /// Without its followers.
    var eventLog: EventLog
    /// As its file has it, unless that could not be written; nil: a successor that failed may have written another.
    var state: InstanceState?
    var isUnsaved: Bool
    var announced: Announced
  }

  var predecessor: Predecessor {
    Predecessor(
      startedAt: startedAt, eventLog: eventLog, state: wasTakenBack && !isStateBroken ? nil : state,
      isUnsaved: isStateBroken, announced: announced)
  }

  /// Whether a switch with `next` could start in the place of one with `former`, as far as that can be told without
  /// touching anything.
  /// - Throws: why not.
  public static func check(
    _ next: SwitchConfiguration, replacing former: SwitchConfiguration, paths: SwitchPaths
  ) throws(ControlError) {
    try checkPrivileges(next.datapath)
    let held = Set(former.ports.map(\.name))
    for link in try interfaces(of: next) where !held.contains(link.name) {
      do throws(PortLockError) {
        let claim = try PortClaim(index: link.index)
        withExtendedLifetime(claim) {}
      } catch {
        throw ControlError("port \(link.name): \(error)")
      }
      if XDPDatapath.hasSwitch(ifindex: Int(link.index)) {
        throw ControlError(
          "port \(link.name): another switch forwards there in the kernel; `bpftool net show dev \(link.name)` tells more"
        )
      }
    }
    let earlier = try InstanceState.load(paths.state)?.numbers ?? InstanceState.Numbers()
    let numbers = NumberAllocator(next, earlier: earlier).numbers
    guard numbers.isConsistent, numbers.ports.count == Set(next.ports.map(\.name)).count,
      numbers.clusters.count == next.groups.count
    else {
      throw ControlError("it needs more ports, clusters, members or buckets than the datapath's tables hold")
    }
  }
}
