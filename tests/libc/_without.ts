/** Abilities taken away, to walk on Linux the way round that macOS takes. */

import { type Capabilities, capabilities } from "../../libc/platform.ts";
import type { TestScope } from "../_util/test.ts";

/** Takes abilities away until the test is over. */
export function without(
  t: TestScope,
  ...abilities: (keyof Capabilities)[]
): void {
  const before = { ...capabilities };
  t.defer(() => {
    Object.assign(capabilities, before);
  });
  for (const ability of abilities) capabilities[ability] = false;
}
