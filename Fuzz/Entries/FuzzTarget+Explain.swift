@testable import Control
import Datapath
import Forwarding
@testable import Management
import PacketCapture
import Support
import SwitchModel
import Wire

extension FuzzTarget {
  /// A question of `explain`, a line each: source, destination, protocol, port, VLAN. The packet that is made of it goes
  /// through the pipeline.
  static let explain = FuzzTarget(
    "explain", "packets that are asked for", longest: 512, .direct { bytes in try ask(bytes) })

  private static func ask(_ bytes: [UInt8]) throws {
    var reader = InputReader(bytes)
    let (source, destination, name, port) = (reader.line(), reader.line(), reader.line(), reader.line())
    let vlan = Int(reader.line()) ?? 0
    guard
      let question = try? ExplainQuestion(
        source: source, destination: destination, protocolText: name, port: port, begins: vlan & 1 != 0,
        vlan: vlan),
      let copy = try? JSON.decode(ExplainQuestion.self, from: JSON.encode(question))
    else { return }
    try FuzzFault.unless(copy == question, "another question after JSON: \(question), \(copy)")
    guard let from = IPAddress(question.source), let to = IPAddress(question.destination),
      let number = SwitchModel.IPProtocol.number(named: question.protocol) ?? UInt8(question.protocol)
    else { throw FuzzFault("\(question) cannot be asked") }
    try HostSwitch.with { sw in
      for mac in [sw.world.clusters[0].mac, sw.test.router] {
        let frame = ExplainFrame(
          destination: mac, source: sw.test.router, vlan: VLANID(raw: UInt16(question.vlan)), from: from,
          to: to,
          protocolNumber: number, fromPort: question.source_port ?? 0, toPort: question.destination_port ?? 0,
          begins: question.begins)
        let seen = try sw.test.run(TestFrame(bytes: frame.bytes), on: 0)
        if case .inconsistent(let what) = seen.outcome { throw FuzzFault("\(what): \(seen.frame)") }
        if case .dropped(.malformedIP) = seen.outcome {
          throw FuzzFault("\(question) made a malformed frame: \(seen)")
        }
      }
    }
  }

  /// A filter of a capture in the first line, and a frame that it is asked about. Names of hosts are looked up by
  /// libpcap, so this is run where there is no network.
  static let filter = FuzzTarget(
    "filter", "filters of captures", longest: 1024,
    .direct { bytes in
      var reader = InputReader(bytes)
      guard let filter = try? CaptureFilter(reader.line()) else { return }
      let length = reader.word()
      _ = filter.matches(reader.remaining(), originalLength: length)
    })
}
