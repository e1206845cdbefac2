import Foundation
import Glibc
import SwitchModel
import Testing
import Wire

@testable import Control

@Suite("What an instance remembers")
struct InstanceStateTests {
  private static func sample() -> InstanceState {
    var state = InstanceState()
    state.numbers.ports = ["a": 1, "b": 2]
    state.numbers.clusters = ["web": 0, "dns": 1]
    state.numbers.buckets = ["web": .init(first: 0, count: 64), "dns": .init(first: 64, count: 16)]
    state.numbers.members = [
      "web/s1": .init(index: 1, port: 2, vlan: 0), "dns/s1": .init(index: 2, port: 2, vlan: 7),
    ]
    state.numbers.routers = ["a/0/r1": 0]
    state.datapath = "xdp"
    state.seed = 0xffff_ffff_ffff_ffff
    state.adminStates = ["web/s1": .draining]
    state.failedProbes = ["dns/s1"]
    state.primaries = ["web": "s1"]
    return state
  }

  private static func inFolder(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/flowswitch-state-XXXXXX".utf8CString)
    #expect(mkdtemp(&template) != nil)
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test("What was saved is read, and nothing else is left in the folder")
  func round() throws {
    try Self.inFolder { folder in
      let path = folder + "/x.state"
      #expect(try InstanceState.load(path) == nil)
      try Self.sample().save(path)
      let state = try #require(try InstanceState.load(path))
      #expect(state.numbers.members == Self.sample().numbers.members)
      #expect(state.seed == .max && state.adminStates == ["web/s1": .draining])
      #expect(state.primaries == ["web": "s1"] && state.failedProbes == ["dns/s1"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x.state"])
    }
  }

  @Test(
    "A file that was cut at any byte is damaged, and said to be; never something else than what was saved")
  func cut() throws {
    try Self.inFolder { folder in
      let path = folder + "/x.state"
      try Self.sample().save(path)
      let whole = try Data(contentsOf: URL(filePath: path))
      for count in 0..<whole.count {
        try whole.prefix(count).write(to: URL(filePath: path))
        #expect(throws: ControlError.self, "\(count) bytes") { _ = try InstanceState.load(path) }
      }
    }
  }

  @Test("A byte that is another one: an error, or numbers that agree with each other")
  func flipped() throws {
    try Self.inFolder { folder in
      let path = folder + "/x.state"
      try Self.sample().save(path)
      let whole = try Data(contentsOf: URL(filePath: path))
      var refused = 0
      for at in whole.indices {
        var bytes = whole
        bytes[at] ^= 0x11
        try bytes.write(to: URL(filePath: path))
        do {
          let state = try #require(try InstanceState.load(path))
          #expect(state.numbers.isConsistent, "byte \(at)")
        } catch is ControlError {
          refused += 1
        }
      }
      #expect(refused > whole.count / 4)
    }
  }

  @Test(
    "Numbers that contradict each other are refused",
    arguments: [
      #"{"numbers":{"ports":{"a":1,"b":1}}}"#, #"{"numbers":{"ports":{"a":0}}}"#,
      #"{"numbers":{"ports":{"a":501}}}"#, #"{"numbers":{"clusters":{"a":-1}}}"#,
      #"{"numbers":{"clusters":{"a":3,"b":3}}}"#,
      #"{"numbers":{"buckets":{"a":{"first":0,"count":64},"b":{"first":63,"count":1}}}}"#,
      #"{"numbers":{"buckets":{"a":{"first":0,"count":0}}}}"#,
      #"{"numbers":{"buckets":{"a":{"first":-1,"count":1}}}}"#,
      #"{"numbers":{"buckets":{"a":{"first":9223372036854775807,"count":1}}}}"#,
      #"{"numbers":{"members":{"a/x":{"index":0,"port":1,"vlan":0}}}}"#,
      #"{"numbers":{"members":{"a/x":{"index":1,"port":501,"vlan":0}}}}"#,
      #"{"numbers":{"members":{"a/x":{"index":1,"port":1,"vlan":-1}}}}"#,
      #"{"numbers":{"routers":{"a/0/r":256}}}"#, #"{"numbers":7}"#, "[]", "null", "\u{0}", "",
    ])
  func contradictions(text: String) throws {
    try Self.inFolder { folder in
      let path = folder + "/x.state"
      try Data(text.utf8).write(to: URL(filePath: path))
      #expect(throws: ControlError.self) { _ = try InstanceState.load(path) }
    }
  }

  @Test("Of another version's file what it has", arguments: ["{}", #"{"later":{"x":1},"numbers":{}}"#])
  func otherVersion(text: String) throws {
    try Self.inFolder { folder in
      let path = folder + "/x.state"
      try Data(text.utf8).write(to: URL(filePath: path))
      #expect(try InstanceState.load(path)?.numbers.ports == [:])
    }
  }
}
