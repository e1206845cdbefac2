import Glibc

/// Runs `ip` with the words of `arguments`, in the calling thread's network namespace.
func ip(_ arguments: String) throws { try run("/sbin/ip", arguments) }

func run(_ program: String, _ arguments: String) throws {
  let words = [program] + arguments.split(separator: " ").map(String.init)
  var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
  defer { for word in argv { free(word) } }
  var process: pid_t = 0
  // A child begins in the namespace of the thread that spawns it.
  let code = posix_spawn(&process, program, nil, nil, &argv, environ)
  if code != 0 { throw TestFailure("\(program): \(String(cString: strerror(code)))") }
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0 {
    if errno != EINTR { throw TestFailure("waitpid: \(String(cString: strerror(errno)))") }
  }
  if status != 0 { throw TestFailure("\(words.joined(separator: " ")): status \(status)") }
}
