/// What a caller may do.
enum Access: Hashable, Sendable {
  case granted(Role)
  /// Nothing, and why: no token, an unknown one, too many wrong ones.
  case refused(APIError)
}
