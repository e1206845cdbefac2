import Testing

@testable import Balancing

@Suite("Maglev assignment (X5, X8)")
struct MaglevAssignmentTests {
  static func cluster(_ names: [String], weight: UInt32 = 100) -> [MaglevMember] {
    names.enumerated().compactMap { position, name in
      m(UInt32(position + 1)).map { MaglevMember(member: $0, name: name, weight: weight) }
    }
  }

  static func names(_ n: Int) -> [String] { (1...n).map { "server-\($0)" } }

  @Test("X8: two switches agree, whatever numbers and order they have for the members", arguments: 1...20)
  func agreement(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let members = Self.names(Int.random(in: 1...30, using: &random)).enumerated().compactMap { place, name in
      m(UInt32(place + 1)).map {
        MaglevMember(member: $0, name: name, weight: UInt32.random(in: 0...9, using: &random))
      }
    }
    let other = members.shuffled(using: &random).enumerated().compactMap { place, member in
      m(UInt32(place + 1000)).map { MaglevMember(member: $0, name: member.name, weight: member.weight) }
    }
    func named(_ members: [MaglevMember]) -> [String?] {
      let names = Dictionary(uniqueKeysWithValues: members.map { ($0.member, $0.name) })
      return MaglevAssignment.buckets(count: 256, members: members, seed: 7).buckets
        .map { $0.flatMap { names[$0] } }
    }
    #expect(named(members) == named(other))
  }

  @Test("X8: the tables are part of what switches agree on, and never change")
  func fixed() {
    let table = MaglevAssignment.buckets(count: 16, members: Self.cluster(["s1", "s2", "s3"]), seed: 0)
    #expect(table.buckets.map { $0?.raw ?? 0 } == Self.known)
    let other = MaglevAssignment.buckets(count: 16, members: Self.cluster(["s1", "s2", "s3"]), seed: 1)
    #expect(other != table, "another seed deals anew")
  }

  static let known: [UInt32] = [2, 3, 1, 1, 3, 2, 3, 1, 1, 2, 1, 2, 1, 3, 2, 3]

  @Test("X5: each member has its exact share, rounded up or down", arguments: 1...30)
  func fairness(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let count = [1, 12, 256, 1000, 1024].randomElement(using: &random) ?? 256
    let members = Self.names(Int.random(in: 1...40, using: &random)).enumerated().compactMap { place, name in
      m(UInt32(place + 1)).map {
        MaglevMember(member: $0, name: name, weight: UInt32.random(in: 0...100, using: &random))
      }
    }
    let total = members.reduce(0) { $0 + Int($1.weight) }
    let table = MaglevAssignment.buckets(count: count, members: members, seed: UInt32(seed))
    #expect(table.buckets.count == count)
    #expect(table.counts.values.reduce(0, +) == (total == 0 ? 0 : count))
    for member in members where total > 0 {
      let has = table.counts[member.member] ?? 0
      #expect(abs(has * total - count * Int(member.weight)) < total, "\(member.name) has \(has)")
      if member.weight == 0 { #expect(has == 0) }
    }
  }

  @Test("X8: every skip gives a permutation", arguments: [1, 2, 12, 64, 251, 1000, 1024])
  func permutations(count: Int) {
    for name in Self.names(50) {
      var permutation = MaglevPermutation(name: name, seed: 3, count: count)
      let all = Set((0..<count).map { _ in permutation.next() })
      #expect(all == Set(0..<count), "\(name), skip \(permutation.skip)")
    }
  }

  @Test("X5: nobody to carry anything: all buckets are empty")
  func nobody() {
    #expect(
      MaglevAssignment.buckets(count: 8, members: [], seed: 0) == BucketAssignment(count: 8))
    #expect(
      MaglevAssignment.buckets(count: 8, members: Self.cluster(["a"], weight: 0), seed: 0)
        == BucketAssignment(count: 8))
    #expect(MaglevAssignment.buckets(count: 0, members: Self.cluster(["a"]), seed: 0).buckets.isEmpty)
  }

  /// Buckets that change when the last of n members leaves (the same that change when it joins), relative to what it had.
  static func disruption(_ n: Int, count: Int, seed: UInt32) -> Double {
    let members = cluster(names(n))
    let before = MaglevAssignment.buckets(count: count, members: members, seed: seed)
    let leaver = Int(seed) % n
    let after = MaglevAssignment.buckets(
      count: count, members: members.enumerated().filter { $0.offset != leaver }.map(\.element), seed: seed)
    let ideal = before.counts[members[leaver].member] ?? 0
    return Double(before.moved(to: after)) / Double(max(ideal, 1))
  }

  struct Disruption: CustomTestStringConvertible, Sendable {
    var count: Int
    var n: Int
    /// Moved buckets relative to the fewest possible, on the average.
    var bound: Double
    var seeds: Range<UInt32> = 0..<6
    var testDescription: String { "\(count) buckets, \(n) members" }
  }

  @Test(
    "X8: one of n leaves or joins: what moves beyond the ideal is bounded (docs/balancing.md)",
    arguments: [
      Disruption(count: 1024, n: 2, bound: 1), Disruption(count: 1024, n: 3, bound: 1.05),
      Disruption(count: 1024, n: 5, bound: 1.15), Disruption(count: 1024, n: 10, bound: 1.5),
      Disruption(count: 1024, n: 20, bound: 2.2), Disruption(count: 1024, n: 50, bound: 4.5),
      Disruption(count: 4096, n: 2, bound: 1), Disruption(count: 4096, n: 10, bound: 1.2),
      Disruption(count: 4096, n: 50, bound: 2.7),
      Disruption(count: 65536, n: 5, bound: 1.02, seeds: 0..<1),
      Disruption(count: 65536, n: 50, bound: 1.4, seeds: 0..<1),
    ])
  func bounded(_ row: Disruption) {
    let sum = row.seeds.reduce(0) { $0 + Self.disruption(row.n, count: row.count, seed: $1) }
    let mean = sum / Double(row.seeds.count)
    #expect(mean >= 1)
    #expect(mean <= row.bound)
  }
}
