import ConfigurationFile

extension RoomScene {
  static func configuration() -> [RoomScene] {
    [
      RoomScene(name: "configuration: 20 clusters of 10 members", count: 1) {
        let bytes = Array(text(clusters: 20, members: 10).utf8)
        return { _ = try ConfigurationFile(bytes: bytes, file: "switch.yaml") }
      }
    ]
  }

  private static func text(clusters: Int, members: Int) -> String {
    var lines = ["switch:", "  name: fs1", "ports:", "  - {name: r1, role: router}"]
    lines += (1...members).map { "  - {name: p\($0), role: server}" }
    lines.append("clusters:")
    for cluster in 1...clusters {
      lines += ["  - name: c\(cluster)", "    address: 10.50.\(cluster).100", "    members:"]
      lines += (1...members).map { "      - {name: s\($0), port: p\($0), weight: \(100 + $0)}" }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
