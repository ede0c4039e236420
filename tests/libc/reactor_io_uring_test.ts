import { testReactor } from "./_reactor.ts";

testReactor("io_uring");
