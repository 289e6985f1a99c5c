"""Every golden case of planning, played on the twin: what is planned applies, what is refused is refused.

The golden files say what the planner makes of facts; here the same facts are a tenant that answers over
HTTP and refuses what Graph refuses. A refusal missed by the planner would show as a failed apply.
"""

import concurrent.futures
import csv
import json
import pathlib
import re
import unittest
import uuid

import contoso
import harness

CATALOG = pathlib.Path(__file__).parent.parent.parent / 'core/catalog.csv'
CASES = pathlib.Path(__file__).parent.parent / 'golden/plan'
READ_REFUSES = {'group-entry-ambiguous'}  # refused by the read, before there is anything to plan from
# Played elsewhere: what needs the partner's tenant too, and an answer that the twin would never give.
ELSEWHERE = {
  'add-partner': 'test_planning.py', 'partner-there': 'test_planning.py', 'partner-not-read': 'test_planning.py',
  'partner-ends-too-soon': 'test_planning.py', 'subscriptions-not-listed': 'test_complete_read.py',
  'subscription-suspended-one-listed': 'test_complete_read.py',
  'group-took-back': 'the twin takes away at once',
}
STATUS = {'denied': harness.DENIED, 'invalid': harness.INVALID, 'incomplete': harness.INCOMPLETE,
          'wrong-tenant': harness.WRONG_TENANT}
AT_ONCE = 8
DAY = '2026-11-22T12:00:00Z'  # on which the cases were read
MOST_RUNS = 8


def plan_ids():
  """Service plans by name, as the catalogue has them."""
  ids = {}
  with open(CATALOG, newline='', encoding='utf-8') as file:
    for row in csv.DictReader(line for line in file if not line.startswith('#')):
      ids.update(zip(row['servicePlanNames'].split(';'), row['servicePlanIds'].split(';')))
  return ids


PLAN_IDS = plan_ids()


def service_plan(plan):
  if not isinstance(plan, str):
    return plan
  return {'id': PLAN_IDS.get(plan) or str(uuid.uuid5(uuid.NAMESPACE_OID, plan)), 'name': plan}


def taken_from_sight(tenant):
  """What the case says was not read: paths that the twin answers 404."""
  hidden = ['/users'] if tenant.pop('holders_not_read', None) else []
  for group in tenant.get('groups', []):
    if group.pop('unread', False):
      hidden.append('/groups*')
    if not group.pop('members_read', True):
      hidden.append('/groups/*/members*')
  return hidden


def document(case):
  """The case's tenant as a twin file, and the paths that cannot be read."""
  tenant = json.loads((case / 'tenant.json').read_text())
  hidden = taken_from_sight(tenant)
  for name in ('partner', 'user_count', 'absent_groups'):  # what a read says, not what is there
    tenant.pop(name, None)
  for sku in tenant.get('skus', []):
    sku['plans'] = [service_plan(plan) for plan in sku.get('plans', [])]
  for number, (sku, count) in enumerate(sorted(tenant.pop('others', {}).items())):
    tenant.setdefault('users', []).append({'generate': {
      'count': count, 'upn': f'other{number}-%04d@contoso.com', 'usage_location': 'US', 'licenses': [sku]}})
  tenant['clients'] = [{'client_id': contoso.CLIENT, 'secret': contoso.SECRET, 'roles': 'all'}]
  return {'format': 'seatshift-twin/1', 'tenants': [tenant]}, hidden


