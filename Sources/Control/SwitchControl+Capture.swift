import Datapath
import Glibc
import LinuxPlatform
import PacketCapture
public import SwitchModel

// Captures: the datapath's samples, filtered, with names for numbers.
extension SwitchControl {
  /// How often the reader is given what has come, and how long it hears nothing at the most.
  private static let period = Duration.milliseconds(50)
  private static let silence = 20

  /// Not on this actor: a filter may name hosts, which are looked up.
  public nonisolated func capture(
    _ request: CaptureRequest
  ) async throws(OperationError) -> AsyncStream<CaptureBatch> {
    guard CaptureRequest.snap.contains(request.snap) else {
      throw OperationError(.invalid, "a capture keeps 1 to 65535 bytes of a frame")
    }
    var filter: CaptureFilter?
    if !request.filter.isEmpty {
      do throws(CaptureFilter.Fault) { filter = try CaptureFilter(request.filter) } catch {
        throw OperationError(.invalid, error.message)
      }
    }
    return try await openCapture(request, CaptureQueue(filter: filter, count: request.count))
  }

  private func openCapture(
    _ request: CaptureRequest, _ queue: CaptureQueue
  ) throws(OperationError) -> AsyncStream<CaptureBatch> {
    if isTapped { throw OperationError(.busy, "somebody else is capturing, or watching the flows") }
    let names = captureNames()
    var ports: Set<Int>?
    for name in request.ports {
      guard let number = names.ports.first(where: { $0.value == name })?.key else {
        throw OperationError(.notFound, "there is no port \(name)")
      }
      ports = (ports ?? []).union([number])
    }
    let tap: any Tap
    do throws(DatapathError) {
      tap = try datapath.openCapture(ports: ports, snap: request.snap) { queue.add($0) }
    } catch {
      throw OperationError(.unavailable, error.message)
    }
    isTapped = true
    captureQueue = queue
    captureTap = tap
    let lease = CaptureLease { [self] in Task { await self.endCapture(tap) } }
    return AsyncStream(unfolding: {
      // Lives as long as the stream.
      defer { withExtendedLifetime(lease) {} }
      return await SwitchControl.next(queue, tap, names)
    })
  }

  private func endCapture(_ tap: any Tap) {
    tap.close()
    captureQueue = nil
    captureTap = nil
    isTapped = false
  }

  /// The switch goes. What was captured can still be taken; the rings are let go of now, before another switch of this
  /// instance has the same ones.
  func endCaptures() {
    captureQueue?.finish()
    captureTap?.close()
  }

  /// Nil: nothing comes any more.
  private static func next(
    _ queue: CaptureQueue, _ tap: any Tap, _ names: CaptureNames
  ) async -> CaptureBatch? {
    for turn in 1...silence {
      let taken = queue.take()
      if !taken.samples.isEmpty || turn == silence {
        let packets = taken.samples.enumerated().map { names.packet($1, number: taken.first + UInt64($0)) }
        return CaptureBatch(packets: packets, missed: tap.missed + taken.dropped)
      }
      if taken.isLast { return nil }
      do { try await Task.sleep(for: period) } catch { return nil }
    }
    return nil
  }

  private func captureNames() -> CaptureNames {
    var names = CaptureNames(ports: [:], clusters: [:], members: [:], clock: 0)
    names.ports[NumberAllocator.ownPort] = own.port.name
    for port in portTable { names.ports[port.index] = port.name }
    for cluster in clusterTable {
      names.clusters[cluster.index] = cluster.name
      for member in cluster.members {
        names.members[member.index] = (cluster.name, member.configuration.name)
      }
      for member in cluster.leaving { names.members[member.index] = (cluster.name, member.name) }
    }
    func now(_ clock: clockid_t) -> UInt64 {
      var time = timespec()
      clock_gettime(clock, &time)
      return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
    names.clock = now(CLOCK_REALTIME) &- now(CLOCK_MONOTONIC)
    return names
  }
}
