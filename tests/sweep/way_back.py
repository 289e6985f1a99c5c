"""The way back, disturbed at every instant: SIGKILL, SIGTERM, a full disk, five minutes that have passed, somebody who
changes a person. An undo of a finished plan: its first step is to reactivate by hand, then people and a group go back.

The tenant has to be what it was before the plan, with one write for each person and group.
"""

import contextlib
import json
import shutil
import sys
import time

import meddle
import sweep
from sweep import contoso, harness

DIRECT, MEMBERS = 9, 3
GROUP = 'c0ffee00-0000-4000-8000-000000000001'
CHANGED = 'user00004@contoso.com'
OFF = ['YAMMER_ENTERPRISE', 'SWAY', 'FLOW_O365_P1']
CUSTOMER = f"""version: 1
customer: contoso
tenant: {{id: {contoso.TENANT}, domain: contoso.onmicrosoft.com}}
agreement: {{reason: upfront-payment, agreed_by: jane@contoso.com, agreed_on: 2026-11-02}}
moves:
  - open:
      sku: ENTERPRISEPACK
      seats: {DIRECT + MEMBERS + 5}
      order: {{distributor: Example Distribution, reference: PO-4711, placed_on: 2026-10-05}}
    advisor: {{sku: STANDARDPACK, subscription: {contoso.SUBSCRIPTION}}}
    users: [holders_of: advisor, group: Sales]
canary: [user00001@contoso.com]
"""


def document():
  """Direct holders with services off one by one, and a group."""
  whole = sweep.document(0, 0)
  tenant = whole['tenants'][0]
  for row in tenant['subscriptions']:
    row['seats'] = DIRECT + MEMBERS + 5
  for number in range(DIRECT + MEMBERS):
    row = {'id': sweep.user_id(number), 'upn': f'user{number:05}@contoso.com', 'name': f'User {number}',
           'usage_location': 'US', 'licenses': []}
    if number < DIRECT:
      row['licenses'].append({'sku': 'STANDARDPACK', 'disable': [name for bit, name in enumerate(OFF) if number >> bit & 1]})
    if number % 4 == 1:
      row['licenses'].append('FLOW_FREE')
    tenant['users'].append(row)
  tenant['groups'] = [{'id': GROUP, 'name': 'Sales', 'licenses': [{'sku': 'STANDARDPACK', 'disable': OFF[:1]}],
                       'members': [f'user{number:05}@contoso.com' for number in range(DIRECT, DIRECT + MEMBERS)]}]
  return whole


def as_left(before, state):
  """The twin's file once more, as a finished plan has left the tenant."""
  whole = json.loads(json.dumps(before))
  tenant = whole['tenants'][0]
  subscriptions = {row['id']: row for row in state['subscriptions']}
  for row in tenant['subscriptions']:
    row.update(status=subscriptions[row['id']]['status'], ends=subscriptions[row['id']]['ends'])
  held = {row['upn']: row['licenses'] for row in state['users']}
  written = lambda license: {'sku': license['sku'], 'disable': license['disabled']}
  for row in tenant['users']:
    row['licenses'] = [written(license) for license in held[row['upn']] if not license['group']]
  inherited = [license for license in held[tenant['groups'][0]['members'][0]] if license['group']]
  tenant['groups'][0]['licenses'] = [written(license) for license in inherited]
  return whole


