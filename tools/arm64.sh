#!/usr/bin/env bash
# Runs the tests with arm64 Deno under qemu-user, on an x86-64 Linux machine.
#
#   tools/arm64.sh [args of deno test]        tools/arm64.sh -A tests/shm
#   tools/arm64.sh --exec COMMAND [args]      tools/arm64.sh --exec deno run -A examples/shm_pi.ts
#
# Everything it installs goes to .arm64, except two Debian packages if they are missing.
# ARM64_BINFMT chooses how children that are arm64 programs are started:
#   system  binfmt_misc of the machine; root; undone by the last run that ends
#   user    binfmt_misc of a user namespace; Linux 6.7 or later, no root, leaves nothing behind
#   none    no binfmt_misc: Deno.execPath() is made to name a wrapper script
#   auto    the first of them that works (the default)
# With ARM64_ISOLATE=1 (the default; needs system or user) the run has /dev/shm, POSIX and System V queues,
# segments and semaphores of its own, so that it and other runs on the machine do not see each other's.
# The emulator has no robust mutexes and no mq_notify, and x86's strong memory order hides missing barriers.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
cache=$project/.arm64
version=${ARM64_DENO:-2.9.5}
mode=${ARM64_BINFMT:-auto}
isolate=${ARM64_ISOLATE:-1}
sysroot=/usr/aarch64-linux-gnu
cpu=max,pauth=off # pointer authentication, emulated faithfully, makes everything 10 times slower, gc() 48 times
say() { echo "arm64: $*" >&2; }

# --- Debian: emulator and C library --------------------------------------------------------------
if ! command -v qemu-aarch64-static >/dev/null || ! [ -e $sysroot/lib/libgcc_s.so.1 ]; then
  say "installing qemu-user-static libc6-arm64-cross libgcc-s1-arm64-cross"
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends \
      qemu-user-static libc6-arm64-cross libgcc-s1-arm64-cross; } >/dev/null
fi
qemu=$(command -v qemu-aarch64-static)

# --- arm64 Deno from npm ----------------------------------------------------------------------------
home=$cache/deno-$version
if ! [ -x "$home/deno" ]; then
  say "fetching deno $version for arm64 from npm"
  mkdir -p "$cache"
  fresh=$(mktemp -d "$cache/fetch.XXXXXX")
  tarball=$(cd "$fresh" && npm pack --silent "@deno/linux-arm64-glibc@$version")
  tar -xzf "$fresh/$tarball" -C "$fresh"
  mv -T "$fresh/package" "$home" 2>/dev/null || true # another run may have been first
  rm -rf "$fresh"
fi

# --- the interpreter that binfmt_misc starts, and the wrapper that does without -------------------
mkdir -p "$cache/bin"
if ! [ -x "$cache/bin/interpreter" ]; then
  fresh=$(mktemp "$cache/bin/XXXXXX")
  if ! cc -O2 -static -x c -o "$fresh" - <<C 2>/dev/null
#include <unistd.h>
/* argv, by the flag P: this program, the arm64 program, its argv[0], its arguments. */
int main(int argc, char **argv) {
  char *args[argc + 8] , **to = args;
  if (argc < 3) return 2;
  *to++ = "qemu-aarch64-static";
  *to++ = "-cpu"; *to++ = "$cpu";
  *to++ = "-L"; *to++ = "$sysroot";
  *to++ = "-0"; *to++ = argv[2];
  *to++ = argv[1];
  for (char **from = argv + 3; (*to++ = *from++););
  execv("$qemu", args);
  return 127;
}
C
  then # No C compiler: the same in sh, which adds PWD to an empty environment and drops odd variables.
    printf '#!/bin/sh\nprogram=$1\nshift 2\nexec %s -cpu %s -L %s "$program" "$@"\n' \
      "$qemu" "$cpu" "$sysroot" > "$fresh"
  fi
  chmod 755 "$fresh"
  mv "$fresh" "$cache/bin/interpreter"
