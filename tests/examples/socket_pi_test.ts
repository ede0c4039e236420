import { testPi } from "./_pi.ts";

testPi("socket_pi");
