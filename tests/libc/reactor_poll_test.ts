import { testReactor } from "./_reactor.ts";

testReactor("poll");
