"""Runs a command and prints what it took: status, processor seconds, peak KiB.

What a process is said to have used at its peak includes what its parent held when it started it. So this one, which
holds little, stands between a benchmark that holds a hundred thousand people and the command that is measured.
"""

import os
import sys


def main():
  pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ,
                        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
  _, status, used = os.wait4(pid, 0)
  print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss)


if __name__ == '__main__':
  main()
