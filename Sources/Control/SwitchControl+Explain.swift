public import SwitchModel

extension SwitchControl {
  public func explain(_ question: ExplainQuestion) throws(OperationError) -> Explanation {
    throw OperationError(.unavailable, "not built yet")
  }
}
