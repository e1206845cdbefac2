/// What the definitions of commands do not say: sections written by hand.
public struct ManualExtras: Sendable {
  /// A section: an introduction, and items of a term and what it means.
  public struct Section: Sendable {
    public var title: String
    public var text: String
    public var items: [(term: String, text: String)]

    public init(title: String, text: String = "", items: [(term: String, text: String)] = []) {
      self.title = title
      self.text = text
      self.items = items
    }
  }

  /// For every page.
  public var common: [Section]
  /// For a command by its path, `flowswitch run`.
  public var byCommand: [String: [Section]]
  /// Pages of others, by path: `ip(8)`.
  public var seeAlso: [String: [String]]

  public init(
    common: [Section] = [], byCommand: [String: [Section]] = [:], seeAlso: [String: [String]] = [:]
  ) {
    self.common = common
    self.byCommand = byCommand
    self.seeAlso = seeAlso
  }
}
