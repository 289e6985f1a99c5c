#!/usr/bin/env python3
"""The layer rule, the rooms within a layer, and the one-file-per-library rule.

Usage: includes.py SOURCE-ROOT

A file includes only its own layer or one to its left (core <- providers <- plans <- cmd), by its path
from the root; within its layer only its own room or one that stands below it; and each outside library's
headers are included by exactly one file: a .c file, or the header X_internal.h, which only the files X*.c of
its folder may include.
"""

import pathlib
import re
import sys

LAYERS = ['core', 'providers', 'plans', 'cmd']
# The rooms (folders) of each layer, from the bottom. Those that share a step do not know each other.
ROOMS = {
  'core': [['core']],
  'providers': [
    ['providers'],
    ['providers/graph/sign_in'],
    ['providers/graph/wire'],
    ['providers/graph/read'],
    ['providers/graph/write'],
    ['providers/graph', 'providers/manual', 'providers/snapshot', 'providers/twin'],
  ],
  'plans': [
    ['plans/desired'],
    ['plans/planning'],
    ['plans/undo'],
    ['plans/git', 'plans/saved'],
    ['plans/approvals', 'plans/run', 'plans/standing'],
    ['plans/faces', 'plans/fleet', 'plans/rehearse'],
  ],
  'cmd': [
    ['cmd/outside', 'cmd/templates'],
    ['cmd/table'],
    ['cmd/session'],
    ['cmd/help', 'cmd/output'],
    ['cmd/fleet'],
    ['cmd'],
  ],
}
STEPS = {room: step for rooms in ROOMS.values() for step, group in enumerate(rooms) for room in group}
# What a plan says, and where it stands, is asked of what is saved, never of the run that is writing it.
APART = [('plans/faces', 'plans/run')]
# What checks does not rest on what is checked: the imitated service has rules of its own.
OWN_RULES = {'providers/twin': ['core/service_rules.h']}
LIBRARIES = {
  'libcurl': r'<curl/', 'libyaml': r'<yaml\.h>', 'cJSON': r'<(cjson/)?cJSON\.h>',
  'libgit2': r'<git2', 'libmicrohttpd': r'<microhttpd\.h>',
}
# libcrypto has one user per purpose, in core/: digests, and signing.
CRYPTO = r'<openssl/'
INCLUDE = re.compile(r'^\s*#\s*include\s+(<[^>]+>|"[^"]+")', re.M)


def own_rules_errors(root, path, includes):
  for name in OWN_RULES.get(path.relative_to(root).parent.as_posix(), []):
    if f'"{name}"' in includes:
      yield f'{path}: must not include {name}: the twin would agree with the planner, right or wrong'


def layer_errors(root, path, includes):
  own = LAYERS.index(path.relative_to(root).parts[0])
  for name in includes:
    if name[0] != '"' or name.endswith('.inc"'):  # a table generated beside its only user
      continue
    target = name.strip('"')
    if target.endswith('.inc'):
      continue  # made by the build
    first = target.split('/')[0]
    if first not in LAYERS:
      yield f'{path}: includes {name}: name it by its path from the root'
    elif LAYERS.index(first) > own:
      yield f'{path}: {LAYERS[own]} must not include {first} ({target})'


def room_errors(root, path, includes):
  room = path.relative_to(root).parent.as_posix()
  if room not in STEPS:
    yield f'{path}: the room {room} has no place in ROOMS'
    return
  for name in includes:
    other = pathlib.PurePosixPath(name.strip('"')).parent.as_posix()
    if other == room or other not in STEPS or other.split('/')[0] != room.split('/')[0]:
      continue
    if STEPS[other] >= STEPS[room] or (room, other) in APART:
      yield f'{path}: {room} stands below {other}, or beside it, and must not include {name}'


def internal_errors(root, path, includes):
  """X_internal.h is for X*.c of its own folder."""
  for name in includes:
    target = root / name.strip('"')
    if name.endswith('_internal.h"') and path != target:
      stem = target.name.removesuffix('_internal.h')
      if path.suffix != '.c' or path.parent != target.parent or not path.name.startswith(stem):
        yield f'{path}: {name} is for {stem}*.c of its folder only'


def main():
  root = pathlib.Path(sys.argv[1])
  errors, users, count = [], {}, 0
  for layer in LAYERS:
    for path in sorted((root / layer).rglob('*.[ch]')):
      count += 1
      includes = INCLUDE.findall(path.read_text())
      errors += layer_errors(root, path, includes)
      errors += room_errors(root, path, includes)
      errors += internal_errors(root, path, includes)
      errors += own_rules_errors(root, path, includes)
      for library, pattern in {**LIBRARIES, 'libcrypto': CRYPTO}.items():
        if any(re.match(pattern, name) for name in includes):
          users.setdefault(library, []).append(path)
          if path.suffix == '.h' and not path.name.endswith('_internal.h'):
            errors.append(f'{path}: a header must not show {library}')
  errors += [f'{path}: libcrypto is for core/ only' for path in users.get('libcrypto', [])
             if path.relative_to(root).parts[0] != 'core']
  for library in LIBRARIES:
    if len(users.get(library, [])) > 1:
      errors.append(f'{library} has more than one user: {", ".join(map(str, users[library]))}')
  print('\n'.join(errors) or f'{count} files in order')
  return 1 if errors or not count else 0


if __name__ == '__main__':
  sys.exit(main())
