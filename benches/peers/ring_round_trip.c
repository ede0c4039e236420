/* Messages there and back through two rings, into one buffer. */

#include "rings.h"

static ring_t there, back;
static uint8_t *own;
static uint32_t size;

static int answer(void) {
  if (ring_receive(&there, own) < 0) return STOP;
  int phase = own[0];
  ring_send(&back, own, size);
  return phase;
}

static void round_trip(int phase) {
  own[0] = (uint8_t)phase;
  ring_send(&there, own, size);
  ring_receive(&back, own);
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  size = (uint32_t)number_option("size", 64);
  own = calloc(1, (size_t)number_option("capacity", 262144));
  if (is_option("role", "server")) {
    make_ring("there");
    make_ring("back");
    open_ring(&there, "there", RING_CONSUMER);
    open_ring(&back, "back", RING_PRODUCER);
    ready();
    answer_round_trips(answer);
    ring_receive(&there, own); /* the end: the last answer was received */
    remove_ring("there");
    remove_ring("back");
  } else {
    open_ring(&there, "there", RING_PRODUCER);
    open_ring(&back, "back", RING_CONSUMER);
    measure_round_trips(round_trip);
    ring_close(&there);
  }
}
