/// What is done to a configuration without a text.
public enum ConfigurationVerb: String, CaseIterable, Sendable {
  case confirm, rollback, reload
}
