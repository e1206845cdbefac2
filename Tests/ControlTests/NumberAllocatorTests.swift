import SwitchModel
import Testing
import Wire

@testable import Control

@Suite("Numbers in the tables")
struct NumberAllocatorTests {
  private static func configuration(
    _ ports: [String], _ clusters: [(String, [(String, String)])], buckets: Int = 16
  ) -> SwitchConfiguration {
    SwitchConfiguration(
      name: "x", virtualMAC: MACAddress(number: 0x02_00_00_00_00_01),
      ports: ports.map { PortConfiguration(name: $0, role: .server) },
      clusters: clusters.enumerated().map { i, cluster in
        ClusterConfiguration(
          name: cluster.0, address: IPPrefix(IPAddress(10, 0, 0, UInt8(i + 1)), length: 32), buckets: buckets,
          members: cluster.1.map { MemberConfiguration(name: $0.0, port: $0.1) })
      })
  }

  private static let first = NumberAllocator(
    configuration(["a", "b"], [("web", [("s1", "a"), ("s2", "b")]), ("dns", [("s1", "a")])]),
    earlier: InstanceState.Numbers())

  @Test("From nothing: one after the other, port 0 being the switch's own")
  func fresh() {
    let numbers = Self.first.numbers
    #expect(numbers.isConsistent)
    #expect(numbers.ports == ["a": 1, "b": 2] && numbers.clusters == ["web": 0, "dns": 1])
    #expect(Set(numbers.members.values.map(\.index)) == [1, 2, 3])
    #expect(Self.first.portCount == 3 && Self.first.clusterCount == 2)
    #expect(Self.first.memberCount == 4 && Self.first.bucketCount == 32)
    #expect(Self.first.leaving == [])
  }

  @Test("What stays keeps its numbers, whatever the order; what is new gets others than what is gone had")
  func kept() {
    let next = NumberAllocator(
      Self.configuration(["c", "b"], [("mail", [("s9", "c")]), ("web", [("s2", "b"), ("s3", "c")])]),
      earlier: Self.first.numbers)
    #expect(next.numbers.isConsistent)
    #expect(next.numbers.ports == ["b": 2, "c": 3])
    #expect(next.numbers.clusters == ["web": 0, "mail": 2])
    #expect(next.numbers.members["web/s2"] == Self.first.numbers.members["web/s2"])
    #expect(next.numbers.buckets["web"]?.first == Self.first.numbers.buckets["web"]?.first)
    let former = Set(Self.first.numbers.members.values.map(\.index))
    for key in ["mail/s9", "web/s3"] {
      #expect(next.numbers.members[key].map { !former.contains($0.index) } == true, "\(key)")
    }
  }

  @Test(
    "X8: a removed member on a port that stays is leaving until it is released; one without its port is gone")
  func leaving() {
    var next = NumberAllocator(
      Self.configuration(["a", "b"], [("web", [("s1", "a")])]), earlier: Self.first.numbers)
    #expect(next.leaving == ["web/s2"], "its cluster is there; that of dns/s1 is not")
    #expect(next.numbers.members["web/s2"] == Self.first.numbers.members["web/s2"])
    next.release("web/s1")
    #expect(next.numbers.members["web/s1"] != nil, "it is not leaving")
    next.release("web/s2")
    #expect(next.leaving == [] && next.numbers.members["web/s2"] == nil)
    let without = NumberAllocator(
      Self.configuration(["a"], [("web", [("s1", "a")])]), earlier: Self.first.numbers)
    #expect(without.leaving == [] && without.numbers.members["web/s2"] == nil)
  }

  @Test("A member on another port or VLAN is another one to the datapath")
  func moved() {
    let next = NumberAllocator(
      Self.configuration(["a", "b"], [("web", [("s1", "b"), ("s2", "b")])]), earlier: Self.first.numbers)
    #expect(next.numbers.members["web/s1"]?.index != Self.first.numbers.members["web/s1"]?.index)
    #expect(next.numbers.members["web/s2"] == Self.first.numbers.members["web/s2"])
    #expect(next.numbers.isConsistent)
  }

  @Test("Another count of buckets gets another place, beside the one that the datapath still uses")
  func buckets() {
    let next = NumberAllocator(
      Self.configuration(["a", "b"], [("web", [("s1", "a")])], buckets: 64), earlier: Self.first.numbers)
    #expect(next.numbers.buckets["web"].map { $0.first >= 32 && $0.count == 64 } == true)
  }

  @Test("Ports that come and go without an end stay within their range")
  func ports() {
    var numbers = InstanceState.Numbers()
    for round in 0..<60 {
      let allocator = NumberAllocator(
        Self.configuration((0..<5).map { "p\(round * 5 + $0)" }, []), earlier: numbers)
      numbers = allocator.numbers
      #expect(numbers.isConsistent && numbers.ports.count == 5, "round \(round)")
    }
  }
}
