/*
 * Makes an even number of each odd one, for ever, as it is notified, as
 * condition_peer.ts does: condition_peer NAME one|all.
 */
#include "../../examples/lock/ipc_condition.h"
#include <sys/mman.h>

int main(int argc, char **argv) {
  int fd = argc < 3 ? -1 : shm_open(argv[1], O_RDWR, 0);
  struct stat object;
  if (fd == -1 || fstat(fd, &object)) return 1;
  char *memory =
      mmap(0, object.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ipc_mutex *mutex = (ipc_mutex *)memory;
  ipc_condition *condition = (ipc_condition *)(memory + 16);
  volatile int32_t *turn = (volatile int32_t *)(memory + 64);
  if (ipc_mutex_open(mutex) || ipc_condition_open(condition)) return 2;
  ipc_mutex_lock(mutex, -1);
  if (ipc_condition_wait(condition, mutex, 5) != ETIMEDOUT) return 3;
  ipc_mutex_unlock(mutex);
  puts("ok");
  fflush(stdout);
  for (;;) {
    ipc_mutex_lock(mutex, -1);
    while (*turn % 2 == 0) ipc_condition_wait(condition, mutex, -1);
    *turn = *turn + 1;
    if (argv[2][0] == 'o') ipc_condition_notify_one(condition);
    else ipc_condition_notify_all(condition);
    ipc_mutex_unlock(mutex);
  }
}
