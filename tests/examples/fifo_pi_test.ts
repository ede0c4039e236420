import { testPi } from "./_pi.ts";

testPi("fifo_pi");
