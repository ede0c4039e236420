import { testPi } from "./_pi.ts";

testPi("unix_pi");
