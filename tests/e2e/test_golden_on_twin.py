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
# Members that only say what was read, not what is there: a tenant cannot be incomplete.
ONLY_READ = {'holders_not_read', 'absent_groups', 'not_listed'}
# Facts that a complete read of a tenant cannot have, or that need the partner's own tenant.
READ_REFUSES = {'group-entry-ambiguous'}  # refused by the read, before there is anything to plan from
NOT_A_TENANT = {
  'partner-not-read', 'partner-there', 'partner-ends-too-soon', 'add-partner', 'group-unread',
  'group-members-unread', 'group-entry-members-unread', 'status-frozen', 'partners-own-by-type',
  'sku-for-company', 'sku-of-the-tenant-only', 'third-sku-dependency-before',  # a SKU row without a subscription
}
AT_ONCE = 8
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


def document(case):
  """The case's tenant as a twin file; None when it is not one that can exist."""
  tenant = json.loads((case / 'tenant.json').read_text())
  if ONLY_READ & tenant.keys() or case.name in NOT_A_TENANT:
    return None
  for name in ('partner', 'user_count'):
    tenant.pop(name, None)
  for sku in tenant.get('skus', []):
    sku['plans'] = [service_plan(plan) for plan in sku.get('plans', [])]
  for number, (sku, count) in enumerate(sorted(tenant.pop('others', {}).items())):
    tenant.setdefault('users', []).append({'generate': {
      'count': count, 'upn': f'other{number}-%04d@contoso.com', 'usage_location': 'US', 'licenses': [sku]}})
  tenant['clients'] = [{'client_id': contoso.CLIENT, 'secret': contoso.SECRET, 'roles': 'all'}]
  return {'format': 'seatshift-twin/1', 'tenants': [tenant]}


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
      with harness.Twin(document(self.case), self.ws) as self.twin:
        self.ws.env = self.twin.env(AZURE_CLIENT_ID=contoso.CLIENT, AZURE_CLIENT_SECRET=contoso.SECRET)
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
    assert wanted <= found or result.status == harness.WRONG_TENANT, f'{wanted} not in {found}:\n{result}'
    assert self.twin.writes() == 0

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

  def play_person(self, plan, action):
    tenant = plan['tenant']['id']
    if action['kind'] == 'redeem-key':
      change = action['change']
      body = {'tenant': tenant, 'sku': change['sku'], 'seats': change['seats'], 'as': change['redeem_as']}
      if change['redeem_as'] == 'add-seats':
        body['seats'] = action['result']['seats'] - action['expect']['seats']
      if change['redeem_as'] == 'extend-term':
        body['ends'] = '2129-01-01T00:00:00Z'
      self.twin.control('redeem', **body)
    elif action['change'].get('cancel_by') == 'let-expire':
      self.ws.run('step', plan['id'], action['id'], '--done', '--note', 'billing is off', expect=harness.OK)
    else:
      self.twin.cancel(tenant, action['subject']['subscription'])

  def is_as_planned(self, action):
    """The tenant itself: the user holds what was added, and nothing of what was removed, as the twin has it."""
    upn = action['subject']['upn']
    user = next(it for it in self.twin.state(contoso.TENANT)['users'] if it['upn'] == upn)
    direct = json.dumps(user)
    for added in action['change']['add']:
      assert added['sku'] in direct, f'{upn} lacks {added["sku"]}: {direct}'


def cases():
  return sorted(case.parent for case in CASES.glob('*/tenant.json') if document(case.parent))


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
  unittest.main()
