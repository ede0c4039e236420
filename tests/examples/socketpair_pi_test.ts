import { testPi } from "./_pi.ts";

testPi("socketpair_pi");
