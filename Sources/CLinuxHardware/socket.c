#include "linux_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int address(const char *path, struct sockaddr_un *address) {
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof address->sun_path) return -ENAMETOOLONG;
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  memcpy(address->sun_path, path, length);
  return 0;
}

// Takes away what an earlier run left behind.
static int clear(int socket, const char *path, const struct sockaddr_un *name) {
  struct stat found;
  if (lstat(path, &found) != 0) return errno == ENOENT ? 0 : -errno;
  if (!S_ISSOCK(found.st_mode)) return -EEXIST;
  if (connect(socket, (const struct sockaddr *)name, sizeof *name) == 0) return -EADDRINUSE;
  if (errno != ECONNREFUSED) return -errno;
  return unlink(path) == 0 ? 0 : -errno;
}

int ganglion_socket_open(const char *path) {
  struct sockaddr_un name;
  int failed = address(path, &name);
  if (failed) return failed;
  int made = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made < 0) return -errno;
  failed = clear(made, path, &name);
  int on = 1;
  // Nobody sees the socket before it says who may use it: bind makes the file with the mask of the process, and narrower at first.
  mode_t mask = umask(0177);
  if (!failed && bind(made, (const struct sockaddr *)&name, sizeof name) != 0) failed = -errno;
  umask(mask);
  if (!failed && setsockopt(made, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0) failed = -errno;
  if (!failed && chmod(path, 0660) != 0) failed = -errno;
  if (failed) {
    close(made);
    return failed;
  }
  return made;
}

int ganglion_socket_make(void) {
  int made = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  return made < 0 ? -errno : made;
}

long ganglion_socket_receive(int socket, void *bytes, size_t size, int32_t *process, int32_t *user) {
  struct iovec piece = {.iov_base = bytes, .iov_len = size};
  union {
    struct cmsghdr header;
    // Room for descriptors that somebody may send along, which are closed below.
    char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(8 * sizeof(int))];
  } control;
  struct msghdr message = {
      .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  *process = *user = -1;
  ssize_t length = recvmsg(socket, &message, MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC);
  if (length < 0) return -errno;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part != NULL; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET) continue;
    if (part->cmsg_type == SCM_CREDENTIALS && part->cmsg_len >= CMSG_LEN(sizeof(struct ucred))) {
      struct ucred sender;
      memcpy(&sender, CMSG_DATA(part), sizeof sender);
      *process = sender.pid;
      *user = (int32_t)sender.uid;
    } else if (part->cmsg_type == SCM_RIGHTS) {
      size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
      for (size_t i = 0; i < count; i++) {
        int sent;
        memcpy(&sent, CMSG_DATA(part) + i * sizeof sent, sizeof sent);
        close(sent);
      }
    }
  }
  return length;
}

long ganglion_socket_send(int socket, const char *path, const void *bytes, size_t size) {
  struct sockaddr_un name;
  int failed = address(path, &name);
  if (failed) return failed;
  ssize_t sent = sendto(
      socket, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&name, sizeof name);
  return sent < 0 ? -errno : sent;
}

long ganglion_socket_receive_from(int socket, void *bytes, size_t size, struct ganglion_peer *peer) {
  struct sockaddr_un name;
  socklen_t length = sizeof name;
  // Descriptors that somebody sends along are not taken: there is no room for them.
  ssize_t got = recvfrom(socket, bytes, size, MSG_DONTWAIT | MSG_TRUNC, (struct sockaddr *)&name, &length);
  if (got < 0) return -errno;
  peer->length = 0;
  // One without an address cannot be answered.
  if (length > sizeof(sa_family_t) && length <= sizeof name) {
    memcpy(peer->bytes, &name, length);
    peer->length = length;
  }
  return got;
}

long ganglion_socket_send_to(int socket, const struct ganglion_peer *peer, const void *bytes, size_t size) {
  if (peer->length == 0 || peer->length > sizeof(struct sockaddr_un)) return -EINVAL;
  struct sockaddr_un name;
  memcpy(&name, peer->bytes, peer->length);
  ssize_t sent =
      sendto(socket, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&name, peer->length);
  return sent < 0 ? -errno : sent;
}
