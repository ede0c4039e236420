/*
 * A semaphore as C sees it: sem_peer OPERATION NAME [NUMBER].
 *
 *   create NAME VALUE  creates it
 *   post NAME TIMES    gives
 *   wait NAME TIMES    takes, and sleeps until it can
 *   value NAME         prints the value
 *   unlink NAME        removes the name
 */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char *call) {
  fprintf(stderr, "%s: %s\n", call, strerror(errno));
  return 1;
}

int main(int argc, char **argv) {
  const char *operation = argv[1], *name = argv[2];
  int number = argc > 3 ? atoi(argv[3]) : 0;
  if (!strcmp(operation, "unlink")) {
    return sem_unlink(name) ? fail("sem_unlink") : 0;
  }
  sem_t *sem = !strcmp(operation, "create")
                   ? sem_open(name, O_CREAT | O_EXCL, 0600, number)
                   : sem_open(name, 0);
  if (sem == SEM_FAILED) return fail("sem_open");
  if (!strcmp(operation, "post")) {
    while (number-- > 0)
      if (sem_post(sem)) return fail("sem_post");
  } else if (!strcmp(operation, "wait")) {
    while (number-- > 0)
      if (sem_wait(sem)) return fail("sem_wait");
  } else if (!strcmp(operation, "value")) {
    int value;
    if (sem_getvalue(sem, &value)) return fail("sem_getvalue");
    printf("%d\n", value);
  }
  return sem_close(sem) ? fail("sem_close") : 0;
}
