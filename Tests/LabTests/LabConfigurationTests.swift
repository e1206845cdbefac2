import ConfigurationFile
import SwitchModel
import Testing

@testable import Lab

@Suite("the lab's configurations")
struct LabConfigurationTests {
  @Test("the switch takes each, without a warning", arguments: LabLayout.allCases)
  func accepted(_ layout: LabLayout) throws {
    let text = LabConfiguration(name: "lab", datapath: .auto, layout: layout).text
    let file = try ConfigurationFile(bytes: Array(text.utf8), file: "lab.yaml")
    #expect(file.diagnostics.isEmpty, "\(file.diagnostics)")
    #expect(file.configuration.ports.map(\.name) == layout.lan.map(\.switchPort))
    #expect(file.configuration.clusters.isEmpty == !layout.hasClusters)
    #expect(file.configuration.routerPools.isEmpty == !layout.hasPool)
  }
}
