import SystemPackage

enum ConsoleError: Error, Hashable {
  /// The reader has seen enough (`| head -1`): the command ends without a word.
  case readerGone
  case failed(Errno)
}
