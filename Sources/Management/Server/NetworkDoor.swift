public import SwitchModel

/// The API by TCP, as one thing that another configuration may change while it is served: where it listens, the
/// certificate, the tokens; and the control socket's group with it, since that is in the same section.
///
/// A change is prepared (every file read, the new address bound, so that all that can go wrong has), then committed or
/// abandoned. Files that change are read again: when a configuration is applied or reloaded, and by themselves within a
/// minute; what is wrong leaves in effect what was read before.
public actor NetworkDoor {
  /// A change that is prepared. Exactly one of both must be called.
  public struct Change: Sendable {
    /// - Returns: what became of files that were read again.
    public let commit: @Sendable () async -> [CredentialNotice]
    public let abandon: @Sendable () async -> Void

    public init(
      commit: @escaping @Sendable () async -> [CredentialNotice] = { [] },
      abandon: @escaping @Sendable () async -> Void = {}
    ) {
      self.commit = commit
      self.abandon = abandon
    }
  }

  /// What became of files that changed, for who records it.
  public nonisolated let notices: AsyncStream<CredentialNotice>

  private let noticed: AsyncStream<CredentialNotice>.Continuation
  private let (requests, requested) = AsyncStream.makeStream(of: NetworkListener.self)
  private let socket: ControlSocket?
  private let period: Duration
  private var configuration: APIConfiguration
  private var listener: NetworkListener?
  private var isChanging = false
  private var isRunning = false
  /// Waits until it listens.
  private var opening: NetworkListener?
  /// Files that were looked at last, and those that were found wrong.
  private var seen: [FileStamp?] = []
  private var rejected: [FileStamp?] = []

  /// - Parameters:
  ///   - configuration: nil: on the control socket only.
  ///   - socket: whose group changes with the configuration.
  ///   - period: how often files are looked at. What changed is taken when it stayed as it is for so long.
  /// - Throws: a file that cannot be used, or an address beyond this machine without TLS.
  public init(
    _ configuration: APIConfiguration?, socket: ControlSocket? = nil, period: Duration = .seconds(10)
  ) throws(NetworkAPIError) {
    (notices, noticed) = AsyncStream.makeStream(
      of: CredentialNotice.self, bufferingPolicy: .bufferingNewest(64))
    self.socket = socket
    self.period = period
    self.configuration = configuration ?? APIConfiguration()
    let output = noticed
    if let api = try NetworkAPI(self.configuration, onNotice: { output.yield($0) }) {
      listener = NetworkListener(api)
    }
  }

  /// It listens by TCP, or will when it runs.
  var isOpen: Bool { listener != nil }

  /// Serves until the task is cancelled.
  /// - Parameter serve: one listener, until it is retired.
  /// - Throws: why the first one cannot listen, or one that did ended.
  func run(_ serve: @escaping @Sendable (NetworkListener) async throws -> Void) async throws {
    isRunning = true
    defer {
      isRunning = false
      // Nobody will take it any more.
      opening?.didFail(NetworkDoor.closed)
    }
    let first = listener
    let requested = requested
    @Sendable func attend(_ listener: NetworkListener, isFirst: Bool) async throws {
      do {
        try await serve(listener)
        if listener.isRetired || Task.isCancelled { return }
        throw NetworkAPIError.listen(listener.listen.description, reason: "it was closed")
      } catch {
        // One that another configuration asked for tells it.
        let isOther = await self.listener !== listener
        if isOther && !isFirst || listener.isRetired { return }
        requested.finish()
        throw error
      }
    }
    try await withThrowingDiscardingTaskGroup { group in
      if let first { group.addTask { try await attend(first, isFirst: true) } }
      group.addTask { await self.watch() }
      for await next in requests { group.addTask { try await attend(next, isFirst: false) } }
      group.cancelAll()
    }
  }

  // MARK: Another configuration

  /// Makes everything ready for another configuration; what is in effect stays so.
  /// - Throws: why it cannot be: `NetworkAPIError` or `ControlSocketError`. Nothing is changed then.
  public func prepare(_ configuration: APIConfiguration?) async throws -> Change {
    let next = configuration ?? APIConfiguration()
    guard !isChanging else { throw NetworkAPIError.busy }
    if next == self.configuration {
      return Change(commit: { await self.refresh(isAsked: true) })
    }
    isChanging = true
    do {
      let output = noticed
      var api = try NetworkAPI(next, onNotice: { output.yield($0) })
      let former = self.configuration
      if let gate = listener?.api.gate, next.tokens == former.tokens {
        // It knows whom to keep waiting. That the file is fine has just been seen.
        _ = gate.tokens?.refresh()
        api?.gate = gate
      }
      if next.group != former.group { try socket?.change(group: next.group) }
      do {
        return try await prepare(next, api)
      } catch {
        if next.group != former.group { try? socket?.change(group: former.group) }
        throw error
      }
    } catch {
      isChanging = false
      throw error
    }
  }

  private func prepare(_ next: APIConfiguration, _ api: NetworkAPI?) async throws(NetworkAPIError) -> Change {
    let (former, present) = (configuration, listener)
    var made: NetworkListener?
    if let api, present?.listen != api.listen { made = try await open(api) }
    return Change(
      commit: { [made] in await self.commit(next, api, made) },
      abandon: { [made] in await self.abandon(next, former, made, present) })
  }

  private func commit(
    _ next: APIConfiguration, _ api: NetworkAPI?, _ made: NetworkListener?
  ) async -> [CredentialNotice] {
    configuration = next
    let former = listener
    if let made {
      listener = made
    } else if let api, let former {
      former.api = api
    } else {
      listener = nil
    }
    (seen, rejected) = ([], [])
    isChanging = false
    if former !== listener { await former?.retire() }
    return []
  }

  private func abandon(
    _ next: APIConfiguration, _ former: APIConfiguration, _ made: NetworkListener?,
    _ present: NetworkListener?
  ) async {
    if next.group != former.group { try? socket?.change(group: former.group) }
    await made?.retire()
    if let present, present.isRetired { listener = try? await open(present.api) }
    isChanging = false
  }

  /// Returns when it listens.
  private func open(_ api: NetworkAPI) async throws(NetworkAPIError) -> NetworkListener {
    do {
      return try await attempt(api)
    } catch {
      // In the way of every address is one address, and the other way round: that one has to go first.
      guard error.isTaken, let present = listener, present.listen.port == api.listen.port else {
        throw error.error
      }
      await present.retire()
      do {
        return try await insist(api)
      } catch {
        listener = try? await insist(present.api)
        throw error
      }
    }
  }

  /// The own listener takes a moment to close.
  private func insist(_ api: NetworkAPI) async throws(NetworkAPIError) -> NetworkListener {
    var last = NetworkAPIError.listen(api.listen.description, reason: "")
    for _ in 0..<100 {
      do {
        return try await attempt(api)
      } catch {
        last = error.error
        guard error.isTaken else { break }
      }
      try? await Task.sleep(for: .milliseconds(10))
    }
    throw last
  }

  private func attempt(_ api: NetworkAPI) async throws(NetworkListener.Failure) -> NetworkListener {
    guard isRunning else { throw NetworkDoor.closed }
    let made = NetworkListener(api)
    opening = made
    defer { opening = nil }
    requested.yield(made)
    try await made.awaitOpening()
    return made
  }

  private static let closed = NetworkListener.Failure(
    error: .listen("another address", reason: "the daemon begins or ends just now"), isTaken: false)

  // MARK: Files that change

  /// Reads what has changed; new connections and requests go by it.
  /// - Parameter isAsked: also what is as wrong as it was.
  /// - Returns: what came of it.
  func refresh(isAsked: Bool) -> [CredentialNotice] {
    guard let listener else { return [] }
    var found: [CredentialNotice] = []
    var api = listener.api
    if let (certificate, key) = pair, let present = api.certificate {
      let stamps = ServerCertificate.stamps(certificate, key)
      if stamps != present.stamps, isAsked || stamps != rejected {
        do throws(NetworkAPIError) {
          let read = try ServerCertificate(certificate: certificate, key: key)
          api.certificate = read
          listener.api = api
          rejected = []
          found.append(.loaded(path: certificate, effect: read.validity))
        } catch {
          rejected = stamps
          found.append(.rejected(path: certificate, reason: error.description))
        }
      }
    }
    if let notice = api.gate.tokens?.refresh(isAsked: isAsked) { found.append(notice) }
    for notice in found { noticed.yield(notice) }
    return found
  }

  private var pair: (certificate: String, key: String)? {
    guard let certificate = configuration.certificate, let key = configuration.key else { return nil }
    return (certificate, key)
  }

  private func watch() async {
    while (try? await Task.sleep(for: period)) != nil { look() }
  }

  /// Certificate and key are two files: what is being written is left until it stays as it is.
  private func look() {
    guard !isChanging else { return }
    let stamps = pair.map { ServerCertificate.stamps($0.certificate, $0.key) } ?? []
    let isQuiet = stamps == seen
    seen = stamps
    if isQuiet { _ = refresh(isAsked: false) }
  }
}
