/* Fields of structs in memory, over and over; every access is a real one. */

#include "peer.h"

struct frame {
  uint32_t seq;
  _Atomic uint32_t count;
  double stamp;
  struct {
    float x;
    float y;
  } position;
  float values[8];
  char name[16];
};

static volatile struct frame frames[64];

static void fields(long times) {
  volatile struct frame *frame = frames;
  while (times--) {
    frame->seq = (uint32_t)times;
    frame->stamp += frame->seq;
  }
}

static void array(long times) {
  while (times--) {
    volatile struct frame *frame = &frames[times & 63];
    frame->seq = (uint32_t)times;
    frame->stamp += frame->seq;
  }
}

static void nested(long times) {
  volatile struct frame *frame = frames;
  while (times--) frame->position.y = frame->position.x + (float)times;
}

static void values(long times) {
  while (times--) frames[0].values[times & 7] = (float)times;
}

static void atomic(long times) {
  while (times--) frames[0].count += 1;
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  const char *way = option("way", "fields");
  measure_operation(!strcmp(way, "array")    ? array
                    : !strcmp(way, "nested") ? nested
                    : !strcmp(way, "values") ? values
                    : !strcmp(way, "atomic") ? atomic
                                             : fields);
}
