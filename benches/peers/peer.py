"""What the Python peers share: options, and the kinds of measurement.

The protocol is described in the README of the benches.
"""

import json
import multiprocessing
import os
import signal
import sys
import time

WARM, MEASURE, STOP = range(3)  # the first byte of every message

now = time.perf_counter_ns
options = dict(text.split("=", 1) for text in sys.argv[1:])


def option(key, fallback=""):
    return options.get(key, fallback)


def number(key, fallback):
    return float(options.get(key, fallback))


def write(line):
    """Writes a line at once: two processes may share the output."""
    os.write(1, (line + "\n").encode())


def ready():
    write("ready")


def report(**metrics):
    write(json.dumps(metrics))


def cpu_us():
    return time.process_time_ns() / 1e3


def in_two(first, second):
    """Runs the two sides in two processes, the first in a child.

    For objects that only a fork can share. Each side has a processor of its
    own if the option says so.
    """
    cpus = [int(text) for text in option("cpus").split(",") if text]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    def pinned(index, work):
        if cpus:
            os.sched_setaffinity(0, {cpus[index]})
        work()

    fork = multiprocessing.get_context("fork")
    child = fork.Process(target=pinned, args=(0, first), daemon=True)
    child.start()
    pinned(1, second)
    child.join()
    sys.exit(child.exitcode)


def measure_round_trips(round_trip):
    """The side that measures round trips.

    The other side answers every message, the last one too.
    """
    warm = number("warm_ms", 200) * 1e6
    span = number("time_ms", 400) * 1e6
    gap = number("gap_us", 0) / 1e6
    start = now()
    while now() - start < warm:
        if gap:
            time.sleep(min(gap, 1e-4))
        round_trip(WARM)
    samples = []
    cpu = cpu_us()
    start = last = end = now()
    while end - start < span:
        if gap:
            time.sleep(gap)
            last = now()
        round_trip(MEASURE)
        end = now()
        samples.append(end - last)
        last = end
    cpu = cpu_us() - cpu
    round_trip(STOP)
    samples.sort()
    count = len(samples)
    report(
        p50_us=samples[count // 2] / 1e3,
        p99_us=samples[count * 99 // 100] / 1e3,
        cpu_us=cpu / count,
        count=count,
    )


def answer_round_trips(answer):
    """The side that answers; `answer` returns the phase it was asked in."""
    count = cpu = phase = 0
    while phase != STOP:
        phase = answer()
        if phase == MEASURE:
            if count == 0:
                cpu = cpu_us()
            count += 1
    report(cpu_us=(cpu_us() - cpu) / count)


CLOCK_EVERY = 16  # blocks between two looks at the clock


def measure_sending(send):
    """The side that sends one way."""
    warm = number("warm_ms", 200) * 1e6
    span = number("time_ms", 400) * 1e6
    start = now()
    while now() - start < warm:
        for _ in range(CLOCK_EVERY):
            send(WARM)
    count = 0
    cpu = cpu_us()
    start = now()
    while now() - start < span:
        for _ in range(CLOCK_EVERY):
            send(MEASURE)
        count += CLOCK_EVERY
    cpu = cpu_us() - cpu
    send(STOP)
    report(cpu_us=cpu / count)


def measure_receiving(receive, size):
    """The side that receives, and whose clock counts."""
    count = cpu = start = phase = 0
    while phase != STOP:
        phase = receive()
        if phase == MEASURE:
            if count == 0:
                start = now()
                cpu = cpu_us()
            count += 1
    seconds = (now() - start) / 1e9
    cpu = cpu_us() - cpu
    report(
        m_per_s=count / seconds / 1e6,
        gib_per_s=count * size / seconds / 2**30,
        cpu_us=cpu / count,
    )


def measure_operation(repeat):
    """Runs something short many times, and reports the median of its time."""
    warm = number("warm_ms", 200) * 1e6
    span = number("time_ms", 400) * 1e6
    times = int(number("times", 10000))
    start = now()
    while now() - start < warm:
        repeat(times)
    samples = []
    begin = start = now()
    while start - begin < span:
        repeat(times)
        end = now()
        samples.append(end - start)
        start = end
    samples.sort()
    report(ns=samples[len(samples) // 2] / times)
