/// How much is said of each view in the line of views.
enum TabDetail: CaseIterable {
  case counts, titles, current, least

  func text(_ view: TopView, isCurrent: Bool, _ summary: TopSummary?) -> String {
    let count = summary?.counts[view].map { " \($0.text)" } ?? ""
    return switch self {
    case .counts: "\(view.title)\(count)"
    case .titles: view.title
    case .current: isCurrent ? "\(view.title)\(count)" : String(view.key)
    case .least: isCurrent ? "\(view.title)\(count)" : ""
    }
  }
}
