/// The version of this build, as `flowswitch --version` and the API give it.
public enum FlowSwitchVersion {
  public static let current = "0.1.0"
}
