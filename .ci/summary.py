#!/usr/bin/env python3
"""Adds up the test results of meson build folders into one line: "N passed, N failed".

Usage: summary.py BUILD...   A folder without results (its build failed) counts as one failure.
Exit status 1 when anything failed, or nothing ran.
"""

import json
import pathlib
import sys

PASSED = {'OK', 'EXPECTEDFAIL'}
NEITHER = {'SKIP', 'IGNORED'}


def results(build):
  log = pathlib.Path(build, 'meson-logs', 'testlog.json')
  if not log.exists():
    return ['BUILD']
  return [json.loads(line)['result'] for line in log.read_text().splitlines() if line]


def main():
  every = [result for build in sys.argv[1:] for result in results(build)]
  passed = sum(result in PASSED for result in every)
  failed = sum(result not in PASSED | NEITHER for result in every)
  print(f'{passed} passed, {failed} failed')
  return 1 if failed or not passed else 0


if __name__ == '__main__':
  sys.exit(main())
