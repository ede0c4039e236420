"""Several processes take turns; the first one counts for all."""

import multiprocessing
import os
import time

from peer import number, option, report

context = multiprocessing.get_context("fork")
lock = context.Lock()
count = context.RawValue("L", 0)
stop = context.RawValue("i", 0)
processes = int(number("processes", 2))
cpus = [int(cpu) for cpu in option("cpus").split(",") if cpu]


def pin(index):
    if cpus:
        os.sched_setaffinity(0, {cpus[min(index, len(cpus) - 1)]})


def add():
    lock.acquire()
    count.value += 1
    lock.release()


def others(index):
    pin(index)
    while not stop.value:
        add()


def turns(seconds):
    start = end = time.perf_counter()
    own = 0
    while end - start < seconds:
        add()
        own += 1
        end = time.perf_counter()
    return end - start, own


children = [
    context.Process(target=others, args=(index,)) for index in range(1, processes)
]
for child in children:
    child.start()
pin(0)
turns(number("warm_ms", 200) / 1e3)
before = count.value
seconds, own = turns(number("time_ms", 400) / 1e3)
every = count.value - before
stop.value = 1
for child in children:
    child.join()
report(m_per_s=every / seconds / 1e6, share=100 * own / every)
