"""Python's side of Unix sockets.

unix_peer.py upper FD              answers one message in capitals
unix_peer.py send-fds PATH FILE... connects, and sends open files
unix_peer.py recv-fds PATH COUNT   listens, says so, and reads files it gets
unix_peer.py serve PATH            listens, answers in capitals, to the end
unix_peer.py ask PATH TEXT         connects, sends, and prints the answer
unix_peer.py datagram PATH         binds, says so, prints what it gets
unix_peer.py activate PATH PROGRAM ARGS...   listens, and becomes a program
unix_peer.py hostile PATH          sends descriptors in odd ways
"""
import array
import os
import socket
import sys

what, *args = sys.argv[1:]


def say(*words):
    print(*words, flush=True)


if what == "upper":
    s = socket.socket(fileno=int(args[0]))
    s.send(s.recv(4096).upper())
elif what == "send-fds":
    s = socket.socket(socket.AF_UNIX)
    s.connect(args[0])
    files = [os.open(path, os.O_RDONLY) for path in args[1:]]
    socket.send_fds(s, [b"files"], files)
elif what == "recv-fds":
    s = socket.socket(socket.AF_UNIX)
    s.bind(args[0])
    s.listen()
    say("listening")
    c, _ = s.accept()
    data, fds, flags, _ = socket.recv_fds(c, 64, int(args[1]))
    say(data.decode(), len(fds), flags & socket.MSG_CTRUNC)
    for fd in fds:
        say(os.read(fd, 100).decode())
elif what == "serve":
    s = socket.socket(socket.AF_UNIX)
    s.bind(args[0])
    s.listen()
    say("listening")
    c, _ = s.accept()
    pid, uid, gid = __import__("struct").unpack(
        "3i", c.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    say(pid, uid, gid)
    while data := c.recv(65536):
        c.sendall(data.upper())
elif what == "ask":
    s = socket.socket(socket.AF_UNIX)
    s.connect(args[0])
    s.sendall(args[1].encode())
    s.shutdown(socket.SHUT_WR)
    parts = []
    while data := s.recv(65536):
        parts.append(data)
    say(b"".join(parts).decode())
elif what == "datagram":
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(args[0])
    say("bound")
    data, address = s.recvfrom(65536)
    say(data.decode(), address)
    if address is not None:
        s.sendto(data.upper(), address)
elif what == "activate":
    path, *program = args
    sockets = []
    for name, kind in (("tea", socket.SOCK_STREAM), ("log", socket.SOCK_DGRAM)):
        s = socket.socket(socket.AF_UNIX, kind)
        s.bind(f"{path}/{name}")
        if kind == socket.SOCK_STREAM:
            s.listen()
        sockets.append(s)
    # Out of the way first, and then to 3, 4, ...
    high = [os.dup2(s.fileno(), 100 + i) for i, s in enumerate(sockets)]
    for i, fd in enumerate(high):
        os.dup2(fd, 3 + i)
        os.set_inheritable(3 + i, True)
        os.close(fd)
    os.environ["LISTEN_FDS"] = str(len(high))
    os.environ["LISTEN_PID"] = str(os.getpid())
    os.environ["LISTEN_FDNAMES"] = "tea:log"
    os.execv(program[0], program)
elif what == "hostile":
    s = socket.socket(socket.AF_UNIX)
    s.connect(args[0])
    fd = os.open("/dev/null", os.O_RDONLY)

    def rights(count):
        fds = array.array("i", [fd] * count)
        return (socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)

    # Several control messages, other kinds between them, none at all.
    s.sendmsg([b"a"], [rights(253)])
    for odd in ([rights(100), rights(100)], [rights(0)], []):
        s.sendmsg([b"b"], odd)
    for level, kind in ((socket.SOL_SOCKET, 77), (99, 1), (0, 0)):
        try:
            s.sendmsg([b"c"], [(level, kind, b"x" * 1000), rights(3)])
        except OSError:
            s.sendmsg([b"c"], [rights(3)])
    s.sendmsg([b"d"], [rights(3)])
