import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// Between Hummingbird and the API.
struct APIResponder: HTTPResponder {
  typealias Context = APIContext

  let api: API
  let limits: ServerLimits
  /// Nil on the control socket: who can open it may do everything.
  let gate: (@Sendable () -> Gate)?

  func respond(to request: Request, context: Context) async throws -> Response {
    var asked = APIRequest(
      method: request.method.rawValue, path: request.uri.path, query: request.uri.query)
    asked.lastEventID = HTTPField.Name.lastEventID.flatMap { request.headers[$0] }
    asked.accept = request.headers[.accept]
    if let gate, Route.isGuarded(asked.path) {
      asked.access = gate().access(
        authorization: request.headers[.authorization],
        from: CallerAddress.key(context.channel.remoteAddress))
    }
    let answer: APIResponse
    if asked.isLong {
      // Whoever interrupts `show flows` does not leave the tap open for a minute.
      let long = asked
      answer = try await request.body.consumeWithCancellationOnInboundClose { _ in
        await api.answer(long)
      }
    } else {
      if asked.hasBody, case .granted(let role) = asked.access {
        // Who may not have it looked at does not send that much.
        let isConfiguration =
          Route(path: asked.path).map { role >= $0.role(for: asked.method) && $0.takesConfiguration } ?? false
        let body = try await request.body.collect(upTo: isConfiguration ? limits.configuration : limits.body)
        asked.body = Array(body.readableBytesView)
      }
      answer = await api.answer(asked)
    }
    let body: ResponseBody
    switch answer.body {
    case .whole(let bytes):
      body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    case .pages(let produce):
      body = ResponseBody { writer in
        var buffered = writer
        try await produce { bytes in try await buffered.write(ByteBuffer(bytes: bytes)) }
        try await buffered.finish(nil)
      }
    case .events(let produce):
      let channel = context.channel
      body = ResponseBody { writer in
        var buffered = writer
        // Nothing is written for long times, so only this tells that the client has gone.
        try await request.body.consumeWithCancellationOnInboundClose { _ in
          try await produce(
            { bytes in try await buffered.write(ByteBuffer(bytes: bytes)) },
            { channel.close(promise: nil) })
        }
        try await buffered.finish(nil)
      }
    }
    let response = Response(
      status: .init(code: answer.status), headers: APIResponder.headers(of: answer), body: body)
    return request.method == .head ? response.createHeadResponse() : response
  }

  private static func headers(of answer: APIResponse) -> HTTPFields {
    var headers = HTTPFields()
    headers[.contentType] = answer.contentType
    // Counters are never to be had from a cache, and a page must not outlive the switch's version.
    headers[.cacheControl] = "no-store"
    headers[.allow] = answer.allow
    headers[.retryAfter] = answer.retryAfter.map(String.init)
    if answer.asksForToken { headers[.wwwAuthenticate] = #"Bearer realm="flowswitch""# }
    headers[.xContentTypeOptions] = "nosniff"
    headers[.contentSecurityPolicy] =
      answer.contentSecurityPolicy ?? "default-src 'none'; frame-ancestors 'none'"
    if let name = HTTPField.Name.referrerPolicy { headers[name] = "no-referrer" }
    if let name = HTTPField.Name.frameOptions { headers[name] = "DENY" }
    if let name = HTTPField.Name.resourcePolicy { headers[name] = "same-origin" }
    if let name = HTTPField.Name.openerPolicy { headers[name] = "same-origin" }
    return headers
  }
}

extension HTTPField.Name {
  fileprivate static let lastEventID = HTTPField.Name("Last-Event-ID")
  fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy")
  /// For browsers that do not know frame-ancestors.
  fileprivate static let frameOptions = HTTPField.Name("X-Frame-Options")
  fileprivate static let openerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")
  fileprivate static let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")
}
