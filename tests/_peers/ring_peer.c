/*
 * One side of a ring in C, for tests: messages that can be checked, and a
 * death after a step of the protocol.
 *
 * ring_peer NAME write|read COUNT [FROM] [STEP] [OCCURRENCE]
 *
 * With STEP, the process kills itself when it comes there for the n-th time.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int last_step, occurrence;

static void step(int n) {
  if (n == last_step && --occurrence == 0) kill(getpid(), SIGKILL);
}

#define RING_STEP(n) step(n)
#include "../../examples/ring/ring.h"

static uint32_t hash(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x45d9f3b;
  x = (x ^ (x >> 16)) * 0x45d9f3b;
  return x ^ (x >> 16);
}

static uint32_t length_of(uint32_t index, uint32_t longest) {
  return 8 + hash(index) % (longest - 7);
}

static uint32_t words[1 << 20];

static uint32_t make(uint32_t index, uint32_t longest) {
  uint32_t length = length_of(index, longest);
  words[0] = 0, words[1] = index;
  for (uint32_t i = 2; i < (length + 3) / 4; i++) {
    words[i] = (index + i) * 0x9e3779b1u;
  }
  return length;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int writes = strcmp(argv[2], "write") == 0;
  uint32_t count = (uint32_t)atol(argv[3]);
  uint32_t from = argc > 4 ? (uint32_t)atol(argv[4]) : 0;
  last_step = argc > 5 ? atoi(argv[5]) : 0;
  occurrence = argc > 6 ? atoi(argv[6]) : 1;
  ring_t ring;
  if (ring_open(&ring, argv[1], writes) == -1) return perror(argv[1]), 1;
  uint32_t longest = ring.capacity / 2 - 8;
  setvbuf(stdout, NULL, _IOLBF, 0);
  puts("ready");
  uint32_t i = from;
  if (writes) {
    for (; i - from < count; i++) {
      uint32_t length = make(i, longest);
      if (ring_send(&ring, words, length) != 0) {
        printf("gone %u\n", i);
        ring_close(&ring);
        return 0;
      }
    }
    ring_close(&ring);
    puts("sent");
    return 0;
  }
  static uint8_t received[1 << 22];
  for (;; i++) {
    int length = ring_receive(&ring, received);
    if (length == RING_END || length == RING_DIED) {
      printf("%s %u\n", length == RING_END ? "end" : "died", i);
      break;
    }
    if (length < 0 || (uint32_t)length != make(i, longest) ||
        memcmp(received, words, (size_t)length) != 0) {
      printf("wrong %u: %d\n", i, length);
      return 1;
    }
    if (i - from + 1 == count) {
      printf("received %u\n", count);
      break;
    }
  }
  ring_close(&ring);
}
