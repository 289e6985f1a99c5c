#!/usr/bin/env python3
"""Sizes: functions of at most 60 lines, files of at most 500.

Usage: sizes.py SOURCE-ROOT

A function is what stands between a brace in the first column and the one that closes it; its lines are
counted from the first line of its head. Tests are files of cases and are not counted.
"""

import pathlib
import sys

LAYERS = ['core', 'providers', 'plans', 'cmd']
MAX_FUNCTION, MAX_FILE = 60, 500


def functions(lines):
  """(name's line number, count of lines) of every function: kernel style, braces in column one."""
  head = None
  for number, line in enumerate(lines, 1):
    if line == '{':
      start = number - 1
      while start > 1 and lines[start - 2] and lines[start - 2][0] in ' \t':
        start -= 1
      head = start
    elif line == '}' and head is not None:
      yield head, number - head + 1
      head = None


def errors_of(root, path):
  where = path.relative_to(root).as_posix()
  lines = path.read_text().splitlines()
  if len(lines) > MAX_FILE:
    yield f'{where}: {len(lines)} lines (at most {MAX_FILE}): look for the second idea in it'
  for number, count in functions(lines):
    if count > MAX_FUNCTION:
      yield f'{where}:{number}: a function of {count} lines (at most {MAX_FUNCTION})'


def main():
  root = pathlib.Path(sys.argv[1])
  paths = sorted(path for layer in LAYERS for path in (root / layer).rglob('*.[ch]'))
  errors = [error for path in paths for error in errors_of(root, path)]
  print('\n'.join(errors) or f'{len(paths)} files in order')
  return 1 if errors or not paths else 0


if __name__ == '__main__':
  sys.exit(main())
