/*
 * Messages through iceoryx, one way or there and back: Debian's package, and
 * its daemon, which the first process starts and stops.
 */

#include "pause.h"
#include "peer.h"
#include <fcntl.h>
#include <grp.h>
#include <iceoryx_binding_c/publisher.h>
#include <iceoryx_binding_c/runtime.h>
#include <iceoryx_binding_c/subscriber.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static iox_pub_storage_t pub_storage;
static iox_sub_storage_t sub_storage;
static iox_pub_t pub;
static iox_sub_t sub;
static uint8_t *own;
static uint32_t size;

static pid_t start_daemon(void) {
  pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    int null = open("/dev/null", O_RDWR);
    dup2(null, 1), dup2(null, 2);
    execlp("iox-roudi", "iox-roudi", "-l", "off", (char *)NULL);
    _exit(127);
  }
  usleep(500000);
  if (waitpid(pid, NULL, WNOHANG) == pid) {
    fputs("iox-roudi is not installed, or runs already\n", stderr);
    exit(1);
  }
  return pid;
}

/* Asked to end, it would end this process too: its segments are large. */
static void stop_daemon(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
  shm_unlink("/iceoryx_mgmt");
  struct group *group = getgrgid(getegid());
  if (group != NULL) {
    char name[64];
    snprintf(name, sizeof name, "/%s", group->gr_name);
    shm_unlink(name);
  }
  const char *locks[] = {"/tmp/roudi.lock", "/tmp/iox-unique-roudi.lock",
                         "/tmp/server.lock", "/tmp/client.lock"};
  for (int i = 0; i < 4; i++) unlink(locks[i]);
}

static void give(int phase) {
  void *room;
  while (iox_pub_loan_chunk(pub, &room, size) != AllocationResult_SUCCESS) {
    sched_yield();
  }
  own[0] = (uint8_t)phase;
  memcpy(room, own, size);
  iox_pub_publish_chunk(pub, room);
}

/* Looks again after pauses, then after yields. */
static int take(void) {
  const void *message;
  for (long i = 0;
       iox_sub_take_chunk(sub, &message) != ChunkReceiveResult_SUCCESS; i++) {
    if (i < 50) PAUSE();
    else sched_yield();
  }
  memcpy(own, message, size);
  iox_sub_release_chunk(sub, message);
  return own[0];
}

static int answer(void) {
  int phase = take();
  give(phase);
  return phase;
}

static void round_trip(int phase) {
  give(phase);
  take();
}

static void publish(const char *event) {
  iox_pub_options_t options;
  iox_pub_options_init(&options);
  options.subscriberTooSlowPolicy =
      ConsumerTooSlowPolicy_WAIT_FOR_CONSUMER;
  pub = iox_pub_init(&pub_storage, "bench", "messages", event, &options);
}

static void subscribe(const char *event) {
  iox_sub_options_t options;
  iox_sub_options_init(&options);
  options.queueCapacity = 256;
  options.queueFullPolicy = QueueFullPolicy_BLOCK_PRODUCER;
  sub = iox_sub_init(&sub_storage, "bench", "messages", event, &options);
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  int server = is_option("role", "server"), back = is_option("way", "back");
  size = (uint32_t)number_option("size", 64);
  own = calloc(1, size);
  pid_t daemon = server ? start_daemon() : 0;
  /* What it says goes elsewhere: the output is for figures. */
  int out = dup(1);
  dup2(open("/dev/null", O_RDWR), 1);
  iox_runtime_init(server ? "server" : "client");
  if (server || back) subscribe(server ? "there" : "back");
  if (!server || back) publish(server ? "back" : "there");
  dup2(out, 1);
  if (server) ready();
  if (sub) {
    while (iox_sub_get_subscription_state(sub) != SubscribeState_SUBSCRIBED) {
      usleep(1000);
    }
  }
  while (pub && !iox_pub_has_subscribers(pub)) usleep(1000);
  usleep(100000);
  if (back && server) answer_round_trips(answer);
  else if (back) measure_round_trips(round_trip);
  else if (server) measure_receiving(take, (double)size);
  else measure_sending(give);
  fflush(stdout);
  if (server) {
    usleep(300000); /* the other side takes the last answer */
    stop_daemon(daemon);
  }
  _exit(0);
}
