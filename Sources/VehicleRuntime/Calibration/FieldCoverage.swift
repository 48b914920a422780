import PortableMath
import VehicleConfiguration

/// Which directions a field has come from: a cube around the vehicle, each of its faces in four.
struct FieldCoverage: Sendable {
  private var seen = [Int](repeating: 0, count: 24)

  /// A cell counts from this many on: one may be an outlier.
  private static let least = 2

  /// Adds the direction of the field in body axes.
  mutating func add(_ direction: Vector3) {
    guard direction.isFinite else { return }
    let axis = direction.largest.axis
    let side = 2 * axis + (direction[axis] < 0 ? 1 : 0)
    let (a, b) = ((axis + 1) % 3, (axis + 2) % 3)
    seen[4 * side + (direction[a] < 0 ? 2 : 0) + (direction[b] < 0 ? 1 : 0)] += 1
  }

  /// The share of the cells that were seen.
  var share: Double { Double(seen.count { $0 >= Self.least }) / Double(seen.count) }

  /// The sides that the field has not come from: of each, three cells of four are wanted.
  var missing: [BodySide] {
    BodySide.allCases.filter { side in
      (0..<4).count { seen[4 * side.rawValue + $0] >= Self.least } < 3
    }
  }
}
