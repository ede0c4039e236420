import { testPi } from "./_pi.ts";

testPi("pipe_pi");
