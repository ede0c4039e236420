"""Pi in slices, in forked processes, as examples/shm_pi.ts does it.

pi^2 / 8 = sum of 1 / (2k + 1)^2. Every worker adds its sum to a double in
shared memory, under one lock, which is a POSIX semaphore. Only the standard
library.
"""

import math
import mmap
import multiprocessing
import os
import struct
import sys


def sum_terms(start, end):
    total = 0.0
    for k in range(start, end):
        odd = 2 * k + 1
        total += 1 / (odd * odd)
    return total


def main():
    n, workers = int(sys.argv[1]), int(sys.argv[2])
    memory = mmap.mmap(-1, 8)
    lock = multiprocessing.Lock()
    children = []
    for index in range(workers):
        child = os.fork()
        if child == 0:
            total = sum_terms(n * index // workers, n * (index + 1) // workers)
            with lock:
                (so_far,) = struct.unpack_from("d", memory)
                struct.pack_into("d", memory, 0, so_far + total)
            os._exit(0)
        children.append(child)
    for child in children:
        _, status = os.waitpid(child, 0)
        if status != 0:
            sys.exit(f"process {child} failed")
    (total,) = struct.unpack_from("d", memory)
    print(f"pi      {math.sqrt(8 * total)}")


main()
