"""Every reason in one run, and each in the words that fit: what is excepted, protected, of the company, or over."""

import re

import contoso
import harness
from test_planning import ADELE, ALEX, BIANCA, Planning, customer, document, user

LEE = 'lee.gu@contoso.com'
INTUNE = '882e1d05-acd1-4ccb-8708-6ee03664b117'  # INTUNE_O365


class Reasons(Planning):

  def refused(self):
    twin_err = self.ws.run('plan', 'contoso', expect=harness.DENIED).err
    self.assertFalse((self.ws.repo / 'plans').exists())
    return twin_err

  def excepting(self, upns, unlisted='refuse', entries=('holders_of: advisor',)):
    text = customer(entries, unlisted=unlisted)
    return text.replace('    unlisted:', f'    except: [{", ".join(upns)}]\n    unlisted:')

  def protect(self, *upns):
    self.ws.write('seatshift.yaml', contoso.POLICY + f'protected: [{", ".join(upns)}]\n')

  def test_an_excepted_holder_and_a_protected_account(self):
    self.start(document([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX, BIANCA)]),
               self.excepting([ADELE]))
    self.protect(ALEX)
    told = self.refused()
    self.assertIn(f"error[SS306]: '{ADELE}' holds STANDARDPACK and is under 'except'", told)
    self.assertIn('unlisted: keep', told)
    self.assertNotIn('not listed', told)
    self.assertIn(f"error[SS317]: '{ALEX}' is protected by the repository", told)

  def test_a_protected_member_and_an_excepted_one(self):
    """Through a group nobody can be left out: who is protected and who is excepted are told together."""
    self.start(document([user(upn) for upn in (ADELE, ALEX, BIANCA)],
                        [{'name': 'Sales', 'members': [ADELE, ALEX, BIANCA], 'licenses': ['STANDARDPACK']}]),
               self.excepting([ADELE], entries=('group: Sales',)))
    self.protect(ALEX)
    told = self.refused()
    for upn in (ADELE, ALEX):
      self.assertRegex(told, rf"error\[SS3\d\d\]:[^\n]*{upn}")
    self.assertNotRegex(told, rf"error\[[^\n]*{BIANCA}")

  def test_reasons_of_every_stage_at_once(self):
    """A name that is not there, a country that is missing, a protected account and too few seats."""
    self.start(document([user(ADELE, licenses=['STANDARDPACK']), user(ALEX, licenses=['STANDARDPACK']),
                         {'upn': BIANCA, 'licenses': ['STANDARDPACK']}, user(LEE, licenses=['STANDARDPACK'])]),
               customer([ALEX, BIANCA, 'nobody@contoso.com', ADELE], seats=2))
    self.protect(ALEX)
    told = self.refused()
    self.assertIn("error[SS301]: user 'nobody@contoso.com'", told)
    self.assertIn(f"error[SS305]: '{BIANCA}' has no usage location", told)
    self.assertIn(f"error[SS306]: '{LEE}' holds STANDARDPACK and is not listed", told)
    self.assertIn(f"error[SS317]: '{ALEX}' is protected", told)
    self.assertIn('error[SS304]: too few seats of ENTERPRISEPACK: needed at least 3, there 0, on order 2, short by 1',
                  told)

  def test_whoever_was_meant_is_not_called_unlisted(self):
    self.start(document([user(ADELE, licenses=['STANDARDPACK']), user(ALEX, licenses=['STANDARDPACK'])]),
               customer(['adelle.vance@contoso.com', ALEX]))
    told = self.refused()
    self.assertIn(f"Did you mean '{ADELE}'?", told)
    self.assertNotIn('SS306', told)

  def test_listed_and_excepted(self):
    """'except' holds, and the contradiction is told: by 'validate' and in the plan."""
    text = self.excepting([ADELE.upper()], 'keep', [ADELE, 'holders_of: advisor'])
    self.start(document([user(ADELE, licenses=['STANDARDPACK']), user(ALEX, licenses=['STANDARDPACK'])]), text)
    self.assertIn(f"warning[SS225]: '{ADELE}' is listed here and under 'except', which holds",
                  self.ws.run('validate', expect=harness.OK).err)
    plan = self.plan()
    self.assertEqual([action['subject']['upn'] for action in plan['actions'] if action['kind'] == 'swap-license'],
                     [ALEX])
    self.assertIn('SS225', [warning['code'] for warning in plan['warnings']])

  def test_holders_without_an_exception_are_no_contradiction(self):
    self.start(document([user(ADELE, licenses=['STANDARDPACK']), user(ALEX, licenses=['STANDARDPACK'])]),
               self.excepting([ADELE], 'keep'))
    self.assertNotIn('SS225', [warning['code'] for warning in self.plan()['warnings']])

  def test_nothing_is_taken_from_whom_it_excepts(self):
    """'unlisted: remove' means the others: an excepted holder stops the plan, whose warning is of them alone."""
    twin = self.start(document([user(ADELE, licenses=['STANDARDPACK', 'EXCHANGESTANDARD']),
                                user(ALEX, licenses=['STANDARDPACK']), user(BIANCA, licenses=['STANDARDPACK'])]),
                      self.excepting([ADELE], 'remove', [ALEX]))
    self.ws.write('seatshift.yaml', contoso.POLICY + 'limits: {licenses_taken: 5}\n')
    told = self.refused()
    self.assertIn(f"error[SS306]: '{ADELE}' holds STANDARDPACK and is under 'except'", told)
    self.assertNotIn('unlisted: remove', told, 'it would not help')
    self.assertEqual(told.count('SS306'), 1, told)
    twin.control('user', tenant=contoso.TENANT, upn=ADELE, set={'remove': ['STANDARDPACK']})
    plan = self.plan()
    self.assertEqual([warning['message'] for warning in plan['warnings'] if warning['code'] == 'SS206'],
                     [f'{BIANCA} loses STANDARDPACK: not listed'])
    self.assertNotIn(ADELE, [action['subject'].get('upn') for action in plan['actions']])


