"""Many users under a small bucket of writes, with random 429s, 503s and lost answers, and three kills.

With --users 10000 and --rate 20 it takes about nine minutes. The end is the undisturbed run's, and each user
had exactly one successful write.
"""

import argparse
import random
import sys
import time

import sweep
from sweep import contoso, harness

FAULTS = [  # of what matches: per cent, each with its own seed
  {'kind': '429', 'retry_after': 1, 'match': {'path': '/$batch', 'probability': 2, 'seed': 11}},
  {'kind': '503', 'match': {'path': '/users/*', 'probability': 1, 'seed': 12}},
  {'kind': '503', 'applied': True, 'match': {'path': '/users/*/assignLicense', 'probability': 1, 'seed': 13}},
  {'kind': 'lost', 'match': {'path': '/$batch', 'probability': 2, 'seed': 14}},
]


def main():
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument('--users', type=int, default=10000)
  parser.add_argument('--rate', type=int, default=20)
  parser.add_argument('--seed', type=int, default=1)
  given = parser.parse_args()
  dice = random.Random(given.seed)
  stage = sweep.Stage(given.users)
  begun = time.monotonic()
  try:
    with stage.play() as scene:
      # The twin counts what succeeded by user; the undisturbed run made one each.
      scene.twin.control('settings', latency_ms=20, throttle=True, writes=given.rate * 5, writes_window_ms=5000,
                         resource_units=100000)
      for fault in FAULTS:
        scene.twin.control('fault', **{**fault, 'match': {**fault['match'], 'count': 0}})
      for _ in range(3):
        process = scene.ws.start('apply', stage.plan['id'], '--yes', '--format', 'json')
        wanted = dice.uniform(0.15, 0.3) * given.users
        already = scene.twin.writes()
        harness.wait_until(lambda: scene.twin.writes() - already > wanted or process.poll() is not None, 3600, 0.05)
        harness.kill(process)
        scene.ws.finish(process)
        print(f'killed after {scene.twin.writes()} writes, {time.monotonic() - begun:.0f} s', flush=True)
      runs = 0
      while True:
        runs += 1
        result = scene.ws.run('apply', stage.plan['id'], '--yes', '--format', 'json', timeout=7200)
        if result.status == harness.WAITING or runs == sweep.MOST_RUNS:
          break
        print(f'exit status {result.status}', flush=True)
      scene.check(once=False)
      counters = scene.twin.counters()
      more = [upn for upn, count in scene.twin.assigns().items() if count[1] != 1]
      assert result.status == harness.WAITING and not more, (result.status, more[:3])
      print(f'{given.users} users, one successful write each; {counters["requests"]} requests, '
            f'{counters["throttled"]} refused, {runs} runs after 3 kills, {time.monotonic() - begun:.0f} s')
  finally:
    stage.close()
  return 0


if __name__ == '__main__':
  sys.exit(main())
