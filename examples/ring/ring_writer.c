/*
 * Sends every line of its input to a ring.
 *
 * cc -O2 -o ring_writer ring_writer.c && seq 10 | ./ring_writer /orders
 */
#include "ring.h"
#include <stdlib.h>

int main(int argc, char **argv) {
  ring_t ring;
  if (argc != 2) return fprintf(stderr, "usage: %s /name\n", argv[0]), 2;
  if (ring_open(&ring, argv[1], RING_PRODUCER) == -1) return perror(argv[1]), 1;
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  while ((length = getline(&line, &room, stdin)) > 0) {
    if (line[length - 1] == '\n') length--;
    if ((uint32_t)length > ring.capacity / 2 - 8) return fprintf(stderr, "a line is too long\n"), 1;
    if (ring_send(&ring, line, (uint32_t)length) != 0) return fprintf(stderr, "the consumer is gone\n"), 1;
  }
  free(line);
  ring_close(&ring);
}