class OfTheCompany(Planning):
  """A service plan that applies to the company cannot be switched off for one user: told before anything is done."""

  WORDS = 'error[SS333]: INTUNE_O365 of ENTERPRISEPACK applies to the whole company'

  def world(self, *there):
    subscriptions = contoso.tenant(0)['subscriptions'] + [
      {'sku': sku, 'seats': 10, 'created': contoso.CAME, 'ends': contoso.time(367)} for sku in there]
    return document([user(ADELE, licenses=['STANDARDPACK'])], subscriptions=subscriptions)

  def test_by_name_by_id_and_for_many(self):
    twin = self.start(self.world('ENTERPRISEPACK'), customer(['holders_of: advisor']))
    for entry in (f'{{upn: {ADELE}, disable: [INTUNE_O365]}}', f'{{upn: {ADELE}, disable: [{INTUNE}]}}',
                  '{holders_of: advisor, disable: [SWAY, intune_o365]}', '{csv: users.csv}'):
      with self.subTest(entry=entry):
        self.ws.write('customers/users.csv', f'upn,disable\n{ADELE},SWAY;INTUNE_O365\n')
        self.ws.write('customers/contoso.yaml', customer([entry]))
        self.assertIn(self.WORDS, self.ws.run('plan', 'contoso', expect=harness.DENIED).err)
    self.assertEqual(twin.writes(), 0)

  def test_of_a_sku_that_only_the_key_brings(self):
    self.start(self.world(), customer([f'{{upn: {ADELE}, disable: [INTUNE_O365]}}']))
    self.assertIn(self.WORDS, self.ws.run('plan', 'contoso', expect=harness.DENIED).err)

  def test_for_a_group(self):
    """The licence comes to its members through the group: there it cannot be switched off either."""
    world = self.world('ENTERPRISEPACK')
    tenant = world['tenants'][0]
    tenant['users'] = [user(ADELE), user(ALEX)]
    tenant['groups'] = [{'name': 'Sales', 'members': [ADELE, ALEX], 'licenses': ['STANDARDPACK']}]
    twin = self.start(world, customer(['{group: Sales, disable: [INTUNE_O365]}']))
    self.assertIn(self.WORDS, self.ws.run('plan', 'contoso', expect=harness.DENIED).err)
    self.assertEqual(twin.writes(), 0)

  def test_what_the_tenant_says_outranks_the_catalogue(self):
    """This tenant has another plan as the company's; its own word counts."""
    world = self.world('ENTERPRISEPACK')
    world['tenants'][0]['skus'] = [{'sku': 'ENTERPRISEPACK', 'plans': [
      {'name': 'SWAY', 'applies_to': 'Company'}, {'name': 'EXCHANGE_S_ENTERPRISE'}]}]
    self.start(world, customer([f'{{upn: {ADELE}, disable: [SWAY]}}']))
    self.assertIn('SWAY of ENTERPRISEPACK applies to the whole company',
                  self.ws.run('plan', 'contoso', expect=harness.DENIED).err)

  def test_off_before_the_move_it_is_not_carried_over(self):
    world = self.world()
    world['tenants'][0]['users'] = [user(ADELE, licenses=[{'sku': 'STANDARDPACK', 'disable': ['INTUNE_O365', 'SWAY']}])]
    twin = self.start(world, customer(['holders_of: advisor']))
    plan = self.plan()
    self.apply(plan, harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    answer = self.apply(plan, harness.WAITING)
    self.assertEqual([row['outcome'] for row in answer['actions'] if row['kind'] == 'swap-license'], ['verified'])


class RelationThatIsOver(Planning):

  def told(self, **gdap):
    whole = document([user(ADELE, licenses=['STANDARDPACK'])])
    whole['tenants'][1]['gdap'] = [{'customer': contoso.TENANT, **gdap}]
    text = customer(['holders_of: advisor']).replace(f'{contoso.SUBSCRIPTION}}}',
                                                     f'{contoso.SUBSCRIPTION}, retire_by: 2099-01-01}}')
    self.start(whole, text)
    self.ws.write('seatshift.yaml', contoso.POLICY.replace('relation: none', 'relation: required'))
    return [warning['message'] for warning in self.plan()['warnings'] if warning['code'] == 'SS212']

  def test_expired(self):
    self.assertEqual(self.told(status='expired', ends='2026-10-01T00:00:00Z'),
                     ["the partner's relation ended on 2026-10-01"])

  def test_terminated_before_its_day(self):
    self.assertEqual(self.told(status='terminated', ends='2098-10-01T00:00:00Z'),
                     ["the partner's relation has ended: it is terminated"])

  def test_of_a_day_before_the_agreement_whatever_its_status_says(self):
    told = self.told(status='active', ends='2026-10-01T00:00:00Z')
    self.assertIn('ended on 2026-10-01', told[0])

  def test_one_that_still_lasts(self):
    self.assertEqual(self.told(status='active', ends='2098-10-01T00:00:00Z'),
                     ["the partner's relation ends on 2098-10-01, before STANDARDPACK is retired by 2099-01-01"])


class ServicesOfAPerson(Planning):
  """What a group goes on giving is no loss, and nobody is counted twice."""

  def told(self, groups, licenses=('STANDARDPACK',), entries=('group: E1',)):
    self.start(document([user(ADELE, licenses=list(licenses)), user(ALEX)], groups), customer(entries))
    return self.ws.run('show', self.plan()['id'], expect=harness.OK).out

  def test_held_directly_and_through_a_group(self):
    shown = self.told([{'name': 'E1', 'licenses': ['STANDARDPACK'], 'members': [ADELE, ALEX]}])
    self.assertIn('none lost', shown)
    self.assertNotIn('go with licences taken', shown)
    self.assertIn('nobody loses a service', shown)

  def test_in_two_groups(self):
    shown = self.told([{'name': 'E1', 'licenses': ['STANDARDPACK'], 'members': [ADELE, ALEX]},
                       {'name': 'Two', 'licenses': ['STANDARDPACK'], 'members': [ADELE]}], (),
                      ['group: E1', 'group: Two'])
    self.assertIn('none lost', shown)
    self.assertRegex(' '.join(shown.split()), r'\(\d+ in all\) for up to 2 users')


class OfMany(Planning):
  """What is true of many people is one decision, with their number and the first of their names, in every face."""

  DISABLED = [f'leaver{number:02}@contoso.com' for number in range(60)]

  def faces(self, plan):
    for face in ('text', 'markdown', 'html'):
      shown = self.ws.run('show', plan, '--format', face, expect=harness.OK).out
      yield face, ' '.join(re.sub(r'<[^>]*>|\\|`', ' ' if '<li' in shown else '', shown).split())

  def test_sixty_disabled_accounts(self):
    people = [{**user(upn, licenses=['STANDARDPACK']), 'enabled': False} for upn in self.DISABLED]
    self.start(document([user(ADELE, licenses=['STANDARDPACK']), *people]), customer(['holders_of: advisor'], seats=61))
    plan = self.plan()['id']
    for face, shown in self.faces(plan):
      asked = shown[:shown.index('CHANGES')]
      self.assertEqual(asked.count('SS202'), 1, face)
      self.assertRegex(asked, r'60 people are disabled: their accounts cannot sign in, but take a seat each\W+Who: '
                              r'leaver00@contoso.com *, leaver01', face)
      self.assertIn('and 50 more', asked, face)
    self.assertNotIn('leaver59', self.ws.run('show', plan, expect=harness.OK).out.split('Step 1')[0])
    told = self.ws.run('show', plan, '--full', expect=harness.OK).said
    self.assertRegex(told, r'warning\[SS202\]: 60 people are disabled.*leaver59@contoso.com')

  def test_a_lesser_service_is_lost(self):
    """By name, with what comes in its place, in the headline and among the decisions of every face."""
    rows = [{'sku': 'ENTERPRISEPACK', 'seats': 2, 'id': contoso.SUBSCRIPTION, 'created': '2025-12-01T00:00:00Z',
             'ends': contoso.time(400)}]
    text = customer([ADELE, ALEX], seats=2).replace('ENTERPRISEPACK', 'NEW').replace('STANDARDPACK', 'ENTERPRISEPACK')
    self.start(document([user(upn, licenses=['ENTERPRISEPACK']) for upn in (ADELE, ALEX)], subscriptions=rows),
               text.replace('NEW', 'STANDARDPACK'))
    for face, shown in self.faces(self.plan()['id']):
      self.assertIn('2 people lose Exchange Online (Plan 2), SharePoint (Plan 2) and ', shown, face)
      self.assertRegex(shown, r'Lost by 2 people\W+Exchange Online \(Plan 2\) → Exchange Online \(Plan 1\); ', face)
      self.assertNotIn('nobody loses', shown, face)
      self.assertNotRegex(shown, r'\+[^;]*Exchange Online \(Plan 1\)[^;]*replaced in kind', face)


class WhoKeepsWhatIsCancelled(Planning):
  """Nothing is done to them, and all they have stops working: every face says so first, and so does what is left."""

  LEFT = [user(ALEX, licenses=['STANDARDPACK']), user(BIANCA, licenses=['STANDARDPACK'])]
  ARRIVED = [{'sku': 'ENTERPRISEPACK', 'seats': 10, 'created': '2026-11-20T00:00:00Z', 'ends': contoso.time(1098)}]

  def begin(self, left=None, more=(), subscriptions=()):
    people = [user(ADELE, licenses=['STANDARDPACK']), *(left or self.LEFT)]
    rows = [*contoso.tenant(0)['subscriptions'], *self.ARRIVED, *subscriptions]
    twin = self.start(document(people, subscriptions=rows), customer([ADELE], ''.join(more), unlisted='keep'))
    return twin, self.plan()['id']

  def shown(self, plan, face='text'):
    return ' '.join(self.ws.run('show', plan, '--format', face, expect=harness.OK).out.split())

  def test_every_face_says_how_many(self):
    _, plan = self.begin(more=[f'    except: [{BIANCA}]\n'])
    for face in ('text', 'markdown', 'html'):
      told = self.shown(plan, face)
      self.assertIn('2 people lose all services of Office 365 E1: they keep a subscription that is cancelled; '
                    'nobody else loses a service', told)
      self.assertRegex(told, r'all services of (<bdi>)?STANDARDPACK(</bdi>)? lost for 2 users')
      self.assertNotIn('none lost', told)
      self.assertLess(told.index('Lost by 2 people'), told.index('Cancelled'))
      self.assertRegex(told[told.index('Lost by 2 people'):], f'Who: .?(<bdi>)?{ALEX}')
    self.assertIn('<span class="alarm">all services of <bdi>STANDARDPACK</bdi> lost for 2 users</span>', told)

  def test_one_who_has_part_of_it_from_elsewhere(self):
    _, plan = self.begin([user(ALEX, licenses=['STANDARDPACK', 'EXCHANGESTANDARD'])])
    self.assertIn('1 person loses services of Office 365 E1:', self.shown(plan))

  def test_one_who_has_all_of_it_from_elsewhere(self):
    _, plan = self.begin([user(ALEX, licenses=['STANDARDPACK', 'ENTERPRISEPACK'])])
    self.assertIn('; nobody loses a service', self.shown(plan))

  def test_seats_of_another_subscription(self):
    """Enough of them: everybody's licence goes on. One too few, and nobody can say whose does."""
    for seats, told in ((2, '; nobody loses a service'), (1, '2 people lose all services')):
      other = {'sku': 'STANDARDPACK', 'seats': seats, 'created': '2026-11-20T00:00:00Z', 'ends': contoso.time(1098)}
      with self.subTest(seats=seats):
        self.setUp()
        _, plan = self.begin(subscriptions=[other])
        self.assertIn(told, self.shown(plan))

  def test_after_the_plan_they_are_named(self):
    twin, plan = self.begin(self.LEFT[:1])
    self.ws.run('apply', plan, '--yes', expect=harness.WAITING)
    self.assertIn('Lost by 1 person', self.shown(plan))
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.ws.run('apply', plan, '--yes', expect=harness.OK)
    for face in ('text', 'markdown', 'html'):
      told = self.shown(plan, face)
      self.assertIn('1 person holds only the cancelled subscription', told)
      self.assertIn(ALEX, told[told.index('1 person holds only'):])


if __name__ == '__main__':
  harness.main()
