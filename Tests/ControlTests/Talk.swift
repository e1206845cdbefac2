import Foundation
import Synchronization

/// A connection that is asked again and again, on a thread of its own.
final class Talk: Sendable {
  private let isStopping = Atomic<Bool>(false)
  private let hasEnded = Atomic<Bool>(false)
  private let answers = Atomic<Int>(0)
  private let failure = Mutex<String?>(nil)

  init(_ site: Site) throws {
    guard let conversation = site.connect(), let server = conversation.ask() else {
      throw SiteFailure("the connection is not answered")
    }
    let box = Box(conversation)
    Thread.detachNewThread { [self] in
      while !isStopping.load(ordering: .acquiring) {
        let answer = box.conversation.ask()
        if answer != server {
          failure.withLock { $0 = "\(server) → \(answer ?? "nobody")" }
          break
        }
        answers.add(1, ordering: .relaxed)
        usleep(2000)
      }
      hasEnded.store(true, ordering: .releasing)
    }
  }

  /// How often it was answered, and what broke it.
  func stop() -> (answers: Int, failure: String?) {
    isStopping.store(true, ordering: .releasing)
    while !hasEnded.load(ordering: .acquiring) { usleep(1000) }
    return (answers.load(ordering: .relaxed), failure.withLock { $0 })
  }

  private final class Box: @unchecked Sendable {
    let conversation: Conversation
    init(_ conversation: Conversation) { self.conversation = conversation }
  }
}
