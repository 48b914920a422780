#ifndef GANGLION_LINUX_I2C_H
#define GANGLION_LINUX_I2C_H

#include <stdint.h>

// I2C through i2c-dev and libi2c. Every function returns a number of at least 0, or −errno.

/// The SMBus transfers that libi2c makes.
enum ganglion_smbus {
  GANGLION_SMBUS_WRITE_QUICK,
  GANGLION_SMBUS_READ_BYTE,
  GANGLION_SMBUS_WRITE_BYTE,
  GANGLION_SMBUS_READ_BYTE_DATA,
  GANGLION_SMBUS_WRITE_BYTE_DATA,
  GANGLION_SMBUS_READ_WORD_DATA,
  GANGLION_SMBUS_WRITE_WORD_DATA,
  GANGLION_SMBUS_READ_I2C_BLOCK,
  GANGLION_SMBUS_WRITE_I2C_BLOCK,
};

/// Opens a bus's device file.
int ganglion_i2c_open(const char *path);

/// Closes a descriptor.
void ganglion_close_descriptor(int descriptor);

/// Takes the advisory lock of an open file for this process alone; −EWOULDBLOCK when another has it.
int ganglion_lock(int descriptor);

/// What the adapter can do: I2C_FUNC_ bits.
int ganglion_i2c_functions(int descriptor, uint64_t *functions);

/// Longest time of a transfer, in units of 10 ms, for all users of the adapter.
int ganglion_i2c_set_timeout(int descriptor, unsigned int tens_of_milliseconds);

/// Chooses the device that `ganglion_i2c_smbus` talks to; −EBUSY when a kernel driver owns it.
int ganglion_i2c_select(int descriptor, uint8_t address);

/// One combined transfer: `written`, then, after a repeated start, `read`. Either may be empty. Never holds more than
/// one read message, which the controller of the Raspberry Pi 0 to 4 could not do.
/// Returns the number of messages done, of `ganglion_i2c_messages`.
int ganglion_i2c_transfer(
    int descriptor, uint8_t address, const uint8_t *written, uint16_t written_count, uint8_t *read,
    uint16_t read_count);

/// How many messages that transfer has.
int ganglion_i2c_messages(uint16_t written_count, uint16_t read_count);

/// One SMBus transfer with the chosen device, of at most 32 bytes. Returns the number of bytes read.
int ganglion_i2c_smbus(
    int descriptor, enum ganglion_smbus kind, uint8_t command, const uint8_t *written, uint8_t written_count,
    uint8_t *read, uint8_t read_count);

#endif