fi
mkdir -p "$cache/wrapper"
cat > "$cache/wrapper/exec_path.ts" <<'TS'
const wrapper = new URL("./deno", import.meta.url).pathname;
Deno.execPath = () => wrapper;
TS
cat > "$cache/wrapper/deno.$$" <<SH
#!/bin/sh
case \${1-} in run | test | eval | bench | serve)
  subcommand=\$1; shift
  set -- "\$subcommand" --preload "$cache/wrapper/exec_path.ts" "\$@" ;;
esac
exec $qemu -cpu $cpu -L $sysroot "$home/deno" "\$@"
SH
chmod 755 "$cache/wrapper/deno.$$"
mv "$cache/wrapper/deno.$$" "$cache/wrapper/deno"

# --- what to run ---------------------------------------------------------------------------------------
[ $# -gt 0 ] || set -- -A
if [ "${1-}" = --exec ]; then
  shift
  [ $# -ge 1 ] || { say "--exec needs a command"; exit 2; }
else
  # Types do not depend on the processor, and checking them takes 10 to 20 s here.
  set -- deno test --no-check "$@"
fi
export DENO_DIR=$cache/deno_dir DENO_NO_UPDATE_CHECK=1
export ARM64_EMULATION=qemu-user # lets a test know what the emulator cannot do
# For what other programs start directly, or where binfmt_misc names qemu itself.
export QEMU_CPU=$cpu QEMU_LD_PREFIX=$sysroot
cd "$project"

# --- binfmt_misc ------------------------------------------------------------------------------------------
misc=/proc/sys/fs/binfmt_misc
entry=ipc-aarch64
elf='\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
line=":$entry:M::$elf:$mask:$cache/bin/interpreter:PF"

system() {
  [ "$(id -u)" = 0 ] || return 1
  [ -e $misc/register ] || mount -t binfmt_misc binfmt_misc $misc 2>/dev/null || return 1
  [ -w $misc/register ] || return 1
  exec 9>> /tmp/$entry.lock
  flock -s 9
  [ -e $misc/$entry ] || printf '%s\n' "$line" > $misc/register 2>/dev/null || [ -e $misc/$entry ] || return 1
  trap 'flock -xn 9 && echo -1 > $misc/$entry' EXIT
}
# Runs inside new namespaces: MISC LINE ISOLATE COMMAND..., where an empty LINE registers nothing.
inside=$(cat <<'SH'
[ -z "$2" ] || { mount -t binfmt_misc binfmt_misc "$1" && printf "%s\n" "$2" > "$1/register"; } || exit 125
# A child with an empty environment must not mix arm64 into the cache of the machine's own Deno.
mkdir -p "$DENO_DIR" ~/.cache/deno 2>/dev/null && mount --bind "$DENO_DIR" ~/.cache/deno || true
if [ "$3" = 1 ]; then
  mount -t tmpfs -o mode=1777 tmpfs /dev/shm || exit 125
  [ ! -d /dev/mqueue ] || mount -t mqueue mqueue /dev/mqueue || exit 125
fi
shift 3
exec "$@"
SH
)
ipc=()
[ "$isolate" != 1 ] || ipc=(--ipc)
user() {
  unshare --user --map-root-user --mount "${ipc[@]}" \
    sh -c "$inside" sh $misc "$line" "$isolate" "$home/deno" --version >/dev/null 2>&1
}

if [ "$mode" = auto ]; then
  if [ "$(id -u)" = 0 ] && system; then mode=system
  elif user; then mode=user
  else mode=none; fi
elif [ "$mode" = system ]; then
  system || { say "cannot register with binfmt_misc"; exit 1; }
fi
say "deno $version under $($qemu --version | sed -n '1s/ (.*//p'), binfmt: $mode"

status=0
case $mode in
  system)
    PATH=$home:$PATH unshare --mount "${ipc[@]}" sh -c "$inside" sh $misc "" "$isolate" "$@" 9>&- || status=$? ;;
  user)
    PATH=$home:$PATH unshare --user --map-root-user --mount "${ipc[@]}" \
      sh -c "$inside" sh $misc "$line" "$isolate" "$@" || status=$? ;;
  none) PATH=$cache/wrapper:$PATH "$@" || status=$? ;;
  *) say "ARM64_BINFMT is auto, system, user or none"; exit 2 ;;
esac
exit "$status"
