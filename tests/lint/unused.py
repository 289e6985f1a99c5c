#!/usr/bin/env python3
"""Every name that a file gives to others is wanted by another file of the program.

Usage: unused.py SOURCE-ROOT BUILD-ROOT

Read from the object files of the build, as circles.py does. A function that no other file calls is dead, or should be
static; one that only tests call is listed in FOR_TESTS with what it lets them see.
"""

import pathlib
import subprocess
import sys

LAYERS = ['core', 'providers', 'plans', 'cmd']
# Called by tests only, and why the program keeps it.
FOR_TESTS = {
  'arena_size': 'how much a benchmark and the test of arenas took',
  'http_client_cancel': 'a timer that is given back before its time',
  'http_client_pending': 'that nothing is in flight any more',
  'lock_id': 'breaking a lock by its id, as a person does',
  'sku_find_plan_named': 'tenants written by hand name service plans',
  'str_distance': 'the distances behind suggestions',
}


def symbols(objects):
  """(names defined -> object, names wanted from elsewhere) over object files."""
  home, wanted = {}, set()
  listing = subprocess.run(['nm', '-A', *objects], capture_output=True, text=True, check=True).stdout
  for line in listing.splitlines():
    path, _, symbol = line.partition(':')
    *_, kind, name = symbol.split()
    if kind == 'U':
      wanted.add(name)
    elif kind in 'TDBRC':
      home[name] = path
  return home, wanted


def main():
  root, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
  objects = [str(path) for layer in LAYERS for path in (build / layer).rglob('*.p/*.o')]
  tests = [str(path) for path in (build / 'tests').rglob('*.p/*.o')]
  home, wanted = symbols(objects)
  tested = symbols(tests)[1] if tests else set()
  where = {name: pathlib.Path(path).name.removesuffix('.o') for name, path in home.items()}
  errors = []
  for name in sorted(home.keys() - wanted - {'main'}):
    if name.startswith(('__', 'asan')):
      continue
    if name in tested and name in FOR_TESTS:
      continue
    only = 'only tests use it' if name in tested else 'no other file uses it: dead, or static'
    errors.append(f'{where[name]}: {name}: {only}')
  errors += [f'FOR_TESTS names {name}, which the program uses, or nobody' for name in FOR_TESTS
             if name not in home or name in wanted or name not in tested]
  print('\n'.join(errors) or f'{len(home)} names, all used')
  return 1 if errors or not home else 0


if __name__ == '__main__':
  sys.exit(main())
