import Testing

@testable import LiquidModel

@Suite("Networks in floating point")
struct RuntimeFloatTests {
  @Test("Float32 is within 2e-6 of Float64, in units of the output's range", arguments: RuntimeShape.all)
  func single(_ shape: RuntimeShape) throws {
    let model = shape.model()
    var runtime = try NetworkRuntime(model)
    let found = try error(of: &runtime, model, RandomDrive(model, steps: RuntimeShape.steps, seed: 3))
    #expect(found.largest <= 2e-6)
  }

  @Test("Float16 is within 2e-3 of Float64, in units of the output's range", arguments: RuntimeShape.all)
  func half(_ shape: RuntimeShape) throws {
    let model = shape.model()
    var runtime = try NetworkRuntime(model, arithmetic: .float16)
    let found = try error(of: &runtime, model, RandomDrive(model, steps: RuntimeShape.steps, seed: 3))
    #expect(found.largest <= 2e-3)
  }
}
