/// What the table shows.
public enum TopView: String, CaseIterable, Sendable {
  case ports, clusters, members, routers, drops, events

  /// The key that switches to it.
  var key: Character { self == .routers ? "r" : rawValue.first ?? "p" }

  var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

  public var next: TopView { moved(1) }
  public var previous: TopView { moved(-1) }

  private func moved(_ step: Int) -> TopView {
    let all = TopView.allCases
    let place = (all.firstIndex(of: self) ?? 0) + step + all.count
    return all[place % all.count]
  }
}
