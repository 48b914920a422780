import SimulatedHardware
import VehicleConfiguration

extension QuadrotorParameters {
  /// The figures of the plant that an airframe describes.
  init(_ airframe: Configuration.Quadrotor.Airframe) {
    self.init()
    (mass, inertia) = (airframe.mass, airframe.inertia)
    (armForward, armSide) = (airframe.armForward, airframe.armSide)
    if !airframe.rotors.isEmpty {
      rotors = RotorPlaces(
        airframe.rotors.map {
          RotorPlaces.Place(forward: $0.forward, right: $0.right, isClockwise: $0.isClockwise)
        })
    }
    rotorPlaneHeight = airframe.rotorHeight
    (maximumThrust, torquePerThrust) = (airframe.rotorThrust, airframe.torquePerThrust)
    (maximumSpeed, rotorInertia) = (airframe.rotorSpeed, airframe.rotorInertia)
    (spinUpTime, spinDownTime) = (airframe.spinUpTime, airframe.spinDownTime)
    (motorEfficiency, avionicsPower) = (airframe.motorEfficiency, airframe.electronicsPower)
    (rotorDrag, rotorInflow) = (airframe.rotorDrag, airframe.rotorInflow)
    (dragArea, staticPressureError) = (airframe.dragArea, airframe.staticPressureError)
    (footHeight, footStiffness) = (airframe.footHeight, airframe.footStiffness)
    (footDamping, friction) = (airframe.footDamping, airframe.footFriction)
    (rangeFinderDrop, crashSpeed) = (airframe.rangeFinderDrop, airframe.crashSpeed)
    referenceVoltage = airframe.battery.referenceVoltage
    battery = BatteryParameters(airframe.battery)
  }
}

extension BalancingRobotParameters {
  /// The figures of the plant that an airframe on its wheels describes.
  init(_ airframe: Configuration.BalancingRobot.Airframe, _ wheels: BalancingRobotPlant.Wheels) {
    self.init()
    (mass, massHeight, imbalance) = (airframe.mass, airframe.massHeight, airframe.imbalance)
    inertia = (airframe.rollInertia, airframe.pitchInertia, airframe.yawInertia)
    (wheelMass, wheelInertia) = (airframe.wheelMass, airframe.wheelInertia)
    (wheelRadius, track) = (SIMD2(repeating: wheels.radius), wheels.track)
    backEMF = SIMD2(repeating: airframe.backEMF)
    torquePerCurrent = SIMD2(repeating: airframe.torquePerCurrent)
    (resistance, rotorInertia) = (airframe.resistance, airframe.rotorInertia)
    friction = SIMD2(repeating: airframe.friction)
    (stiction, viscousFriction) = (airframe.stiction, airframe.viscousFriction)
    (rollingResistance, scrubTorque) = (airframe.rollingResistance, airframe.scrubTorque)
    (sensorHeight, pushHeight) = (airframe.sensorHeight, airframe.pushHeight)
    electronicsPower = airframe.electronicsPower
    battery = BatteryParameters(airframe.battery)
  }
}

extension BatteryParameters {
  /// The battery of an airframe.
  init(_ battery: Configuration.AirframeBattery) {
    self.init()
    (cells, capacity) = (battery.cells, battery.capacity)
    cellResistance = battery.cellResistance
  }
}
