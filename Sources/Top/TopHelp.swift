/// The page behind `?`.
enum TopHelp {
  static let lines: [(keys: String, meaning: String)] = [
    ("p c m", "ports, clusters, members"),
    ("r d e", "routers, drops, events"),
    ("Tab", "the next view; Shift-Tab: the one before"),
    ("s S", "sort by the next, the previous column"),
    ("o u", "turn the order round; the order of the start"),
    ("/", "only rows that contain a text; Esc: all"),
    ("Up Down", "scroll; also PgUp PgDn Home End"),
    ("Left Right", "columns"),
    ("Space", "pause, go on"),
    ("+ -", "a longer, a shorter interval"),
    ("Ctrl-L", "draw anew"),
    ("?", "this page"),
    ("q", "quit; also Ctrl-C"),
  ]
}
