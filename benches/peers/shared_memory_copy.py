"""Blocks one way through slots in shared memory that two semaphores count."""

import shared_objects
from peer import (
    in_two,
    measure_receiving,
    measure_sending,
    number,
    option,
    ready,
)

SIZE = int(number("size", 64))
COUNT = int(number("slots", 8))
receiver = option("role") != "sender"
memory, remove = shared_objects.memory("memory", receiver, SIZE * COUNT)
empty = shared_objects.semaphore("empty", receiver, COUNT)
full = shared_objects.semaphore("full", receiver, 0)
slots = [memory[i * SIZE : (i + 1) * SIZE] for i in range(COUNT)]
own = bytearray(b"\1" * SIZE)
place = 0


def send(phase):
    global place
    own[0] = phase
    empty.acquire()
    slots[place][:] = own
    full.release()
    place = (place + 1) % COUNT


def receive():
    global place
    full.acquire()
    own[:] = slots[place]
    empty.release()
    place = (place + 1) % COUNT
    return own[0]


def take():
    measure_receiving(receive, SIZE)


def give():
    measure_sending(send)


if shared_objects.VIA == "multiprocessing":
    try:
        in_two(take, give)
    finally:
        remove()
elif receiver:
    ready()
    take()
    remove()
    shared_objects.remove(empty)
    shared_objects.remove(full)
else:
    give()
