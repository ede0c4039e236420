/** Bytes there and back through shared memory, a semaphore for each way. */

import { answerRoundTrips, measureRoundTrips } from "./peer.ts";
import { openRoundTripObjects } from "./round_trip_objects.ts";

const objects = openRoundTripObjects();
const { asked, answered, question, reply, own } = objects;

if (objects.answers) {
  answerRoundTrips(() => {
    asked.acquireSync();
    own.set(question);
    reply.set(own);
    answered.release();
    return own[0]!;
  });
} else {
  measureRoundTrips((phase) => {
    own[0] = phase;
    question.set(own);
    asked.release();
    answered.acquireSync();
    own.set(reply);
  });
}
objects.remove();
