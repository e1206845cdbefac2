import Logging
import Synchronization

/// Passes a library's words on until the server ends: what is broken off then is no error, and must not look like one.
struct EndingLogHandler: LogHandler {
  final class End: Sendable {
    private let flag = Atomic<Bool>(false)

    var hasCome: Bool { flag.load(ordering: .acquiring) }
    func come() { flag.store(true, ordering: .releasing) }
  }

  private var inner: any LogHandler
  private let end: End

  init(_ inner: any LogHandler, until end: End) {
    self.inner = inner
    self.end = end
  }

  var logLevel: Logger.Level {
    get { inner.logLevel }
    set { inner.logLevel = newValue }
  }

  var metadata: Logger.Metadata {
    get { inner.metadata }
    set { inner.metadata = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { inner[metadataKey: key] }
    set { inner[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) {
    if !end.hasCome { inner.log(event: event) }
  }
}
