import Foundation

/// What a flood met, a line each; `make attack` shows them at the end.
struct FloodReport {
  var name: String
  var sent = 0
  var rate = 0.0
  /// That the switch saw.
  var received: UInt64 = 0
  /// At the servers.
  var delivered: UInt64 = 0
  /// By reason, most first.
  var drops: [(reason: String, packets: UInt64)] = []
  var fresh = 0
  var failed = 0
  var broken = 0
  var growth = 0

  private static let header =
    "flood                        offered    M/s   received   at servers  new ok/failed  broken  memory  reasons"

  /// Where a file is named for it (FLOWSWITCH_ATTACK_REPORT), there too.
  func print() {
    func count(_ number: some BinaryInteger) -> String { String(format: "%.2f M", Double(number) / 1e6) }
    func left(_ text: String, _ width: Int) -> String {
      text.padding(toLength: width, withPad: " ", startingAt: 0)
    }
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let reasons = drops.prefix(3).map { "\($0.reason) \(count($0.packets))" }.joined(separator: ", ")
    let line =
      left(name, 26) + right(count(sent), 10) + right(String(format: "%.2f", rate / 1e6), 7)
      + right(count(received), 11) + right(count(delivered), 13) + right("\(fresh)/\(failed)", 15)
      + right("\(broken)", 8) + right(String(format: "%+.1f M", Double(growth) / 1048576), 8) + "  " + reasons
    Swift.print(line)
    guard let path = ProcessInfo.processInfo.environment["FLOWSWITCH_ATTACK_REPORT"],
      let file = fopen(path, "a")
    else { return }
    if ftell(file) == 0 { fputs(FloodReport.header + "\n", file) }
    fputs(line + "\n", file)
    fclose(file)
  }
}
