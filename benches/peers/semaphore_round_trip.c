/* Bytes there and back through shared memory, a semaphore for each way. */

#ifdef SYSV
#include "sysv_shared_objects.h"
#else
#include "shared_objects.h"
#endif

static semaphore_t asked, answered;
static uint8_t *question, *reply, *own;
static size_t size;

static void round_trip(int phase) {
  own[0] = (uint8_t)phase;
  memcpy(question, own, size);
  post(asked);
  acquire(answered);
  memcpy(own, reply, size);
}

static int answer(void) {
  acquire(asked);
  memcpy(own, question, size);
  int phase = own[0];
  memcpy(reply, own, size);
  post(answered);
  return phase;
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  choose_wait();
  int server = is_option("role", "server");
  size = (size_t)number_option("size", 64);
  own = calloc(size, 1);
  question = shared_memory("memory", server, 2 * size);
  reply = question + size;
  asked = semaphore("asked", server, 0);
  answered = semaphore("answered", server, 0);
  if (!server) {
    measure_round_trips(round_trip);
    /* It waits for the last answer, so it says when that can go. */
    remove_semaphore("answered");
    return 0;
  }
  ready();
  answer_round_trips(answer);
  remove_memory("memory");
  remove_semaphore("asked");
}
