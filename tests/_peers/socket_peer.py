"""The other side of a TCP connection or of UDP datagrams.

Arguments: what to do, and the port where the other side is, if it serves.
"""

import socket
import sys

what, *rest = sys.argv[1:]
port = int(rest[0]) if rest else 0
LOOPBACK = "127.0.0.1"


def say(*words):
    print(*words, flush=True)


if what == "tcp-server":
    # Answers by capitals until the end, and then ends writing as well.
    with socket.create_server((LOOPBACK, 0)) as listener:
        say(listener.getsockname()[1])
        connection, address = listener.accept()
        with connection:
            say("from", address[1])
            while chunk := connection.recv(65536):
                connection.sendall(chunk.upper())
            connection.shutdown(socket.SHUT_WR)
elif what == "tcp-client":
    with socket.create_connection((LOOPBACK, port)) as connection:
        connection.sendall(b"x" * 1_000_000)
        connection.shutdown(socket.SHUT_WR)
        received = connection.makefile("rb").read()
        say(len(received), received == b"X" * 1_000_000)
elif what == "udp-server":
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((LOOPBACK, 0))
        say(udp.getsockname()[1])
        while True:
            message, address = udp.recvfrom(65536)
            udp.sendto(message.upper(), address)
            if message == b"end":
                break
elif what == "udp-client":
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.connect((LOOPBACK, port))
        for message in (b"one", b"", b"x" * 9000):
            udp.send(message)
            assert udp.recv(65536) == message.upper()
        say("done", udp.getsockname()[1])
