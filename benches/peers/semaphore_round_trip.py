"""Bytes there and back through shared memory, a semaphore for each way."""

import shared_objects
from peer import (
    answer_round_trips,
    in_two,
    measure_round_trips,
    number,
    option,
    ready,
)

SIZE = int(number("size", 64))
server = option("role") != "client"
memory, remove = shared_objects.memory("memory", server, 2 * SIZE)
asked = shared_objects.semaphore("asked", server, 0)
answered = shared_objects.semaphore("answered", server, 0)
question = memory[:SIZE]
reply = memory[SIZE : 2 * SIZE]
own = bytearray(SIZE)


def round_trip(phase):
    own[0] = phase
    question[:] = own
    asked.release()
    answered.acquire()
    own[:] = reply


def answer():
    asked.acquire()
    own[:] = question
    reply[:] = own
    answered.release()
    return own[0]


def serve():
    answer_round_trips(answer)


def measure():
    measure_round_trips(round_trip)


if shared_objects.VIA == "multiprocessing":
    try:
        in_two(serve, measure)
    finally:
        remove()
elif server:
    ready()
    serve()
    remove()
    shared_objects.remove(asked)
else:
    measure()
    # It waits for the last answer, so it says when that can go.
    shared_objects.remove(answered)
