/** The programs that run or compile peers, and which of them are here. */

/** One program, found or not. */
export interface Tool {
  /** How to start it, if it is here. */
  readonly path?: string;
  /** Its version, or why it is absent. */
  readonly version: string;
}

/** What runs each kind of source. */
export interface Toolbox {
  readonly ts: Tool;
  readonly c: Tool;
  readonly py: Tool;
  readonly mjs: Tool;
}

/** The programs to look for. */
export interface ToolNames {
  readonly cc: string;
  readonly python: string;
  readonly node: string;
}

/**
 * Finds the programs. Python and Node are asked where they really are: what
 * the path names may be a script that looks for them, and its time is not
 * theirs.
 *
 * @param names What to look for.
 * @returns What was found.
 */
export async function findTools(
  { cc, python, node }: ToolNames,
): Promise<Toolbox> {
  const [c, py, mjs] = await Promise.all([
    find(cc, ["--version"], (line) => ({ path: cc, version: line })),
    find(python, [
      "-c",
      "import sys; print(sys.executable, 'Python ' + sys.version.split()[0])",
    ], split),
    find(node, [
      "-p",
      "process.execPath + ' Node ' + process.version",
    ], split),
  ]);
  const ts = { path: Deno.execPath(), version: `Deno ${Deno.version.deno}` };
  return { ts, c, py, mjs };
}

/**
 * Whether Python or Node has a module.
 *
 * @param kind What the program runs.
 * @param program The program.
 * @param module The module.
 */
export async function hasModule(
  kind: keyof Toolbox,
  program: string,
  module: string,
): Promise<boolean> {
  const args = kind === "py"
    ? ["-c", `import ${module}`]
    : ["-e", `require("${module}")`];
  return (await new Deno.Command(program, { args }).output()).success;
}

function split(line: string): Tool {
  const at = line.search(/ (Python|Node) /);
  return { path: line.slice(0, at), version: line.slice(at + 1) };
}

async function find(
  name: string,
  args: string[],
  parse: (line: string) => Tool,
): Promise<Tool> {
  try {
    const { success, stdout } = await new Deno.Command(name, {
      args,
      stderr: "null",
    }).output();
    if (!success) return { version: `${name} does not work` };
    const line = new TextDecoder().decode(stdout).split("\n")[0]!;
    return parse(line.trim());
  } catch {
    return { version: `${name} not found` };
  }
}
