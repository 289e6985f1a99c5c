#!/usr/bin/env python3
"""Functions that must not be called, or only in their one place.

Usage: banned.py SOURCE-ROOT

Reads the C files of all layers without comments and strings. The table says where a name is allowed.
"""

import pathlib
import re
import sys

LAYERS = ['core', 'providers', 'plans', 'cmd']
NOWHERE = ('strcpy strcat strncpy strncat strtok sprintf vsprintf gets atoi atol atof scanf sscanf fscanf '
           'gmtime localtime ctime asctime system popen pthread_create thrd_create alloca rand srand tmpnam mktemp').split()
ONLY_IN = {
  'getenv': ('cmd/main.c',),
  'exit': ('cmd/main.c', 'core/mem.c'),
  '_exit': ('cmd/main.c', 'core/mem.c'),
  'abort': ('core/mem.c',),
  'time': ('core/clock.c',),
  'clock_gettime': ('core/clock.c',),
  'gettimeofday': ('core/clock.c',),
  'sleep': ('core/clock.c',),
  'usleep': ('core/clock.c',),
  'nanosleep': ('core/clock.c',),
  'printf': (), 'puts': (), 'putchar': (), 'fprintf': ('cmd/output/progress.c', 'core/out.c'), 'vfprintf': ('core/mem.c', 'core/out.c'),
  'perror': (),
  # What is in a repository is read without following links, by their siblings.
  'file_read': ('core/file.c', 'core/file.h', 'cmd/cmd_approve.c', 'cmd/cmd_twin.c'),
  'file_list': ('core/file.c', 'core/file.h', 'cmd/output/evidence.c'),
  'opendir': ('core/file.c',), 'fdopendir': ('core/file.c',),
  'fopen': ('plans/git/store_graft.c', 'plans/git/lock_record.c'),
}
NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(match):
  """Keeps the line numbers."""
  return re.sub(r'[^\n]', ' ', match[0])


def errors_of(root, path):
  where = path.relative_to(root).as_posix()
  rules = {name: () for name in NOWHERE} | ONLY_IN
  calls = re.compile(r'(?<![\w.>])(' + '|'.join(rules) + r')\s*\(')
  for number, line in enumerate(NOISE.sub(blank, path.read_text()).splitlines(), 1):
    for call in calls.findall(line):
      if where not in rules[call]:
        allowed = ', '.join(rules[call]) or 'nowhere'
        yield f'{where}:{number}: {call}() is allowed in: {allowed}'


def main():
  root = pathlib.Path(sys.argv[1])
  paths = sorted(path for layer in LAYERS for path in (root / layer).rglob('*.[ch]'))
  errors = [error for path in paths for error in errors_of(root, path)]
  print('\n'.join(errors) or f'{len(paths)} files in order')
  return 1 if errors or not paths else 0


if __name__ == '__main__':
  sys.exit(main())
