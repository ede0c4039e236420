/** The same with both sides asynchronous. */

import { answerRoundTripsAsync, measureRoundTripsAsync } from "./peer.ts";
import { openRoundTripObjects } from "./round_trip_objects.ts";

const objects = openRoundTripObjects();
const { asked, answered, question, reply, own } = objects;

if (objects.answers) {
  await answerRoundTripsAsync(async () => {
    await asked.acquire();
    own.set(question);
    reply.set(own);
    answered.release();
    return own[0]!;
  });
} else {
  await measureRoundTripsAsync(async (phase) => {
    own[0] = phase;
    question.set(own);
    asked.release();
    await answered.acquire();
    own.set(reply);
  });
}
objects.remove();
