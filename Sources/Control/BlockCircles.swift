/// Which blocks read each other in the same tick, so that no order suits them.
struct BlockCircles {
  /// For each block the places of those whose values of this tick it reads.
  private let sources: [[Int]]
  private let names: [String]

  /// Blocks that a circle is searched through at most, so that a hostile file does not cost minutes.
  private static let most = 64

  init(_ planned: [ProgramBuilder.Planned], _ written: ProgramBuilder.Written) {
    sources = planned.map { block in
      block.reads.joined().compactMap { read in
        guard !read.isPrevious, let place = written[read.name]?.place, place >= 0 else { return nil }
        return place
      }
    }
    names = planned.map(\.declaration.name)
  }

  /// The names of a shortest circle in which the block at `place` reads the one at `writer`: it, the writer, what that reads, and so on back
  /// to it. `nil` when the writer does not wait for the block.
  func circle(of place: Int, _ writer: Int) -> [String]? {
    if place == writer { return [names[place], names[place]] }
    var before: [Int: Int] = [writer: writer]
    var queue = [writer]
    var next = 0
    while next < queue.count, queue.count <= Self.most {
      let block = queue[next]
      next += 1
      for source in sources[block] where before[source] == nil {
        before[source] = block
        guard source != place else { return path(back: place, to: writer, before) }
        queue.append(source)
      }
    }
    return nil
  }

  private func path(back place: Int, to writer: Int, _ before: [Int: Int]) -> [String] {
    var path = [names[place]]
    var block = place
    while block != writer, let next = before[block] {
      block = next
      path.append(names[block])
    }
    return path.reversed().reduce(into: [names[place]]) { $0.append($1) }
  }
}
