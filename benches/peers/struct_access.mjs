/** The same fields by the package buffer-backed-object. */

import { createRequire } from "node:module";
import process from "node:process";
import { measureOperation } from "./peer.mjs";

const bbo = createRequire(import.meta.url)("buffer-backed-object");
const options = Object.fromEntries(
  process.argv.slice(2).map((text) => text.split("=")),
);
const fields = {
  seq: bbo.Uint32(),
  count: bbo.Uint32(),
  stamp: bbo.Float64(),
  position: bbo.NestedBufferBackedObject({
    x: bbo.Float32(),
    y: bbo.Float32(),
  }),
};
const buffer = new ArrayBuffer(64 * bbo.structSize(fields));
const frame = bbo.BufferBackedObject(buffer, fields);
const frames = bbo.ArrayOfBufferBackedObjects(buffer, fields);

const ways = {
  fields(times) {
    while (times--) {
      frame.seq = times;
      frame.stamp += frame.seq;
    }
  },
  array(times) {
    while (times--) {
      const frame = frames[times & 63];
      frame.seq = times;
      frame.stamp += frame.seq;
    }
  },
  nested(times) {
    while (times--) frame.position.y = frame.position.x + times;
  },
};

measureOperation(ways[options.way]);
