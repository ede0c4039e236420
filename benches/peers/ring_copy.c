/* Messages one way through a ring. */

#include "rings.h"

static ring_t ring;
static uint8_t *own;
static uint32_t size;
static long batch, count;

static void give(int phase) {
  own[0] = (uint8_t)phase;
  if (batch <= 1) {
    ring_send(&ring, own, size);
    return;
  }
  uint8_t *room = ring_reserve_now(&ring, size);
  if (room == NULL) { /* a full ring has to be told of first */
    ring_publish(&ring);
    room = ring_reserve(&ring, size);
  }
  memcpy(room, own, size);
  ring_commit(&ring, size);
  if (++count % batch == 0 || phase == STOP) ring_publish(&ring);
}

static int take(void) {
  if (ring_receive(&ring, own) < 0) return STOP;
  return own[0];
}

/* Looks where the messages are, and gives the room of 64 back at a time. */
static int look(void) {
  static int seen;
  uint8_t *message;
  if (seen == 64 || !ring_has_more(&ring)) {
    ring_give_back(&ring);
    seen = 0;
  }
  int length = ring_peek(&ring, &message);
  if (length < 0) return STOP;
  int phase = message[0];
  ring_pass(&ring, length);
  seen++;
  return phase;
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  size = (uint32_t)number_option("size", 64);
  batch = (long)number_option("batch", 1);
  own = calloc(1, (size_t)number_option("capacity", 262144));
  if (is_option("role", "receiver")) {
    make_ring("copy");
    open_ring(&ring, "copy", RING_CONSUMER);
    ready();
    measure_receiving(is_option("way", "views") ? look : take, (double)size);
    remove_ring("copy");
  } else {
    open_ring(&ring, "copy", RING_PRODUCER);
    measure_sending(give);
    ring_close(&ring);
  }
}
