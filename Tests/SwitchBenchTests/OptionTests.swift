import ArgumentParser
import Glibc
import Testing

@testable import SwitchBench

@Suite("Options of the bench")
struct OptionTests {
  @Test(
    "what makes no sense is refused",
    arguments: [
      ["--only", "nothing"], ["--repeat", "0"], ["--repeat", "1001"], ["--seconds", "0"],
      ["--seconds", "601"],
      ["--what"],
    ])
  func refused(words: [String]) {
    #expect(throws: (any Error).self) { try SwitchBench.parse(words) }
  }

  @Test("without root it says so", .enabled(if: geteuid() != 0, "root is root"))
  func needsRoot() {
    let error = #expect(throws: (any Error).self) { try SwitchBench.parse([]) }
    #expect(error.map { SwitchBench.message(for: $0) }?.contains("needs root") == true)
  }
}
