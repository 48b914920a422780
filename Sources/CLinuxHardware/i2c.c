#include "linux_i2c.h"

#include <errno.h>
#include <fcntl.h>
#include <i2c/smbus.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int result_of(int result) { return result < 0 ? -errno : result; }

int ganglion_i2c_open(const char *path) { return result_of(open(path, O_RDWR | O_CLOEXEC)); }

void ganglion_close_descriptor(int descriptor) { close(descriptor); }

int ganglion_lock(int descriptor) { return result_of(flock(descriptor, LOCK_EX | LOCK_NB)); }

int ganglion_i2c_functions(int descriptor, uint64_t *functions) {
  unsigned long bits = 0;
  int result = result_of(ioctl(descriptor, I2C_FUNCS, &bits));
  *functions = bits;
  return result;
}

int ganglion_i2c_set_timeout(int descriptor, unsigned int tens_of_milliseconds) {
  return result_of(ioctl(descriptor, I2C_TIMEOUT, (unsigned long)tens_of_milliseconds));
}

int ganglion_i2c_select(int descriptor, uint8_t address) {
  return result_of(ioctl(descriptor, I2C_SLAVE, (unsigned long)address));
}

int ganglion_i2c_messages(uint16_t written_count, uint16_t read_count) {
  return written_count > 0 && read_count > 0 ? 2 : 1;
}

int ganglion_i2c_transfer(
    int descriptor, uint8_t address, const uint8_t *written, uint16_t written_count, uint8_t *read,
    uint16_t read_count) {
  struct i2c_msg messages[2];
  struct i2c_rdwr_ioctl_data transfer = {.msgs = messages, .nmsgs = 0};
  if (written_count > 0 || read_count == 0) {
    // The kernel only reads from the buffer of a write.
    messages[transfer.nmsgs++] =
        (struct i2c_msg){.addr = address, .flags = 0, .len = written_count, .buf = (uint8_t *)written};
  }
  if (read_count > 0) {
    messages[transfer.nmsgs++] =
        (struct i2c_msg){.addr = address, .flags = I2C_M_RD, .len = read_count, .buf = read};
  }
  return result_of(ioctl(descriptor, I2C_RDWR, &transfer));
}

// libi2c returns −errno since version 4, and −1 with errno before.
static int smbus_result(int result) { return result == -1 ? -errno : result; }

// Words travel with the low byte first.
static int read_word(int result, uint8_t *read) {
  if (result < 0) return smbus_result(result);
  read[0] = (uint8_t)(result & 0xFF);
  read[1] = (uint8_t)((result >> 8) & 0xFF);
  return 2;
}

static int read_byte(int result, uint8_t *read) {
  if (result < 0) return smbus_result(result);
  read[0] = (uint8_t)result;
  return 1;
}

static int read_block(int descriptor, uint8_t command, uint8_t *read, uint8_t count) {
  uint8_t block[I2C_SMBUS_BLOCK_MAX];
  int result = smbus_result(i2c_smbus_read_i2c_block_data(descriptor, command, count, block));
  if (result > 0) memcpy(read, block, result < count ? (size_t)result : count);
  return result;
}

int ganglion_i2c_smbus(
    int descriptor, enum ganglion_smbus kind, uint8_t command, const uint8_t *written, uint8_t written_count,
    uint8_t *read, uint8_t read_count) {
  if (written_count > I2C_SMBUS_BLOCK_MAX || read_count > I2C_SMBUS_BLOCK_MAX) return -EINVAL;
  switch (kind) {
    case GANGLION_SMBUS_WRITE_QUICK: return smbus_result(i2c_smbus_write_quick(descriptor, I2C_SMBUS_WRITE));
    case GANGLION_SMBUS_WRITE_BYTE: return smbus_result(i2c_smbus_write_byte(descriptor, command));
    case GANGLION_SMBUS_READ_BYTE:
      if (read_count != 1) return -EINVAL;
      return read_byte(i2c_smbus_read_byte(descriptor), read);
    case GANGLION_SMBUS_READ_BYTE_DATA:
      if (read_count != 1) return -EINVAL;
      return read_byte(i2c_smbus_read_byte_data(descriptor, command), read);
    case GANGLION_SMBUS_READ_WORD_DATA:
      if (read_count != 2) return -EINVAL;
      return read_word(i2c_smbus_read_word_data(descriptor, command), read);
    case GANGLION_SMBUS_READ_I2C_BLOCK:
      return read_block(descriptor, command, read, read_count);
    case GANGLION_SMBUS_WRITE_BYTE_DATA:
      if (written_count != 1) return -EINVAL;
      return smbus_result(i2c_smbus_write_byte_data(descriptor, command, written[0]));
    case GANGLION_SMBUS_WRITE_WORD_DATA:
      if (written_count != 2) return -EINVAL;
      return smbus_result(
          i2c_smbus_write_word_data(descriptor, command, (uint16_t)(written[0] | written[1] << 8)));
    case GANGLION_SMBUS_WRITE_I2C_BLOCK:
      return smbus_result(i2c_smbus_write_i2c_block_data(descriptor, command, written_count, written));
  }
  return -EINVAL;
}
