/*
 * What the C peers share: options, the clock, and the two kinds of
 * measurement. The protocol is described in the README of the benches.
 */

#ifndef PEER_H
#define PEER_H

#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* The first byte of every message. */
enum phase { WARM, MEASURE, STOP };

static int option_count;
static char **options;

static void peer_start(int argc, char **argv) {
  option_count = argc;
  options = argv;
}

/* The value of an option that was given as key=value. */
static const char *option(const char *key, const char *fallback) {
  size_t length = strlen(key);
  for (int i = 1; i < option_count; i++) {
    if (strncmp(options[i], key, length) == 0 && options[i][length] == '=') {
      return options[i] + length + 1;
    }
  }
  return fallback;
}

static int is_option(const char *key, const char *value) {
  return strcmp(option(key, ""), value) == 0;
}

static double number_option(const char *key, double fallback) {
  const char *value = option(key, NULL);
  return value == NULL ? fallback : atof(value);
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) { /* nanoseconds */
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static double cpu_us(void) { /* of this process, user and system */
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return 1e6 * (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
         (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

static void ready(void) {
  puts("ready");
  fflush(stdout);
}

static int by_value(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* Keeps the last 2^20 durations. */
#define SAMPLES (1 << 20)
static uint32_t samples[SAMPLES];

/*
 * The side that measures round trips. The other side answers every message,
 * the last one too.
 */
static void measure_round_trips(void (*round_trip)(int phase)) {
  int64_t warm = (int64_t)(number_option("warm_ms", 200) * 1e6);
  int64_t span = (int64_t)(number_option("time_ms", 400) * 1e6);
  int64_t gap = (int64_t)(number_option("gap_us", 0) * 1e3);
  struct timespec pause = {gap / 1000000000, gap % 1000000000};
  struct timespec warm_pause = {0, gap < 100000 ? gap : 100000};
  memset(samples, 0, sizeof samples); /* touches the pages */
  for (int64_t start = now(); now() - start < warm;) {
    if (gap) nanosleep(&warm_pause, NULL);
    round_trip(WARM);
  }
  double cpu = cpu_us();
  int64_t start = now(), last = start, end;
  long count = 0;
  do {
    if (gap) {
      nanosleep(&pause, NULL);
      last = now();
    }
    round_trip(MEASURE);
    end = now();
    samples[count++ & (SAMPLES - 1)] = (uint32_t)(end - last);
    last = end;
  } while (end - start < span);
  cpu = cpu_us() - cpu;
  round_trip(STOP);
  long kept = count < SAMPLES ? count : SAMPLES;
  qsort(samples, (size_t)kept, sizeof samples[0], by_value);
  printf("{\"p50_us\":%.3f,\"p99_us\":%.3f,\"cpu_us\":%.3f,\"count\":%ld}\n",
         samples[kept / 2] / 1e3, samples[kept * 99 / 100] / 1e3,
         cpu / (double)count, count);
}

/* The side that answers; `answer` returns the phase it was asked in. */
static void answer_round_trips(int (*answer)(void)) {
  int phase;
  long count = 0;
  double cpu = 0;
  do {
    phase = answer();
    if (phase == MEASURE && count++ == 0) cpu = cpu_us();
  } while (phase != STOP);
  printf("{\"cpu_us\":%.3f}\n", (cpu_us() - cpu) / (double)count);
}

/* Blocks between two looks at the clock, so that looking costs little. */
#define CLOCK_EVERY 16

/* The side that sends one way. */
static void measure_sending(void (*send)(int phase)) {
  int64_t warm = (int64_t)(number_option("warm_ms", 200) * 1e6);
  int64_t span = (int64_t)(number_option("time_ms", 400) * 1e6);
  for (int64_t start = now(); now() - start < warm;) {
    for (int i = 0; i < CLOCK_EVERY; i++) send(WARM);
  }
  double cpu = cpu_us();
  long count = 0;
  for (int64_t start = now(); now() - start < span;) {
    for (int i = 0; i < CLOCK_EVERY; i++) send(MEASURE);
    count += CLOCK_EVERY;
  }
  cpu = cpu_us() - cpu;
  send(STOP);
  printf("{\"cpu_us\":%.4f}\n", cpu / (double)count);
}

/* The side that receives, and whose clock counts. */
static void measure_receiving(int (*receive)(void), double size) {
  int phase;
  long count = 0;
  double cpu = 0;
  int64_t start = 0;
  do {
    phase = receive();
    if (phase == MEASURE && count++ == 0) {
      start = now();
      cpu = cpu_us();
    }
  } while (phase != STOP);
  double span = (double)(now() - start) / 1e9;
  cpu = cpu_us() - cpu;
  printf("{\"m_per_s\":%.6f,\"gib_per_s\":%.4f,\"cpu_us\":%.4f}\n",
         (double)count / span / 1e6,
         (double)count * size / span / (double)(1 << 30), cpu / (double)count);
}

/* Runs something short many times, and reports the median of its time. */
static void measure_operation(void (*repeat)(long times)) {
  int64_t warm = (int64_t)(number_option("warm_ms", 200) * 1e6);
  int64_t span = (int64_t)(number_option("time_ms", 400) * 1e6);
  long times = (long)number_option("times", 10000), count = 0;
  for (int64_t start = now(); now() - start < warm;) repeat(times);
  for (int64_t begin = now(), start = begin; start - begin < span;) {
    repeat(times);
    int64_t end = now();
    samples[count++ & (SAMPLES - 1)] = (uint32_t)(end - start);
    start = end;
  }
  qsort(samples, (size_t)count, sizeof samples[0], by_value);
  printf("{\"ns\":%.2f}\n", samples[count / 2] / (double)times);
}

#endif
