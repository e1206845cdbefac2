import NIOCore
import SwitchModel
import Wire

extension DatagramMethod {
  /// `dns`: asks for a name; each probe with an identifier of its own.
  /// - Throws: `UnusableProbe` for a name or a type that cannot be asked for.
  static func dns(_ job: ProbeJob, _ loop: any EventLoop, seed: UInt64) throws -> DatagramMethod {
    let wanted = job.configuration
    let question: [UInt8]
    do {
      question = try DNSMessage.question(name: wanted.query ?? "", type: wanted.queryType)
    } catch {
      throw UnusableProbe("cannot ask for \(wanted.queryType) of \"\(wanted.query ?? "")\"")
    }
    var random = RandomSource(seed: seed)
    return DatagramMethod(job, port: wanted.port ?? 53, loop) {
      let id = UInt16.random(in: 0 ... .max, using: &random)
      return (
        DNSMessage.query(id: id, question: question),
        { judge(Array($0), id: id, question: question, wanted) }
      )
    }
  }

  /// Nil: not an answer to this question.
  static func judge(
    _ bytes: [UInt8], id: UInt16, question: [UInt8], _ wanted: ProbeConfiguration
  ) -> ProbeOutcome? {
    guard let message = try? DNSMessage(parsing: bytes) else { return .failure("the answer is not DNS") }
    guard message.id == id, message.isResponse else { return nil }
    // A server that understood nothing may leave the question out.
    guard message.question == DNSMessage.lowered(question) || message.question.isEmpty else { return nil }
    guard message.responseCode == wanted.responseCode else {
      return .failure("response code \(name(of: message.responseCode))")
    }
    guard let address = wanted.answer, !message.addresses.contains(address) else { return .success }
    if message.isTruncated { return .failure("the answer is cut off before \(address)") }
    return .failure("\(address) is not among the answers")
  }

  /// RFC 1035 §4.1.1 and the names of the IANA registry.
  private static func name(of code: UInt8) -> String {
    let names = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"]
    return Int(code) < names.count ? names[Int(code)] : String(code)
  }
}
