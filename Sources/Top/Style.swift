public import SwitchModel

/// How a cell looks.
public struct Style: Hashable, Sendable {
  public var meaning: StateMeaning
  public var isBold: Bool
  public var isDim: Bool
  public var isReverse: Bool

  public init(
    _ meaning: StateMeaning = .plain, isBold: Bool = false, isDim: Bool = false, isReverse: Bool = false
  ) {
    self.meaning = meaning
    self.isBold = isBold
    self.isDim = isDim
    self.isReverse = isReverse
  }

  static let plain = Style()

  /// Select Graphic Rendition (ECMA-48 §8.3.117), from whatever was before.
  ///
  /// - Parameter colour: without it there is still bold, dim and reverse.
  func sequence(colour: Bool) -> String {
    var codes = ["0"]
    if isBold { codes.append("1") }
    if isDim { codes.append("2") }
    if isReverse { codes.append("7") }
    if colour {
      switch meaning {
      case .plain: break
      case .good: codes.append("32")
      case .warning: codes.append("33")
      case .bad: codes.append("31")
      }
    }
    return "\u{1b}[\(codes.joined(separator: ";"))m"
  }
}
