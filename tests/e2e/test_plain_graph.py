"""A move and its undo on an imitation of Graph that the twin has no part in: every person's licences and services are
those of before, in one call for each person and group. And how a move cannot be undone any more."""

import contoso
import harness
import signing
from plain_graph import SKUS, Graph, Tenant

SECOND = '6f2d8a4c-51b7-4e0e-9c3d-2b8e7f6a1d91'
PEOPLE, DIRECT, INHERIT = 200, 130, 30  # the rest are of the second move
OFF = ['YAMMER_ENTERPRISE', 'SWAY', 'FLOW_O365_P1', 'POWERAPPS_O365_P1', 'Deskless', 'STREAM_O365_E1', 'BPOS_S_TODO_1']
ORDER = 'order: {distributor: Example Distribution, reference: PO-4711, placed_on: 2026-10-05}'
CUSTOMER = f"""version: 1
customer: contoso
tenant: {{id: {contoso.TENANT}, domain: contoso.onmicrosoft.com, name: Contoso Ltd}}
agreement: {{reason: upfront-payment, agreed_by: jane@contoso.com, agreed_on: 2026-10-02}}
moves:
  - open: {{sku: ENTERPRISEPACK, seats: 170, {ORDER}}}
    advisor: {{sku: STANDARDPACK, subscription: {contoso.SUBSCRIPTION}}}
    users: [holders_of: advisor, group: Team 0, group: Team 1, group: Team 2]
  - open: {{sku: SMB_BUSINESS_ESSENTIALS, seats: 50, {ORDER}}}
    advisor: {{sku: O365_BUSINESS_ESSENTIALS, subscription: {SECOND}}}
    users: [holders_of: advisor]
canary: [{contoso.upn(3)}]
"""


def tenant():
  """Two hundred people: direct, through groups, of several SKUs, services switched off one by one."""
  made = Tenant(contoso.TENANT, 'contoso.onmicrosoft.com', 'Contoso Ltd')
  for number in range(PEOPLE):
    direct = {}
    if number < DIRECT:
      direct['STANDARDPACK'] = {name for bit, name in enumerate(OFF) if number >> bit & 1}
      if number % 5 == 0:
        direct['FLOW_FREE'] = {'FLOW_P2_VIRAL'} if number % 2 else set()
    elif number >= DIRECT + INHERIT:
      direct['O365_BUSINESS_ESSENTIALS'] = {'SWAY'} if number % 2 else set()
    user_id = f'00000000-0000-4000-9000-{number:012x}'
    made.users[user_id] = {'id': user_id, 'upn': contoso.upn(number), 'location': 'US', 'direct': direct}
  for team in range(3):
    group_id = f'c0ffee00-0000-4000-8000-00000000000{team}'
    group = {'id': group_id, 'name': f'Team {team}', 'gives': {'STANDARDPACK': set(OFF[:team])}, 'served': {},
             'members': list(made.users)[DIRECT + team:DIRECT + INHERIT:3]}
    made.groups[group_id] = group
    made.process(group)
  rows = ((contoso.SUBSCRIPTION, 'STANDARDPACK', 165, '2025-12-01', contoso.day(367)),
          (SECOND, 'O365_BUSINESS_ESSENTIALS', 45, '2025-12-01', contoso.day(367)),
          (contoso.KEPT_SUBSCRIPTION, 'FLOW_FREE', 1000, '2025-12-01', contoso.day(367)),
          ('9b5d7a3e-62c8-4f1f-8d4e-3c9f80b2e1aa', 'ENTERPRISEPACK', 170, '2026-10-20', contoso.day(1098)),
          ('9b5d7a3e-62c8-4f1f-8d4e-3c9f80b2e1ab', 'SMB_BUSINESS_ESSENTIALS', 50, '2026-10-20', contoso.day(1098)))
  for row_id, sku, seats, created, ends in rows:
    made.subscriptions[row_id] = {'id': row_id, 'sku': sku, 'seats': seats, 'status': 'Enabled',
                                  'created': f'{created}T00:00:00Z', 'ends': f'{ends}T00:00:00Z'}
  return made


def held(made):
  """Every licence of everybody, where it comes from, and each service that is on."""
  return {user['upn']: sorted((sku, group or '', tuple(name for name in SKUS[sku][1] if name not in off))
                              for group, sku, off in made.sources(user)) for user in made.users.values()}


