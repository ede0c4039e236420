/** Prints the error that Deno throws for each error number, as JSON. */

const errors = Array.from({ length: 140 }, (_, number) => {
  try {
    return Deno.readLinkSync(`/errno/${number + 1}`);
  } catch (error) {
    const { constructor, message, code } = error as Error & { code?: string };
    return { number: number + 1, name: constructor.name, message, code };
  }
});
console.log(JSON.stringify(errors));
