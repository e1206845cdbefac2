public import SwitchModel

/// A probe of a target, with the number by which its results are known.
public struct ProbeJob: Hashable, Sendable {
  public var id: Int
  public var target: ProbeTarget
  public var configuration: ProbeConfiguration

  public init(id: Int, target: ProbeTarget, configuration: ProbeConfiguration) {
    self.id = id
    self.target = target
    self.configuration = configuration
  }
}
