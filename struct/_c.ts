import type { FieldType } from "./field_type.ts";

/** Names that are taken in C11 and C23. */
const keywords = new Set(
  ("alignas alignof auto bool break case char const constexpr continue " +
    "default do double else enum extern false float for goto if inline int " +
    "long nullptr register restrict return short signed sizeof static " +
    "static_assert struct switch thread_local true typedef typeof " +
    "typeof_unqual union unsigned void volatile while").split(" "),
);

/**
 * Checks that C takes a name.
 *
 * @param name The name.
 * @throws {TypeError} If it does not.
 */
function checkName(name: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !keywords.has(name)) return;
  throw new TypeError(
    `Cannot write ${JSON.stringify(name)} in C: it is no name there`,
  );
}

/** What is declared. */
interface Declared {
  readonly fields: Readonly<Record<string, FieldType>>;
  readonly packed: boolean;
}

/**
 * Declares a struct in C.
 *
 * @param struct The struct.
 * @param name Its name, or `""`.
 * @param declarator What is declared to be of it, or `""`.
 * @returns The declaration, without the semicolon.
 * @throws {TypeError} If C does not take a name.
 */
export function declaration(
  { fields, packed }: Declared,
  name: string,
  declarator: string,
): string {
  if (declarator === "") checkName(name);
  const members = Object.entries(fields).map(([field, type]) => {
    checkName(field);
    return `${type.codec.declare(field)};`.replaceAll(/^/gm, "  ");
  });
  const head = ["struct", packed && "__attribute__((packed))", name];
  const tail = ["}", declarator];
  return [
    `${head.filter(Boolean).join(" ")} {`,
    ...members,
    tail.filter(Boolean).join(" "),
  ].join("\n");
}
