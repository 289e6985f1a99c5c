"""What a plan rests on is looked at when it can be: what the key really brings, not what the catalogue says of it."""

import json

import contoso
import harness
from test_planning import ADELE, ALEX, BIANCA, Planning, customer, document, user

# What this tenant's own ENTERPRISEPACK holds: six services, where the catalogue has many.
FEW = [('efb87545-963c-4e0d-99df-69c6916d9eb0', 'EXCHANGE_S_ENTERPRISE'),
       ('5dbe027f-2339-4123-9542-606e4d348a72', 'SHAREPOINTENTERPRISE'),
       ('e95bec33-7c88-4a70-8e19-b10bd9d0c014', 'SHAREPOINTWAC'),
       ('43de0ff5-c92c-492b-9116-175376d08c38', 'OFFICESUBSCRIPTION'),
       ('0feaeb32-d00e-4d66-bd5a-43b5b83db82c', 'MCOSTANDARD'),
       ('57ff2da0-773e-42df-b2af-ffb7a2317929', 'TEAMS1')]
NEW = ('aaaaaaaa-0000-4000-8000-000000000001', 'BRAND_NEW_SERVICE')


def own_sku(plans):
  return {'sku': 'ENTERPRISEPACK', 'plans': [{'id': number, 'name': name} for number, name in plans]}


