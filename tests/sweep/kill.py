"""SIGKILL, SIGTERM and a full disk at every instant of a run: before and after each write to the journal or
the lock, each flush, each request, each first piece of an answer. Then the run is taken up again."""

import sys

import sweep
from sweep import harness


def count_instants(stage, **settings):
  with stage.play(**settings) as scene:
    scene.apply(expect=harness.WAITING, env=scene.shim())
    return scene.instants()


def killed(stage, settings):
  def play(point):
    with stage.play(**settings) as scene:
      first = scene.apply(env=scene.shim(kill_at=point))
      if first.status not in (-9, harness.WAITING):
        raise AssertionError(f'neither killed nor done:\n{first}')
      scene.go_on()
      scene.check()
      if point % 16 == 0:
        scene.finish()
  return play


def killed_twice(stage, settings):
  def play(point):
    with stage.play(**settings) as scene:
      scene.apply(env=scene.shim(kill_at=point))
      scene.apply(env=scene.shim(kill_at=1 + point * 7 % 60))
      scene.go_on()
      scene.check()
  return play


def signalled(stage, settings):
  def play(point):
    with stage.play(**settings) as scene:
      first = scene.apply(env=scene.shim(signal_at=point))
      if first.status not in (130, harness.WAITING):
        raise AssertionError(f'neither interrupted nor done:\n{first}')
      if 'open' in scene.outcomes().values():
        # What was sent is looked at once more; what does not show by then is left to the next run.
        pass
      scene.go_on()
      scene.check()
  return play


def full(stage, settings):
  def play(point):
    with stage.play(**settings) as scene:
      first = scene.apply(env=scene.shim(full_at=point))
      if first.status not in (harness.ERROR, harness.WAITING):
        raise AssertionError(f'neither stopped nor done:\n{first}')
      if first.status == harness.ERROR and 'No space left' not in first.err:
        raise AssertionError(f'does not say why:\n{first}')
      scene.go_on()
      scene.check()
  return play


SWEEPS = [
  ('kill', killed, {}),
  ('kill-lagging', killed, {'replica_lag_ms': 1500}),
  ('kill-slow', killed, {'latency_ms': 30}),
  ('kill-twice', killed_twice, {}),
  ('signal', signalled, {'latency_ms': 5}),
  ('full-disk', full, {}),
]


def main():
  given = sweep.arguments()
  stage = sweep.Stage()
  good = True
  try:
    for name, kind, settings in SWEEPS:
      if given.only not in name:
        continue
      instants = count_instants(stage, **settings)
      points = [given.point] if given.point else sweep.thin(range(1, instants + 3), given.sample)
      good = sweep.run_points(name, points, kind(stage, settings), given.jobs) and good
  finally:
    stage.close()
  return 0 if good else 1


if __name__ == '__main__':
  sys.exit(main())
