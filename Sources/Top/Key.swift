/// A key, as a terminal tells it.
public enum Key: Hashable, Sendable {
  /// Something that can be shown.
  case character(Unicode.Scalar)
  /// With Ctrl held: its letter, small.
  case control(Character)
  case up, down, left, right
  case pageUp, pageDown, home, end
  case tab, backTab, enter, escape, backspace, delete
}
