/* Connections that ask one question each. */

#include "sockets.h"
#include <stddef.h>
#include <sys/un.h>

static int listener, family;
static socklen_t length;
static union {
  struct sockaddr any;
  struct sockaddr_in in;
  struct sockaddr_un un;
} address;

static void find_address(void) {
  if (!is_option("family", "unix")) {
    family = AF_INET;
    address.in = trial_address();
    length = sizeof address.in;
    return;
  }
  family = address.un.sun_family = AF_UNIX;
  const char *name = option("name", "b_0");
  size_t size = strlen(name);
  memcpy(address.un.sun_path + 1, name, size);
  length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + size);
}

static int new_socket(void) {
  int on = 1, fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (family == AF_INET) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  return fd;
}

static void round_trip(int phase) {
  uint8_t byte = (uint8_t)phase;
  int fd = new_socket();
  if (connect(fd, &address.any, length)) fail("connect");
  if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1) fail("ask");
  close(fd);
}

static int answer(void) {
  uint8_t byte;
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (fd == -1 || read(fd, &byte, 1) != 1 || write(fd, &byte, 1) != 1) {
    fail("answer");
  }
  close(fd);
  return byte;
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  find_address();
  if (is_option("role", "client")) {
    measure_round_trips(round_trip);
    return 0;
  }
  int on = 1;
  listener = new_socket();
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, &address.any, length) || listen(listener, 511)) {
    fail("listen");
  }
  ready();
  answer_round_trips(answer);
}
