/* Descriptors one way, one to a message. */

#include "peer.h"
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static int stream, file;
static char control[CMSG_SPACE(sizeof(int))];

static struct msghdr message(struct iovec *piece) {
  struct msghdr header = {0};
  header.msg_iov = piece;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof control;
  return header;
}

static void send_one(int phase) {
  uint8_t byte = (uint8_t)phase;
  struct iovec piece = {&byte, 1};
  struct msghdr header = message(&piece);
  struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(rights), &file, sizeof file);
  if (sendmsg(stream, &header, 0) != 1) fail("sendmsg");
}

static int receive_one(void) {
  uint8_t byte;
  struct iovec piece = {&byte, 1};
  struct msghdr header = message(&piece);
  if (recvmsg(stream, &header, MSG_CMSG_CLOEXEC) != 1) fail("recvmsg");
  int fd;
  memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&header)), sizeof fd);
  close(fd);
  return byte;
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  if (is_option("role", "receiver")) {
    ready();
    stream = atoi(option("from", ""));
    measure_receiving(receive_one, 1);
  } else {
    stream = atoi(option("to", ""));
    file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    measure_sending(send_one);
  }
}
