import { assert, assertEquals, assertThrows } from "@std/assert";
import { EPOLL_CTL_ADD, EPOLL_CTL_DEL } from "../../libc/epoll.ts";
import { WatchSet } from "../../libc/watch_set.ts";
import { test } from "../_util/test.ts";

/** A set that cannot begin while it fails, and notes what it is told. */
class Failing extends WatchSet {
  failing = true;
  readonly operations: number[] = [];
  ends = 0;

  protected override control(operation: number): void {
    this.operations.push(operation);
  }

  protected override begin(): void {
    if (this.failing) throw new Error("no descriptors left");
  }

  protected override end(): void {
    this.ends++;
  }
}

test("WatchSet keeps nothing of a wait that cannot begin", {}, () => {
  const set = new Failing();
  assertThrows(() => set.add(3, "read", () => {}), Error, "no descriptors");
  assert(set.isEmpty);
  assertEquals(set.operations, [EPOLL_CTL_ADD, EPOLL_CTL_DEL]);
  assertEquals(set.ends, 1);
  // The number may be that of another descriptor by now.
  set.failing = false;
  set.add(3, "read", () => {});
  assertEquals(set.operations.at(-1), EPOLL_CTL_ADD);
});
