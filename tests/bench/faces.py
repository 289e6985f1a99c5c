"""`show` in every face, of plans for people who all differ: processor time, growth, memory.

SEATSHIFT and MAKE_PLAN name the two programs; `python3 tests/bench/faces.py [USERS...]`.
"""

import os
import subprocess
import sys
import tempfile

SIZES = [int(size) for size in sys.argv[1:]] or [1000, 10000, 100000]
FACES = 'text', 'json', 'markdown', 'html', 'csv', 'dot', 'mermaid', 'powershell'


def measured(*words):
  """(processor time in seconds, peak memory in MiB)"""
  process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
  _, status, used = os.wait4(process.pid, 0)
  process.returncode = os.waitstatus_to_exitcode(status)
  if process.returncode:
    sys.exit(f'{words}: status {process.returncode}')
  return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main():
  with tempfile.TemporaryDirectory(prefix='seatshift-bench-') as folder:
    before = {}
    for size in SIZES:
      where = os.path.join(folder, str(size))
      made = subprocess.run([os.environ['MAKE_PLAN'], where, str(size), 'differ'], check=True,
                            capture_output=True, text=True)
      for face in FACES:
        seconds, memory = measured(os.environ['SEATSHIFT'], '-C', where, 'show', made.stdout.strip(), '--format', face)
        growth = f'{seconds / before[face]:5.1f} x' if before.get(face) else '       '
        print(f'{size:8,}  {face:10}  {seconds:6.2f} s  {growth}  {memory:5.0f} MiB', flush=True)
        before[face] = seconds


if __name__ == '__main__':
  main()
