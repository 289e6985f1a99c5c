#!/usr/bin/env python3
"""What the documentation says of commands must be what the program has.

Usage: docs_match_help.py SEATSHIFT [--update]

- Between `<!-- help:begin -->` and `<!-- help:end -->` README.md has the output of `seatshift help`; --update
  rewrites that part.
- Each command line in README.md, plans/README.md, tests/README.md and the pages of cmd/help names a command
  that is there, with options that it takes.
- README.md lists every topic of `seatshift help`, and no other page of section 7.
"""

import difflib
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BEGIN, END = '<!-- help:begin -->', '<!-- help:end -->'
DOCUMENTS = ['README.md', 'plans/README.md', 'tests/README.md']
# Code in Markdown and in the pages: `…`, '…', and lines that are indented.
CODE = re.compile(r"`([^`\n]+)`|(?<!\w)'(seatshift [^'\n]+)'|^ {4}(seatshift .*)$", re.M)


def output(binary, *words):
  done = subprocess.run([binary, *words], capture_output=True, text=True, check=False, timeout=60)
  if done.returncode or done.stderr:
    sys.exit(f'seatshift {" ".join(words)}: status {done.returncode}\n{done.stderr}')
  return done.stdout


def reference(binary, text, update):
  """Complaints about the part of README.md that is the program's own output."""
  before, found, rest = text.partition(BEGIN + '\n')
  old, end, after = rest.partition(END)
  if not found or not end:
    sys.exit(f'README.md: no {BEGIN} … {END}')
  new = '```\n' + output(binary, 'help').strip('\n') + '\n```\n'
  if update:
    (ROOT / 'README.md').write_text(before + found + new + end + after)
    return []
  return list(difflib.unified_diff(old.splitlines(), new.splitlines(), 'README.md', 'seatshift help', lineterm=''))


def indented(text):
  """Fenced lines as indented ones, so that prose is not taken for a command; what help printed is left out."""
  fenced, lines = False, []
  shown = re.sub(f'{BEGIN}.*?{END}', lambda match: re.sub(r'[^\n]', '', match[0]), text, flags=re.S)
  for line in shown.split('\n'):
    fenced ^= line.startswith('```')
    lines.append(('    ' if fenced else '') + line)
  return '\n'.join(lines)


def command_lines(text):
  """(line number, words behind "seatshift") of each command line."""
  text = indented(text)
  for match in CODE.finditer(text):
    code = next(group for group in match.groups() if group)
    line = text.count('\n', 0, match.start()) + 1
    for part in re.split(r'\s*(?:[;|]|&&|\$\(|<\()\s*', code.split(' #')[0]):
      words = part.rstrip(')').split()
      if words[:1] == ['seatshift'] and len(words) > 1:
        yield line, words[1:]


def wrong_words(words, commands, everywhere):
  """What of a command line the program does not know; None when it knows all."""
  if words[0] == '-C':
    words = words[2:]
  name = words[0] if words else 'help'
  if name.startswith('--') or name in ('COMMAND', '…', '...'):
    return None
  if name not in commands:
    return f"there is no command '{name}'"
  for word in words[1:]:
    option = re.match(r'--([a-z-]+)', word)
    if option and option[1] not in commands[name] | everywhere:
      return f"'{name}' has no option '--{option[1]}'"
  return None


def unexplained_twin_keys():
  """Keys that the twin reads from its file or a call, by tables or load_keys, and that its page does not have."""
  page = (ROOT / 'cmd/help/pages/twin-file.txt').read_text()
  known = set(re.findall(r'[a-z][a-z0-9_]+', page))
  found = set()
  for path in (ROOT / 'providers/twin').glob('*.c'):
    text = path.read_text()
    for keys in re.findall(r'load_keys\(\w+,\s*"[^"]*",((?:\s*"[^"]*")+)', text):
      found |= set(' '.join(re.findall(r'"([^"]*)"', keys)).split())
    found |= set(re.findall(r'LOADED(?:_ELSEWHERE)?\((?:\w+,\s*[\w.]+,\s*)?"(\w+)"', text))
    found |= set(re.findall(r'^\tSETTING\((\w+),', text, re.M))
  return [f'cmd/help/pages/twin-file.txt does not explain {key}' for key in sorted(found - known)] + (
    [] if len(found) > 60 else ['the keys of the twin were not found'])


def main():
  binary, update = sys.argv[1], '--update' in sys.argv
  readme = (ROOT / 'README.md').read_text()
  overview = output(binary, 'help')
  listed = json.loads(output(binary, 'help', '--format', 'json'))['commands']
  commands = {command['name']: {option['name'] for option in command['options']} for command in listed}
  everywhere = set(re.findall(r'^ .*?--([a-z-]+)', overview, re.M))
  errors = reference(binary, readme, update)
  pages = sorted((ROOT / 'cmd/help').glob('*/*.txt'))
  counted = 0
  for path in [ROOT / name for name in DOCUMENTS] + pages:
    for line, words in command_lines(path.read_text()):
      counted += 1
      wrong = wrong_words(words, commands, everywhere)
      if wrong:
        errors.append(f'{path.relative_to(ROOT)}:{line}: {wrong}')
  topics = set(overview.rpartition('seatshift help TOPIC: ')[2].replace(',', ' ').split())
  told = {json.loads(output(binary, 'help', topic, '--format', 'json'))['page'] for topic in topics}
  named = {page for row in re.findall(r'^\| `seatshift-.*', readme, re.M) for page in re.findall(r'`(seatshift-[a-z-]+\(\d\))`', row)}
  missing = told - named | {page for page in named - told if page.endswith('(7)')}
  if missing:
    errors.append(f'README.md: pages: {sorted(missing)} are missing or not there')
  errors += unexplained_twin_keys()
  print('\n'.join(errors) or f'{counted} command lines in order')
  return 1 if errors or counted < 40 else 0


if __name__ == '__main__':
  sys.exit(main())
