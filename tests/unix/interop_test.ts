import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  listenFds,
  listenUnix,
  openUnixDatagram,
  openUnixListener,
  openUnixSeqpacketListener,
  openUnixStream,
  OwnedDescriptor,
  sdNotify,
} from "@ipc/unix";
import {
  Conversation,
  hasProgram,
  outcome,
  output,
  peerPath,
  withoutProgram,
} from "../_util/child.ts";
import { notLinux, test } from "../_util/test.ts";
import { bytes, readAll, text, writeAll } from "../pipe/_bytes.ts";
import { sleep, turns } from "../_util/wait.ts";
import { descriptorCount, namesIn } from "./_sockets.ts";

const needs = ["run", "read", "write"] as const;
const buffer = new Uint8Array(65_536);
const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;

function python(...args: string[]): Deno.Command {
  return new Deno.Command("python3", {
    args: [peerPath("unix_peer.py"), ...args],
    ...pipes,
    stdin: "null",
  });
}

function talk(...args: string[]): Conversation {
  return new Conversation("python3", [peerPath("unix_peer.py"), ...args]);
}

const withoutPython = withoutProgram("python3");

test("openUnixStream() talks to a Python server, who sees who it is", {
  needs,
  ignore: withoutPython || notLinux,
}, async (t) => {
  const path = `${t.folder()}/tea`;
  const peer = talk("serve", path);
  assertEquals(await peer.hear(), "listening");
  using stream = await openUnixStream(path);
  assertEquals(await peer.hear(), `${Deno.pid} ${Deno.uid()} ${Deno.gid()}`);
  assertEquals(stream.peerCredentials.pid, peer.pid);
  const sent = bytes("x".repeat(500_000));
  const answer = readAll(stream);
  await writeAll(stream, sent);
  stream.closeWrite();
  assertEquals(text(await answer), "X".repeat(500_000));
  await peer.end();
});

for (const listen of [openUnixListener, listenUnix]) {
  test(`${listen.name}() serves Python, socat and nc`, {
    needs: [...needs, "net"],
    ignore: withoutPython,
  }, async (t) => {
    const path = `${t.folder()}/tea`;
    using listener = listen(path);
    const programs: Deno.Command[] = [python("ask", path, "python")];
    if (hasProgram("socat", ["-V"])) {
      programs.push(
        new Deno.Command("socat", {
          args: ["-t5", "-", `UNIX-CONNECT:${path}`],
          ...pipes,
        }),
      );
    }
    if (hasProgram("nc", ["-h"])) {
      programs.push(
        new Deno.Command("nc", { args: ["-U", "-N", path], ...pipes }),
      );
    }
    for (const [i, command] of programs.entries()) {
      const child = command.spawn();
      if (i > 0) {
        const input = child.stdin.getWriter();
        await input.write(bytes("tool"));
        await input.close();
      }
      using server = await listener.accept();
      const asked = text(await readAll(server as never));
      await server.write(bytes(asked.toUpperCase()));
      server.close();
      const { stdout, stderr } = await child.output();
      assertEquals(
        text(stdout).trim(),
        i === 0 ? "PYTHON" : "TOOL",
        text(stderr),
      );
    }
  });
}

test("openUnixStream() talks to socat", {
  needs,
  ignore: !hasProgram("socat", ["-V"]) && "needs socat",
}, async (t) => {
  const path = `${t.folder()}/tea`;
  const child = new Deno.Command("socat", {
    args: [`UNIX-LISTEN:${path}`, "EXEC:tr a-z A-Z"],
    ...pipes,
  }).spawn();
  while (!namesIn(path.slice(0, -4)).includes("tea")) await turns(1);
  using stream = await openUnixStream(path);
  await stream.write(bytes("hello"));
  stream.closeWrite();
  assertEquals(text(await readAll(stream)), "HELLO");
  await child.stdin.close();
  await child.output();
});

test("seqpacket understands socat", {
  needs,
  ignore: notLinux || !hasProgram("socat", ["-V"]) && "needs socat",
}, async (t) => {
  const path = `${t.folder()}/tea`;
  using listener = openUnixSeqpacketListener(path);
  const child = new Deno.Command("socat", {
    args: ["-t5", "-", `UNIX-CONNECT:${path},type=5`],
    ...pipes,
  }).spawn();
  const input = child.stdin.getWriter();
  await input.write(bytes("whole"));
  using server = await listener.accept({ timeout: 5000 });
  assertEquals(text((await server.receive())!), "whole");
  server.sendSync(bytes("answer"));
  server.close();
  await input.close().catch(() => {});
  assertEquals(text((await child.output()).stdout), "answer");
});

test(
  "datagrams go to Python and back",
  { needs, ignore: withoutPython },
  async (t) => {
    const folder = t.folder();
    const peer = talk("datagram", `${folder}/py`);
    assertEquals(await peer.hear(), "bound");
    using socket = openUnixDatagram(`${folder}/deno`);
    await socket.send(bytes("tea"), { to: `${folder}/py` });
    assertEquals(await peer.hear(), `tea ${folder}/deno`);
    assertEquals(await socket.receive({ timeout: 5000 }), {
      message: bytes("TEA"),
      address: `${folder}/py`,
    });
    await peer.end();
  },
);

