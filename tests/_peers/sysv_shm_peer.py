"""System V semaphores and shared memory as Python's sysv_ipc uses them.

sem_create KEY MODE VALUE       sem_change KEY INDEX DELTA
sem_undo KEY INDEX DELTA        sem_values KEY
sem_stat KEY                    sem_set KEY MODE
sem_setall KEY VALUE            sem_wait KEY
sem_remove KEY                  shm_create KEY MODE SIZE
shm_write KEY OFFSET TEXT       shm_read KEY OFFSET COUNT
shm_stat KEY                    shm_set KEY MODE
shm_remove KEY                  ftok PATH ID
"""

import sys
import time

import sysv_ipc


def semaphores(verb, key, *rest):
    if verb == "create":
        mode, value = rest
        sysv_ipc.Semaphore(
            int(key), sysv_ipc.IPC_CREX, int(mode, 8), int(value)
        )
        return
    semaphore = sysv_ipc.Semaphore(int(key))
    if verb == "remove":
        semaphore.remove()
        return
    # The custom that its documentation asks for.
    end = time.monotonic() + 5
    while not semaphore.o_time:
        if time.monotonic() > end:
            raise RuntimeError("o_time stays 0")
    if verb in ("change", "undo"):
        semaphore.undo = verb == "undo"
        delta = int(rest[1])
        if delta < 0:
            semaphore.acquire(None, -delta)
        else:
            semaphore.release(delta)
    elif verb == "wait":
        semaphore.Z()
    elif verb == "values":
        print(semaphore.value)
    elif verb == "setall":
        semaphore.value = int(rest[0])
    elif verb == "set":
        semaphore.mode = int(rest[0], 8)
    else:
        print(
            semaphore.id,
            semaphore.uid,
            semaphore.gid,
            semaphore.cuid,
            semaphore.cgid,
            "%o" % (semaphore.mode & 0o777),
            1,  # it knows of no others
            semaphore.o_time,
            "-",  # it does not tell the time of the last change
            semaphore.last_pid,
        )


def memory(verb, key, *rest):
    if verb == "create":
        mode, size = rest
        sysv_ipc.SharedMemory(
            int(key), sysv_ipc.IPC_CREX, int(mode, 8), int(size), b"\0"
        )
        return
    shared = sysv_ipc.SharedMemory(int(key))
    if verb == "write":
        shared.write(rest[1].encode(), int(rest[0]))
    elif verb == "read":
        print(shared.read(int(rest[1]), int(rest[0])).decode())
    elif verb == "set":
        shared.mode = int(rest[0], 8)
    elif verb == "remove":
        shared.remove()
    else:
        print(
            shared.id,
            shared.uid,
            shared.gid,
            shared.cuid,
            shared.cgid,
            "%o" % (shared.mode & 0o777),
            shared.size,
            shared.last_attach_time,
            shared.last_detach_time,
            shared.last_change_time,
            shared.creator_pid,
            shared.last_pid,
            shared.number_attached,
        )


verb, key, *rest = sys.argv[1:]
if verb == "ftok":
    print(sysv_ipc.ftok(key, int(rest[0]), silence_warning=True))
elif verb.startswith("sem_"):
    semaphores(verb[4:], key, *rest)
else:
    memory(verb[4:], key, *rest)
