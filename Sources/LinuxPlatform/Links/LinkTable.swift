/// What is known of a namespace's links, and the events that lead from one knowledge to the next. Pure: it is told
/// what the kernel said.
struct LinkTable: Sendable {
  private(set) var links: [UInt32: Link] = [:]

  /// The kernel told of a link: new, or in whatever way different.
  mutating func update(_ link: Link) -> [LinkEvent] {
    guard let old = links.updateValue(link, forKey: link.index) else { return [.appeared(link)] }
    var events: [LinkEvent] = []
    var renamed = old
    if old.name != link.name {
      renamed.name = link.name
      events.append(.renamed(from: old.name, renamed))
    }
    if renamed != link { events.append(.changed(old: renamed, new: link)) }
    return events
  }

  /// The kernel told that a link is gone.
  mutating func remove(index: UInt32) -> [LinkEvent] {
    links.removeValue(forKey: index).map { [.vanished($0)] } ?? []
  }

  /// A complete dump, after messages were lost: the events that were missed, as far as they still matter.
  ///
  /// Those that vanished come first, so that a name which returned under another index is never held twice; then the
  /// rest by index.
  mutating func resynchronize(_ dump: [Link]) -> [LinkEvent] {
    let present = Set(dump.map(\.index))
    var events: [LinkEvent] = []
    for index in links.keys.sorted() where !present.contains(index) { events += remove(index: index) }
    for link in dump.sorted(by: { $0.index < $1.index }) { events += update(link) }
    return events
  }
}
