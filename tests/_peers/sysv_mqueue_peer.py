"""System V message queues as Python's sysv_ipc uses them.

ftok PATH ID                 create KEY MODE
send KEY TYPE TEXT           receive KEY TYPE
echo KEY COUNT               stat KEY
set KEY MODE QBYTES          remove KEY
"""

import sys

import sysv_ipc

verb, key, *rest = sys.argv[1:]
if verb == "ftok":
    print(sysv_ipc.ftok(key, int(rest[0]), silence_warning=True))
elif verb == "create":
    sysv_ipc.MessageQueue(int(key), sysv_ipc.IPC_CREX, int(rest[0], 8))
else:
    queue = sysv_ipc.MessageQueue(int(key), max_message_size=8192)
    if verb == "send":
        queue.send(rest[1].encode(), type=int(rest[0]))
    elif verb == "receive":
        message, kind = queue.receive(type=int(rest[0]))
        print(kind, message.decode())
    elif verb == "echo":
        for _ in range(int(rest[0])):
            message, _ = queue.receive(type=1)
            queue.send(message, type=2)
    elif verb == "set":
        queue.mode = int(rest[0], 8)
        queue.max_size = int(rest[1])
    elif verb == "remove":
        queue.remove()
    else:
        print(
            queue.id,
            queue.uid,
            queue.gid,
            queue.cuid,
            queue.cgid,
            "%o" % queue.mode,
            queue.max_size,
            queue.current_messages,
            "-",  # it does not tell the bytes
            queue.last_send_time,
            queue.last_receive_time,
            queue.last_change_time,
            queue.last_send_pid,
            queue.last_receive_pid,
        )