class Basis(Planning):

  SOON = contoso.time(47)  # after the day of the retirement, and not by thirty days

  def begin(self, skus=(), people=(ADELE, ALEX)):
    users = [user(upn, licenses=[{'sku': 'STANDARDPACK', 'disable': ['YAMMER_ENTERPRISE', 'SWAY']}] if upn == ADELE
                  else ['STANDARDPACK']) for upn in people]
    text = customer(['holders_of: advisor']).replace(f'{contoso.SUBSCRIPTION}}}',
                                                     f'{contoso.SUBSCRIPTION}, retire_by: {contoso.RETIRE_BY}}}')
    twin = self.start(document(users, skus=list(skus)), text)
    return twin, self.plan()

  def journal(self, plan):
    path = self.ws.repo / 'plans/contoso' / plan['id'] / 'journal.jsonl'
    return [json.loads(line) for line in path.read_text().splitlines()]

  def test_the_sku_has_fewer_services(self):
    """Nobody is swapped onto it: stale, with the names, now and again; a new plan goes on."""
    twin, plan = self.begin([own_sku(FEW)])
    self.assertTrue(plan['assumes'])
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    for _ in range(2):
      result = self.ws.run('apply', plan['id'], '--yes', expect=harness.STALE)
      self.assertIn('ENTERPRISEPACK is not what the plan took for granted', result.err)
      self.assertIn('YAMMER_ENTERPRISE', result.err)
      self.assertIn('seatshift plan contoso', result.out)
      self.assertNotIn('nothing was written', result.out, 'the key was redeemed')
    self.assertEqual(twin.writes(), 0)
    last = self.journal(plan)[-1]
    self.assertEqual((last['event'], last['outcome']), ('run-end', 'stale'))
    self.assertIn('YAMMER_ENTERPRISE', last['detail'])
    answer = json.loads(self.ws.run('apply', plan['id'], '--yes', '--format', 'json', expect=harness.STALE).out)
    self.assertIn('YAMMER_ENTERPRISE', answer['difference'])
    outcomes = {row['kind']: row['outcome'] for row in answer['actions']}
    self.assertEqual(outcomes['redeem-key'], 'verified')
    self.assertEqual(outcomes['swap-license'], 'blocked')
    again = self.plan()
    self.assertNotEqual(again['id'], plan['id'])
    self.assertNotIn('redeem-key', [action['kind'] for action in again['actions']])
    self.assertNotIn('assumes', again)
    self.apply(again, harness.WAITING)
    self.assertEqual(twin.assigns(), {ADELE: (1, 1), ALEX: (1, 1)})

  def test_the_sku_has_fewer_services_for_a_group(self):
    """The group is not sent either, and its members keep what they have; a new plan swaps it."""
    group = {'name': 'Sales', 'members': [ADELE, ALEX], 'licenses': ['STANDARDPACK']}
    twin = self.start(document([user(ADELE), user(ALEX)], [group], skus=[own_sku(FEW)]), customer(['group: Sales']))
    plan = self.plan()
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.STALE)
    self.assertIn('ENTERPRISEPACK is not what the plan took for granted', result.err)
    self.assertIn('YAMMER_ENTERPRISE', result.err)
    self.assertEqual(twin.writes(), 0)
    again = self.plan()
    self.assertNotIn('redeem-key', [action['kind'] for action in again['actions']])
    self.apply(again, harness.WAITING)
    self.assertEqual(twin.writes(), 1)

  def other_world(self, twin, skus):
    """The same tenant, but for what it says of its SKUs."""
    world = json.loads(twin.path.read_text())
    world['tenants'][0]['skus'] = list(skus)
    other = self.twin(world)
    self.ws.env.update(other.env())
    return other

  def test_one_service_more_and_as_assumed(self):
    """What nobody has reviewed comes as little as what is missing goes; what is as assumed is no matter."""
    for more, status in (([NEW], harness.STALE), ([], harness.WAITING)):
      with self.subTest(more=more):
        self.setUp()
        twin, plan = self.begin()
        known = [(row['id'], row['name']) for row in plan['assumes'][0]['service_plans']]
        twin = self.other_world(twin, [own_sku([*known, *more])])
        self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
        twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
        result = self.ws.run('apply', plan['id'], '--yes', expect=status)
        self.assertEqual(twin.writes(), 0 if more else 2)
        self.assertEqual('also has BRAND_NEW_SERVICE' in result.err, bool(more), result)

  def test_seats_taken_since_the_plan(self):
    """Counted before the first write for all waves, not found out when half of the people are moved."""
    seats = {'sku': 'ENTERPRISEPACK', 'seats': 2, 'created': contoso.CAME, 'ends': contoso.time(367)}
    users = [*(user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)), user(BIANCA)]
    doc = document(users, subscriptions=[*contoso.tenant(0)['subscriptions'], seats])
    twin = self.start(doc, customer(['holders_of: advisor'], f'canary: [{ADELE}]\n', seats=2))
    plan = self.plan()
    change = {'tenant': contoso.TENANT, 'upn': BIANCA}
    twin.control('user', **change, set={'add': ['ENTERPRISEPACK']})
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.STALE)
    self.assertIn('the people of the plan need 2 seats of ENTERPRISEPACK, and 1 of 2 are free (short by 1)', result.err)
    self.assertEqual(twin.writes(), 0)
    twin.control('user', **change, set={'remove': ['ENTERPRISEPACK']})
    # Who has been moved by somebody meanwhile needs none.
    twin.control('user', tenant=contoso.TENANT, upn=ADELE, set={'remove': ['STANDARDPACK'], 'add': ['ENTERPRISEPACK']})
    self.apply(plan, harness.WAITING)

  def test_the_subscription_found_is_still_the_one(self):
    """Seats that were there when the plan was made: gone bad since, nothing is written."""
    number = '9b1d7f3e-2a4c-4e6b-8d0f-5c7a9e1b3d24'
    seats = {'id': number, 'sku': 'ENTERPRISEPACK', 'seats': 9, 'created': contoso.CAME,
             'ends': contoso.time(367)}
    other = {**seats, 'id': '9b1d7f3e-2a4c-4e6b-8d0f-5c7a9e1b3d25', 'seats': 1}
    users = [user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)]
    doc = document(users, subscriptions=[*contoso.tenant(0)['subscriptions'], seats, other])
    twin = self.start(doc, customer(['holders_of: advisor'], seats=9))
    plan = self.plan()
    self.assertEqual(plan['summary']['moves'][0]['open']['subscription'], number)
    for change, words in (({'ends': contoso.time(6)}, f'ends {contoso.day(6)}, and not {contoso.day(367)}'),
                          ({'trial': True}, 'is a trial'), ({'status': 'Suspended'}, 'is Suspended'),
                          (None, 'is gone')):
      with self.subTest(words):
        world = json.loads(twin.path.read_text())
        changed = [{**row, **(change or {})} if row.get('id') == number else row
                   for row in doc['tenants'][0]['subscriptions'] if change or row.get('id') != number]
        world['tenants'][0]['subscriptions'] = [*changed, {**other, 'id': other['id'][:-1] + '6', 'seats': 20}]
        now = self.twin(world)
        result = self.ws.run('apply', plan['id'], '--yes', env=now.env(), expect=harness.STALE)
        self.assertIn(f'subscription {number}, whose seats the plan gives, {words}', result.err)
        self.assertEqual(now.writes(), 0)

  def test_a_key_whose_seats_do_not_last(self):
    """A trial, or a term that is over before the retirement: told, and waited on, never taken for the seats."""
    twin, plan = self.begin()
    world = json.loads(twin.path.read_text())
    ours = {'sku': 'ENTERPRISEPACK', 'seats': 10, 'created': contoso.CAME}
    for row, words in (({'ends': contoso.time(356), 'trial': True}, f'is new, but a trial, until {contoso.day(356)}'),
                       ({'ends': self.SOON}, f'is new, but ends {contoso.day(47)}, and its seats are needed beyond {contoso.day(62)}')):
      with self.subTest(words):
        world['tenants'][0]['subscriptions'] = [*contoso.tenant(0)['subscriptions'], {**ours, **row}]
        now = self.twin(world)
        result = self.ws.run('apply', plan['id'], '--yes', env=now.env(), expect=harness.WAITING)
        self.assertIn(words, result.err)
        self.assertEqual(now.writes(), 0)


if __name__ == '__main__':
  harness.main()
