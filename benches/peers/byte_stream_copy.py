"""Blocks one way through a stream."""

import byte_streams
from byte_streams import SIZE
from peer import in_two, measure_receiving, measure_sending

own = bytearray(b"\1" * SIZE)


def take(streams):
    measure_receiving(lambda: streams.receive()[0], SIZE)


def give(streams):
    def send(phase):
        own[0] = phase
        streams.send(own)

    measure_sending(send)


if byte_streams.VIA == "multiprocessing":
    theirs, ours = byte_streams.connected()
    in_two(lambda: take(theirs), lambda: give(ours))
elif byte_streams.first:
    take(byte_streams.one())
else:
    give(byte_streams.one())
