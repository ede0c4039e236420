import { assert, assertEquals, assertThrows } from "@std/assert";
import { statfsSync } from "node:fs";
import { Errno } from "../../libc/errno.ts";
import { isOsError } from "../../libc/error.ts";
import { O_CREAT, O_EXCL, O_RDWR } from "../../libc/fcntl.ts";
import { FileDescriptor } from "../../libc/file_descriptor.ts";
import { shmOpen, shmUnlink } from "../../libc/mman.ts";
import { capabilities } from "../../libc/platform.ts";
import {
  decodeStat,
  fstat,
  lstat,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  STAT,
} from "../../libc/stat.ts";
import { fileSystemSpace } from "../../libc/statvfs.ts";
import { ftruncate } from "../../libc/unistd.ts";
import { test, type TestScope } from "../_util/test.ts";

function create(t: TestScope): [string, FileDescriptor] {
  const name = t.name();
  const flags = O_RDWR | O_CREAT | O_EXCL;
  const file = new FileDescriptor(shmOpen(name, flags, 0o600));
  t.defer(() => file.close());
  return [name, file];
}

test("fstat() says what Deno.statSync() says of the same file", {
  needs: ["all"],
  ignore: !capabilities.semaphoreFiles && "shared memory is no file here",
}, (t) => {
  const [name, { fd }] = create(t);
  ftruncate(fd, 12_345);
  const { mode, uid, gid, size, ino, nlink } = Deno.statSync(`/dev/shm${name}`);
  assertEquals(size, 12_345);
  assertEquals(fstat(fd), { mode, uid, gid, size, ino, nlink } as unknown);
  assertEquals(mode! & S_IFMT, S_IFREG);
});

test("fstat() has no names when the object was unlinked", {
  ignore: !capabilities.statx && "macOS does not say",
}, (t) => {
  const [name, { fd }] = create(t);
  assertEquals(fstat(fd).nlink, 1);
  shmUnlink(name);
  assertEquals(fstat(fd).nlink, 0);
});

test("fstat() throws when the descriptor is none", {}, () => {
  const error = assertThrows(() => fstat(-1), Deno.errors.BadResource);
  assert(isOsError(error, "EBADF") && error.errno === Errno.EBADF);
});

test("lstat() says what Deno.lstatSync() says of the same path", {
  needs: ["read", "write"],
}, (t) => {
  const folder = t.folder();
  Deno.writeTextFileSync(`${folder}/fïle`, "four");
  Deno.symlinkSync("fïle", `${folder}/link`);
  for (const path of [folder, `${folder}/fïle`, `${folder}/link`]) {
    const { mode, uid, gid, size, ino, nlink } = Deno.lstatSync(path);
    assertEquals(lstat(path), { mode, uid, gid, size, ino, nlink } as unknown);
  }
  assertEquals(lstat(`${folder}/link`).mode & S_IFMT, S_IFLNK);
});

test("lstat() throws when there is no such path", {}, () => {
  // An empty path is not the current folder.
  for (const path of ["", "/there_is_none_of_this_name"]) {
    const error = assertThrows(() => lstat(path), Deno.errors.NotFound);
    assert(isOsError(error, "ENOENT"));
  }
});

test("decodeStat() reads what macOS lays out", {}, () => {
  // bsd/sys/stat.h of xnu, __DARWIN_STRUCT_STAT64, field after field.
  const fields: [bytes: number, value: bigint][] = [
    [4, 0x01000004n], // dev_t st_dev
    [2, 0o100640n], // mode_t st_mode
    [2, 3n], // nlink_t st_nlink
    [8, 0x1_2345_6789n], // __darwin_ino64_t st_ino
    [4, 501n], // uid_t st_uid
    [4, 4_294_967_294n], // gid_t st_gid
    [4, 0xffffffffn], // dev_t st_rdev
    [4, 0xffffffffn], // padding
    ...Array<[number, bigint]>(8).fill([8, 0xffff_ffff_ffff_ffffn]), // times
    [8, 0x2_0000_4000n], // off_t st_size
    ...Array<[number, bigint]>(5).fill([8, 0xffff_ffff_ffff_ffffn]),
  ];
  const bytes = fields.flatMap(([size, value]) =>
    Array.from(
      { length: size },
      (_, i) => Number(value >> BigInt(8 * i) & 255n),
    )
  );
  assertEquals(bytes.length, STAT.size);
  assertEquals(decodeStat(new DataView(new Uint8Array(bytes).buffer)), {
    mode: 0o100640,
    uid: 501,
    gid: 4_294_967_294,
    size: 0x2_0000_4000,
    ino: 0x1_2345_6789,
    nlink: 3,
  });
});

test("fileSystemSpace() says what the file system says", {
  needs: ["all"],
  ignore: !capabilities.semaphoreFiles && "shared memory is no file here",
}, (t) => {
  const [, { fd }] = create(t);
  const { bsize, blocks } = statfsSync("/dev/shm");
  const space = fileSystemSpace(fd);
  assert(space !== undefined);
  assertEquals(space.total, blocks * bsize);
  assert(space.available > 0 && space.available <= space.total);
});

test("fileSystemSpace() is undefined when the descriptor is none", {}, () => {
  assertEquals(fileSystemSpace(-1), undefined);
});
