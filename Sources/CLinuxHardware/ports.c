#include "linux_ports.h"

// The kernel's own termios2, which can have any rate; <termios.h> has another struct of that kind and is left out.
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <linux/serial.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int result_of(long result) { return result < 0 ? -errno : (int)result; }

int ganglion_port_open(const char *path, int writes) {
  return result_of(open(path, (writes ? O_RDWR : O_RDONLY) | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
}

static tcflag_t size_of(uint8_t bits) {
  switch (bits) {
    case 5: return CS5;
    case 6: return CS6;
    case 7: return CS7;
    default: return CS8;
  }
}

int ganglion_serial_set(int descriptor, const struct ganglion_serial *settings, uint32_t *baud) {
  struct termios2 port;
  if (ioctl(descriptor, TCGETS2, &port) < 0) return -errno;
  port.c_oflag = 0;
  port.c_lflag = 0;
  port.c_iflag = settings->parity ? INPCK | PARMRK : IGNBRK;
  // HUPCL would drop DTR at the end, which resets many a board.
  port.c_cflag = BOTHER | CREAD | CLOCAL | size_of(settings->data_bits);
  if (settings->stop_bits == 2) port.c_cflag |= CSTOPB;
  if (settings->parity) port.c_cflag |= PARENB;
  if (settings->parity == 2) port.c_cflag |= PARODD;
  port.c_ispeed = port.c_ospeed = settings->baud;
  // With VMIN 1 a read of nothing is −EAGAIN, and 0 means that the port has hung up.
  memset(port.c_cc, 0, sizeof port.c_cc);
  port.c_cc[VMIN] = 1;
  if (ioctl(descriptor, TCSETS2, &port) < 0) return -errno;
  if (ioctl(descriptor, TCGETS2, &port) < 0) return -errno;
  *baud = port.c_ospeed;
  // The hardware divides a clock: 420,000 may become 419,354. Three in a hundred are what a receiver of bytes bears.
  uint64_t made = (uint64_t)port.c_ospeed * 100, asked = settings->baud;
  if (made < asked * 97 || made > asked * 103) return -EINVAL;
  if (ioctl(descriptor, TIOCEXCL) < 0) return -errno;
  // Adapters on USB gather bytes for 16 ms unless told otherwise; what cannot be told has nothing to gather.
  struct serial_struct serial;
  if (ioctl(descriptor, TIOCGSERIAL, &serial) == 0) {
    serial.flags |= ASYNC_LOW_LATENCY;
    (void)ioctl(descriptor, TIOCSSERIAL, &serial);
  }
  return result_of(ioctl(descriptor, TCFLSH, TCIOFLUSH));
}

int ganglion_port_read(int descriptor, uint8_t *bytes, int count) {
  if (count <= 0) return 0;
  ssize_t result = read(descriptor, bytes, (size_t)count);
  if (result > 0) return (int)result;
  if (result == 0) return -ENODEV;
  return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

int ganglion_port_write(int descriptor, const uint8_t *bytes, int count) {
  if (count <= 0) return 0;
  ssize_t result = write(descriptor, bytes, (size_t)count);
  if (result >= 0) return (int)result;
  return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

int ganglion_input_grab(int descriptor, int grab) { return result_of(ioctl(descriptor, EVIOCGRAB, grab)); }

int ganglion_input_axis(int descriptor, int code, struct ganglion_axis *axis) {
  if (code < 0 || code >= ABS_CNT) return -ENOENT;
  // The kernel answers for axes that a device does not have, too: with zeros.
  uint8_t axes[(ABS_CNT + 7) / 8] = {0};
  if (ioctl(descriptor, EVIOCGBIT(EV_ABS, sizeof axes), axes) < 0) return -errno;
  if (!(axes[code / 8] >> (code % 8) & 1)) return -ENOENT;
  struct input_absinfo info;
  if (ioctl(descriptor, EVIOCGABS(code), &info) < 0) return -errno;
  *axis = (struct ganglion_axis){info.value, info.minimum, info.maximum, info.fuzz, info.flat};
  return 0;
}

int ganglion_input_keys(int descriptor, uint8_t *bits, int count) {
  if (count <= 0) return -EINVAL;
  memset(bits, 0, (size_t)count);
  return result_of(ioctl(descriptor, EVIOCGKEY(count), bits));
}

int ganglion_input_name(int descriptor, char *name, int count) {
  if (count <= 0) return -EINVAL;
  int result = result_of(ioctl(descriptor, EVIOCGNAME(count), name));
  name[count - 1] = 0;
  return result;
}
