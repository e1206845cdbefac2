import Testing

@testable import Lab

@Suite("names of labs")
struct LabNameTests {
  @Test(
    "letters, digits and hyphens, a letter first, at most twelve",
    arguments: ["lab", "a", "lab-2", "twelve-chars"])
  func valid(_ name: String) { #expect(LabName.isValid(name)) }

  @Test(
    "anything else is refused",
    arguments: ["", "2lab", "-lab", "Lab", "lab/../x", "lab.x", "läb", "thirteen-char", "a b", "a\n"])
  func invalid(_ name: String) {
    #expect(!LabName.isValid(name))
    #expect(throws: LabError.self) { try LabName.demandValid(name) }
  }

  @Test("no two hosts share a namespace, a MAC or an address of their own")
  func distinct() {
    #expect(Set(LabHost.allCases.map { LabName.namespace("lab", $0) }).count == LabHost.allCases.count)
    #expect(Set(LabHost.allCases.map(\.mac)).count == LabHost.allCases.count)
    for layout in LabLayout.allCases {
      #expect(Set(layout.hosts).count == layout.hosts.count)
      #expect(Set(layout.lan).isSubset(of: layout.hosts))
    }
    let own = LabHost.allCases.filter { !LabHost.plainServers.contains($0) }.flatMap(\.addresses)
    #expect(Set(own).count == own.count)
  }
}
