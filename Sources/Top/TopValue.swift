import SwitchModel

/// A value in a row: its text, what it is sorted by, what it means.
struct TopValue: Hashable, Sendable {
  enum Order: Hashable, Sendable {
    /// Last, whichever way is sorted.
    case none
    case number(Double)
    case text(String)
  }

  var text: String
  var order: Order
  var meaning: StateMeaning

  init(_ text: String, order: Order, _ meaning: StateMeaning = .plain) {
    self.text = text
    self.order = order
    self.meaning = meaning
  }

  static func text(_ text: String?) -> TopValue {
    text.map { TopValue($0, order: .text($0)) } ?? TopValue("-", order: .none)
  }

  /// A word for a state; sorted by how bad it is.
  static func state(_ word: String) -> TopValue {
    let meaning = StateMeaning(word)
    return TopValue(word, order: .number(Double(meaning.rawValue)), meaning)
  }

  static func number(_ number: Int?) -> TopValue {
    number.map { TopValue("\($0)", order: .number(Double($0))) } ?? TopValue("-", order: .none)
  }

  static func counter(_ count: UInt64) -> TopValue {
    TopValue(Rate(perSecond: Double(count)).text, order: .number(Double(count)))
  }

  /// - Parameter isBad: what should not happen at all.
  static func rate(_ rate: Rate?, isBad: Bool = false) -> TopValue {
    guard let rate else { return TopValue("-", order: .none) }
    return TopValue(
      rate.text, order: .number(rate.perSecond), isBad && rate.perSecond > 0 ? .warning : .plain)
  }

  /// Part of a whole, in percent.
  static func share(_ part: Rate?, of whole: Rate?) -> TopValue {
    guard let part, let whole, whole.perSecond > 0 else { return TopValue("-", order: .none) }
    let percent = min(100, part.perSecond * 100 / whole.perSecond)
    return TopValue("\(Int(percent.rounded()))%", order: .number(percent))
  }
}

extension TopValue.Order {
  /// Texts with numbers in them as people count: `eth2` before `eth10`.
  static func precedes(_ left: String, _ right: String) -> Bool {
    var (a, b) = (left.utf8[...], right.utf8[...])
    func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    while let x = a.first, let y = b.first {
      if isDigit(x), isDigit(y) {
        let (m, n) = (a.prefix(while: isDigit), b.prefix(while: isDigit))
        let (p, q) = (m.drop { $0 == UInt8(ascii: "0") }, n.drop { $0 == UInt8(ascii: "0") })
        if p.count != q.count { return p.count < q.count }
        if !p.elementsEqual(q) { return p.lexicographicallyPrecedes(q) }
        a = a.dropFirst(m.count)
        b = b.dropFirst(n.count)
      } else {
        if x != y { return x < y }
        a = a.dropFirst()
        b = b.dropFirst()
      }
    }
    return a.isEmpty && !b.isEmpty
  }
}