test("logger -u is received", {
  needs,
  ignore: !hasProgram("logger") && "needs logger",
}, async (t) => {
  const path = `${t.folder()}/log`;
  using socket = openUnixDatagram(path);
  const { code, stderr } = await outcome(
    new Deno.Command("logger", {
      args: ["-u", path, "-d", "-t", "tea", "the kettle boils"],
      stdout: "piped",
      stderr: "piped",
    }),
  );
  assertEquals(code, 0, stderr);
  const { message } = await socket.receive({ timeout: 5000 });
  assertMatch(text(message), /^<13>.* tea: the kettle boils$/);
});

test("sendDescriptors() is understood by Python's recv_fds", {
  needs,
  ignore: withoutPython,
}, async (t) => {
  const folder = t.folder();
  const files = ["one", "two"].map((word) => {
    Deno.writeTextFileSync(`${folder}/${word}`, `contents of ${word}`);
    return OwnedDescriptor.open(`${folder}/${word}`);
  });
  const peer = talk("recv-fds", `${folder}/tea`, "5");
  assertEquals(await peer.hear(), "listening");
  using stream = await openUnixStream(`${folder}/tea`);
  assertEquals(await stream.sendDescriptors(bytes("two files"), files), 9);
  for (const file of files) file.close();
  assertEquals(await peer.hear(), "two files 2 0");
  assertEquals(await peer.hear(), "contents of one");
  assertEquals(await peer.hear(), "contents of two");
  await peer.end();
});

test("receiveDescriptors() understands Python's send_fds", {
  needs,
  ignore: withoutPython,
}, async (t) => {
  const folder = t.folder();
  const paths = ["a", "b", "c"].map((name) => `${folder}/${name}`);
  for (const path of paths) Deno.writeTextFileSync(path, path);
  using listener = openUnixListener(`${folder}/tea`);
  const child = python("send-fds", `${folder}/tea`, ...paths).spawn();
  using stream = await listener.accept({ timeout: 10_000 });
  using received = await stream.receiveDescriptors(buffer);
  assertEquals(text(buffer, received.size), "files");
  const read = await Promise.all(
    [...received].map(({ readable }) => new Response(readable).text()),
  );
  assertEquals(read, paths);
  assertEquals((await child.output()).code, 0);
});

test("hostile control messages leak nothing and break nothing", {
  needs: ["all"],
  ignore: withoutPython || notLinux,
}, async (t) => {
  const path = `${t.folder()}/tea`;
  using listener = openUnixListener(path);
  // What earlier tests waited by is let go of after half a second, or later.
  for (let count = -1; count !== descriptorCount();) {
    count = descriptorCount();
    await sleep(700);
  }
  for (const way of ["receive", "limited", "read", "async read"] as const) {
    const before = descriptorCount();
    assertEquals((await outcome(python("hostile", path))).code, 0);
    using stream = await listener.accept({ timeout: 10_000 });
    let all = "";
    let descriptors = 0;
    for (;;) {
      if (way === "read") {
        const count = stream.readSync(buffer);
        if (count === null) break;
        all += text(buffer, count);
      } else if (way === "async read") {
        const count = await stream.read(buffer);
        if (count === null) break;
        all += text(buffer, count);
      } else {
        try {
          const maxDescriptors = way === "limited" ? 2 : 253;
          using received = stream.receiveDescriptorsSync(buffer, {
            maxDescriptors,
          });
          if (received.size === null) break;
          all += text(buffer, received.size);
          descriptors += received.descriptors.length;
        } catch (error) {
          assertEquals(way, "limited", String(error));
          all += "?";
        }
      }
    }
    if (way !== "limited") assertEquals(all, "abbbcccd");
    assertEquals(descriptors, way === "receive" ? 253 + 200 + 4 * 3 : 0);
    stream.close();
    await turns(3);
    // Fewer, if an earlier test had one more to let go of.
    const after = descriptorCount();
    assert(after <= before, `${after} descriptors in place of ${before}`);
  }
});

