/* Blocks one way through slots in shared memory that two semaphores count. */

#include "shared_objects.h"

static sem_t *empty, *full;
static uint8_t *slots, *own;
static size_t size, count, next;

static uint8_t *next_slot(void) {
  uint8_t *slot = slots + next * size;
  next = (next + 1) % count;
  return slot;
}

static void send(int phase) {
  own[0] = (uint8_t)phase;
  acquire(empty);
  memcpy(next_slot(), own, size);
  sem_post(full);
}

static int receive(void) {
  acquire(full);
  memcpy(own, next_slot(), size);
  sem_post(empty);
  return own[0];
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  choose_wait();
  int receiver = is_option("role", "receiver");
  size = (size_t)number_option("size", 64);
  count = (size_t)number_option("slots", 8);
  own = malloc(size);
  memset(own, 1, size);
  slots = shared_memory("memory", receiver, size * count);
  empty = semaphore("empty", receiver, (unsigned)count);
  full = semaphore("full", receiver, 0);
  if (!receiver) {
    measure_sending(send);
    return 0;
  }
  ready();
  measure_receiving(receive, (double)size);
  shm_unlink(object_name("memory"));
  sem_unlink(object_name("empty"));
  sem_unlink(object_name("full"));
}
