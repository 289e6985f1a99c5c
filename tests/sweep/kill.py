"""SIGKILL, SIGTERM and a full disk at every instant of a run: before and after each write to the journal or
the lock, each flush, each request, each first piece of an answer. Then the run is taken up again."""

import shutil
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


def planned(stage, what):
  """A plan that could not be saved is not there; planning again gives the very same."""
  def play(point):
    with stage.play() as scene:
      shutil.rmtree(scene.journal.parent)
      first = scene.ws.run('plan', 'contoso', env=scene.shim(**{what: point}))
      if first.status not in (-9, harness.ERROR, harness.OK):
        raise AssertionError(f'neither stopped nor done:\n{first}')
      if first.status == harness.OK and not (scene.journal.parent / 'plan.json').exists():
        raise AssertionError(f'says it is done, and there is no plan:\n{first}')
      again = scene.ws.run_json('plan', 'contoso', expect=harness.OK)
      if again['id'] != stage.plan['id']:
        raise AssertionError('another plan')
      scene.ws.run('verify', again['id'], expect=harness.OK)
  return play


def count_planning(stage):
  with stage.play() as scene:
    shutil.rmtree(scene.journal.parent)
    scene.ws.run('plan', 'contoso', env=scene.shim(), expect=harness.OK)
    return scene.instants()


SWEEPS = [
  ('kill', killed, {}),
  ('kill-lagging', killed, {'replica_lag_ms': 1500}),
  ('kill-old-lists', killed, {'listing_lag_ms': 5000}),
  ('kill-slow', killed, {'latency_ms': 30}),
  ('kill-twice', killed_twice, {}),
  ('signal', signalled, {'latency_ms': 5}),
  ('full-disk', full, {}),
]


def sweeps(stage, wants):
  for what in ('kill_at', 'full_at'):
    if wants('plan-' + what):
      yield 'plan-' + what, range(1, count_planning(stage) + 2), planned(stage, what)
  for name, kind, settings in SWEEPS:
    if wants(name):
      yield name, range(1, count_instants(stage, **settings) + 3), kind(stage, settings)


if __name__ == '__main__':
  sys.exit(sweep.main(sweeps))
