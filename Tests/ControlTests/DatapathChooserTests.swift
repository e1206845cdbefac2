import Datapath
import LinuxPlatform
import SwitchModel
import Testing

@testable import Control

@Suite("The choice of the datapath")
struct DatapathChooserTests {
  private static func chooser(_ choice: DatapathChoice, earlier: InstanceState = InstanceState())
    -> DatapathChooser
  {
    DatapathChooser(
      choice: choice, wanted: Dimensions(cpus: 1, clusters: 1, members: 1, buckets: 16, services: 0),
      paths: SwitchPaths(name: "chooser-tests", runFolder: "/nowhere"),
      interfaces: [], earlier: earlier)
  }

  @Test("pcap is made as it is asked for; what it fails with is the reason of the refusal")
  func pcap() throws {
    var asked: [TableMemory?] = []
    let error = #expect(throws: ControlError.self) {
      _ = try Self.chooser(.pcap).choose { (given) throws(DatapathError) in
        asked.append(given)
        throw DatapathError("no capture here")
      }
    }
    #expect(error?.description.contains("no capture here") == true)
    // With nothing left by an earlier run there is nothing to go on with.
    #expect(asked.count == 1 && asked.allSatisfy { $0 == nil })
  }
}
