/**
 * The rules of this project that `deno lint` does not know: where unsafe code
 * may stand, who may import whom, and how errors begin.
 */

/** The modules that people import, each of which stands on the floor alone. */
const MECHANISMS = [
  "fifo",
  "lock",
  "mqueue",
  "pipe",
  "ring",
  "shm",
  "socket",
  "struct",
  "unix",
];

/** The edges between them that are allowed. */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  unix: ["socket"],
};

const root = new URL("..", import.meta.url).pathname;

/** The first folder of a file, below the root of the project. */
function folderOf(filename: string): string {
  return filename.startsWith(root)
    ? filename.slice(root.length).split("/")[0]!
    : "";
}

function isName(node: Deno.lint.Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}

/** `Deno.dlopen` and `Deno.Unsafe*` stand only in the floor. */
const unsafe: Deno.lint.Rule = {
  create(context) {
    const folder = folderOf(context.filename);
    if (folder === "libc" || folder === "benches") return {};
    // The tests of the floor look under it, and their watchdog beside it.
    if (/tests\/(libc\/|_util\/watchdog)/.test(context.filename)) return {};
    return {
      MemberExpression(node) {
        if (
          isName(node.object, "Deno") && node.property.type === "Identifier" &&
          /^(dlopen|Unsafe)/.test(node.property.name)
        ) {
          context.report({
            node,
            message: `Deno.${node.property.name} stands only in libc/`,
          });
        }
      },
    };
  },
};

/** `Deno.build` is read in one file. */
const build: Deno.lint.Rule = {
  create(context) {
    const folder = folderOf(context.filename);
    if (folder !== "libc" && !MECHANISMS.includes(folder)) return {};
    if (context.filename.endsWith("libc/platform.ts")) return {};
    return {
      MemberExpression(node) {
        if (isName(node.object, "Deno") && isName(node.property, "build")) {
          context.report({
            node,
            message: "Deno.build is read only in libc/platform.ts",
          });
        }
      },
    };
  },
};

/** Mechanisms import the floor, and the floor only what Deno brings. */
const imports: Deno.lint.Rule = {
  create(context) {
    const folder = folderOf(context.filename);
    const allowed = folder === "libc"
      ? []
      : MECHANISMS.includes(folder)
      ? ["libc", ...EDGES[folder] ?? []]
      : undefined;
    if (allowed === undefined) return {};
    function check(node: Deno.lint.Node, source: string): void {
      const fine = source.startsWith("./") || source.startsWith("node:") ||
        allowed!.some((name) =>
          source === `@ipc/${name}` || source.startsWith(`@ipc/${name}/`)
        );
      if (fine) return;
      context.report({
        node,
        message: `${folder}/ must not import ${JSON.stringify(source)}`,
      });
    }
    return {
      ImportDeclaration(node) {
        check(node, node.source.value);
      },
      ExportAllDeclaration(node) {
        check(node, node.source.value);
      },
      ExportNamedDeclaration(node) {
        if (node.source) check(node, node.source.value);
      },
    };
  },
};

/** Messages say what cannot be done, without a full stop at the end. */
const message: Deno.lint.Rule = {
  create(context) {
    const folder = folderOf(context.filename);
    if (folder !== "libc" && !MECHANISMS.includes(folder)) return {};
    function literal(node: Deno.lint.Node | undefined): string | undefined {
      if (node === undefined) return undefined;
      if (node.type === "Literal" && typeof node.value === "string") {
        return node.value;
      }
      if (node.type === "TemplateLiteral") return node.quasis[0]?.cooked;
      if (node.type === "BinaryExpression") return literal(node.left);
      return undefined;
    }
    return {
      ThrowStatement(node) {
        if (node.argument.type !== "NewExpression") return;
        const text = literal(node.argument.arguments[0]);
        if (text !== undefined && !text.startsWith("Cannot ")) {
          context.report({
            node,
            message: 'An error begins with "Cannot" and what it was to do',
          });
        }
      },
    };
  },
};

const plugin: Deno.lint.Plugin = {
  name: "ipc",
  rules: { unsafe, build, imports, message },
};

export default plugin;
