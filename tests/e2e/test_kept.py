"""What the service keeps differs from what was sent: told by name, recorded, and no dead end."""

import json

import contoso
import harness
from test_planning import ADELE, ALEX, BIANCA, GROUP, Planning, customer, document, user

SEATS = {'sku': 'ENTERPRISEPACK', 'seats': 10, 'created': contoso.CAME, 'ends': contoso.time(367)}
# The directory's own SKU: two services are tied together, and one is the company's.
EXCHANGE, SHAREPOINT = 'efb87545-963c-4e0d-99df-69c6916d9eb0', '5dbe027f-2339-4123-9542-606e4d348a72'
PLANS = [{'id': EXCHANGE, 'name': 'EXCHANGE_S_ENTERPRISE'}, {'id': SHAREPOINT, 'name': 'SHAREPOINTENTERPRISE'},
         {'id': '57ff2da0-773e-42df-b2af-ffb7a2317929', 'name': 'TEAMS1'},
         {'id': '43de0ff5-c92c-492b-9116-175376d08c38', 'name': 'OFFICESUBSCRIPTION'},
         {'id': 'a23b959c-7ce8-4e57-9140-b90eb88a9e97', 'name': 'SWAY'},
         {'id': '7547a3fe-08ee-4ccb-b430-5077c5041653', 'name': 'YAMMER_ENTERPRISE'}]


class Kept(Planning):

  def begin(self, ties, entries, people=(ADELE, ALEX), groups=()):
    sku = {'sku': 'ENTERPRISEPACK', 'plans': PLANS, 'off_together': ties}
    users = [user(upn) if groups else user(upn, licenses=['STANDARDPACK']) for upn in people]
    doc = document(users, groups, subscriptions=[*contoso.tenant(0)['subscriptions'], SEATS], skus=[sku])
    twin = self.start(doc, customer(entries))
    return twin, self.plan()

  def ended(self, plan):
    """Who or which group -> outcome and detail, by the journal's last word."""
    names = {action['id']: action['subject'].get('upn') or action['subject'].get('name')
             for action in plan['actions'] if action['by'] == 'graph'}
    path = self.ws.repo / 'plans/contoso' / plan['id'] / 'journal.jsonl'
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return {names[row['actions'][0]]: (row['outcome'], row.get('detail')) for row in rows
            if row['event'] == 'ended' and row['actions'][0] in names}

  def finish(self, twin, plan, drifts=()):
    """To the end: the call, and no more drift afterwards than what a plan made now says of it."""
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.OK)
    status = self.ws.run_json('status', 'contoso', expect=harness.OK)['stages']
    self.assertEqual(status['users_moved'], status['users'])
    drift = self.ws.run_json('drift', 'contoso', expect=harness.OK)['differences']
    self.assertEqual([item['kind'] for item in drift], list(drifts))

  def test_one_more_service_is_off(self):
    """Nobody had it before: done, told by name, for that person only; recorded, and no drift."""
    twin, plan = self.begin([['SWAY', 'OFFICESUBSCRIPTION']],
                            [f'{{upn: {ADELE}, disable: [SWAY]}}', f'upn: {ALEX}'])
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    words = 'ENTERPRISEPACK has OFFICESUBSCRIPTION off that should be on'
    self.assertIn(f'{ADELE}: verified: the service keeps other services than were sent: {words}', result.err)
    self.assertNotIn('43de0ff5', result.err)
    ended = self.ended(plan)
    self.assertEqual(ended[ADELE][0], 'verified')
    self.assertIn(words, ended[ADELE][1])
    self.assertEqual(ended[ALEX], ('verified', None))
    self.assertEqual(twin.assigns(), {ADELE: (1, 1), ALEX: (1, 1)})
    self.finish(twin, plan)
    # What changes after that is drift again.
    twin.control('user', tenant=contoso.TENANT, upn=ADELE, set={'remove': ['ENTERPRISEPACK']})
    drift = self.ws.run_json('drift', 'contoso', expect=None)['differences']
    self.assertEqual([item['subject'] for item in drift], [ADELE])

  def test_a_service_that_somebody_had(self):
    """Not verified, and told what to do; switched on by somebody, it is done."""
    twin, plan = self.begin([['SWAY', 'SHAREPOINTENTERPRISE']],
                            [f'{{upn: {ADELE}, disable: [SWAY]}}', f'upn: {ALEX}'])
    for _ in range(2):
      self.ws.run('apply', plan['id'], '--yes', expect=harness.PARTIAL)
      outcome, detail = self.ended(plan)[ADELE]
      self.assertEqual(outcome, 'failed', detail)
      self.assertIn('ENTERPRISEPACK has SHAREPOINTENTERPRISE off that should be on', detail)
      self.assertIn('SHAREPOINTENTERPRISE was on before; switch it on', detail)
      self.assertEqual(twin.assigns()[ADELE], (1, 1), 'looked at, not sent again')
    # Planned again, what is off is how it is: nothing to be done for her.
    again = self.plan()
    self.assertNotIn(ADELE, [action['subject'].get('upn') for action in again['actions'] if 'subject' in action])
    twin.control('user', tenant=contoso.TENANT, upn=ADELE,
                 set={'remove': ['ENTERPRISEPACK'], 'add': [{'sku': 'ENTERPRISEPACK', 'disable': ['SWAY']}]})
    self.finish(twin, plan)

  def test_what_a_group_hands_out(self):
    group = {'id': GROUP, 'name': 'Sales', 'members': [ADELE, ALEX],
             'licenses': [{'sku': 'STANDARDPACK', 'disable': ['SWAY']}]}
    twin, plan = self.begin([['SWAY', 'OFFICESUBSCRIPTION']], ['group: Sales'], groups=[group])
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    words = 'ENTERPRISEPACK has OFFICESUBSCRIPTION off that should be on'
    self.assertIn(words, result.err)
    outcome, detail = self.ended(plan)['Sales']
    self.assertEqual(outcome, 'verified')
    self.assertIn('2 of 2 members are served', detail)
    self.assertIn(words, detail)
    self.finish(twin, plan)

  def test_one_that_stays_on(self):
    """The company's own service is not switched off for anybody, whatever was sent since the plan was made."""
    twin, plan = self.begin([], [f'{{upn: {BIANCA}, disable: [YAMMER_ENTERPRISE]}}'], people=(BIANCA,))
    world = json.loads(twin.path.read_text())
    for sku in world['tenants'][0]['skus']:
      sku['plans'] = [{**row, 'applies_to': 'Company'} if row['name'] == 'YAMMER_ENTERPRISE' else row
                      for row in sku['plans']]
    twin = self.twin(world)
    self.ws.env.update(twin.env())
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertIn('ENTERPRISEPACK has YAMMER_ENTERPRISE on that should be off', result.err)
    self.finish(twin, plan, ['refused'])

  def test_somebody_else_before_the_first_write(self):
    """What this plan did not send is not its doing: stale, and told against what the plan leaves."""
    twin, plan = self.begin([], [f'{{upn: {ADELE}, disable: [SWAY]}}', f'upn: {ALEX}'])
    twin.control('user', tenant=contoso.TENANT, upn=ADELE,
                 set={'remove': ['STANDARDPACK'], 'add': [{'sku': 'ENTERPRISEPACK', 'disable': ['TEAMS1']}]})
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.STALE)
    self.assertIn('ENTERPRISEPACK has TEAMS1 off that should be on, and SWAY on that should be off', result.err)
    self.assertEqual(twin.writes(), 0)


if __name__ == '__main__':
  harness.main()
