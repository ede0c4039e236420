/* The rings of a measurement: the protocol of ring/LAYOUT.md, made by ours. */

#ifndef RINGS_H
#define RINGS_H

#include "peer.h"
#include "../../examples/ring/ring.h"

/* The side that comes first makes the ring: the bytes that ours makes. */
static void make_ring(const char *suffix) {
  uint32_t capacity = (uint32_t)number_option("capacity", 262144);
  char name[64], path[128];
  snprintf(name, sizeof name, "/%s_%s", option("name", "bench"), suffix);
  int file = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
  uint32_t header[64] = {RING_MAGIC, 1, 0, 1, capacity, capacity / 2 - 8, 1};
  if (file == -1 || posix_fallocate(file, 0, 4096 + (off_t)capacity) != 0 ||
      pwrite(file, header, sizeof header, 0) != sizeof header) {
    fail(name);
  }
  close(file);
  snprintf(path, sizeof path, "/dev/shm%s.0000000000000001.c0", name);
  mkfifo(path, 0600);
  snprintf(path, sizeof path, "/dev/shm%s.0000000000000001.p0", name);
  mkfifo(path, 0600);
}

static void remove_ring(const char *suffix) {
  char path[128];
  const char *endings[] = {"", ".0000000000000001.c0", ".0000000000000001.p0"};
  for (int i = 0; i < 3; i++) {
    snprintf(path, sizeof path, "/dev/shm/%s_%s%s", option("name", "bench"),
             suffix, endings[i]);
    unlink(path);
  }
}

static void open_ring(ring_t *ring, const char *suffix, int role) {
  char name[64];
  snprintf(name, sizeof name, "/%s_%s", option("name", "bench"), suffix);
  if (ring_open(ring, name, role) == -1) fail(name);
  if (is_option("wait", "block")) ring->pauses = ring->yields = 0;
}

#endif