class Stage(sweep.Stage):
  """A plan that is done and the plan that undoes it; `wanted` is what the undisturbed undo makes of the tenant."""

  def __init__(self):
    self.users = DIRECT
    self.ws = harness.Workspace()
    self.rare = sweep.collections.Counter()
    before = document()
    with harness.Twin(before, self.ws) as twin:
      contoso.set_up(self.ws, twin)
      self.ws.write('customers/contoso.yaml', CUSTOMER)
      self.ws.git_commit('contoso: the move')
      scene = Scene(self, {'id': None})
      scene.twin = twin
      start = scene.result()['tenant']
      self.forward = self.ws.run_json('plan', 'contoso', expect=harness.OK)
      self.ws.run('apply', self.forward['id'], '--yes', expect=harness.WAITING)
      twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
      self.ws.run('apply', self.forward['id'], '--yes', expect=harness.OK)
      self.document = as_left(before, twin.state(contoso.TENANT))
      self.plan = self.ws.run_json('undo', self.forward['id'], expect=harness.OK)
      self.ws.git_commit('contoso: plan, journal and the way back')
    with self.play() as scene:
      scene.apply(expect=harness.WAITING)
      scene.reactivate()
      scene.apply(expect=harness.OK)
      self.wanted = scene.result()
    if self.wanted['tenant'] != start:
      raise AssertionError('the undisturbed undo does not lead to the start')

  @contextlib.contextmanager
  def play(self, **settings):
    scene = Scene(self, self.plan)
    with sweep.staged(self, scene, settings):
      yield scene


class Scene(sweep.Scene):

  def __init__(self, stage, plan):
    stage.plan = plan
    super().__init__(stage)

  def reactivate(self):
    self.twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'Enabled')

  def to_the_step(self, **shim):
    """Until only the reactivation is left, which nobody has been touched before."""
    first = self.apply(env=self.shim(**shim) if shim else None)
    self.go_on()
    if self.twin.assigns():
      raise AssertionError(f'somebody was changed before the subscription was back:\n{first}')
    return first

  def to_the_end(self, allowed=(harness.PARTIAL, harness.WAITING)):
    for _ in range(sweep.MOST_RUNS):
      result = self.apply()
      if result.status == harness.OK:
        return
      if result.status not in allowed:
        raise AssertionError(f'expected {harness.OK} or one of {allowed}:\n{result}')
      if result.status == harness.WAITING:
        time.sleep(0.5)  # replicas that lag still show the subscription as suspended
    raise AssertionError(f'not done after {sweep.MOST_RUNS} runs:\n{result}')


def count_instants(stage, **settings):
  """Of the run up to the step by hand, and of the one after it."""
  with stage.play(**settings) as scene:
    scene.apply(expect=harness.WAITING, env=scene.shim())
    first = scene.instants()
    scene.reactivate()
    scene.apply(expect=(harness.OK if not settings.get('replica_lag_ms') else None), env=scene.shim())
    return first, scene.instants()


def stopped(stage, what, allowed, counts, settings):
  """A run that is ended somewhere before the step by hand or after it, and taken up again."""
  def play(point):
    with stage.play(**settings) as scene:
      before = point <= counts[0]
      first = scene.to_the_step(**({what: point} if before else {}))
      scene.reactivate()
      if not before:
        first = scene.apply(env=scene.shim(**{what: point - counts[0]}))
      if first.status not in (*allowed, harness.WAITING, harness.OK):
        raise AssertionError(f'ended otherwise:\n{first}')
      scene.to_the_end()
      scene.check()
      if scene.apply(expect=harness.OK).json['outcome'] != 'nothing':
        raise AssertionError('a finished undo is applied again')
  return play


def planned(stage):
  """An undo that could not be saved is not there; undoing again gives the very same."""
  def play(point):
    with stage.play() as scene:
      shutil.rmtree(scene.journal.parent)
      first = scene.ws.run('undo', stage.forward['id'], env=scene.shim(kill_at=point))
      if first.status not in (-9, harness.OK):
        raise AssertionError(f'neither killed nor done:\n{first}')
      again = scene.ws.run_json('undo', stage.forward['id'], expect=harness.OK)
      if again['id'] != stage.plan['id']:
        raise AssertionError('another plan')
      scene.ws.run('verify', again['id'], expect=harness.OK)
  return play


def count_planning(stage):
  with stage.play() as scene:
    shutil.rmtree(scene.journal.parent)
    scene.ws.run('undo', stage.forward['id'], env=scene.shim(), expect=harness.OK)
    return scene.instants()


