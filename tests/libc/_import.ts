/**
 * Imports everything, then calls C, and tells how that went, as JSON: as on
 * the system that is named, if one is.
 */

const [os] = Deno.args;
if (os !== undefined) {
  // libc/ asks which system this is when it is imported.
  Object.defineProperty(Deno, "build", { value: { ...Deno.build, os } });
}
const ipc = await import("../../mod.ts");
let failure: unknown;
try {
  ipc.unlinkSharedMemory("/there_is_none_of_this_name");
} catch (error) {
  const { name, message, cause } = error as Error;
  failure = { name, message, cause: `${cause}` };
}
console.log(JSON.stringify({ exports: Object.keys(ipc).length, failure }));
