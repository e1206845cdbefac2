import Foundation
import SwitchModel
import Testing
import Wire

@testable import Control

@Suite("What an instance remembers of thousands (X7)")
struct InstanceNumbersTests {
  private let path = NSTemporaryDirectory() + "flowswitch-state-\(UUID().uuidString)"

  private func state(members: Int) -> InstanceState {
    var state = InstanceState()
    state.numbers.ports = ["eth1": 1]
    state.numbers.clusters = ["a \"b\"": 0]
    state.numbers.buckets = ["a \"b\"": InstanceState.Extent(first: 64, count: 1024)]
    for i in 1...members {
      state.numbers.members["c/s\(i)"] = InstanceState.Member(index: i, port: 1, vlan: UInt16(i % 4095))
    }
    state.seed = 7
    state.failedProbes = ["c/s1"]
    return state
  }

  @Test("What is saved is read again, also when only a part has changed since")
  func roundTrip() throws {
    defer { unlink(path) }
    var state = state(members: 300)
    try state.prepareToSave()
    try state.save(path)
    var read = try #require(try InstanceState.load(path))
    #expect(read.numbers == state.numbers && read.seed == 7 && read.failedProbes == ["c/s1"])
    state.failedProbes = []
    try state.prepareToSave()
    try state.save(path)
    read = try #require(try InstanceState.load(path))
    #expect(read.numbers == state.numbers && read.failedProbes.isEmpty)
    state.numbers.members["c/s1"] = nil
    try state.prepareToSave()
    try state.save(path)
    read = try #require(try InstanceState.load(path))
    #expect(read.numbers == state.numbers && read.numbers.members.count == 299)
  }

  @Test("The file of an earlier version is read: members as objects")
  func former() throws {
    defer { unlink(path) }
    let text = """
      {"numbers": {"ports": {"eth1": 1}, "members": {"c/s1": {"index": 3, "port": 1, "vlan": 20}}}, "seed": 5}
      """
    try Data(text.utf8).write(to: URL(filePath: path))
    let read = try #require(try InstanceState.load(path))
    #expect(read.numbers.members == ["c/s1": InstanceState.Member(index: 3, port: 1, vlan: 20)])
    #expect(read.seed == 5)
  }

  @Test(
    "A member's numbers that are none, or beyond the tables, are a damaged file",
    arguments: ["", "1", "1 2", "1 2 3 4", "x 1 0", "0 1 0", "262144 1 0", "1 501 0", "1 1 65536", "-1 1 0"])
  func damaged(member: String) throws {
    defer { unlink(path) }
    try Data(#"{"numbers": {"members": {"c/s1": "\#(member)"}}}"#.utf8).write(to: URL(filePath: path))
    #expect(throws: ControlError.self) { try InstanceState.load(path) }
  }

  @Test("X7, X8: a change of one cluster of 2,000 leaves all other numbers, and all buckets, where they are")
  func numbers() {
    func configuration(_ members: Int) -> SwitchConfiguration {
      SwitchConfiguration(
        name: "x", virtualMAC: MACAddress(number: 0x02_00_00_00_00_01),
        ports: [PortConfiguration(name: "p", role: .server)],
        clusters: (0..<2000).map { i in
          ClusterConfiguration(
            name: "c\(i)", address: IPPrefix(IPAddress(10, 0, UInt8(i >> 8), UInt8(i & 255)), length: 32),
            buckets: 64,
            members: (0..<(i == 7 ? members : 4)).map { MemberConfiguration(name: "s\($0)", port: "p") })
        })
    }
    let before = NumberAllocator(configuration(4), earlier: InstanceState.Numbers()).numbers
    let after = NumberAllocator(configuration(5), earlier: before).numbers
    #expect(before.members.count == 8000 && after.members.count == 8001)
    #expect(after.members.filter { before.members[$0.key] != $0.value }.map(\.key) == ["c7/s4"])
    #expect(after.buckets == before.buckets && after.clusters == before.clusters)
  }

  @Test("X7 as many ports as there can be have numbers, also when all of them are others than before")
  func ports() throws {
    func configuration(_ prefix: String) -> SwitchConfiguration {
      SwitchConfiguration(
        name: "x", virtualMAC: MACAddress(number: 0x02_00_00_00_00_01),
        ports: (0..<500).map { PortConfiguration(name: "\(prefix)\($0)", role: .server) }, clusters: [])
    }
    var numbers = InstanceState.Numbers()
    for prefix in ["p", "p", "q"] {
      numbers = NumberAllocator(configuration(prefix), earlier: numbers).numbers
      #expect(numbers.isConsistent && Set(numbers.ports.values) == Set(1...500))
    }
  }
}
