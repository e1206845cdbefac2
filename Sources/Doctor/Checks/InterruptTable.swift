/// `/proc/interrupts`: which interrupts a NIC's queues have.
struct InterruptTable {
  private var names: [(number: Int, name: Substring)] = []

  init(_ text: String) {
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard let first = fields.first, first.hasSuffix(":"), let number = Int(first.dropLast()),
        let name = fields.last, fields.count > 1
      else { continue }
      names.append((number, name))
    }
  }

  /// Most drivers call them by the interface and the queue: `eth0-TxRx-3`, `i40e-eth0-TxRx-0`, `eth0-rx-0`,
  /// `mlx5_comp0@…` excepted. In the table's order.
  func numbers(ofInterface interface: String) -> [Int] {
    names.filter { entry in
      let parts = entry.name.split { $0 == "-" || $0 == ":" || $0 == "@" }
      // Without a queue's name it is the one for errors and link changes.
      return parts.contains { $0 == interface } && parts.count > 1
    }.map(\.number)
  }
}
