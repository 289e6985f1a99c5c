#!/usr/bin/env python3
"""A fleet at scale: 5,000 customers of 20 people, each with a tenant on the twin.

Usage: fleet.py SEATSHIFT [CUSTOMERS]

Prints for CUSTOMERS and for a tenth of them: time on the clock, processor time and peak memory of each command, with
its children, and how many times the processor time grew. The clock belongs to this machine; what has to hold on any is
that the growth is the tenfold of linear work, and that memory is bounded.
"""

import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

BINARY = os.environ['SEATSHIFT'] = str(pathlib.Path(sys.argv[1]).resolve())
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'e2e'))

import contoso  # noqa: E402
import harness  # noqa: E402
import many  # noqa: E402

PEOPLE = 20
FLEET = 'version: 1\nwaves: [{name: pilot, share: 10}, {name: first, share: 10%}, {name: rest}]\nparallel: 8\n'


def measure(ws, *words, expect=harness.OK):
  """(clock s, processor s of it and its children, peak MiB of the largest of them)."""
  out = tempfile.TemporaryFile()
  began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
  process = subprocess.Popen([BINARY, *words], cwd=ws.repo, stdin=subprocess.DEVNULL, stdout=out,
                             stderr=subprocess.PIPE, env=harness.clean_env(ws.env, ws.home))
  messages = process.stderr.read()
  _, status, usage = os.wait4(process.pid, 0)
  process.returncode = os.waitstatus_to_exitcode(status)
  if process.returncode != expect:
    sys.exit(f'{words}: {process.returncode}\n{messages[-2000:].decode()}')
  after = resource.getrusage(resource.RUSAGE_CHILDREN)
  spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
  return time.monotonic() - began, spent, usage.ru_maxrss / 1024


def write_twin(count, path):
  path.write_text(json.dumps(many.document(count, holders=PEOPLE, open_seats=PEOPLE, licensed=False)))


def world(count):
  """The tenants are written by a process of its own: what is measured starts with the memory of whoever starts it."""
  ws = harness.Workspace()
  path = ws.dir / 'twin.json'
  subprocess.run([sys.executable, __file__, BINARY, '--twin', str(count), str(path)], check=True)
  twin = harness.Twin(path, ws)
  twin.__enter__()
  ws.write('seatshift.yaml', contoso.POLICY)
  ws.write('fleet.yaml', FLEET)
  for number in range(count):
    ws.write(f'customers/{many.name(number)}.yaml', many.customer(number, holders=PEOPLE, retire=False))
  ws.git_init()
  ws.git_commit('all customers')
  ws.env = twin.env(AZURE_CLIENT_SECRET=contoso.SECRET, CONTOSO_OPEN_KEY=contoso.KEY)
  return ws, twin


def figures(count):
  ws, twin = world(count)
  rows = {'validate': measure(ws, 'validate'), 'status --offline, no plans': measure(ws, 'status', '--offline'),
          'fleet plan': measure(ws, 'fleet', 'plan', '--commit', '-q')}
  fleet = next((ws.repo / 'fleets').iterdir()).name
  rows['fleet status'] = measure(ws, 'fleet', 'status', fleet)
  rows['fleet status --format html'] = measure(ws, 'fleet', 'status', fleet, '--format', 'html')
  rows['fleet gate'] = measure(ws, 'fleet', 'gate', fleet, 'pilot', expect=harness.WAITING)
  rows['status --offline'] = measure(ws, 'status', '--offline')
  rows['history of one customer'] = measure(ws, 'history', many.name(count // 2))
  twin.__exit__(None, None, None)
  ws.close()
  return rows


def main():
  if sys.argv[2:3] == ['--twin']:
    write_twin(int(sys.argv[3]), pathlib.Path(sys.argv[4]))
    return
  count = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
  few, all_of_them = figures(count // 10), figures(count)
  print(f'{count} customers of {PEOPLE} people, and the growth from {count // 10}')
  for name, (clock, spent, memory) in all_of_them.items():
    growth = spent / max(few[name][1], 0.001)
    print(f'{name:28} {clock:8.1f} s  {spent:8.2f} s processor  {memory:6.0f} MiB  x{growth:.1f}', flush=True)


if __name__ == '__main__':
  main()
