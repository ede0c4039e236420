import { testPi } from "./_pi.ts";

testPi("file_pi");
