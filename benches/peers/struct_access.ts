/** One way to reach fields of structs in memory, over and over. */

import {
  array,
  atomic,
  bool,
  chars,
  f32,
  f64,
  struct,
  u16,
  u32,
} from "@ipc/struct";
import { measureOperation, option } from "./peer.ts";

const Frame = struct({
  seq: u32,
  count: atomic(u32),
  stamp: f64,
  position: struct({ x: f32, y: f32 }),
  values: array(f32, 8),
  name: chars(16),
});
const FRAMES = 64;
const { byteLength, offsets } = Frame;
const buffer = new ArrayBuffer(FRAMES * byteLength);
const data = new DataView(buffer);
const frames = array(Frame, FRAMES).view(buffer);
const frame = frames.get(0);
const words = new Uint32Array(buffer);
const floats = new Float32Array(buffer, offsets.position);
const values = new Float32Array(buffer, offsets.values, 8);
const doubles = new Float64Array(buffer);
const { count, position } = frame;
let sink = 0;

/** Uses other structs, so that accessors are not compiled for one alone. */
function useOthers(): void {
  for (let i = 0; i < 30; i++) {
    const Other = struct({ [`a${i}`]: u16, b: f64, c: u32, d: bool });
    const other = Other.view(buffer) as Record<string, number>;
    for (let times = 5000; times--;) {
      other["b"] = other["c"]! + other[`a${i}`]! + Number(other["d"]);
      other[`a${i}`] = other["c"] = times;
    }
  }
  new Uint8Array(buffer).fill(0);
}

const ways: Record<string, (times: number) => void> = {
  fields(times) {
    while (times--) {
      frame.seq = times;
      frame.stamp += frame.seq;
    }
  },
  fields_data_view(times) {
    while (times--) {
      data.setUint32(0, times, true);
      const stamp = data.getFloat64(8, true) + data.getUint32(0, true);
      data.setFloat64(8, stamp, true);
    }
  },
  fields_typed_arrays(times) {
    while (times--) {
      words[0] = times;
      doubles[1]! += words[0];
    }
  },
  array(times) {
    while (times--) {
      const frame = frames.get(times & FRAMES - 1);
      frame.seq = times;
      frame.stamp += frame.seq;
    }
  },
  array_data_view(times) {
    while (times--) {
      const at = (times & FRAMES - 1) * byteLength;
      data.setUint32(at, times, true);
      const stamp = data.getFloat64(at + 8, true) + data.getUint32(at, true);
      data.setFloat64(at + 8, stamp, true);
    }
  },
  nested(times) {
    while (times--) frame.position.y = frame.position.x + times;
  },
  nested_held(times) {
    while (times--) position.y = position.x + times;
  },
  nested_data_view(times) {
    const x = offsets.position;
    while (times--) {
      data.setFloat32(x + 4, data.getFloat32(x, true) + times, true);
    }
  },
  nested_typed_array(times) {
    while (times--) floats[1] = floats[0]! + times;
  },
  values(times) {
    while (times--) frame.values[times & 7] = times;
  },
  values_data_view(times) {
    while (times--) {
      data.setFloat32(offsets.values + (times & 7) * 4, times, true);
    }
  },
  values_typed_array(times) {
    while (times--) values[times & 7] = times;
  },
  atomic(times) {
    while (times--) count.add(1);
  },
  atomic_raw(times) {
    while (times--) Atomics.add(words, 1, 1);
  },
  view(times) {
    while (times--) sink += Frame.view(buffer, (times & 31) * byteLength).seq;
  },
  view_data_view(times) {
    while (times--) {
      const at = (times & 31) * byteLength;
      sink += new DataView(buffer, at, byteLength).getUint32(0, true);
    }
  },
  name(times) {
    while (times--) {
      frame.name = "Deno";
      sink += frame.name.length;
    }
  },
};

if (option("others", "") === "yes") useOthers();
measureOperation(ways[option("way", "fields")]!);
if (Number.isNaN(sink)) console.error(sink);
