#!/usr/bin/env python3
"""A packager's build: no tests, no twin, hardened by the distribution. It configures without cmocka and
libmicrohttpd being asked for, every source compiles, and the program says what was left out.

Usage: build_options.py SOURCE-ROOT
"""

import os
import pathlib
import subprocess
import sys
import tempfile

HARDENED = {'CFLAGS': '-O1 -Wformat -Werror=format-security', 'CPPFLAGS': '-Wdate-time -D_FORTIFY_SOURCE=2'}


def run(*args, **options):
  done = subprocess.run(args, capture_output=True, text=True, check=False, **options)
  return done.returncode, done.stdout + done.stderr


def main():
  source = pathlib.Path(sys.argv[1])
  with tempfile.TemporaryDirectory() as build:
    env = {**os.environ, **HARDENED}
    for args in (['setup', build, str(source), '--werror', '-Dtests=false', '-Dtwin=false', '--buildtype=plain'],
                 ['compile', '-C', build]):
      status, said = run('meson', *args, env=env)
      if status:
        print(said[-3000:])
        return 1
    if 'cmocka' in said or 'microhttpd' in run('ldd', f'{build}/cmd/seatshift')[1]:
      print('the build asked for cmocka, or is linked to libmicrohttpd')
      return 1
    status, said = run(f'{build}/cmd/seatshift', 'twin', '/dev/null')
    if status != 1 or 'built without the twin' not in said:
      print(f'twin said: {said}')
      return 1
  return 0


if __name__ == '__main__':
  sys.exit(main())
