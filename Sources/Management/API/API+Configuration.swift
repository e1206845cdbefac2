import SwitchModel

extension API {
  /// How long a configuration may wait to be confirmed.
  static let confirmation: ClosedRange<Duration> = .seconds(1)...(.seconds(86_400))

  /// Everything about the configuration: what runs, what another one would do, and doing it.
  func configuration(
    _ action: Action, _ query: Query, _ request: APIRequest
  ) async throws(APIError) -> APIResponse {
    guard let configuration else {
      throw APIError(.unavailable, "this switch's configuration cannot be changed while it runs")
    }
    do {
      switch action {
      case .plan: return list(try await configuration.plan(request.body))
      case .confirm: return list(try await configuration.confirm())
      case .rollback: return list(try await configuration.rollback())
      case .reload: return list(try await configuration.reload())
      case _ where request.method == "PUT":
        let within = try query.duration("confirm", in: API.confirmation)
        return list(try await configuration.apply(request.body, confirmWithin: within))
      default:
        var response = APIResponse(.whole(await configuration.configurationText()))
        response.contentType = "application/yaml"
        return response
      }
    } catch let refusal as ConfigurationRefusal {
      throw APIError(refusal)
    } catch let error as APIError {
      throw error
    } catch {
      throw APIError(.internal, "\(error)")
    }
  }
}
