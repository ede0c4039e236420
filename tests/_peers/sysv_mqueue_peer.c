/*
 * System V message queues as C programs use them.
 *
 *   ftok PATH ID                 create KEY MODE
 *   send KEY TYPE TEXT           receive KEY TYPE
 *   echo KEY COUNT               stat KEY
 *   set KEY MODE QBYTES          remove KEY
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

static struct {
  long type;
  char text[8192];
} message;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int find(const char *key) {
  int id = msgget((key_t)strtol(key, NULL, 10), 0600);
  if (id == -1) fail("msgget");
  return id;
}

static size_t receive(int id, long type) {
  ssize_t size = msgrcv(id, &message, sizeof message.text, type, 0);
  if (size == -1) fail("msgrcv");
  return (size_t)size;
}

static void send(int id, size_t size) {
  if (msgsnd(id, &message, size, 0) == -1) fail("msgsnd");
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  const char *verb = argv[1], *key = argv[2];
  if (strcmp(verb, "ftok") == 0) {
    printf("%d\n", ftok(argv[2], atoi(argv[3])));
  } else if (strcmp(verb, "create") == 0) {
    int flags = IPC_CREAT | IPC_EXCL | (int)strtol(argv[3], NULL, 8);
    if (msgget((key_t)strtol(key, NULL, 10), flags) == -1) fail("msgget");
  } else if (strcmp(verb, "send") == 0) {
    message.type = atol(argv[3]);
    strcpy(message.text, argv[4]);
    send(find(key), strlen(argv[4]));
  } else if (strcmp(verb, "receive") == 0) {
    size_t size = receive(find(key), atol(argv[3]));
    printf("%ld %.*s\n", message.type, (int)size, message.text);
  } else if (strcmp(verb, "echo") == 0) {
    int id = find(key);
    for (long left = atol(argv[3]); left > 0; left--) {
      size_t size = receive(id, 1);
      message.type = 2;
      send(id, size);
    }
  } else {
    int id = find(key);
    struct msqid_ds data;
    if (msgctl(id, IPC_STAT, &data) == -1) fail("msgctl");
    if (strcmp(verb, "stat") == 0) {
      printf("%d %u %u %u %u %o %lu %lu %lu %ld %ld %ld %d %d\n", id,
             data.msg_perm.uid, data.msg_perm.gid, data.msg_perm.cuid,
             data.msg_perm.cgid, data.msg_perm.mode, data.msg_qbytes,
             data.msg_qnum, data.__msg_cbytes, data.msg_stime, data.msg_rtime,
             data.msg_ctime, data.msg_lspid, data.msg_lrpid);
    } else if (strcmp(verb, "set") == 0) {
      data.msg_perm.mode = (unsigned short)strtol(argv[3], NULL, 8);
      data.msg_qbytes = strtoul(argv[4], NULL, 10);
      if (msgctl(id, IPC_SET, &data) == -1) fail("msgctl");
    } else if (msgctl(id, IPC_RMID, NULL) == -1) {
      fail("msgctl");
    }
  }
  return 0;
}