test("ss -x and /proc/net/unix agree", {
  needs: ["all"],
  ignore: notLinux || !hasProgram("ss", ["-V"]) && "needs ss",
}, async (t) => {
  const folder = t.folder();
  using _one = openUnixListener(`${folder}/stream`, { backlog: 7 });
  using _two = openUnixSeqpacketListener(`${folder}/seqpacket`);
  using _three = openUnixDatagram(`${folder}/datagram`);
  const abstract = `t-${crypto.randomUUID()}`;
  using _four = openUnixListener(`\0${abstract}`);
  const ss = await output(
    new Deno.Command("ss", {
      args: ["-xlpH"],
      stdout: "piped",
      stderr: "piped",
    }),
  );
  const lines = ss.split("\n").map((line) => line.trim().split(/\s+/));
  const of = (name: string) => lines.find((words) => words.includes(name))!;
  assertEquals(of(`${folder}/stream`).slice(0, 4), [
    "u_str",
    "LISTEN",
    "0",
    "7",
  ]);
  assertEquals(of(`${folder}/seqpacket`).slice(0, 2), ["u_seq", "LISTEN"]);
  assertEquals(of(`${folder}/datagram`).slice(0, 2), ["u_dgr", "UNCONN"]);
  assertEquals(of(`@${abstract}`).slice(0, 2), ["u_str", "LISTEN"]);
  assert(of(`${folder}/stream`).join(" ").includes(`pid=${Deno.pid},`));
  const proc = Deno.readTextFileSync("/proc/net/unix");
  for (const name of ["stream", "seqpacket", "datagram"]) {
    assert(proc.includes(`${folder}/${name}\n`), name);
  }
  assert(proc.includes(`@${abstract}\n`));
});

test("a program that a manager starts finds its sockets", {
  needs,
  ignore: withoutPython || notLinux,
}, async (t) => {
  const folder = t.folder();
  const peer = new Conversation("python3", [
    peerPath("unix_peer.py"),
    "activate",
    folder,
    Deno.execPath(),
    "run",
    "--quiet",
    "--allow-ffi",
    "--allow-env",
    peerPath("unix_activated.ts"),
  ]);
  const expected = [
    { fd: 3, name: "tea", family: "unix", type: "stream", listens: true },
    { fd: 4, name: "log", family: "unix", type: "datagram", listens: false },
  ];
  // It was asked before it was there: the connection waits for it.
  while (namesIn(folder).length < 2) await turns(1);
  using client = await openUnixStream(`${folder}/tea`);
  assertEquals(JSON.parse(await peer.hear()), expected);
  assertEquals(await peer.hear(), "[]");
  assertEquals(text(await readAll(client)), "welcome");
  using datagram = openUnixDatagram(null);
  datagram.sendSync(bytes("line"), { to: `${folder}/log` });
  assertEquals(await peer.hear(), "line");
  await peer.end();
});

test("listenFds() gives nothing that is meant for another process", {
  needs: ["env"],
}, (t) => {
  t.defer(() => {
    for (const name of ["PID", "FDS", "FDNAMES"]) {
      Deno.env.delete(`LISTEN_${name}`);
    }
  });
  Deno.env.set("LISTEN_PID", "1");
  Deno.env.set("LISTEN_FDS", "2");
  assertEquals(listenFds({ keepEnv: true }), []);
  assertEquals(Deno.env.get("LISTEN_FDS"), "2");
  assertEquals(listenFds(), []);
  assertEquals(Deno.env.get("LISTEN_FDS"), undefined);
  for (const count of ["-1", "x", "", "1e9", "99999999"]) {
    Deno.env.set("LISTEN_PID", String(Deno.pid));
    Deno.env.set("LISTEN_FDS", count);
    let failed = false;
    try {
      listenFds();
    } catch (error) {
      failed = error instanceof TypeError;
    }
    assert(failed, count);
  }
});

test("sdNotify() speaks to paths and abstract names, as a manager listens", {
  needs: [...needs, "env"],
  ignore: withoutPython || notLinux,
}, async (t) => {
  t.defer(() => Deno.env.delete("NOTIFY_SOCKET"));
  const path = `${t.folder()}/notify`;
  const peer = talk("datagram", path);
  assertEquals(await peer.hear(), "bound");
  Deno.env.set("NOTIFY_SOCKET", path);
  assert(sdNotify({ ready: true, mainPid: 7, extendTimeout: 1.5, errno: 2 }));
  const lines = [await peer.hear(), await peer.hear(), await peer.hear()];
  assertEquals(lines, ["READY=1", "MAINPID=7", "ERRNO=2"]);
  assertMatch(await peer.hear(), /^EXTEND_TIMEOUT_USEC=1500 None/);
  await peer.end();
  const name = `n-${crypto.randomUUID()}`;
  using manager = openUnixDatagram(`\0${name}`, { credentials: true });
  Deno.env.set("NOTIFY_SOCKET", `@${name}`);
  assert(
    sdNotify({ stopping: true, reloading: true, watchdog: true, status: "é" }),
  );
  using received = manager.receiveDescriptorsSync(buffer);
  assertEquals(
    text(buffer, received.size),
    "RELOADING=1\nSTOPPING=1\nSTATUS=é\nWATCHDOG=1",
  );
  assertEquals(received.credentials?.pid, Deno.pid);
  Deno.env.set("NOTIFY_SOCKET", "vsock:2:1");
  let message = "";
  try {
    sdNotify("READY=1");
  } catch (error) {
    message = (error as Error).message;
  }
  assertMatch(message, /NOTIFY_SOCKET has to be/);
  Deno.env.delete("NOTIFY_SOCKET");
  assertEquals(sdNotify("READY=1"), false);
});
