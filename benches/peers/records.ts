/** Records of one size, one way, by the ways to take them. */

import { RecordReader, RecordWriter } from "@ipc/pipe";
import { Arrivals } from "./arrivals.ts";
import { isFirst, openReader, openWriter, size } from "./byte_streams.ts";
import { measureSendingAsync, option, ready } from "./peer.ts";

const format = option("prefix") === "yes" ? {} : { size };
const arrivals = new Arrivals();

const ways: Record<string, (records: RecordReader) => Promise<void>> = {
  async view(records) {
    for await (const batch of records.batches()) {
      for (let i = 0; i < batch.length; i++) {
        if (!arrivals.add(batch.at(i)![0]!)) return;
      }
    }
  },
  async offset(records) {
    for await (const batch of records.batches()) {
      for (let i = 0; i < batch.length; i++) {
        if (!arrivals.add(batch.bytes[batch.start(i)]!)) return;
      }
    }
  },
  async each(records) {
    for await (const batch of records.batches()) {
      for (const record of batch) {
        if (!arrivals.add(record[0]!)) return;
      }
    }
  },
  async own(records) {
    for await (const batch of records.batches({ own: true })) {
      for (let i = 0; i < batch.length; i++) {
        if (!arrivals.add(batch.at(i)![0]!)) return;
      }
    }
  },
  async one(records) {
    for await (const record of records) {
      if (!arrivals.add(record[0]!)) return;
    }
  },
};

if (isFirst) {
  ready();
  using reader = openReader();
  await ways[option("way", "view")]!(new RecordReader(reader, format));
  arrivals.report(size);
} else {
  using writer = openWriter();
  const records = new RecordWriter(writer, format);
  const own = new Uint8Array(size).fill(1);
  await measureSendingAsync((phase) => {
    own[0] = phase;
    return records.tryWrite(own) ? undefined : records.write(own);
  });
  await records.flush();
}
