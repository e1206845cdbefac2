import SwitchModel

extension API {
  func perform(_ action: Action, _ request: APIRequest) async throws(APIError) -> APIResponse {
    guard action.methods.contains(request.method) else { throw APIError(allowed: action.methods) }
    switch action {
    case .follow:
      let query = try Query(request.query, knowing: ["after"])
      return try follow(after: try query.number("after"))
    case .explain:
      _ = try Query(request.query, knowing: [])
      let question = try API.decode(ExplainQuestion.self, from: request.body, "a question")
      do {
        return list(try await operations.explain(question))
      } catch {
        throw APIError(error)
      }
    case .setAdminState(let member):
      _ = try Query(request.query, knowing: [])
      return try await setAdminState(request.body, of: member)
    }
  }

  private func setAdminState(_ body: [UInt8], of member: String) async throws(APIError) -> APIResponse {
    let wanted = try API.decode(AdminStateBody.self, from: body, #"an object like {"state":"draining"}"#)
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
      .events { write in
        try await stream.run(write)
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
