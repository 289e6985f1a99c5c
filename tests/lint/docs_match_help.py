#!/usr/bin/env python3
"""The README's command reference must say what `seatshift help` says.

Usage: docs_match_help.py SEATSHIFT README [--update]

Between the markers `<!-- help:begin -->` and `<!-- help:end -->` stands the output of `seatshift help`,
then, per command, that of `seatshift help COMMAND` without the options that every command has.
--update rewrites that part.
"""

import difflib
import pathlib
import re
import subprocess
import sys

BEGIN, END = '<!-- help:begin -->', '<!-- help:end -->'


def help_text(binary, *command):
  done = subprocess.run([binary, 'help', *command], capture_output=True, text=True, check=False,
                        timeout=60)
  if done.returncode or done.stderr:
    sys.exit(f'seatshift help {" ".join(command)}: status {done.returncode}\n{done.stderr}')
  return done.stdout.strip('\n')


def command_names(overview):
  """Names in the overview: an indented word, then two or more blanks or an argument, under "Commands"."""
  section = re.search(r'^commands:?\s*\n((?:[ \t]+\S.*\n|\n)+)', overview + '\n', re.M | re.I)
  if not section:
    sys.exit('seatshift help lists no commands')
  lines = [line for line in section[1].splitlines() if line.strip()]
  indent = min(len(line) - len(line.lstrip()) for line in lines)
  names = [line.split() for line in lines if len(line) - len(line.lstrip()) == indent]
  return [words[1] if words[0] == 'seatshift' else words[0] for words in names]


def reference(binary):
  overview = help_text(binary)
  parts = ['```', overview, '```']
  for name in command_names(overview):
    own = help_text(binary, name).partition('\n\nOptions of every command:')[0]
    parts += ['', f'#### seatshift {name}', '', '```', own, '```']
  return '\n'.join(parts)


def main():
  binary, path = sys.argv[1], pathlib.Path(sys.argv[2])
  text = path.read_text()
  before, found, rest = text.partition(BEGIN + '\n')
  old, end, after = rest.partition(END)
  if not found or not end:
    sys.exit(f'{path}: no {BEGIN} … {END}')
  new = reference(binary)
  if '--update' in sys.argv:
    path.write_text(before + found + new + '\n' + end + after)
    return 0
  difference = list(difflib.unified_diff(old.splitlines(), new.splitlines(), str(path),
                                         'seatshift help', lineterm=''))
  print('\n'.join(difference))
  return 1 if difference else 0


if __name__ == '__main__':
  sys.exit(main())
