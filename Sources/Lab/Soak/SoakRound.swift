/// One round of the soak: what happens, in what order, and for how long. Drawn from a seed alone.
struct SoakRound: Hashable, Sendable, CustomStringConvertible {
  var fault: SoakFault?
  /// One within the other.
  var orders: [SoakOrder]
  /// The fault comes before the orders, and ends before they do.
  var isFaultFirst: Bool
  /// Milliseconds between one step and the next.
  var pauses: [Int]

  static func random(using generator: inout SeededGenerator) -> SoakRound {
    let fault = generator.pick([(5, true), (5, false)]) == true ? SoakFault.random(using: &generator) : nil
    // At least one of both; two orders now and then.
    let count = generator.pick(fault == nil ? [(0, 0), (6, 1), (4, 2)] : [(4, 0), (4, 1), (2, 2)]) ?? 1
    var orders: [SoakOrder] = []
    for _ in 0..<count {
      let taken = Set(orders.compactMap(\.host) + [fault?.victim].compactMap { $0 })
      orders.append(.random(using: &generator, besides: taken))
    }
    // Nothing can be ordered of a daemon that is away, and only one order at a time can take it away.
    if orders.count == 2, orders[0].isSilent { orders.reverse() }
    if orders.count == 2, orders[0].isSilent || orders[0].isApply && orders[1].isApply { orders.removeLast() }
    return SoakRound(
      fault: fault, orders: orders, isFaultFirst: Bool.random(using: &generator),
      pauses: (0..<6).map { _ in Int.random(in: 0...1500, using: &generator) })
  }

  /// Whose connections may break.
  var victims: Set<LabHost> { Set(([fault?.victim] + orders.map(\.victim)).compactMap { $0 }) }

  var description: String {
    let order = orders.map(\.description)
    let world = fault.map { [$0.description] } ?? []
    return (isFaultFirst ? world + order : order + world).joined(separator: "; ")
  }
}

extension SoakOrder {
  fileprivate var isApply: Bool {
    switch self {
    case .apply, .reload: true
    default: false
    }
  }

  /// The server that it is about.
  var host: LabHost? {
    switch self {
    case .drain(let host), .disable(let host): host
    case .apply(.without(let host)), .apply(.weight(let host, _)): host
    default: nil
    }
  }
}
