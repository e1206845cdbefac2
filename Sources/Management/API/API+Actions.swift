import SwitchModel

extension API {
  func perform(_ action: Action, _ query: Query, _ request: APIRequest) async throws(APIError)
    -> APIResponse
  {
    switch action {
    case .follow: return try follow(after: try place(query, request))
    case .stream: return try stream(after: try place(query, request))
    case .capture: return try await capture(query)
    case .explain:
      let question = try API.decode(ExplainQuestion.self, from: request.body, "a question")
      do {
        return list(try await operations.explain(question))
      } catch {
        throw APIError(error)
      }
    case .setAdminState(let member): return try await setAdminState(request.body, of: member)
    case .description: return APIResponse(.whole(OpenAPI.document))
    case .metrics: return await metrics(request.accept)
    case .configuration, .plan, .confirm, .rollback, .reload:
      return try await configuration(action, query, request)
    }
  }

  /// The number of the last event that the caller has. Who connects again knows better than the address that it uses.
  private func place(_ query: Query, _ request: APIRequest) throws(APIError) -> UInt64? {
    let after = try query.number("after")
    guard let text = request.lastEventID, !text.isEmpty else { return after }
    guard let number = UInt64(text) else {
      throw APIError(.invalid, "Last-Event-ID: '\(text.prefix(40))' is no number of an event")
    }
    return number
  }

  private func setAdminState(_ body: [UInt8], of member: String) async throws(APIError)
    -> APIResponse
  {
    let wanted = try API.decode(
      AdminStateBody.self, from: body, #"an object like {"state":"draining"}"#)
    guard let state = AdminState(rawValue: wanted.state) else {
      let known = AdminState.allCases.map(\.rawValue).joined(separator: ", ")
      throw APIError(.invalid, "'\(wanted.state)' is no admin state; known: \(known)")
    }
    do {
      try await operations.setAdminState(state, of: member)
    } catch {
      throw APIError(error)
    }
    return list(AdminStateRow(member: member, state: state))
  }

  private func follow(after number: UInt64?) throws(APIError) -> APIResponse {
    guard let place = followers.take() else {
      throw APIError(.busy, "\(followers.maximum) clients follow the events already")
    }
    let stream = EventStream(operations: operations, after: number)
    return APIResponse(
      .events { write, _ in
        try await stream.run(write)
        withExtendedLifetime(place) {}
      })
  }

  private func stream(after number: UInt64?) throws(APIError) -> APIResponse {
    guard let place = feed.places.take() else {
      var error = APIError(
        .tooManyStreams, "\(feed.places.maximum) clients read the stream already")
      error.retryAfter = 10
      throw error
    }
    let feed = feed
    return APIResponse(
      .events { write, drop in
        try await StateStream(feed: feed, after: number, drop: drop).run(write)
        withExtendedLifetime(place) {}
      })
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, from body: [UInt8], _ what: String
  ) throws(APIError) -> Value {
    do {
      return try JSON.decode(type, from: body)
    } catch {
      throw APIError(.invalid, "the body is not \(what): \(API.reason(error))")
    }
  }

  /// In a line, without the types of the decoder.
  private static func reason(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has the wrong type"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' is out of range"
    default: "not JSON, or a number out of range"
    }
  }
}
