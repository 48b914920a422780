#ifndef GANGLION_CLINUXHARDWARE_H
#define GANGLION_CLINUXHARDWARE_H

#include "linux_gpio.h"
#include "linux_guard.h"
#include "linux_i2c.h"
#include "linux_ports.h"
#include "linux_realtime.h"
#include "linux_socket.h"

#endif
