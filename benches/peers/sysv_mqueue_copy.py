"""Messages one way through a System V queue."""

from peer import measure_receiving, measure_sending, ready
from sysv_mqueues import FIRST, SIZE, message_queue

queue = message_queue("copy")
own = bytearray(SIZE)


def send(phase):
    own[0] = phase
    queue.send(bytes(own))


if FIRST:
    ready()
    measure_receiving(lambda: queue.receive()[0][0], SIZE)
    queue.remove()
else:
    measure_sending(send)
