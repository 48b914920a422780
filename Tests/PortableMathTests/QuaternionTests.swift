import Foundation
import PortableMath
import Testing

@Suite("Quaternion")
struct QuaternionTests {
  /// Evenly distributed unit quaternions.
  static func samples(seed: UInt64, count: Int) -> [Quaternion] {
    var random = RandomGenerator(seed: seed)
    return (0..<count).map { _ in
      Quaternion(
        random.nextGaussian(), random.nextGaussian(), random.nextGaussian(), random.nextGaussian()
      ).normalized
    }
  }

  @Test("positive roll lowers the right side, positive pitch raises the nose, positive yaw turns right")
  func signs() {
    let right = Quaternion(roll: 0.1, pitch: 0, yaw: 0).rotate(Vector3(0, 1, 0))
    #expect(right.z > 0)
    let nose = Quaternion(roll: 0, pitch: 0.1, yaw: 0).rotate(Vector3(1, 0, 0))
    #expect(nose.z < 0)
    let turned = Quaternion(roll: 0, pitch: 0, yaw: 0.1).rotate(Vector3(1, 0, 0))
    #expect(turned.y > 0)
  }

  @Test("rotation equals the direction cosine matrix Rz(yaw) Ry(pitch) Rx(roll)")
  func matrix() {
    let (roll, pitch, yaw) = (0.3, -0.7, 2.1)
    let (sr, cr) = (sin(roll), cos(roll))
    let (sp, cp) = (sin(pitch), cos(pitch))
    let (sy, cy) = (sin(yaw), cos(yaw))
    let v = Vector3(0.2, -1.3, 0.8)
    let wanted = Vector3(
      cp * cy * v.x + (sr * sp * cy - cr * sy) * v.y + (cr * sp * cy + sr * sy) * v.z,
      cp * sy * v.x + (sr * sp * sy + cr * cy) * v.y + (cr * sp * sy - sr * cy) * v.z,
      -sp * v.x + sr * cp * v.y + cr * cp * v.z)
    let got = Quaternion(roll: roll, pitch: pitch, yaw: yaw).rotate(v)
    #expect((got - wanted).length < 1e-15)
  }

  @Test("Euler angles and back is the same rotation")
  func eulerRoundTrip() {
    for q in Self.samples(seed: 10, count: 5000) {
      let (roll, pitch, yaw) = q.eulerAngles
      let back = Quaternion(roll: roll, pitch: pitch, yaw: yaw)
      let product = q.conjugate * back
      // Near gimbal lock the angles are ill-conditioned; the rotation still agrees to half the digits.
      #expect(Vector3(product.x, product.y, product.z).length < (abs(pitch) > 1.57 ? 1e-7 : 1e-12))
    }
    #expect(abs(Quaternion(roll: 0, pitch: .pi / 2, yaw: 0).eulerAngles.pitch - .pi / 2) < 1e-7)
  }

  @Test("rotation keeps length, and inverse rotation undoes it")
  func inverse() {
    let v = Vector3(1.5, -0.25, 3)
    for q in Self.samples(seed: 11, count: 2000) {
      #expect(abs(q.rotate(v).length - v.length) < 1e-14 * 4)
      #expect((q.inverseRotate(q.rotate(v)) - v).length < 1e-14)
    }
  }

  @Test("a product rotates by its right factor first")
  func productOrder() {
    let samples = Self.samples(seed: 12, count: 200)
    let v = Vector3(0.1, 0.2, 0.3)
    for (a, b) in zip(samples, samples.dropFirst()) {
      #expect(((a * b).rotate(v) - a.rotate(b.rotate(v))).length < 1e-15)
    }
  }

  @Test("both branches of the rotation vector agree with sine and cosine")
  func rotationVector() {
    for angle in [0, 1e-9, 0.01, 0.19999, 0.2, 0.20001, 1, 3, 6] {
      let axis = Vector3(2.0 / 3, -1.0 / 3, 2.0 / 3)
      let q = Quaternion(rotationVector: axis * angle)
      #expect(abs(q.w - cos(angle / 2)) < 4e-16)
      #expect((Vector3(q.x, q.y, q.z) - axis * sin(angle / 2)).length < 5e-16)
    }
  }

  @Test("a constant rate about one axis adds up to its angle, in small steps and in one")
  func integration() {
    var q = Quaternion.identity
    for _ in 0..<1000 { q = q.integrated(rate: Vector3(0, 0, 0.5), seconds: 0.004) }
    #expect(abs(q.eulerAngles.yaw - 2) < 1e-12)
    #expect(abs(q.length - 1) < 1e-15)
    let once = Quaternion.identity.integrated(rate: Vector3(0, 0, 0.5), seconds: 4)
    #expect(abs(once.eulerAngles.yaw - 2) < 1e-14)
  }

  @Test("a quaternion without a direction becomes the identity")
  func degenerate() {
    #expect(Quaternion(0, 0, 0, 0).normalized == .identity)
    #expect(Quaternion(.nan, 0, 0, 0).normalized == .identity)
    #expect(Quaternion(.infinity, 1, 0, 0).normalized == .identity)
  }

  @Test("tilt is the angle from upright, whatever the yaw")
  func tilt() {
    #expect(abs(Quaternion(roll: 0.4, pitch: 0, yaw: 1.2).tilt - 0.4) < 1e-12)
    #expect(abs(Quaternion(roll: .pi, pitch: 0, yaw: 0).tilt - .pi) < 1e-7)
    let q = Quaternion(roll: 0.3, pitch: -0.2, yaw: 2)
    #expect(abs(q.cosineOfTilt - cos(0.3) * cos(0.2)) < 1e-15)
  }
}
