import Support

extension RoomScene {
  /// The pipeline in this process, by path: those of `PipelineCheck speed`, with the frame copied in and out.
  static func forwarding() throws -> [RoomScene] {
    let names = try scenes().1.all.map(\.name)
    return names.enumerated().map { index, name in
      RoomScene(name: "forwarding: \(name)", count: 2000) {
        let (runner, scenes) = try scenes()
        let scene = scenes.all[index]
        var frame = scene.frame.bytes
        return { _ = try runner.run(&frame, port: scene.port) }
      }
    }
  }

  private static func scenes() throws -> (HostRunner, SpeedScenes) {
    let runner = try HostRunner(TestSwitch.dimensions)
    return (runner, try SpeedScenes(TestSwitch(runner)))
  }
}
