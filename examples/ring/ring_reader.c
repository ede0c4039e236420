/*
 * Receives text from a ring and prints a line for each message.
 *
 * cc -O2 -o ring_reader ring_reader.c && ./ring_reader /orders
 */
#include "ring.h"
#include <stdlib.h>

int main(int argc, char **argv) {
  ring_t ring;
  if (argc != 2) return fprintf(stderr, "usage: %s /name\n", argv[0]), 2;
  if (ring_open(&ring, argv[1], RING_CONSUMER) == -1) return perror(argv[1]), 1;
  puts("ready");
  fflush(stdout);
  for (;;) {
    uint8_t *message;
    int length = ring_peek(&ring, &message);
    if (length == RING_END) break;
    if (length == RING_DIED) return fprintf(stderr, "the producer has died\n"), 1;
    if (length == RING_DAMAGED) return fprintf(stderr, "the ring is damaged\n"), 1;
    fwrite(message, 1, (size_t)length, stdout);
    putchar('\n');
    fflush(stdout);
    ring_release(&ring, length);
  }
  ring_close(&ring);
}
