/*
 * Blocks one way through a stream. With `buffer`, so many bytes are written
 * and read at once, as records are.
 */

#include "byte_streams.h"

static int from, to;
static uint8_t *own, *buffer;
static size_t size, capacity, start, end;

static void send_block(int phase) {
  own[0] = (uint8_t)phase;
  write_all(to, own, size);
}

static int receive_block(void) {
  read_all(from, own, size);
  return own[0];
}

static void send_buffered(int phase) {
  own[0] = (uint8_t)phase;
  memcpy(buffer + end, own, size);
  end += size;
  if (end + size > capacity || phase == STOP) {
    write_all(to, buffer, end);
    end = 0;
  }
}

static int receive_buffered(void) {
  while (end - start < size) {
    memmove(buffer, buffer + start, end - start);
    end -= start;
    start = 0;
    end += (size_t)read_some(from, buffer + end, capacity - end);
  }
  int phase = buffer[start];
  start += size;
  return phase;
}

int main(int argc, char **argv) {
  peer_start(argc, argv);
  size = (size_t)number_option("size", 64);
  capacity = (size_t)number_option("buffer", 0);
  own = malloc(size);
  memset(own, 1, size);
  buffer = malloc(capacity + size);
  if (is_option("role", "receiver")) {
    ready();
    from = stream("from", O_RDONLY);
    measure_receiving(capacity ? receive_buffered : receive_block,
                      (double)size);
  } else {
    to = stream("to", O_WRONLY);
    measure_sending(capacity ? send_buffered : send_block);
  }
}
