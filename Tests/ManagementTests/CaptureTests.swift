import ManagementFixtures
import PacketCapture
import Testing

@testable import Management

@Suite("GET /api/v1/capture")
struct CaptureTests {
  static func ask(_ query: String?, access: Access = .granted(.operate)) async -> APIResponse {
    var request = APIRequest(method: "GET", path: "/api/v1/capture", query: query)
    request.access = access
    return await API(operations: FakeSwitch()).answer(request)
  }

  @Test("pcapng: a packet before and after, and how many were missed")
  func stream() async throws {
    let answer = await CaptureTests.ask("filter=tcp%20port%2080&snap=128")
    #expect(answer.status == 200 && answer.contentType == "application/x-pcapng")
    guard case .events(let produce) = answer.body else {
      Issue.record("not a stream")
      return
    }
    var bytes: [UInt8] = []
    try await produce({ bytes += $0 }, {})
    var reader = try CaptureReader(MemorySource(bytes))
    var frames: [CaptureFrame] = []
    var statistics: [CaptureStatistics] = []
    while let item = try reader.next() {
      switch item {
      case .frame(let frame): frames.append(frame)
      case .statistics(let counts): statistics.append(counts)
      case .interface: break
      }
    }
    #expect(frames.map(\.direction) == [.inbound, .outbound] && frames.map(\.dropCount) == [3, nil])
    #expect(statistics == [CaptureStatistics(interface: 0, received: 1, missed: 3)])
    var blocks = CaptureBlocks()
    let whole = try blocks.add(bytes)
    #expect(whole == bytes && blocks.packets == 1 && blocks.missed == 3)
  }

  @Test(
    "what is wrong is refused",
    arguments: ["snap=0", "snap=65536", "count=0", "filter=porrt%2080", "for=1s", "snap=256&snap=1"])
  func refusals(_ query: String) async {
    #expect(await CaptureTests.ask(query).status == 400)
  }

  @Test("who may only read may not capture")
  func role() async {
    #expect(await CaptureTests.ask(nil, access: .granted(.read)).status == 403)
  }
}
