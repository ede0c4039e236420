/**
 * Checks what `deno doc --lint` does not: that every public function and class
 * of a mechanism has an example that runs and a source, every parameter its
 * words, every value a `@returns`, and every function its permission.
 *
 * deno run --allow-read --allow-run tools/check_docs.ts
 */

import { join } from "@std/path";

interface Tag {
  kind: string;
  name?: string;
  doc?: string;
}
interface JsDoc {
  doc?: string;
  tags?: Tag[];
}
interface Callable {
  name?: string;
  jsDoc?: JsDoc;
  kind?: string;
  functionDef?: Definition;
  isStatic?: boolean;
}
interface Definition {
  params?: { name?: string; left?: { name?: string } }[];
  returnType?: { repr?: string };
  methods?: Callable[];
}
interface Declaration extends Callable {
  def?: Definition;
}

const root = join(import.meta.dirname!, "..");
const { workspace } = JSON.parse(
  Deno.readTextFileSync(join(root, "deno.json")),
) as { workspace: string[] };
const faults: string[] = [];
let checked = 0;

for (const member of workspace.filter((path) => path !== "./libc")) {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", join(root, member, "mod.ts")],
    stderr: "inherit",
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    nodes: Record<
      string,
      { symbols: { name: string; declarations: Declaration[] }[] }
    >;
  };
  for (const { symbols } of Object.values(nodes)) {
    for (const { name, declarations } of symbols) {
      for (const declaration of declarations) check(name, declaration);
    }
  }
}

for (const fault of faults) console.error(fault);
console.log(`${checked} documented things, ${faults.length} faults`);
if (faults.length > 0) Deno.exit(1);

function check(name: string, { kind, jsDoc, def }: Declaration): void {
  if (kind === "function") {
    checkCallable(`${name}()`, jsDoc, def);
    checkExample(`${name}()`, jsDoc);
  } else if (kind === "class" && !has(jsDoc, "ignore")) {
    checked++;
    for (
      const { name: method, jsDoc, functionDef, kind } of def?.methods ?? []
    ) {
      // A getter says what it is; a symbol is another name for a method.
      if (kind !== "method" || method?.startsWith("[")) continue;
      checkCallable(`${name}.${method}()`, jsDoc, functionDef);
    }
  }
}

function checkCallable(
  name: string,
  jsDoc: JsDoc | undefined,
  def: Definition | undefined,
): void {
  checked++;
  for (const { name: param, left } of def?.params ?? []) {
    const word = param ?? left?.name;
    const tag = jsDoc?.tags?.find((tag) =>
      tag.kind === "param" && tag.name === word
    );
    if (!tag?.doc) faults.push(`${name}: @param ${word} is missing`);
  }
  const type = def?.returnType?.repr;
  if (type !== "void" && type !== "never" && !has(jsDoc, "return")) {
    if (!/^Promise$/.test(type ?? "")) {
      faults.push(`${name}: @returns is missing`);
    }
  }
}

function checkExample(name: string, jsDoc: JsDoc | undefined): void {
  const example = jsDoc?.tags?.find((tag) => tag.kind === "example");
  if (!example?.doc?.includes("```ts\n")) {
    faults.push(`${name}: an @example that runs is missing`);
  }
}

function has(jsDoc: JsDoc | undefined, kind: string): boolean {
  return jsDoc?.tags?.some((tag) => tag.kind === kind) ?? false;
}
