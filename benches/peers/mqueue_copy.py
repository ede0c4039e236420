"""Messages one way through a queue."""

from mqueues import FIRST, SIZE, message_queue
from peer import measure_receiving, measure_sending, ready

queue = message_queue("copy")
own = bytearray(SIZE)


def send(phase):
    own[0] = phase
    queue.send(own)


if FIRST:
    ready()
    measure_receiving(lambda: queue.receive()[0], SIZE)
    queue.unlink()
else:
    measure_sending(send)
