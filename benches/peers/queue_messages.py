"""Messages between two processes through multiprocessing's queues."""

import multiprocessing

from peer import (
    answer_round_trips,
    in_two,
    measure_receiving,
    measure_round_trips,
    measure_sending,
    number,
    option,
)

SIZE = int(number("size", 64))
there = multiprocessing.Queue(1024)
back = multiprocessing.Queue(1024)
own = bytearray(b"\1" * SIZE)


def send(phase):
    own[0] = phase
    there.put(bytes(own))


def answer():
    message = there.get()
    back.put(message)
    return message[0]


def round_trip(phase):
    send(phase)
    back.get()


if option("way") == "back":
    in_two(
        lambda: answer_round_trips(answer),
        lambda: measure_round_trips(round_trip),
    )
else:
    in_two(
        lambda: measure_receiving(lambda: there.get()[0], SIZE),
        lambda: measure_sending(send),
    )
