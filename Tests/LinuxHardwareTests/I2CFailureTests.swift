import HardwareInterfaces
import LinuxFakes
import Testing

@testable import LinuxHardware

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

@Suite("I2C over i2c-dev: what a failure is")
struct I2CFailureTests {
  @Test("Numbers that leave no doubt are named without asking the device again")
  func certain() throws {
    let cases: [(Int32, BusError)] = [
      (ENXIO, .noDevice(address: 0x68)), (ENODEV, .noDevice(address: 0x68)),
      (EAGAIN, .arbitrationLost(address: 0x68)), (EBUSY, .timeout(address: 0x68)),
      (EOPNOTSUPP, .unsupported(address: 0x68)), (EINVAL, .unsupported(address: 0x68)),
      (EPROTO, .system(errno: EPROTO, address: 0x68)), (ENOMEM, .system(errno: ENOMEM, address: 0x68)),
    ]
    for (number, expected) in cases {
      let system = FakeI2C {
        $0.devices = i2cDevice
        $0.results = [-number]
      }
      #expect(try i2cReadError(system) == expected, "errno \(number)")
      #expect(system.calls.count == 1, "errno \(number)")
    }
  }

  @Test(
    "EREMOTEIO (Raspberry Pi, DesignWare) is a missing device, or a refused byte where the address answers")
  func remoteIO() throws {
    let missing = FakeI2C { $0.standing = { _ in -EREMOTEIO } }
    #expect(try i2cReadError(missing) == .noDevice(address: 0x68))
    let refusing = FakeI2C {
      $0.devices = i2cDevice
      $0.results = [-EREMOTEIO]
    }
    #expect(try i2cWriteError(refusing) == .dataNotAcknowledged(address: 0x68))
  }

  @Test(
    "ETIMEDOUT that comes at once (CP2112) is a missing device; after the adapter's patience it is a timeout")
  func timedOut() throws {
    let missing = FakeI2C {
      $0.standing = { _ in -ETIMEDOUT }
      $0.duration = 1_000_000
    }
    #expect(try i2cReadError(missing) == .noDevice(address: 0x68))
    let hanging = FakeI2C {
      $0.standing = { _ in -ETIMEDOUT }
      $0.duration = 20_000_000
    }
    #expect(try i2cReadError(hanging) == .timeout(address: 0x68))
    #expect(hanging.calls.count == 1, "a bus that hangs is not asked again")
  }

  @Test("A scheduler's hiccup does not turn a missing device into a timeout: the fastest attempt counts")
  func hiccup() throws {
    let system = FakeI2C {
      $0.standing = { _ in -ETIMEDOUT }
      $0.durations = [1_000_000, 30_000_000]
    }
    #expect(try i2cReadError(system, options: I2COptions(retries: 2)) == .noDevice(address: 0x68))
  }

  @Test("EIO in a read is a short read where the address answers, and lost arbitration where that fails too")
  func inputOutputError() throws {
    let short = FakeI2C {
      $0.devices = i2cDevice
      $0.results = [-EIO]
    }
    #expect(try i2cReadError(short) == .shortRead(address: 0x68, expected: 2, received: 0))
    let refused = FakeI2C {
      $0.devices = i2cDevice
      $0.results = [-EIO]
    }
    #expect(try i2cWriteError(refused) == .dataNotAcknowledged(address: 0x68))
    let lost = FakeI2C { $0.standing = { _ in -EIO } }
    #expect(try i2cReadError(lost) == .arbitrationLost(address: 0x68))
    let missing = FakeI2C { $0.results = [-EIO, -ENXIO] }
    #expect(try i2cReadError(missing) == .noDevice(address: 0x68))
  }

  @Test("Fewer messages or bytes than asked for are a short read")
  func shortRead() throws {
    let combined = FakeI2C {
      $0.devices = i2cDevice
      $0.results = [1]
    }
    #expect(try i2cReadError(combined) == .shortRead(address: 0x68, expected: 2, received: 0))
    let smbus = FakeI2C {
      $0.devices = i2cDevice
      $0.functions = I2CFunctions.readBlock.rawValue | smbusFunctions & ~I2CFunctions.readWordData.rawValue
      $0.results = [1]
    }
    #expect(try i2cReadError(smbus) == .shortRead(address: 0x68, expected: 2, received: 1))
  }

  @Test("The address is asked by a write of nothing where the adapter can, else by the read of one byte")
  func question() throws {
    let quick = FakeI2C {
      $0.functions = 0x1 | I2CFunctions.quick.rawValue
      $0.standing = { _ in -EREMOTEIO }
    }
    _ = try i2cReadError(quick)
    #expect(quick.calls.last == .init(address: 0x68, written: [], readCount: 0, smbus: nil))
    let slow = FakeI2C { $0.standing = { _ in -EREMOTEIO } }
    _ = try i2cReadError(slow)
    #expect(slow.calls.last == .init(address: 0x68, written: [], readCount: 1, smbus: nil))
  }

  @Test("A device that a kernel driver took meanwhile is not taken for a bus that is busy")
  func takenAway() throws {
    let system = FakeI2C {
      $0.devices = i2cDevice
      $0.functions = smbusFunctions
      $0.selectResult = -EBUSY
    }
    #expect(try i2cReadError(system) == .system(errno: EBUSY, address: 0x68))
  }
}
