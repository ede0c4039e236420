/*
 * System V semaphores and shared memory as C programs use them.
 *
 *   sem_create KEY MODE VALUE ...   sem_bare KEY NSEMS
 *   sem_change KEY INDEX DELTA      sem_undo KEY INDEX DELTA
 *   sem_values KEY                  sem_stat KEY
 *   sem_set KEY MODE                sem_setall KEY VALUE ...
 *   sem_wait KEY                    sem_remove KEY
 *   shm_create KEY MODE SIZE        shm_write KEY OFFSET TEXT
 *   shm_read KEY OFFSET COUNT       shm_stat KEY
 *   shm_set KEY MODE                shm_remove KEY
 *   ftok PATH ID
 */

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

union semun {
  int val;
  struct semid_ds *buf;
  unsigned short *array;
};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static key_t key_of(const char *text) { return (key_t)strtol(text, NULL, 10); }

static int set_of(const char *key) {
  int id = semget(key_of(key), 0, 0600);
  if (id == -1) fail("semget");
  /* The custom of those who open what others create. */
  struct semid_ds data;
  for (int i = 0; i < 1000000; i++) {
    if (semctl(id, 0, IPC_STAT, (union semun){.buf = &data}) == -1) {
      fail("semctl");
    }
    if (data.sem_otime != 0) return id;
  }
  fprintf(stderr, "sem_otime stays 0\n");
  exit(1);
}

static void change(const char *key, const char *index, const char *delta,
                   short flags) {
  struct sembuf operation = {(unsigned short)atoi(index), (short)atoi(delta),
                             flags};
  if (semop(set_of(key), &operation, 1) == -1) fail("semop");
}

static void set_all(int id, int argc, char **argv) {
  unsigned short values[64];
  for (int i = 0; i < argc; i++) values[i] = (unsigned short)atoi(argv[i]);
  if (semctl(id, 0, SETALL, (union semun){.array = values}) == -1) {
    fail("semctl");
  }
}

static void semaphores(const char *verb, int argc, char **argv) {
  const char *key = argv[0];
  if (strcmp(verb, "create") == 0) {
    int flags = IPC_CREAT | IPC_EXCL | (int)strtol(argv[1], NULL, 8);
    int id = semget(key_of(key), argc - 2, flags);
    if (id == -1) fail("semget");
    set_all(id, argc - 2, argv + 2);
    return;
  }
  if (strcmp(verb, "bare") == 0) {
    int flags = IPC_CREAT | IPC_EXCL | 0600;
    if (semget(key_of(key), atoi(argv[1]), flags) == -1) fail("semget");
    return;
  }
  if (strcmp(verb, "change") == 0) return change(key, argv[1], argv[2], 0);
  if (strcmp(verb, "undo") == 0) return change(key, argv[1], argv[2], SEM_UNDO);
  int id = strcmp(verb, "remove") == 0 ? semget(key_of(key), 0, 0)
                                       : set_of(key);
  if (strcmp(verb, "wait") == 0) return change(key, "0", "0", 0);
  if (strcmp(verb, "setall") == 0) return set_all(id, argc - 1, argv + 1);
  struct semid_ds data;
  if (semctl(id, 0, IPC_STAT, (union semun){.buf = &data}) == -1) {
    fail("semctl");
  }
  if (strcmp(verb, "values") == 0) {
    unsigned short values[64];
    semctl(id, 0, GETALL, (union semun){.array = values});
    for (unsigned long i = 0; i < data.sem_nsems; i++) {
      printf("%d%s", values[i], i + 1 < data.sem_nsems ? " " : "\n");
    }
  } else if (strcmp(verb, "stat") == 0) {
    printf("%d %u %u %u %u %o %lu %ld %ld %d\n", id, data.sem_perm.uid,
           data.sem_perm.gid, data.sem_perm.cuid, data.sem_perm.cgid,
           data.sem_perm.mode & 0777u, (unsigned long)data.sem_nsems,
           data.sem_otime, data.sem_ctime, semctl(id, 0, GETPID));
  } else if (strcmp(verb, "set") == 0) {
    data.sem_perm.mode = (unsigned short)strtol(argv[1], NULL, 8);
    if (semctl(id, 0, IPC_SET, (union semun){.buf = &data}) == -1) {
      fail("semctl");
    }
  } else if (semctl(id, 0, IPC_RMID) == -1) {
    fail("semctl");
  }
}

static void memory(const char *verb, int argc, char **argv) {
  const char *key = argv[0];
  if (strcmp(verb, "create") == 0) {
    int flags = IPC_CREAT | IPC_EXCL | (int)strtol(argv[1], NULL, 8);
    if (shmget(key_of(key), strtoul(argv[2], NULL, 10), flags) == -1) {
      fail("shmget");
    }
    return;
  }
  int id = shmget(key_of(key), 0, 0);
  struct shmid_ds data;
  if (id == -1 || shmctl(id, IPC_STAT, &data) == -1) fail("shmget");
  if (strcmp(verb, "stat") == 0) {
    printf("%d %u %u %u %u %o %zu %ld %ld %ld %d %d %lu\n", id,
           data.shm_perm.uid, data.shm_perm.gid, data.shm_perm.cuid,
           data.shm_perm.cgid, data.shm_perm.mode & 0777u, data.shm_segsz,
           data.shm_atime, data.shm_dtime, data.shm_ctime, data.shm_cpid,
           data.shm_lpid, (unsigned long)data.shm_nattch);
  } else if (strcmp(verb, "set") == 0) {
    data.shm_perm.mode = (unsigned short)strtol(argv[1], NULL, 8);
    if (shmctl(id, IPC_SET, &data) == -1) fail("shmctl");
  } else if (strcmp(verb, "remove") == 0) {
    if (shmctl(id, IPC_RMID, NULL) == -1) fail("shmctl");
  } else {
    char *bytes = shmat(id, NULL, 0);
    if (bytes == (void *)-1) fail("shmat");
    bytes += atol(argv[1]);
    if (strcmp(verb, "write") == 0) {
      memcpy(bytes, argv[2], strlen(argv[2]));
    } else {
      printf("%.*s\n", atoi(argv[2]), bytes);
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  if (strcmp(argv[1], "ftok") == 0) {
    printf("%d\n", ftok(argv[2], atoi(argv[3])));
  } else if (strncmp(argv[1], "sem_", 4) == 0) {
    semaphores(argv[1] + 4, argc - 2, argv + 2);
  } else {
    memory(argv[1] + 4, argc - 2, argv + 2);
  }
  return 0;
}
