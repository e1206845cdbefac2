import Testing

@testable import LinuxPlatform

@Suite("Link table: events from what the kernel says")
struct LinkTableTests {
  private let eth = Link(index: 5, name: "eth0", flags: [])
  private let up = Link(index: 5, name: "eth0", flags: [.up, .running, .lowerUp])

  @Test func aNewLinkAppearsOnce() {
    var table = LinkTable()
    #expect(table.update(eth) == [.appeared(eth)])
    #expect(table.update(eth) == [])
  }

  @Test func flagsThatChangeAreOneEvent() {
    var table = LinkTable()
    _ = table.update(eth)
    #expect(table.update(up) == [.changed(old: eth, new: up)])
  }

  @Test func aRenameIsToldApartFromOtherChanges() {
    var table = LinkTable()
    _ = table.update(eth)
    var renamed = eth
    renamed.name = "lan0"
    var renamedUp = up
    renamedUp.name = "lan0"
    #expect(
      table.update(renamedUp)
        == [.renamed(from: "eth0", renamed), .changed(old: renamed, new: renamedUp)])
  }

  @Test func whatIsUnknownVanishesSilently() {
    var table = LinkTable()
    #expect(table.remove(index: 9) == [])
  }

  @Test func aResynchronizationTellsTheDifferences() {
    var table = LinkTable()
    let gone = Link(index: 2, name: "gone")
    let new = Link(index: 8, name: "new")
    _ = table.update(gone)
    _ = table.update(eth)
    #expect(
      table.resynchronize([new, up]) == [.vanished(gone), .changed(old: eth, new: up), .appeared(new)])
    #expect(table.resynchronize([up, new]) == [])
  }

  @Test func aNameThatReturnedUnderAnotherIndexVanishesBeforeItAppears() {
    var table = LinkTable()
    _ = table.update(eth)
    let returned = Link(index: 3, name: "eth0")
    #expect(table.resynchronize([returned]) == [.vanished(eth), .appeared(returned)])
  }
}
