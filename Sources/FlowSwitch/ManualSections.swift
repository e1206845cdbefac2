import CommandReference

/// What manual pages say beside the commands' definitions.
enum ManualSections {
  static let extras = ManualExtras(
    common: [exitStatus, environment],
    byCommand: ["flowswitch": [files], "flowswitch run": [files, signals]],
    seeAlso: [
      "flowswitch": ["ip(8)", "ethtool(8)", "bpftool(8)"],
      "flowswitch run": ["systemd.service(5)", "capabilities(7)"],
      "flowswitch import": ["keepalived.conf(5)", "ipvsadm(8)"], "flowswitch explain": ["tcpdump(8)"],
    ])

  private static let exitStatus = ManualExtras.Section(
    title: "EXIT STATUS",
    items: [
      ("0", "done"), ("1", "usage or configuration"),
      ("2", "refused by the daemon or the kernel; the reason is on standard error"),
      ("3", "no daemon answers"),
    ])

  private static let environment = ManualExtras.Section(
    title: "ENVIRONMENT",
    items: [("NO_COLOR", "if set, no colours, unless `--color always` says otherwise")])

  private static let files = ManualExtras.Section(
    title: "FILES",
    items: [
      ("/etc/flowswitch/NAME.yaml", "configurations, by custom"),
      ("/run/flowswitch/NAME.sock", "the control socket of the switch NAME"),
      ("/run/flowswitch/NAME.state", "what a next run needs to take over: numbers, and how ports were found"),
      ("/var/lib/flowswitch/NAME/running.yaml", "the last configuration that worked"),
      ("/var/lib/flowswitch/NAME/previous.yaml", "the one before it, to which `rollback` goes"),
      ("/sys/fs/bpf/flowswitch/NAME/", "the datapath, pinned in the kernel"),
    ])

  private static let signals = ManualExtras.Section(
    title: "SIGNALS",
    items: [
      ("SIGTERM, SIGINT", "stop: the datapath is detached, unless `--keep`"),
      ("SIGHUP", "read the file again and apply it, as `flowswitch reload` does"),
    ])
}
