#!/usr/bin/env python3
"""No two files call each other in a circle: a file either drives or serves.

Usage: circles.py SOURCE-ROOT BUILD-ROOT

What a file calls is what the linker would look for: read from the object files of the build with nm, so
that a comment, a macro or a member of the same name does not count, and a pointer in a table does. A circle
that has to stay is listed below with its reason; any other fails. The cure is always the same: what both
sides need moves to a file below them (X_internal.[ch] where it is nobody else's business).
"""

import collections
import pathlib
import subprocess
import sys

LAYERS = ['core', 'providers', 'plans', 'cmd']

# Circles that stay: the files, and why.
ALLOWED = {}


def source_names(root):
  """Object name as the build makes it ("graph_read_read.c") within a layer -> path of the source."""
  return {(layer, path.relative_to(root / layer).as_posix().replace('/', '_')): path.relative_to(root).as_posix()
          for layer in LAYERS for path in (root / layer).rglob('*.c')}


def calls_of(sources):
  """source -> other source -> names that tie them; `sources`: object file -> source."""
  home, wants = {}, collections.defaultdict(set)
  listing = subprocess.run(['nm', '-A', *sources], capture_output=True, text=True, check=True).stdout
  for line in listing.splitlines():
    path, _, symbol = line.partition(':')
    *_, kind, name = symbol.split()
    if kind == 'U':
      wants[sources[path]].add(name)
    elif kind in 'TDBRCVW':
      home[name] = sources[path]
  calls = collections.defaultdict(lambda: collections.defaultdict(set))
  for source, names in wants.items():
    for name in names & home.keys():
      if home[name] != source:
        calls[source][home[name]].add(name)
  return calls


def reached(calls, start):
  seen, todo = set(), [start]
  while todo:
    for other in calls.get(todo.pop(), ()):
      if other not in seen:
        seen.add(other)
        todo.append(other)
  return seen


def circles_of(calls):
  """Files that reach one another, grouped."""
  reach = {source: reached(calls, source) for source in list(calls)}
  found = {frozenset(other for other in reach[source] if source in reach.get(other, ())) for source in reach}
  return sorted((circle for circle in found if circle), key=lambda circle: (len(circle), sorted(circle)))


def describe(calls, circle):
  yield f'{len(circle)} files call each other in a circle: {", ".join(sorted(circle))}'
  for source in sorted(circle):
    for other in sorted(circle & calls[source].keys()):
      yield f'    {source} -> {other}: {", ".join(sorted(calls[source][other]))}'


def main():
  root, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
  names = source_names(root)
  sources = {str(path): names.get((layer, path.name.removesuffix('.o')))
             for layer in LAYERS for path in (build / layer).rglob('*.p/*.o')}
  calls = calls_of({path: source for path, source in sources.items() if source})  # else the build made it
  errors = [line for circle in circles_of(calls) if circle not in ALLOWED
            for line in describe(calls, circle)]
  errors += [f'ALLOWED names a circle that is none any more: {", ".join(sorted(circle))}'
             for circle in ALLOWED if circle not in circles_of(calls)]
  print('\n'.join(errors) or f'{len(calls)} files, no circle')
  return 1 if errors or not calls else 0


if __name__ == '__main__':
  sys.exit(main())
