/*
 * A mutex as C has it, in shared memory: lock_peer NAME BYTE. Each line of
 * standard input is a command, which is answered by the name of its outcome.
 *
 *   lock MS, unlock, consistent   as in ipc_lock.h
 *   add TIMES                     adds 1 to the number behind the mutex, each
 *                                 time locked, and unlocks
 *   hammer                        changes two numbers behind the mutex in
 *                                 turn, for ever: while it is free both agree
 */
#include "../../examples/lock/ipc_lock.h"
#include <stdlib.h>
#include <sys/mman.h>

static const char *outcome(int number) {
  return number == 0              ? "ok"
         : number == EOWNERDEAD   ? "EOWNERDEAD"
         : number == EBUSY        ? "EBUSY"
         : number == ETIMEDOUT    ? "ETIMEDOUT"
         : number == EDEADLK      ? "EDEADLK"
         : number == EPERM        ? "EPERM"
         : number == EINVAL       ? "EINVAL"
         : number == ENOTSUP      ? "ENOTSUP"
                                  : strerror(number);
}

int main(int argc, char **argv) {
  int fd = shm_open(argv[1], O_RDWR, 0);
  struct stat object;
  if (argc < 3 || fd == -1 || fstat(fd, &object)) return 1;
  char *memory =
      mmap(0, object.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ipc_mutex *m = (ipc_mutex *)(memory + atoi(argv[2]));
  volatile uint64_t *number = (volatile uint64_t *)(m + 1);
  setvbuf(stdout, 0, _IOLBF, 0);
  puts(outcome(ipc_mutex_open(m)));
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    long value = 0;
    char command[32] = "";
    sscanf(line, "%31s %ld", command, &value);
    if (!strcmp(command, "lock")) {
      puts(outcome(ipc_mutex_lock(m, value)));
    } else if (!strcmp(command, "unlock")) {
      puts(outcome(ipc_mutex_unlock(m)));
    } else if (!strcmp(command, "consistent")) {
      ipc_mutex_consistent(m);
      puts("ok");
    } else if (!strcmp(command, "add")) {
      int bad = 0;
      while (value-- > 0) {
        bad |= ipc_mutex_lock(m, -1);
        *number = *number + 1;
        bad |= ipc_mutex_unlock(m);
      }
      puts(outcome(bad));
    } else if (!strcmp(command, "hammer")) {
      volatile double *pair = (volatile double *)(m + 1);
      for (;;) {
        if (ipc_mutex_lock(m, -1) == EOWNERDEAD) {
          pair[1] = pair[0];
          ipc_mutex_consistent(m);
        }
        if (pair[0] != pair[1]) return 7;
        pair[0] = pair[0] + 1;
        pair[1] = pair[1] + 1;
        ipc_mutex_unlock(m);
      }
    }
  }
}
