/** What is held to be true of queues, semaphores and shared memory. */

import * as ipc from "../../libc/ipc.ts";
import { MTYPE_SIZE } from "../../libc/message_packet.ts";
import * as msg from "../../libc/msg.ts";
import * as mqueue from "../../libc/mqueue.ts";
import * as sem from "../../libc/sem.ts";
import * as semaphore from "../../libc/semaphore.ts";
import * as shm from "../../libc/shm.ts";
import { named, pick } from "./header.ts";
import type { Header } from "./header.ts";

/** The headers of queues, semaphores and shared memory. */
export const ipcHeaders: readonly Header[] = [
  {
    include: "mqueue.h",
    on: "linux",
    structs: { "struct mq_attr": mqueue.MQ_ATTR },
  },
  {
    include: "semaphore.h",
    constants: {
      ...pick(semaphore, "SEM_VALUE_MAX"),
      "(intptr_t)SEM_FAILED": semaphore.SEM_FAILED,
    },
  },
  {
    include: "semaphore.h",
    on: "linux",
    constants: { "sizeof(sem_t)": semaphore.SEM_SIZE },
  },
  {
    include: "sys/ipc.h",
    constants: {
      ...pick(ipc, "IPC_CREAT", "IPC_EXCL", "IPC_NOWAIT", "IPC_PRIVATE"),
      ...pick(ipc, "IPC_RMID", "IPC_SET", "IPC_STAT"),
      "sizeof(key_t)": 4,
    },
  },
  {
    include: "sys/ipc.h",
    on: "linux",
    structs: { "struct ipc_perm": named(ipc.IPC_PERM, { key: "__key" }) },
  },
  {
    include: "sys/ipc.h",
    on: "darwin",
    structs: { "struct ipc_perm": named(ipc.IPC_PERM, { key: "_key" }) },
  },
  {
    include: "sys/msg.h",
    constants: {
      ...pick(msg, "MSG_NOERROR"),
      "sizeof(((struct msgbuf *)0)->mtype)": MTYPE_SIZE,
    },
  },
  {
    include: "sys/msg.h",
    on: "linux",
    constants: pick(msg, "MSG_COPY", "MSG_EXCEPT"),
    structs: {
      "struct msqid_ds": named(msg.MSQID_DS, { msg_cbytes: "__msg_cbytes" }),
    },
  },
  {
    include: "sys/msg.h",
    on: "darwin",
    structs: { "struct msqid_ds": msg.MSQID_DS },
  },
  {
    include: "sys/sem.h",
    constants: {
      ...pick(sem, "GETALL", "GETNCNT", "GETPID", "GETVAL", "GETZCNT"),
      ...pick(sem, "SETALL", "SETVAL", "SEM_UNDO"),
    },
    structs: {
      "struct sembuf": sem.SEMBUF,
      "struct semid_ds": sem.SEMID_DS,
    },
  },
  {
    include: "sys/sem.h",
    on: "darwin",
    constants: { MAX_SOPS: sem.SEMOPM },
  },
  {
    include: "sys/shm.h",
    constants: pick(shm, "SHM_RDONLY"),
    structs: { "struct shmid_ds": shm.SHMID_DS },
  },
  {
    include: "sys/shm.h",
    on: "linux",
    constants: {
      ...pick(shm, "SHM_DEST", "SHM_HUGETLB", "SHM_LOCK", "SHM_LOCKED"),
      ...pick(shm, "SHM_NORESERVE", "SHM_UNLOCK"),
    },
  },
];
