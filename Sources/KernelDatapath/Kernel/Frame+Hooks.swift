import BPFShim

extension Frame {
  /// The frame of the XDP hook.
  @inline(__always)
  init(_ context: UnsafePointer<xdp_md>) {
    self.init(base: fs_data(context), end: fs_data_end(context), aside: .nothing, UnsafeRawPointer(context))
  }

  /// The frame at tc ingress; `prepare` has been there.
  @inline(__always)
  init(_ context: UnsafePointer<fs_skb>) { self.init(atTC: UnsafeRawPointer(context)) }

  @inline(__always)
  private init(atTC context: UnsafeRawPointer) {
    let base = fs_skb_data(context)
    let end = fs_skb_data_end(context)
    let beyond = Int(fs_skb_length(context)) &- Int(fs_distance(base, end))
    self.init(
      base: base, end: end,
      aside: Aside(
        beyond: beyond, segment: Int(fs_skb_segment(context)), isUsed: true, tag: fs_skb_tag(context)),
      context)
  }

  /// A part of a frame, for functions of their own, which take five words.
  @inline(__always)
  init(base: UnsafeMutableRawPointer, end: UnsafeMutableRawPointer) {
    self.init(base: base, end: end, aside: .nothing, UnsafeRawPointer(base))
  }

  /// The same frame, of which the verifier has seen no comparison yet: ways that lead here with different ones would each
  /// be verified anew. What is aside is read again, too. Of a whole frame only.
  @inline(__always)
  var unseen: Frame {
    if aside.isUsed { return Frame(atTC: context) }
    return Frame(base: fs_data_again(context), end: fs_data_end_again(context), aside: aside, context)
  }
}
