public import SwitchModel

// Nothing of this works yet; only that the executable builds.
extension SwitchControl {
  public func routers() -> [RouterRow] { [] }
  public func probes() -> [ProbeRow] { [] }
  public func events(after: UInt64?) -> [EventRow] { [] }
  public func followEvents() -> AsyncStream<EventRow> { AsyncStream { $0.finish() } }
  public func explain(_ question: ExplainQuestion) throws(OperationError) -> Explanation {
    throw OperationError(.unavailable, "not in this version")
  }
  public func setAdminState(_ state: AdminState, of member: String) throws(OperationError) {
    throw OperationError(.unavailable, "not in this version")
  }
}