class Played:
  """One case in a repository and on a twin of its own."""

  def __init__(self, case):
    self.case = case
    self.ws = harness.Workspace()
    policy = case / 'seatshift.yaml'
    self.ws.write('seatshift.yaml', (policy if policy.exists() else CASES / 'seatshift.yaml').read_text())
    self.ws.write('customers/contoso.yaml', (case / 'customer.yaml').read_text())
    for extra in case.glob('*.csv'):
      self.ws.write(f'customers/{extra.name}', extra.read_text())

  def run(self):
    try:
      tenant, self.hidden = document(self.case)
      with harness.Twin(tenant, self.ws, DAY) as self.twin:
        for path in self.hidden:
          self.twin.control('fault', kind='404', match={'path': path, 'count': 0})
        self.ws.env = self.twin.env(AZURE_CLIENT_ID=contoso.CLIENT, AZURE_CLIENT_SECRET=contoso.SECRET,
                                    SEATSHIFT_CLOCK=DAY)
        refused = self.case / 'error.txt'
        if refused.exists():
          self.is_refused(refused.read_text())
        else:
          self.is_applied()
    finally:
      self.ws.close()

  def is_refused(self, expected):
    result = self.ws.run('plan', 'contoso')
    wanted = set(re.findall(r'error\[(SS\d+)\]', expected))
    found = set(re.findall(r'error\[(SS\d+)\]', result.err))
    assert result.status != harness.OK, f'not refused:\n{result}'
    if self.case.name in READ_REFUSES:
      wanted = set()
    if self.hidden:  # what is not answered ends the read, or else the planner knows what it lacks
      assert result.status == harness.INCOMPLETE, f'{result}'
      wanted &= found
    assert wanted <= found or result.status == harness.WRONG_TENANT, f'{wanted} not in {found}:\n{result}'
    name = re.search(r'^error: (.*)$', expected, re.M).group(1)
    assert self.hidden or self.case.name in READ_REFUSES or result.status == STATUS[name], f'{name}: {result}'
    assert self.twin.writes() == 0
    assert not (self.ws.repo / 'plans').exists(), 'a plan was saved'

  def is_applied(self):
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    if not plan['actions']:
      return
    for _ in range(MOST_RUNS):
      result = self.ws.run('apply', plan['id'], '--yes', '--format', 'json')
      assert result.status in (harness.OK, harness.WAITING), f'{result}'
      if result.status == harness.OK:
        break
      for step in json.loads(result.out)['waiting_for']:
        self.play_person(plan, next(it for it in plan['actions'] if it['id'] == step))
    assert result.status == harness.OK, f'not done after {MOST_RUNS} runs:\n{result}'
    for made in plan['actions']:
      if made['by'] == 'graph' and made['kind'] != 'set-usage-location' and 'user' in made['subject']:
        self.is_as_planned(made)
    again = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    left = [it for it in again['actions'] if it['change'].get('cancel_by') != 'let-expire']  # it lives to its end
    assert not left, f'planning again finds {left}'

  def play_person(self, plan, action):
    tenant = plan['tenant']['id']
    if action['kind'] == 'redeem-key':
      change = action['change']
      body = {'tenant': tenant, 'sku': change['sku'], 'seats': change['seats'], 'as': change['redeem_as']}
      if change['redeem_as'] == 'add-seats':
        body['seats'] = action['result']['seats'] - action['expect']['seats']
      else:  # a term that outlasts whatever the case retires
        body['ends'] = '2129-01-01T00:00:00Z'
      self.twin.control('redeem', **body)
    elif action['kind'] == 'receive-seats':
      self.twin.control('provision', tenant=tenant, sku=action['change']['sku'], seats=action['change']['seats'],
                        ends='2129-01-01T00:00:00Z')
    elif action['change'].get('cancel_by') == 'let-expire':
      self.ws.run('step', plan['id'], action['id'], '--done', '--note', 'billing is off', expect=harness.OK)
    else:
      self.twin.cancel(tenant, action['subject']['subscription'])

  def is_as_planned(self, action):
    """The tenant itself: the user holds what was added, and nothing of what was removed, as the twin has it."""
    upn = action['subject']['upn']
    user = next(it for it in self.twin.state(contoso.TENANT)['users'] if it['upn'] == upn)
    direct = {it['sku']: sorted(it['disabled']) for it in user['licenses'] if not it['group']}
    for added in action['change']['add']:
      assert direct.get(added['sku']) == sorted(added['disable']), f'{upn} {added}: {direct}'
    gone = set(action['change']['remove']) - {it['sku'] for it in action['change']['add']}
    assert not gone & direct.keys(), f'{upn} still has {gone}: {direct}'


def cases():
  return sorted(case.parent for case in CASES.glob('*/tenant.json') if case.parent.name not in ELSEWHERE)


class GoldenOnTwin(unittest.TestCase):
  def test_cases(self):
    found = cases()
    self.assertGreater(len(found), 100)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
      running = {pool.submit(Played(case).run): case for case in found}
      for done in concurrent.futures.as_completed(running):
        with self.subTest(running[done].name):
          done.result()
    print(f'{len(found)} golden cases played on the twin')


if __name__ == '__main__':
  harness.main()
