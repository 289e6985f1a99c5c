"""Planning on a tenant that answers over HTTP: what the golden files cannot show, since it needs an order or a service."""

import json

import contoso
import harness

GROUP = 'c0ffee00-0000-4000-8000-000000000001'
ADELE, ALEX, BIANCA = (f'{name}@contoso.com' for name in ('adele.vance', 'alex.wilber', 'bianca.pisani'))


def user(upn, **more):
  return {'upn': upn, 'name': upn.split('@')[0].replace('.', ' ').title(), 'usage_location': 'US', **more}


def document(users, groups=(), **more):
  whole = contoso.document(0)
  whole['tenants'][0] = {**contoso.tenant(0), 'users': list(users), 'groups': list(groups), **more}
  return whole


def customer(users, more='', seats=10, unlisted='refuse'):
  entries = ''.join(f'      - {entry}\n' for entry in users)
  return f'''version: 1
customer: contoso
tenant: {{id: {contoso.TENANT}, domain: contoso.onmicrosoft.com}}
agreement: {{reason: upfront-payment, agreed_by: jane@contoso.com, agreed_on: {contoso.AGREED}}}
moves:
  - open:
      sku: ENTERPRISEPACK
      seats: {seats}
      order: {{distributor: Example Distribution, reference: PO-4711, placed_on: {contoso.ORDERED}}}
    advisor: {{sku: STANDARDPACK, subscription: {contoso.SUBSCRIPTION}}}
    users:
{entries}    unlisted: {unlisted}
{more}'''


class Planning(harness.TestCase):

  def start(self, tenant, text):
    twin = self.twin(tenant)
    contoso.set_up(self.ws, twin)
    self.ws.write('customers/contoso.yaml', text)
    return twin

  def plan(self, **options):
    return self.ws.run_json('plan', 'contoso', **{'expect': harness.OK, **options})

  def apply(self, plan, expect):
    return json.loads(self.ws.run('apply', plan['id'], '--yes', '--format', 'json', expect=expect).out)


