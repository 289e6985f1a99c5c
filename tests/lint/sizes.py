#!/usr/bin/env python3
"""Sizes: functions of at most 60 lines and 6 parameters, files of at most 500 lines.

Usage: sizes.py SOURCE-ROOT

A function is what stands between a brace in the first column and the one that closes it; its lines are
counted from the first line of its head. Tests are files of cases and are not counted.
What is wanted of a function with more to say is a struct: what is asked for, or what comes back.
"""

import pathlib
import re
import sys

LAYERS = ['core', 'providers', 'plans', 'cmd']
MAX_FUNCTION, MAX_FILE, MAX_PARAMETERS = 60, 500, 6
# Functions with more parameters, and why.
EXCEPTIONS = {
  'on_request': 'libmicrohttpd calls it, and says what with',
}


def functions(lines):
  """(number of the first line, head, count of lines) of every function: kernel style, braces in column one."""
  head = None
  for number, line in enumerate(lines, 1):
    if line == '{':
      start = number - 1
      while start > 1 and lines[start - 1][:1] in (' ', '\t'):
        start -= 1
      head = start, ' '.join(part.strip() for part in lines[start - 1:number - 1])
    elif line == '}' and head is not None:
      yield *head, number - head[0] + 1
      head = None


def name_and_parameters(head):
  """The name, and how many parameters stand between the last pair of outer brackets; an ellipsis is one."""
  depth, count = 0, 1
  for at in range(len(head) - 1, -1, -1):
    depth += (head[at] == ')') - (head[at] == '(')
    if depth == 1 and head[at] == ',':
      count += 1
    if depth == 0 and head[at] == '(':
      return re.search(r'(\w*)$', head[:at])[1], count
  return '', 0


def errors_of(where, lines, found):
  if len(lines) > MAX_FILE:
    yield f'{where}: {len(lines)} lines (at most {MAX_FILE}): look for the second idea in it'
  for number, head, count in functions(lines):
    name, parameters = name_and_parameters(head)
    found.append((name, parameters))
    if count > MAX_FUNCTION:
      yield f'{where}:{number}: a function of {count} lines (at most {MAX_FUNCTION})'
    if not name:
      yield f'{where}:{number}: not read as the head of a function: {head}'
    if parameters > MAX_PARAMETERS and name not in EXCEPTIONS:
      yield f'{where}:{number}: {name} has {parameters} parameters (at most {MAX_PARAMETERS})'


def main():
  root = pathlib.Path(sys.argv[1])
  paths = sorted(path for layer in LAYERS for path in (root / layer).rglob('*.[ch]'))
  found = []
  errors = [error for path in paths
            for error in errors_of(path.relative_to(root).as_posix(), path.read_text().splitlines(), found)]
  many = {name for name, parameters in found if parameters > MAX_PARAMETERS}
  errors += [f'EXCEPTIONS names {name}, which needs none' for name in EXCEPTIONS if name not in many]
  if max((parameters for _, parameters in found if parameters <= MAX_PARAMETERS), default=0) < MAX_PARAMETERS:
    errors.append(f'no function has {MAX_PARAMETERS} parameters: they are not counted')
  print('\n'.join(errors) or f'{len(found)} functions in {len(paths)} files in order')
  return 1 if errors else 0


if __name__ == '__main__':
  sys.exit(main())
