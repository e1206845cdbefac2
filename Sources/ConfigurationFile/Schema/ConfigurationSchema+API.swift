extension ConfigurationSchema {
  static let api = SchemaSection(
    id: "api", path: "api", summary: "Where programs and the console may speak to the switch.",
    keys: [
      SchemaKey(
        name: "listen", value: .listenAddress, defaultText: "none",
        meaning: "the API, /metrics and the console by TCP, such as `127.0.0.1:8443` or `[::1]:8443`"),
      SchemaKey(
        name: "certificate", value: .filePath, defaultText: "none",
        meaning:
          "PEM: the certificate, and those that lead to its root; without it only 127.0.0.0/8 and ::1 may listen, in plain HTTP"
      ),
      SchemaKey(
        name: "key", value: .filePath, defaultText: "none", meaning: "PEM: the certificate's private key"),
      SchemaKey(
        name: "tokens", value: .filePath, defaultText: "none",
        meaning: "who may do what; without it everybody who reaches the address may read, and nobody more"),
      SchemaKey(
        name: "group", value: .group, defaultText: "the daemon's own",
        meaning: "whose members may use the control socket, for everything"),
    ],
    needs: [("certificate", ["listen", "key"]), ("key", ["listen", "certificate"]), ("tokens", ["listen"])])
}
