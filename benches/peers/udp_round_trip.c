/* Datagrams there and back over loopback. */

#include "sockets.h"

static int fd;
static uint8_t *own;
static size_t size;

static void round_trip(int phase) {
  own[0] = (uint8_t)phase;
  UNTIL_DONE(fd, POLLOUT, send(fd, own, size, 0));
  UNTIL_DONE(fd, POLLIN, recv(fd, own, size, 0));
}

static int answer(void) {
  struct sockaddr_in from;
  socklen_t length = sizeof from;
  UNTIL_DONE(fd, POLLIN,
             recvfrom(fd, own, size, 0, (struct sockaddr *)&from, &length));
  UNTIL_DONE(fd, POLLOUT,
             sendto(fd, own, size, 0, (struct sockaddr *)&from, length));
  return own[0];
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  size = (size_t)number_option("size", 64);
  own = calloc(size, 1);
  struct sockaddr_in address = trial_address();
  fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (!is_option("wait", "block")) fcntl(fd, F_SETFL, O_NONBLOCK);
  if (is_option("role", "server")) {
    if (bind(fd, (struct sockaddr *)&address, sizeof address)) fail("bind");
    ready();
    answer_round_trips(answer);
  } else {
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) {
      fail("connect");
    }
    measure_round_trips(round_trip);
  }
}
