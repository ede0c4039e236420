/**
 * The pi example in one file, over bare calls of C, with nothing checked and
 * nothing cleaned up on failure: what ten Deno processes take at least.
 *
 * Arguments: how many terms and workers; or, for a worker, the name of the
 * objects, its first term and the one after its last.
 */

const [O_RDWR, O_CREAT] = [2, Deno.build.os === "darwin" ? 0x200 : 0o100];

const { symbols: c } = Deno.dlopen(
  Deno.build.os === "darwin" ? "/usr/lib/libSystem.B.dylib" : "libc.so.6",
  {
    // Variadic in C. Linux passes such arguments as it passes fixed ones.
    ftruncate: { parameters: ["i32", "i64"], result: "i32" }, // int ftruncate(int, off_t)
    mmap: {
      parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"],
      result: "pointer",
    }, // void *mmap(void *, size_t, int, int, int, off_t)
    sem_open: {
      parameters: ["buffer", "i32", "u32", "u32"],
      result: "pointer",
    }, // sem_t *sem_open(const char *, int, ...)
    sem_post: { parameters: ["pointer"], result: "i32" }, // int sem_post(sem_t *)
    sem_unlink: { parameters: ["buffer"], result: "i32" }, // int sem_unlink(const char *)
    sem_wait: { parameters: ["pointer"], result: "i32" }, // int sem_wait(sem_t *)
    shm_open: { parameters: ["buffer", "i32", "u32"], result: "i32" }, // int shm_open(const char *, int, mode_t)
    shm_unlink: { parameters: ["buffer"], result: "i32" }, // int shm_unlink(const char *)
  },
);

function open(name: string, flags: number) {
  const path = new TextEncoder().encode(`${name}\0`);
  const fd = c.shm_open(path, O_RDWR | flags, 0o600);
  if (flags !== 0) c.ftruncate(fd, 8n);
  const memory = c.mmap(null, 8n, 3, 1, fd, 0n)!; // PROT_READ | PROT_WRITE, MAP_SHARED
  const total = new Float64Array(
    Deno.UnsafePointerView.getArrayBuffer(memory, 8),
  );
  return { path, total, semaphore: c.sem_open(path, flags, 0o600, 1) };
}

function work(name: string, from: number, to: number): void {
  let sum = 0;
  for (let k = from; k < to; k++) {
    const odd = 2 * k + 1;
    sum += 1 / (odd * odd);
  }
  const { total, semaphore } = open(name, 0);
  c.sem_wait(semaphore);
  total[0]! += sum;
  c.sem_post(semaphore);
}

async function computePi(terms: number, workers: number): Promise<void> {
  const name = `/ipc-pi-raw-${Deno.pid}`;
  const { path, total } = open(name, O_CREAT);
  const children = Array.from({ length: workers }, (_, index) => {
    const slice = [terms * index / workers, terms * (index + 1) / workers];
    const run = ["run", "--quiet", "--allow-ffi", import.meta.filename!];
    return new Deno.Command(Deno.execPath(), {
      args: [...run, name, ...slice.map((term) => String(Math.floor(term)))],
    }).spawn();
  });
  for (const child of children) await child.status;
  c.shm_unlink(path);
  c.sem_unlink(path);
  console.log(`pi      ${Math.sqrt(8 * total[0]!)}`);
}

if (Deno.args.length === 3) {
  const [name, from, to] = Deno.args as [string, string, string];
  work(name, Number(from), Number(to));
} else await computePi(Number(Deno.args[0]), Number(Deno.args[1]));
