/* Bytes there and back through two streams. */

#include "byte_streams.h"

static int from, to;
static uint8_t *own;
static size_t size;

static void round_trip(int phase) {
  own[0] = (uint8_t)phase;
  write_all(to, own, size);
  read_all(from, own, size);
}

static int answer(void) {
  read_all(from, own, size);
  write_all(to, own, size);
  return own[0];
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  size = (size_t)number_option("size", 64);
  own = calloc(size, 1);
  if (is_option("role", "server")) {
    ready();
    from = stream("from", O_RDONLY);
    to = stream("to", O_WRONLY);
    answer_round_trips(answer);
  } else {
    to = stream("to", O_WRONLY);
    from = stream("from", O_RDONLY);
    measure_round_trips(round_trip);
  }
}
