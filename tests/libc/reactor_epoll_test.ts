import { testReactor } from "./_reactor.ts";

testReactor("epoll");
