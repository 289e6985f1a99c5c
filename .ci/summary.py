#!/usr/bin/env python3
"""Adds up the test results of meson build folders into one line: "N passed, N failed".

Usage: summary.py BUILD...   A folder without results (its build failed) counts as one failure. So does a test that
was skipped, or skipped a part of itself, for a reason that is not in MAY_SKIP: what CI never ran is not known to work.
Exit status 1 when anything failed, or nothing ran.
"""

import json
import pathlib
import re
import sys

PASSED = {'OK', 'EXPECTEDFAIL'}
# tests/README.md says why.
MAY_SKIP = [
  'node and npm are not installed', 'npm took too long', 'npm could not install them',  # Debian's npm is 400 packages
  'only root can give', 'nothing is read-only for root',  # one of the two is always skipped
  'no program dumps core here',
  'a sanitizer wants to be loaded first',
]


def unwanted(row):
  """Why the test should not have been skipped, wholly or in part; '' when it ran, or may be skipped."""
  text = row.get('stdout', '') + row.get('stderr', '')
  reasons = re.findall(r'^skipped: (.*)', text, re.M)
  counted = sum(map(int, re.findall(r'skipped=(\d+)', text)))
  others = [reason for reason in reasons if not reason.startswith(tuple(MAY_SKIP))]
  if others:
    return others[0]
  return 'no reason given' if max(counted, row['result'] == 'SKIP') > len(reasons) else ''


def results(build):
  log = pathlib.Path(build, 'meson-logs', 'testlog.json')
  if not log.exists():
    yield 'BUILD'
    return
  for row in map(json.loads, filter(None, log.read_text().splitlines())):
    reason = unwanted(row)
    if reason:
      print(f'{row["name"]}: skipped: {reason}')
    yield 'SKIPPED' if reason else row['result']


def main():
  every = [result for build in sys.argv[1:] for result in results(build)]
  passed = sum(result in PASSED for result in every)
  failed = sum(result not in PASSED | {'SKIP', 'IGNORED'} for result in every)
  print(f'{passed} passed, {failed} failed')
  return 1 if failed or not passed else 0


if __name__ == '__main__':
  sys.exit(main())
