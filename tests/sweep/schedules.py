"""Random schedules with fixed seeds: several faults, slow and lagging replicas, small pages, somebody who changes a
few people meanwhile, kills. The point is the seed, so that what fails once fails again.

Whatever comes: the tenant ends as after the undisturbed run, with one successful write for each user, and each run
that stops early says so by a status that the documentation has.
"""

import os
import random
import sys

import faults
import sweep
from sweep import harness

SCHEDULES = 200
PATHS = ('/$batch', '/users*', '/organization', '/subscribedSkus*', '/directory/subscriptions')
ONCE = ('401', 'expired-token')  # a token that is refused twice is a refusal
EARLY = (harness.PARTIAL, harness.ERROR, harness.AUTH, harness.INCOMPLETE, harness.WAITING, -9)
AGAIN = (harness.PARTIAL, harness.ERROR, harness.AUTH, harness.INCOMPLETE)
CAN_KILL = bool(os.environ.get('SWEEP_KILLS'))  # not where a sanitizer wants to be loaded first


def settings_of(dice):
  settings = {'latency_ms': dice.choice((0, 0, 5, 25)), 'jitter_ms': dice.choice((0, 10)),
              'replica_lag_ms': dice.choice((0, 0, 300, 900))}
  if dice.random() < 0.2:
    settings['listing_lag_ms'] = 5000
  if dice.random() < 0.2:
    settings['page_size'] = dice.choice((1, 2, 7))
  return settings


def fault_of(dice):
  if dice.random() < 0.5:
    fault = dice.choice(list(faults.ENVELOPES.values()))
    match = {'path': dice.choice(PATHS), 'whole': True}
  else:
    fault = dice.choice(list(faults.PARTS.values()))
    match = {'path': '/users/*'}
  match['nth'] = dice.randint(1, 60 if match['path'] == '/users/*' else 8)
  match['count'] = 1 if fault['kind'] in ONCE else dice.choice((1, 1, 2, 5))
  if dice.random() < 0.3:
    match.update(probability=dice.randint(20, 80), seed=dice.randint(1, 9999))
  return {**fault, 'match': match}


def schedule(stage):
  def play(seed):
    dice = random.Random(seed)
    with stage.play(**settings_of(dice)) as scene:
      weather = [fault_of(dice) for _ in range(dice.randint(1, 6))]
      for fault in weather:
        scene.twin.control('fault', **fault)
      for _ in range(dice.choice((0, 0, 1, 2))):
        env = scene.shim(kill_at=dice.randint(1, 250)) if CAN_KILL else None
        early = scene.apply(env=env)
        if early.status not in EARLY:
          raise AssertionError(f'unexpected end under {weather}:\n{early}')
      try:
        scene.go_on(allowed=AGAIN)
        scene.check(once=False, journal=False)
        bad = {action: how for action, how in scene.outcomes().items() if how not in ('verified', 'already')}
        if bad:
          raise AssertionError(f'the journal has {bad}')
      except AssertionError as error:
        raise AssertionError(f'under {weather}: {error}') from None
  return play


def sweeps(stage, wants):
  if wants('schedules'):
    yield 'schedules', range(1, SCHEDULES + 1), schedule(stage)


if __name__ == '__main__':
  sys.exit(sweep.main(sweeps))
