/* Connections that ask one question each. */

#include "sockets.h"

static int listener;
static struct sockaddr_in address;

static void round_trip(int phase) {
  uint8_t byte = (uint8_t)phase;
  int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
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
  address = trial_address();
  if (is_option("role", "client")) {
    measure_round_trips(round_trip);
    return 0;
  }
  int on = 1;
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) ||
      listen(listener, 511)) {
    fail("listen");
  }
  ready();
  answer_round_trips(answer);
}