def person_changed(stage):
  """Somebody takes a licence from one of them at the n-th request: what they did stands, and the others go back."""
  def play(point):
    with stage.play() as scene:
      scene.to_the_step()
      scene.reactivate()
      change = lambda _: scene.twin.control('user', tenant=contoso.TENANT, upn=CHANGED, set={'licenses': ['FLOW_FREE']})
      result = meddle.reached(scene, meddle.Nth(point, meddle.whatever, change))
      if result.status not in (harness.OK, harness.PARTIAL, harness.STALE):
        raise AssertionError(f'ended otherwise:\n{result}')
      tries, _ = scene.twin.assigns().get(CHANGED, (0, 0))
      told = [line for line in result.err.splitlines() + result.out.splitlines() if CHANGED in line]
      if result.status == harness.STALE:
        result = scene.apply()
      found = scene.result()['tenant']
      if found.pop(CHANGED)[1] != [('FLOW_FREE',)]:
        raise AssertionError(f'what somebody else did was overwritten:\n{result}')
      if not tries:
        scene.rare('person changed meanwhile')
        if not told:
          raise AssertionError(f'was not moved back, and nobody is told:\n{result}')
      if result.status in (harness.OK, harness.PARTIAL) and found != {
          upn: row for upn, row in stage.wanted['tenant'].items() if upn != CHANGED}:
        raise AssertionError(f'others are not as before:\n{result}')
  return play


class Later:
  """At the n-th answer five minutes have passed; afterwards the lock has to be good for longer than before."""

  def __init__(self, scene, point):
    self.scene, self.point = scene, point
    self.first = None
    self.renewed = False

  def expires(self):
    try:
      return json.loads((self.scene.ws.repo / '.git/seatshift/locks/contoso.lock').read_text())['expires']
    except (OSError, ValueError):
      return None

  def __call__(self, exchange):
    if exchange.number == self.point:
      self.first = self.expires()
      (self.scene.ws.dir / 'later').touch()
    elif exchange.number > self.point and self.first:
      self.renewed = self.renewed or (self.expires() or '') > self.first


def five_minutes_later(stage):
  """A machine that slept: what was looked at is looked at again, and the lock is renewed."""
  def play(point):
    with stage.play() as scene:
      scene.to_the_step()
      scene.reactivate()
      later = Later(scene, point)
      with meddle.gateway.Gateway(scene.twin, later) as between:
        result = scene.apply(env={**scene.shim(later_with=scene.ws.dir / 'later'), **between.env()})
      if result.status != harness.OK:
        raise AssertionError(f'not done:\n{result}')
      if later.renewed:
        scene.rare('lock renewed')
      scene.check()
  return play


def count_answers(stage):
  counting = meddle.Nth(0, meddle.whatever, None)
  with stage.play() as scene:
    scene.to_the_step()
    scene.reactivate()
    meddle.reached(scene, counting, expect=harness.OK)
  return counting.seen


STOPS = [
  ('undo-kill', 'kill_at', (-9,), {}),
  ('undo-kill-lagging', 'kill_at', (-9, harness.PARTIAL), {'replica_lag_ms': 1500}),
  ('undo-signal', 'signal_at', (130,), {'latency_ms': 5}),
  ('undo-full-disk', 'full_at', (harness.ERROR,), {}),
]
# Ways that are rarely gone: over all points of this file, each has to be gone.
RARE = ('lock renewed', 'person changed meanwhile', 'resumed inside a wave', 'unsure write settled')


def sweeps(stage, wants):
  if wants('undo-plan'):
    yield 'undo-plan', range(1, count_planning(stage) + 2), planned(stage)
  for name, what, allowed, settings in STOPS:
    if wants(name):
      counts = count_instants(stage, **settings)
      yield name, range(1, sum(counts) + 3), stopped(stage, what, allowed, counts, settings)
  for name, kind in (('undo-person-changed', person_changed), ('undo-later', five_minutes_later)):
    if wants(name):
      yield name, range(1, count_answers(stage) + 1), kind(stage)


if __name__ == '__main__':
  sys.exit(sweep.main(sweeps, make=Stage, rare=RARE))
