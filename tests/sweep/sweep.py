"""What the sweeps share: a move of 30 users, prepared once, then played again for every point of a sweep.

A point is one disturbance of one run: an instant at which the process dies, a request that fails. After
it, `apply` is called again until it says that nothing but the hand step is left. Then the tenant, the
number of successful writes per user and the outcomes in the journal must be those of the undisturbed run.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import json
import os
import pathlib
import shutil
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'e2e'))

import contoso  # noqa: E402
import gateway  # noqa: E402
import harness  # noqa: E402

SHIM = os.environ.get('SWEEP_SHIM', '')
USERS = 30
MOST_RUNS = 8


def user_id(number):
  return f'00000000-0000-4000-8000-{number:012x}'


def document(users=USERS, others=3, **settings):
  """`users` holders and some others; seats are there already, so that only retiring is left to a person."""
  tenant = contoso.tenant(0)
  tenant['subscriptions'][0]['seats'] = users + 10
  tenant['subscriptions'].append(
    {'id': '9b5d7a3e-62c8-4f1f-8d4e-3c9f80b2e1aa', 'sku': 'ENTERPRISEPACK', 'seats': users + 5,
     'created': contoso.time(-28), 'ends': contoso.time(367)})
  for number in range(users + others):
    row = contoso.user(number)
    row['id'] = user_id(number)
    row['upn'] = f'user{number:05}@contoso.com'
    row['licenses'] = [it for it in row.get('licenses', []) if it == 'FLOW_FREE']
    if number < users:
      row['licenses'].append({'sku': 'STANDARDPACK', 'disable': ['YAMMER_ENTERPRISE']}
                             if number % 7 == 0 else 'STANDARDPACK')
    tenant['users'].append(row)
  partner = contoso.stranger(contoso.PARTNER, 'Fabrikam Partners', 'fabrikam')
  partner['partner_type'] = 'breadthPartner'
  return {'format': 'seatshift-twin/1', 'settings': settings, 'tenants': [tenant, partner]}


class Stage:
  """A prepared repository with a plan, and what the undisturbed run makes of the tenant."""

  def __init__(self, users=USERS, canary='user00001@contoso.com', others=3, **settings):
    self.users = users
    self.ws = harness.Workspace()
    self.rare = collections.Counter()  # ways that are rarely gone: at how many points
    self.document = document(users, others, **settings)
    self.canary = canary
    with harness.Twin(document(users, others), self.ws) as twin:
      contoso.set_up(self.ws, twin, seats=users + 5, canary=canary)
      self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
      self.ws.git_commit('contoso: plan')
    with self.play() as scene:
      scene.apply(expect=harness.WAITING)
      self.wanted = scene.result()

  def close(self):
    self.ws.close()

  @contextlib.contextmanager
  def play(self, **settings):
    with staged(self, Scene(self), settings) as scene:
      yield scene


@contextlib.contextmanager
def staged(stage, scene, settings):
  """The scene with a twin of its own."""
  try:
    changed = dict(stage.document, settings={**stage.document['settings'], **settings})
    with harness.Twin(changed, scene.ws) as twin:
      scene.twin = twin
      scene.ws.env = twin.env(AZURE_CLIENT_SECRET=contoso.SECRET, CONTOSO_OPEN_KEY=contoso.KEY)
      yield scene
  finally:
    scene.ws.close()


class Scene:
  """One copy of the repository and one fresh twin."""

  def __init__(self, stage):
    self.stage = stage
    self.ws = harness.Workspace()
    self.twin = None
    shutil.rmtree(self.ws.repo)
    shutil.copytree(stage.ws.repo, self.ws.repo, symlinks=True)
    self.journal = self.ws.repo / 'plans/contoso' / str(stage.plan['id']) / 'journal.jsonl'

  def apply(self, *args, expect=None, env=None):
    return self.ws.run('apply', self.stage.plan['id'], '--yes', '--format', 'json', *args, expect=expect,
                       env=env)

  def shim(self, **what):
    """The environment that disturbs one run."""
    env = {f'SWEEP_{name.upper()}': str(value) for name, value in what.items()}
    return {'LD_PRELOAD': SHIM, 'SWEEP_COUNT': str(self.ws.dir / 'count'), **env}

  def instants(self):
    return int((self.ws.dir / 'count').read_text() or 0)

  def go_on(self, allowed=(harness.PARTIAL,)):
    """Applies until only the hand step is left; the number of runs it took."""
    for run in range(1, MOST_RUNS + 1):
      result = self.apply()
      if result.status == harness.WAITING:
        return run
      if result.status not in allowed:
        raise AssertionError(f'expected {harness.WAITING} or one of {allowed}:\n{result}')
    raise AssertionError(f'not done after {MOST_RUNS} runs:\n{result}')

  def outcomes(self):
    """Action -> how it ended last, by the journal; announced and not ended is 'open'."""
    found = {}
    for line in self.journal.read_text().splitlines():
      entry = json.loads(line)
      for action in entry.get('actions', []):
        if entry['event'] == 'write':
          found[action] = 'open'
        elif entry['event'] == 'ended':
          found[action] = entry['outcome']
    return found

  def rare(self, way):
    self.stage.rare[way] += 1

  def note_rare(self):
    """What the journal says of ways that are rarely gone."""
    run, announced_in, ended, written = None, {}, set(), set()
    for line in self.journal.read_text().splitlines():
      entry = json.loads(line)
      if entry['event'] == 'run-begin':
        run = entry['run']
        if written - ended and written & ended:
          self.rare('resumed inside a wave')
      for action in entry.get('actions', []):
        if entry['event'] == 'write':
          announced_in[action] = run
          written.add(action)
        elif entry['event'] == 'ended':
          ended.add(action)
          if entry['outcome'] in ('verified', 'already') and announced_in.get(action, run) != run:
            self.rare('unsure write settled')

  def result(self):
    state = self.twin.state(contoso.TENANT)
    tenant = {user['upn']: (user['usage_location'], sorted(
      (license['part_number'], *sorted(license['disabled'])) for license in user['licenses']))
              for user in state['users']}
    successes = {upn: count[1] for upn, count in self.twin.assigns().items()}
    return {'tenant': tenant, 'successes': successes, 'journal': self.outcomes() if self.journal.exists() else {}}

  def check(self, once=True, journal=True):
    """`once`: nobody was even asked twice."""
    self.note_rare()
    found, wanted = self.result(), self.stage.wanted
    for part in wanted:
      if part == 'journal' and not journal:
        continue
      if found[part] != wanted[part]:
        keys = [key for key in wanted[part] if found[part].get(key) != wanted[part][key]]
        keys += [key for key in found[part] if key not in wanted[part]]
        raise AssertionError(f'{part} differs at {len(keys)} places, first {keys[0]}: wanted '
                             f'{wanted[part].get(keys[0])}, found {found[part].get(keys[0])}')
    if once:
      twice = [upn for upn, count in self.twin.assigns().items() if count[0] != 1]
      if twice:
        raise AssertionError(f'asked more than once: {twice}')

  def finish(self):
    """The person cancels, and the plan is done."""
    self.twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    for _ in range(MOST_RUNS):
      if self.apply().status != harness.WAITING:
        break
      time.sleep(0.5)  # replicas that lag still show the subscription
    again = self.apply(expect=harness.OK)
    if again.json['outcome'] != 'nothing':
      raise AssertionError(f'a finished plan is applied again:\n{again}')


def run_points(sweeps, jobs):
  """Plays every point of (name, points, play); prints how many there were and which failed. True when none did."""
  begun = time.monotonic()
  failed = collections.Counter()

  def one(point):
    name, number, play = point
    try:
      play(number)
      return name, number, None
    except Exception:  # whatever it is, the other points are played as well
      return name, number, traceback.format_exc(limit=-3)

  everything = [(name, number, play) for name, points, play in sweeps for number in points]
  with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
    for name, number, problem in pool.map(one, everything):
      if problem:
        failed[name] += 1
        lines = [line[:300] for line in problem.splitlines() if 'File "' not in line]
        print(f'not ok - {name} {number}: ' + '\n  '.join(lines[-12:]), flush=True)
  for name, points, _ in sweeps:
    print(f'{name}: {len(points)} points, {failed[name]} failed')
  print(f'{len(everything)} points in all, {sum(failed.values())} failed, {time.monotonic() - begun:.0f} s', flush=True)
  return not failed


def thin(points, sample):
  """All points, or `sample` of them spread evenly."""
  points = list(points)
  if not sample or len(points) <= sample:
    return points
  return [points[index * len(points) // sample] for index in range(sample)]


def arguments():
  parser = argparse.ArgumentParser(description=sys.modules['__main__'].__doc__)
  parser.add_argument('--sample', type=int, default=0, help='play only so many points of each sweep')
  parser.add_argument('--only', default='', help='only sweeps whose name contains this')
  parser.add_argument('--point', type=int, help='only this point')
  parser.add_argument('--jobs', type=int, default=6)
  return parser.parse_args()


def missing_ways(stage, given, wanted):
  """Ways that no point has gone: nothing is known of them. A part of the points proves nothing of that."""
  for way, count in sorted(stage.rare.items()):
    print(f'{way}: at {count} points')
  missing = [] if given.sample or given.only or given.point else [way for way in wanted if not stage.rare[way]]
  for way in missing:
    print(f'not ok - no point went this way: {way}')
  return missing


def main(sweeps, make=Stage, rare=(), **stage_options):
  """`sweeps(stage, wants)` yields (name, points, play); `wants(name)` is asked before anything is counted."""
  given = arguments()
  stage = make(**stage_options)
  try:
    chosen = [(name, [given.point] if given.point else thin(points, given.sample), play)
              for name, points, play in sweeps(stage, lambda name: given.only in name)]
    good = run_points(chosen, given.jobs)
    return 1 if missing_ways(stage, given, rare) or not good else 0
  finally:
    stage.close()
