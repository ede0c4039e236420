/**
 * The same by calls of FFI alone, which wait on the runtime's other threads:
 * the least that an async wait for a semaphore takes.
 */

import {
  answerRoundTripsAsync,
  measureRoundTripsAsync,
  option,
} from "./peer.ts";
import { openRoundTripObjects } from "./round_trip_objects.ts";

const library = Deno.build.os === "darwin"
  ? "/usr/lib/libSystem.B.dylib"
  : "libc.so.6";
const { sem_open, sem_post, sem_wait } = Deno.dlopen(library, {
  sem_open: { parameters: ["buffer", "i32"], result: "pointer" }, // sem_t *sem_open(const char *, int, ...)
  sem_post: { parameters: ["pointer"], result: "i32" }, // int sem_post(sem_t *)
  sem_wait: { parameters: ["pointer"], result: "i32", nonblocking: true }, // int sem_wait(sem_t *)
}).symbols;

const objects = openRoundTripObjects();
const { question, reply, own } = objects;
const [asked, answered] = ["asked", "answered"].map((suffix) =>
  sem_open(new TextEncoder().encode(`/${option("name")}_${suffix}\0`), 0)
) as [Deno.PointerValue, Deno.PointerValue];

if (objects.answers) {
  await answerRoundTripsAsync(async () => {
    await sem_wait(asked);
    own.set(question);
    reply.set(own);
    sem_post(answered);
    return own[0]!;
  });
} else {
  await measureRoundTripsAsync(async (phase) => {
    own[0] = phase;
    question.set(own);
    sem_post(asked);
    await sem_wait(answered);
    own.set(reply);
  });
}
objects.remove();
