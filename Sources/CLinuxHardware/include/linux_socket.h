#ifndef GANGLION_LINUX_SOCKET_H
#define GANGLION_LINUX_SOCKET_H

#include <stddef.h>
#include <stdint.h>

// Local sockets of datagrams, with the sender's credentials, whose macros Swift cannot import. Nothing here waits. Functions that can
// fail return −errno.

/// Makes a socket of datagrams at `path`, readable and writable by owner and group, and returns its descriptor.
///
/// What lies at `path` is only taken away when it is a socket that nobody answers at any more: −EADDRINUSE when somebody does, −EEXIST
/// when it is no socket.
int ganglion_socket_open(const char *path);

/// Makes a socket of datagrams without a name, to send from, and returns its descriptor.
int ganglion_socket_make(void);

/// Takes one datagram: its length, which is more than `size` when it did not fit, or −EAGAIN when there is none. `process` and `user` are
/// the sender's as the kernel says; −1 when it does not.
long ganglion_socket_receive(int socket, void *bytes, size_t size, int32_t *process, int32_t *user);

/// Sends a datagram to the socket at `path`.
long ganglion_socket_send(int socket, const char *path, const void *bytes, size_t size);

/// The address of a program that sent something.
struct ganglion_peer {
  uint32_t length;
  unsigned char bytes[112];
};

/// The next datagram and who sent it, as `ganglion_socket_receive`; `length` of the peer is 0 when it has no address.
long ganglion_socket_receive_from(int socket, void *bytes, size_t size, struct ganglion_peer *peer);

/// Sends a datagram to a program that sent one before. Never waits.
long ganglion_socket_send_to(int socket, const struct ganglion_peer *peer, const void *bytes, size_t size);

#endif
