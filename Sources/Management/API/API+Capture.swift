import PacketCapture
import SwitchModel

extension API {
  /// A part of a capture as it is written.
  private static let part = 256 << 10

  func capture(_ query: Query) async throws(APIError) -> APIResponse {
    let names = query["port"]?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
    let request = CaptureRequest(
      ports: names, filter: query["filter"] ?? "",
      snap: try query.integer("snap", in: CaptureRequest.snap) ?? CaptureRequest.defaultSnap,
      count: try query.integer("count", in: 1...Int.max))
    let batches: AsyncStream<CaptureBatch>
    do {
      batches = try await operations.capture(request)
    } catch {
      throw APIError(error)
    }
    let ports = await operations.ports().map { (name: $0.name, role: $0.role.rawValue) }
    var response = APIResponse(
      .events { write, _ in try await API.write(batches, ports, snap: request.snap, write) })
    response.contentType = "application/x-pcapng"
    return response
  }

  /// After each batch a count, which is the sign of life where nothing happens.
  private static func write(
    _ batches: AsyncStream<CaptureBatch>, _ ports: [(name: String, role: String)], snap: Int,
    _ write: APIResponse.Write
  ) async throws {
    var file = PacketFile(snapLength: snap)
    let system = CaptureSystem.current
    try await write(
      file.header(hardware: system.hardware, operatingSystem: system.operatingSystem, ports: ports))
    var received: UInt64 = 0
    var missed: UInt64 = 0
    var time: UInt64 = 0
    for await batch in batches {
      var bytes: [UInt8] = []
      if !batch.packets.isEmpty { bytes.reserveCapacity(part + (1 << 16)) }
      var lost = batch.missed - min(missed, batch.missed)
      missed = batch.missed
      for packet in batch.packets {
        file.add(packet, missed: lost, to: &bytes)
        lost = 0
        if bytes.count >= part {
          try await write(bytes)
          bytes.removeAll(keepingCapacity: true)
        }
      }
      received = batch.packets.last?.number ?? received
      time = batch.packets.last?.time ?? time
      try await write(bytes + file.statistics(received: received, missed: missed, time: time))
    }
  }
}
