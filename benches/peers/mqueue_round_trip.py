"""Messages there and back through two queues."""

from mqueues import FIRST, SIZE, message_queue
from peer import answer_round_trips, measure_round_trips, ready

there = message_queue("there")
back = message_queue("back")
own = bytearray(SIZE)


def round_trip(phase):
    own[0] = phase
    there.send(own)
    back.receive()


def answer():
    message = there.receive()
    back.send(message)
    return message[0]


if FIRST:
    ready()
    answer_round_trips(answer)
    there.unlink()
    back.unlink()
else:
    measure_round_trips(round_trip)
