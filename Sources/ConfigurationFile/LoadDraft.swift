import SwitchModel

/// `load:` of a cluster or of a router pool as it was read.
struct LoadDraft {
  var path: String
  var position: SourcePosition
  /// Nil: `off`.
  var configuration: LoadRoutineConfiguration?

  static let keys = ["measure", "interval", "tolerance"]
  static let intervals: ClosedRange<Duration> = .seconds(1)...(.seconds(3600))
  static let tolerances = 1...100

  init(_ item: Item) {
    path = item.path
    position = item.position
    if case .scalar(let text, _) = item.node.content, !item.node.isNothing {
      if text != "off" {
        item.error(quoted(text), expected: "off, or a mapping with the keys measure, interval, tolerance")
      }
      return
    }
    guard let section = Section(item, keys: LoadDraft.keys) else { return }
    var routine = LoadRoutineConfiguration()
    if let measure = section["measure"]?.choice(LoadMeasure.self)?.value { routine.measure = measure }
    if let interval = section["interval"]?.duration(LoadDraft.intervals)?.value {
      routine.interval = interval
    }
    if let tolerance = section["tolerance"]?.percentage(LoadDraft.tolerances)?.value {
      routine.tolerance = tolerance
    }
    configuration = routine
  }
}

extension Item {
  /// `25%`.
  fileprivate func percentage(_ range: ClosedRange<Int>) -> Field<Int>? {
    let expected = "a percentage from \(range.lowerBound)% to \(range.upperBound)%"
    guard let text = text(expected) else { return nil }
    let digits = text.value.hasSuffix("%") ? text.value.dropLast() : ""
    guard (1...9).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
      let number = Int(digits)
    else {
      error(quoted(text.value), expected: expected)
      return nil
    }
    guard range.contains(number) else {
      error("\(text.value) is out of range", expected: expected)
      return nil
    }
    return field(number)
  }
}
