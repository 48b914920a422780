#ifndef GANGLION_LINUX_PORTS_H
#define GANGLION_LINUX_PORTS_H

#include <stdint.h>

// Serial ports and input devices, read without waiting. Every function returns a number of at least 0, or −errno.

/// How a serial port is set.
struct ganglion_serial {
  uint32_t baud;
  /// 5 to 8, and 1 or 2.
  uint8_t data_bits, stop_bits;
  /// 0 none, 1 even, 2 odd.
  uint8_t parity;
};

/// An axis of an input device: `struct input_absinfo` without what nobody asks for.
struct ganglion_axis {
  int32_t value, minimum, maximum, fuzz, flat;
};

/// Opens a device file to be read and written, or only read, and never waits for it or becomes its terminal's process.
int ganglion_port_open(const char *path, int writes);

/// Sets a serial port raw, and reads back what it was set to. −EINVAL when the port did not take the rate. With parity, damaged bytes are
/// marked (PARMRK). What had arrived before is thrown away, and nobody else may open the port from now on.
int ganglion_serial_set(int descriptor, const struct ganglion_serial *settings, uint32_t *baud);

/// Reads what is there: 0 when nothing is, −ENODEV when the port has hung up.
int ganglion_port_read(int descriptor, uint8_t *bytes, int count);

/// Writes what there is room for: 0 when there is none.
int ganglion_port_write(int descriptor, const uint8_t *bytes, int count);

/// Keeps an input device from everybody else, or no longer.
int ganglion_input_grab(int descriptor, int grab);

/// An axis as it is now; −ENOENT when the device has no such axis.
int ganglion_input_axis(int descriptor, int code, struct ganglion_axis *axis);

/// The keys that are down: bit `code & 7` of byte `code >> 3`.
int ganglion_input_keys(int descriptor, uint8_t *bits, int count);

/// The device's name, ended by 0.
int ganglion_input_name(int descriptor, char *name, int count);

#endif
