"""Messages there and back through two System V queues."""

from peer import answer_round_trips, measure_round_trips, ready
from sysv_mqueues import FIRST, SIZE, message_queue

there = message_queue("there")
back = message_queue("back")
own = bytearray(SIZE)


def round_trip(phase):
    own[0] = phase
    there.send(bytes(own))
    back.receive()


def answer():
    message, _ = there.receive()
    back.send(message)
    return message[0]


if FIRST:
    ready()
    answer_round_trips(answer)
    # Messages go with their queue, so its receiver removes it.
    there.remove()
else:
    measure_round_trips(round_trip)
    back.remove()
