/* Blocks one way through slots in shared memory that two semaphores count. */

#ifdef SYSV
#include "sysv_shared_objects.h"
#else
#include "shared_objects.h"
#endif

static semaphore_t empty, full;
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
  post(full);
}

static int receive(void) {
  acquire(full);
  memcpy(own, next_slot(), size);
  post(empty);
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
  remove_memory("memory");
  remove_semaphore("empty");
  remove_semaphore("full");
}