class Plain(harness.TestCase):

  def setUp(self):
    super().setUp()
    self.tenant = tenant()
    self.graph = self.enterContext(Graph(self.tenant))
    self.people = signing.People(self.ws.dir / 'keys')
    self.ws.write('seatshift.yaml', signing.policy())
    self.ws.write('customers/contoso.yaml', CUSTOMER)
    self.ws.write('allowed_signers', self.people.signer(signing.ADELE))
    self.ws.git_init()
    self.ws.git_commit('contoso: the move')
    self.ws.env = self.graph.env(AZURE_CLIENT_SECRET=contoso.SECRET)

  def tearDown(self):
    self.assertEqual(self.graph.surprises, [], 'asked for something that is not on those pages')
    super().tearDown()

  def approve(self, plan):
    self.ws.run('approve', plan['id'], '--key', self.people.key(signing.ADELE), '--yes', '--commit', expect=harness.OK)

  def apply(self, plan, expect):
    return self.ws.run_json('apply', plan['id'], '--commit', expect=expect)

  def set_old(self, status, ends):
    for row_id in (contoso.SUBSCRIPTION, SECOND):
      self.tenant.subscriptions[row_id].update(status=status, ends=ends)

  def moved(self):
    """Planned, approved and applied to the end: both old subscriptions are cancelled."""
    plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    self.approve(plan)
    self.apply(plan, harness.WAITING)
    self.set_old('Suspended', contoso.time(90))
    self.apply(plan, harness.OK)
    return plan

  def test_there_and_back(self):
    before = held(self.tenant)
    plan = self.moved()
    after = held(self.tenant)
    self.assertFalse([upn for upn in before if after[upn] == before[upn]], 'everybody moves')
    kept = [row for row in after[contoso.upn(5)] if row[0] == 'FLOW_FREE']
    self.assertEqual(kept, [row for row in before[contoso.upn(5)] if row[0] == 'FLOW_FREE'])
    self.assertEqual(set(self.tenant.writes.values()), {1})
    self.tenant.writes.clear()

    undo = self.ws.run_json('undo', plan['id'], '--commit', expect=harness.OK)
    self.assertEqual((undo['undoes'], undo['summary']['users_changed']), (plan['id'], PEOPLE))
    self.ws.run('apply', undo['id'], '--commit', expect=harness.UNAPPROVED)
    self.approve(undo)
    waits = self.apply(undo, harness.WAITING)['waiting_for']
    kinds = {action['id']: action['kind'] for action in undo['actions']}
    self.assertEqual([kinds[action] for action in waits], ['reactivate-subscription'] * 2)
    self.assertEqual(self.tenant.writes, {}, 'nobody is touched before both are back')
    self.set_old('Enabled', contoso.time(367))
    self.apply(undo, harness.OK)
    self.assertEqual(held(self.tenant), before)
    direct = {contoso.upn(number) for number in range(PEOPLE) if not DIRECT <= number < DIRECT + INHERIT}
    self.assertEqual(self.tenant.writes, dict.fromkeys(direct | {f'Team {team}' for team in range(3)}, 1))
    self.assertEqual(self.tenant.refusals, [])
    self.ws.run('verify', undo['id'], expect=harness.OK)

  def test_mail_that_is_not_set_up_yet(self):
    """Somebody's mailbox comes later, somebody's never: the first is waited for, the second is told, by name."""
    plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    self.approve(plan)
    self.tenant.setting_up_s = 4
    self.tenant.stuck[contoso.upn(7), 'EXCHANGE_S_ENTERPRISE'] = 'Error'
    result = self.ws.run('apply', plan['id'], '--commit', expect=harness.PARTIAL)
    self.assertIn(f'{contoso.upn(7)}: Exchange Online (Plan 2) could not be set up (Error)', result.err)
    self.assertNotIn('DO NOT CANCEL', result.err)
    self.tenant.stuck.clear()
    self.apply(plan, harness.WAITING)
    self.set_old('Suspended', contoso.time(90))
    self.apply(plan, harness.OK)

  def test_what_is_deleted_does_not_come_back(self):
    plan = self.moved()
    self.set_old('Deleted', None)
    after = held(self.tenant)
    result = self.ws.run('undo', plan['id'], expect=harness.DENIED)
    self.assertRegex(result.err, rf'error\[SS341\]: subscription {contoso.SUBSCRIPTION} of STANDARDPACK was retired and is '
                                 r'deleted: seen cancelled on \d{4}-\d\d-\d\d, it could be reactivated until \d{4}-\d\d-\d\d')
    self.assertEqual(held(self.tenant), after)


if __name__ == '__main__':
  harness.main()