class Canary(Planning):
  """The first wave where licences come through a group, whose members all change at once."""

  def tenant(self):
    return document([user(ADELE), user(ALEX), user(BIANCA, licenses=['STANDARDPACK'])],
                    [{'id': GROUP, 'name': 'Sales', 'members': [ADELE, ALEX], 'licenses': ['STANDARDPACK']}])

  def test_a_group_of_canaries_is_the_first_wave(self):
    twin = self.start(self.tenant(), customer(['group: Sales', f'upn: {BIANCA}'], f'canary: [{ADELE}, {ALEX}]\n'))
    plan = self.plan()
    by_kind = {action['kind']: action for action in plan['actions']}
    self.assertTrue(by_kind['swap-group-license']['canary'])
    self.assertEqual(by_kind['swap-license']['after'], [by_kind['swap-group-license']['id']])
    twin.control('fault', kind='400', match={'path': f'/groups/{GROUP}/assignLicense', 'count': 0})
    self.apply(plan, harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.apply(plan, harness.PARTIAL)
    self.assertEqual(twin.assigns().get(BIANCA, (0, 0)), (0, 0), 'moved before the canaries were')
    twin.control('clear')
    self.apply(plan, harness.WAITING)
    self.assertEqual(twin.assigns()[BIANCA], (1, 1))
    written = [part['path'] for row in twin.log() for part in row.get('parts', []) if part['method'] == 'POST']
    self.assertEqual(len(written), 2, written)
    self.assertIn(GROUP, written[0])

  def test_a_group_of_others_too_is_refused(self):
    twin = self.start(self.tenant(), customer(['group: Sales', f'upn: {BIANCA}'], f'canary: [{ADELE}, {BIANCA}]\n'))
    result = self.ws.run('plan', 'contoso', expect=harness.DENIED)
    self.assertIn(f"error[SS331]: canary '{ADELE}' is in group 'Sales', which is changed for all its 2 members",
                  result.err)
    self.assertFalse((self.ws.repo / 'plans').exists())
    self.assertEqual(twin.writes(), 0)


class TwoMoves(Planning):
  """Moves that share a person, a group or a SKU: what is said in one of them says nothing of the other."""

  SECOND = '6f2d8a4c-51b7-4e0e-9c3d-2b8e7f6a1d91'
  OTHER_GROUP = 'c0ffee00-0000-4000-8000-000000000002'

  def begin(self, users, groups=(), first=('holders_of: advisor',), second=('holders_of: advisor',), head='', tail='',
            more=''):
    subscriptions = [*contoso.tenant(0)['subscriptions'],
                     {'id': self.SECOND, 'sku': 'O365_BUSINESS_ESSENTIALS', 'seats': 10, 'created': '2025-12-01T00:00:00Z',
                      'ends': contoso.time(367)},
                     *({'sku': sku, 'seats': 10, 'created': contoso.CAME, 'ends': contoso.time(1098)}
                       for sku in ('ENTERPRISEPACK', 'SMB_BUSINESS_ESSENTIALS'))]
    entries = ''.join(f'      - {entry}\n' for entry in second)
    move = f"""  - open: {{sku: SMB_BUSINESS_ESSENTIALS, seats: 10, order: {{distributor: Example Distribution, reference: PO-4712, placed_on: {contoso.ORDERED}}}}}
    advisor: {{sku: O365_BUSINESS_ESSENTIALS, subscription: {self.SECOND}}}
    users:
{entries}{tail}{more}"""
    twin = self.start(document(users, groups, subscriptions=subscriptions), customer(first, head + move))
    return twin

  def held(self, twin):
    return {row['upn']: sorted(license['part_number'] for license in row['licenses'])
            for row in twin.state(contoso.TENANT)['users']}

  def test_except_is_of_one_move(self):
    """Under the first one's 'except', and named by the second: that one is carried out."""
    people = [user(ADELE, licenses=['STANDARDPACK']), user(ALEX, licenses=['O365_BUSINESS_ESSENTIALS'])]
    twin = self.begin(people, head=f'    except: [{ALEX}]\n')
    plan = self.plan()
    self.apply(plan, harness.WAITING)
    self.assertEqual(self.held(twin), {ADELE: ['ENTERPRISEPACK'], ALEX: ['SMB_BUSINESS_ESSENTIALS']})
    undo = self.ws.run_json('undo', plan['id'], expect=harness.OK)
    self.apply(undo, harness.OK)
    self.assertEqual(self.held(twin), {ADELE: ['STANDARDPACK'], ALEX: ['O365_BUSINESS_ESSENTIALS']})

  def test_a_group_with_a_member_whom_the_other_move_excepts(self):
    group = {'id': GROUP, 'name': 'Sales', 'members': [ADELE, ALEX], 'licenses': ['STANDARDPACK']}
    people = [user(ADELE), user(ALEX), user(BIANCA, licenses=['O365_BUSINESS_ESSENTIALS'])]
    twin = self.begin(people, [group], ['group: Sales'], tail=f'    except: [{ADELE}]\n')
    plan = self.plan()
    self.apply(plan, harness.WAITING)
    self.assertEqual(self.held(twin)[ADELE], ['ENTERPRISEPACK'])
    self.apply(self.ws.run_json('undo', plan['id'], expect=harness.OK), harness.OK)
    self.assertEqual(self.held(twin)[ADELE], ['STANDARDPACK'])

  def test_who_is_in_the_groups_of_both(self):
    """Each group is swapped as one, and back."""
    groups = [{'id': GROUP, 'name': 'Sales', 'members': [ADELE, ALEX], 'licenses': ['STANDARDPACK']},
              {'id': self.OTHER_GROUP, 'name': 'Support', 'members': [ADELE, BIANCA],
               'licenses': [{'sku': 'O365_BUSINESS_ESSENTIALS', 'disable': ['EXCHANGE_S_STANDARD', 'MCOSTANDARD', 'SHAREPOINTSTANDARD', 'SHAREPOINTWAC']}]}]
    people = [user(ADELE), user(ALEX), user(BIANCA)]
    twin = self.begin(people, groups, ['group: Sales'], ['group: Support'])
    before = twin.state(contoso.TENANT)['users']
    result = self.ws.run('plan', 'contoso', '--format', 'json')
    self.assertEqual(result.status, harness.OK, result)
    plan = result.json
    self.assertEqual([action['kind'] for action in plan['actions']].count('swap-group-license'), 2)
    self.apply(plan, harness.WAITING)
    self.assertEqual(self.held(twin)[ADELE], ['ENTERPRISEPACK', 'SMB_BUSINESS_ESSENTIALS'])
    self.apply(self.ws.run_json('undo', plan['id'], expect=harness.OK), harness.OK)
    strip = lambda users: [(row['upn'], sorted((x['sku'], x['group'], tuple(sorted(x['disabled']))) for x in row['licenses']))
                           for row in users]
    self.assertEqual(strip(twin.state(contoso.TENANT)['users']), strip(before))

  def test_a_canary_of_both(self):
    """One call for both moves, before anybody else's, and one back."""
    both = [{'sku': 'STANDARDPACK', 'disable': ['EXCHANGE_S_STANDARD', 'MCOSTANDARD', 'SHAREPOINTSTANDARD']},
            'O365_BUSINESS_ESSENTIALS']
    people = [user(ADELE, licenses=both), user(ALEX, licenses=['STANDARDPACK']),
              user(BIANCA, licenses=['O365_BUSINESS_ESSENTIALS'])]
    twin = self.begin(people, more=f'canary: [{ADELE}]\n')
    plan = self.plan()
    swaps = [action for action in plan['actions'] if action['kind'] == 'swap-license']
    self.assertEqual([len(action['change']['add']) for action in swaps], [2, 1, 1])
    self.assertEqual([action.get('canary', False) for action in swaps], [True, False, False])
    self.assertEqual([action['after'] for action in swaps[1:]], [[swaps[0]['id']]] * 2)
    self.apply(plan, harness.WAITING)
    self.assertEqual(self.held(twin)[ADELE], ['ENTERPRISEPACK', 'SMB_BUSINESS_ESSENTIALS'])
    undo = self.ws.run_json('undo', plan['id'], expect=harness.OK)
    self.assertTrue(undo['actions'][0]['canary'])
    self.apply(undo, harness.OK)
    self.assertEqual(self.held(twin)[ADELE], ['O365_BUSINESS_ESSENTIALS', 'STANDARDPACK'])
    self.assertEqual(twin.assigns()[ADELE], (2, 2))


class Partner(Planning):
  """Whether the partner may go on looking after the customer, where the policy asks for that."""

  def start(self, **partner):
    whole = document([user(ADELE, licenses=['STANDARDPACK'])])
    whole['tenants'][1].update(partner)
    twin = super().start(whole, customer(['holders_of: advisor']))
    self.ws.write('seatshift.yaml', contoso.POLICY.replace('relation: none', 'relation: required'))
    return twin

  def kinds(self, plan):
    return [action['kind'] for action in plan['actions']]

  def test_an_invitation_that_is_not_accepted_yet(self):
    twin = self.start()
    plan = self.plan()
    self.assertEqual(self.kinds(plan), ['add-partner', 'redeem-key', 'swap-license', 'retire-subscription'])
    first = plan['actions'][0]['id']
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.assertEqual(self.apply(plan, harness.WAITING)['waiting_for'], [first])
    self.assertIn('approves', self.ws.run('step', plan['id'], first, expect=harness.OK).out)
    self.assertEqual(twin.writes(), 0, 'nobody is moved before')
    twin.control('contract', tenant=contoso.PARTNER, customer=contoso.TENANT)
    self.assertEqual(self.apply(plan, harness.WAITING)['waiting_for'], [plan['actions'][-1]['id']])
    self.assertEqual(twin.assigns()[ADELE], (1, 1))

  def test_a_partner_who_is_there(self):
    self.start(contracts=[{'customer': contoso.TENANT}])
    self.assertNotIn('add-partner', self.kinds(self.plan()))

  def test_a_relation_that_ends_before_the_move_does(self):
    self.start(gdap=[{'customer': contoso.TENANT, 'ends': contoso.time(47)}])
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('customers/contoso.yaml', text.replace(f'{contoso.SUBSCRIPTION}}}',
                                                         f'{contoso.SUBSCRIPTION}, retire_by: {contoso.day(64)}}}'))
    self.assertIn('SS212', [row['code'] for row in self.plan()['warnings']])

  def test_a_partners_tenant_that_does_not_answer(self):
    """What is not read is not taken to be absent."""
    twin = self.start()
    twin.control('fault', kind='403', match={'path': '/contracts', 'count': 0})
    result = self.ws.run('plan', 'contoso', expect=harness.AUTH)
    self.assertIn('/contracts', result.err)
    self.assertFalse((self.ws.repo / 'plans').exists())


if __name__ == '__main__':
  harness.main()
