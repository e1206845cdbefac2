import SwitchModel

extension ConfigurationSchema {
  private static let intervals: ClosedRange<Duration> = .milliseconds(10)...(.seconds(3600))

  static let probe = SchemaSection(
    id: "probe", path: "clusters[].probe, router-pools[].probe",
    summary:
      "How members and routers are watched. It goes to the cluster's address with the member's MAC, or to the member's own where the cluster's is a subnet.",
    keys: [
      SchemaKey(
        name: "kind", value: .choice(ProbeKind.allCases.map(\.rawValue)), isRequired: true,
        meaning: "what is asked; `arp` goes with IPv4, `nd` with IPv6"),
      SchemaKey(
        name: "interval", value: .duration(intervals), defaultText: "`1s`",
        meaning: "from one probe to the next"),
      SchemaKey(
        name: "timeout", value: .duration(.milliseconds(1)...(.seconds(3600))),
        defaultText: "`500ms`, or the shorter of the intervals",
        meaning: "not above `interval` and `fast-interval`"),
      SchemaKey(
        name: "fall", value: .integer(1...100), defaultText: "`3`",
        meaning: "failures in a row until it counts as failed"),
      SchemaKey(
        name: "rise", value: .integer(1...100), defaultText: "`2`",
        meaning: "successes in a row until it is back"),
      SchemaKey(
        name: "jitter", value: .duration(.zero...(.seconds(3600))), defaultText: "`0s`",
        meaning: "a random part of it is added to each interval; at most `interval`"),
      SchemaKey(
        name: "fast-interval", value: .duration(intervals), defaultText: "`interval`",
        meaning: "the interval while the last probe failed or the target counts as failed; at most `interval`"
      ),
      SchemaKey(
        name: "damping", value: .section(damping), defaultText: "none",
        meaning: "what fails too often stays out"),
      SchemaKey(
        name: "port", value: .integer(1...65535), defaultText: "http 80, https 443, dns 53; else required",
        meaning: "the port that is asked"),
      SchemaKey(
        name: "send", value: .text(1...1024), defaultText: "tcp: nothing; udp: required",
        meaning: "what is sent; YAML knows `\\r`, `\\n`, `\\0`, `\\x41` in double quotes"),
      SchemaKey(
        name: "expect", value: .text(1...1024), defaultText: "tcp: the connection is enough; udp: any answer",
        meaning: "what the answer begins with"),
      SchemaKey(
        name: "query", value: .domainName, defaultText: "dns: required", meaning: "the name that is asked for"
      ),
      SchemaKey(name: "type", value: .recordType, defaultText: "`A`", meaning: "of the records"),
      SchemaKey(
        name: "rcode", value: .responseCode, defaultText: "`noerror`",
        meaning: "the response code that is success"),
      SchemaKey(
        name: "answer", value: .address, defaultText: "any",
        meaning: "must be among the answers; with types A and AAAA, and without an error expected"),
      SchemaKey(
        name: "method", value: .choice(ProbeMethod.allCases.map(\.rawValue)), defaultText: "`GET`",
        meaning: "of the request"),
      SchemaKey(name: "path", value: .requestPath, defaultText: "`/`", meaning: "the request's target"),
      SchemaKey(
        name: "host", value: .host, defaultText: "the member's address", meaning: "the Host field"),
      SchemaKey(
        name: "status", value: .status, defaultText: "`200-399`", meaning: "the status codes that are success"
      ),
      SchemaKey(
        name: "body", value: .text(1...4096), defaultText: "any",
        meaning: "must be in the first 64 KiB of the body"),
      SchemaKey(
        name: "tls-name", value: .host, defaultText: "`host`",
        meaning: "the name in the certificate, and in SNI"),
      SchemaKey(
        name: "tls-ca", value: .filePath, defaultText: "the system's", meaning: "certificates to trust"),
      SchemaKey(
        name: "tls-verify", value: .boolean, defaultText: "`true`",
        meaning: "whether the certificate is checked"),
      SchemaKey(
        name: "command", value: .command, defaultText: "exec: required",
        meaning: "the program that is run; exit status 0 is success"),
    ],
    conditions: [
      SchemaCondition(
        key: "method", value: .string("HEAD"), forbidden: ["body"], reason: "an answer to HEAD has no body"),
      SchemaCondition(
        key: "tls-verify", value: .boolean(false), forbidden: ["tls-ca"], reason: "nothing is checked with it"
      ),
    ],
    kinds: ProbeKind.allCases.map { kind in
      (kind.rawValue, ProbeDraft.keys(of: kind), required(by: kind))
    })

  /// Beside `kind`.
  private static func required(by kind: ProbeKind) -> [String] {
    switch kind {
    case .tcp: ["port"]
    case .udp: ["port", "send"]
    case .dns: ["query"]
    case .exec: ["command"]
    case .arp, .nd, .icmp, .http, .https, .link: []
    }
  }
}
