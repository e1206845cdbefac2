import Hummingbird
import HummingbirdCore
import NIOCore

/// Between Hummingbird and the API.
struct APIResponder: HTTPResponder {
  typealias Context = BasicRequestContext

  let api: API
  let limits: ServerLimits

  func respond(to request: Request, context: Context) async throws -> Response {
    var asked = APIRequest(method: request.method.rawValue, path: request.uri.path, query: request.uri.query)
    let answer: APIResponse
    if asked.isLong {
      // Whoever interrupts `show flows` does not leave the tap open for a minute.
      let long = asked
      answer = try await request.body.consumeWithCancellationOnInboundClose { _ in await api.answer(long) }
    } else {
      if asked.hasBody {
        let body = try await request.body.collect(upTo: limits.body)
        asked.body = Array(body.readableBytesView)
      }
      answer = await api.answer(asked)
    }
    var headers = HTTPFields()
    headers[.contentType] = answer.contentType
    // Counters are never to be had from a cache.
    headers[.cacheControl] = "no-store"
    headers[.allow] = answer.allow
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
      body = ResponseBody { writer in
        var buffered = writer
        // Nothing is written for long times, so only this tells that the client has gone.
        try await request.body.consumeWithCancellationOnInboundClose { _ in
          try await produce { bytes in try await buffered.write(ByteBuffer(bytes: bytes)) }
        }
        try await buffered.finish(nil)
      }
    }
    let response = Response(status: .init(code: answer.status), headers: headers, body: body)
    return request.method == .head ? response.createHeadResponse() : response
  }
}
