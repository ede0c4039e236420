"""Bytes there and back through two streams."""

import byte_streams
from byte_streams import SIZE
from peer import answer_round_trips, in_two, measure_round_trips

own = bytearray(SIZE)


def serve(streams):
    def answer():
        message = streams.receive()
        streams.send(message)
        return message[0]

    answer_round_trips(answer)


def measure(streams):
    def round_trip(phase):
        own[0] = phase
        streams.send(own)
        streams.receive()

    measure_round_trips(round_trip)


if byte_streams.VIA == "multiprocessing":
    theirs, ours = byte_streams.connected()
    in_two(lambda: serve(theirs), lambda: measure(ours))
elif byte_streams.first:
    serve(byte_streams.both())
else:
    measure(byte_streams.both())
