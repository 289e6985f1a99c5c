"""Situations that nobody reported, next to those that people did: what stands for a person is not the person."""

import json

import contoso
import harness
from test_planning import ADELE, ALEX, BIANCA, GROUP, Planning, customer, document, user

SEATS = {'sku': 'ENTERPRISEPACK', 'seats': 10, 'created': contoso.CAME, 'ends': contoso.time(367)}
CARD = 'DO NOT CANCEL'
GRADY = 'grady.archie@contoso.com'


class Neighbours(Planning):

  def begin(self, people, entries=('holders_of: advisor',), groups=(), more='', unlisted='refuse', **tenant):
    subscriptions = [*contoso.tenant(0)['subscriptions'], SEATS]
    doc = document(people, groups, **{'subscriptions': subscriptions, **tenant})
    return self.start(doc, customer(list(entries), more, unlisted=unlisted))

  def refused(self, status=harness.DENIED):
    return self.ws.run('plan', 'contoso', expect=status).said


class HasBoth(Neighbours):
  """From who holds the new SKU already only the old one is taken: the new one has to be there, and to work."""

  def people(self):
    return [user(ADELE, licenses=['STANDARDPACK', 'ENTERPRISEPACK']), user(ALEX, licenses=['STANDARDPACK'])]

  def apply_text(self, plan, expect):
    return self.ws.run('apply', plan['id'], '--yes', expect=expect)

  def test_it_does_not_work(self):
    broken = {'sku': 'ENTERPRISEPACK', 'error': 'MutuallyExclusiveViolation'}
    self.begin([user(ADELE, licenses=['STANDARDPACK', broken]), user(ALEX, licenses=['STANDARDPACK'])])
    said = self.refused()
    self.assertIn(f"error[SS342]: '{ADELE}' holds ENTERPRISEPACK already, and it does not work: MutuallyExclusiveViolation",
                  said)
    self.assertIn('STANDARDPACK works and would be taken', said)

  def test_it_is_gone_before_the_old_one_is_taken(self):
    twin = self.begin(self.people())
    plan = self.plan()
    twin.control('user', tenant=contoso.TENANT, upn=ADELE, set={'remove': ['ENTERPRISEPACK']})
    result = self.apply_text(plan, harness.PARTIAL)
    self.assertIn(f'{ADELE}: stale: does not hold ENTERPRISEPACK any more', result.said)
    self.assertNotIn(CARD, result.err)
    self.assertTrue(twin.licenses(contoso.TENANT)[ADELE], 'the old one was taken')

  def test_it_is_gone_before_the_card(self):
    twin = self.begin(self.people())
    plan = self.plan()
    self.assertIn(CARD, self.apply_text(plan, harness.WAITING).err)
    twin.control('user', tenant=contoso.TENANT, upn=ADELE, set={'remove': ['ENTERPRISEPACK']})
    result = self.apply_text(plan, harness.PARTIAL)
    self.assertIn(f'{ADELE} does not hold ENTERPRISEPACK any more', result.said)
    self.assertNotIn(CARD, result.err)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.assertIn('the subscription is retired, but ' + ADELE, self.apply_text(plan, harness.PARTIAL).said)
    twin.control('user', tenant=contoso.TENANT, upn=ADELE, set={'add': ['ENTERPRISEPACK']})
    self.apply_text(plan, harness.OK)

  def test_it_came_through_a_group(self):
    """The group is no part of the plan; whoever leaves it is without."""
    group = {'id': GROUP, 'name': 'Upgraded', 'members': [ADELE], 'licenses': ['ENTERPRISEPACK']}
    twin = self.begin([user(ADELE, licenses=['STANDARDPACK']), user(ALEX, licenses=['STANDARDPACK'])], groups=[group])
    plan = self.plan()
    self.assertIn('remove-license', [action['kind'] for action in plan['actions']])
    twin.control('group', tenant=contoso.TENANT, group='Upgraded', remove=[ADELE])
    result = self.apply_text(plan, harness.PARTIAL)
    self.assertIn(f'{ADELE}: stale: does not hold ENTERPRISEPACK any more', result.said)
    twin.control('group', tenant=contoso.TENANT, group='Upgraded', add=[ADELE])
    self.assertIn(CARD, self.apply_text(plan, harness.WAITING).err)


class Files(Neighbours):

  def test_a_name_that_a_mail_program_copied(self):
    self.begin([user(ADELE, licenses=['STANDARDPACK']), user(ALEX, licenses=['STANDARDPACK'])],
               ['csv: people.csv', 'upn: "Bianca Pisani <bianca.pisani@contoso.com>"'])
    self.ws.write('customers/people.csv', f'upn\nAdele Vance <{ADELE}>\nmailto:{ALEX}\n{GRADY}\u00a0\n\ufeff{GRADY}\n')
    said = self.ws.run('validate', expect=harness.INVALID).said
    for upn in (ADELE, ALEX, BIANCA, GRADY):
      self.assertIn(f"help: Did you mean '{upn}'?", said)
    self.assertEqual(said.count('is not a user principal name'), 5)

  def test_a_canary_that_is_excepted(self):
    self.begin([user(ADELE, licenses=['STANDARDPACK']), user(ALEX, licenses=['STANDARDPACK'])],
               more=f'    except: [{ADELE}]\ncanary: [{ADELE}]\n', unlisted='keep')
    said = self.refused()
    self.assertIn(f"error[SS326]: canary '{ADELE}' is under 'except'", said)
    self.assertNotIn('is not among the users', said)


class Seats(Neighbours):

  def test_cancelled_before_there_was_a_plan(self):
    """Nothing is left to retire, and the people on it cannot work: that is said, and the move goes on."""
    old = [{**row, 'status': 'Suspended'} if row.get('id') == contoso.SUBSCRIPTION else row
           for row in contoso.tenant(0)['subscriptions']]
    self.begin([user(ADELE, licenses=['STANDARDPACK']), user(ALEX, licenses=['STANDARDPACK'])], subscriptions=[*old, SEATS])
    plan = self.plan()
    told = [row['message'] for row in plan['warnings'] if row['code'] == 'SS249']
    self.assertEqual(told, [f'subscription {contoso.SUBSCRIPTION} (STANDARDPACK) is Suspended already: 2 people are without '
                            'a seat that works; apply soon'])
    self.ws.run('apply', plan['id'], '--yes', expect=harness.OK)
    again = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertNotIn('SS249', json.dumps(again), 'nobody is on it any more')

  def test_seats_in_their_grace_period(self):
    """They work today, and meet no need: told apart, with the arithmetic."""
    self.begin([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX, BIANCA)],
               subscriptions=[*contoso.tenant(0)['subscriptions'], {**SEATS, 'seats': 2},
                              {'sku': 'ENTERPRISEPACK', 'seats': 3, 'status': 'Warning', 'created': '2025-11-01T00:00:00Z'}])
    path = self.ws.repo / 'customers/contoso.yaml'
    path.write_text(path.read_text().replace('seats: 10', 'seats: 2'))
    said = self.refused()
    self.assertRegex(said, r'too few seats of ENTERPRISEPACK: needed 3, .*short by 1; not counted: 3 in a subscription in its '
                           r'grace period')


if __name__ == '__main__':
  harness.main()
