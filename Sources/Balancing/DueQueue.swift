/// Buckets by the tick at which each must be looked at: a binary heap over wrapping ticks. An entry is not taken
/// out when its bucket changes; who pops it compares the tick with the bucket's.
struct DueQueue: Sendable {
  struct Entry: Sendable {
    var due: UInt32
    var bucket: Int
  }

  private var heap: [Entry] = []

  var count: Int { heap.count }

  mutating func push(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.isEarlier(heap[child], heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// The earliest entry, if its tick has come.
  mutating func pop(now: UInt32) -> Entry? {
    guard let first = heap.first, Int32(bitPattern: now &- first.due) >= 0 else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if Self.isEarlier(heap[child], heap[least]) { least = child }
      }
      if least == parent { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  private static func isEarlier(_ a: Entry, _ b: Entry) -> Bool {
    Int32(bitPattern: a.due &- b.due) < 0
  }
}
