"""Groups of every kind: with members who are no people, by a rule, for roles, and with nobody in them."""

import json

import contoso
import harness
from grouped import ANOTHER, CAREY, E3, Grouped, world
from test_planning import ADELE, ALEX, BIANCA, customer
from twin_case import TENANT, TwinCase, document

DEVICE = {'kind': 'device', 'name': 'LAPTOP-7', 'id': 'd0000000-0000-4000-8000-000000000007'}
CONTACT = {'kind': 'contact', 'name': 'Fabrikam Desk', 'id': 'd0000000-0000-4000-8000-000000000008'}
SERVICE = {'kind': 'service-principal', 'name': 'Backup', 'id': 'd0000000-0000-4000-8000-000000000009'}
RULE = 'user.department -eq "Sales"'


class OnTheTwin(TwinCase):

  def begin(self):
    doc = document(page_size=2)
    group = doc['tenants'][0]['groups'][1]
    group['members'] = [*group['members'], DEVICE, CONTACT, SERVICE]
    group['id'] = ANOTHER
    return self.start(doc)

  def types(self, client, path):
    """Type and name of each member, over all pages."""
    found, link = [], path
    while link:
      status, answer = client.get(link)
      self.assertEqual(status, 200, answer)
      self.assertLessEqual(len(answer['value']), 2)
      found += [(row.get('@odata.type', '').rsplit('.')[-1], row['displayName']) for row in answer['value']]
      link = answer.get('@odata.nextLink', '').partition('/v1.0')[2]
    return found

  def test_members_of_every_kind(self):
    client = self.begin()
    others = [('group', 'Nested'), ('device', 'LAPTOP-7'), ('orgContact', 'Fabrikam Desk'), ('servicePrincipal', 'Backup')]
    direct = [('user', 'grady.archie@contoso.com'), *others]
    self.assertEqual(self.types(client, f'/groups/{ANOTHER}/members?$select=id,displayName'), direct)
    everybody = self.types(client, f'/groups/{ANOTHER}/transitiveMembers?$select=id,displayName')
    self.assertEqual(sorted(everybody), sorted([*direct, ('user', 'lee.gu@contoso.com')]))
    for cast, name in (('device', 'LAPTOP-7'), ('orgContact', 'Fabrikam Desk'), ('servicePrincipal', 'Backup'), ('group', 'Nested')):
      self.assertEqual([row[1] for row in self.types(client, f'/groups/{ANOTHER}/members/microsoft.graph.{cast}')], [name])
    people = self.types(client, f'/groups/{ANOTHER}/members/microsoft.graph.user')
    self.assertEqual([row[1] for row in people], ['grady.archie@contoso.com'])
    for path, count in (('members', b'5'), ('transitiveMembers', b'6')):
      answer = client.raw('GET', f'/v1.0/groups/{ANOTHER}/{path}/$count', headers={'ConsistencyLevel': 'eventual'})
      self.assertEqual((answer[0], answer[2]), (200, count))

  def test_what_a_group_says_of_itself(self):
    doc = document()
    doc['tenants'][0]['groups'] += [{'name': 'By rule', 'rule': RULE}, {'name': 'Paused', 'rule': RULE, 'rule_paused': True},
                                    {'name': 'Admins', 'role_assignable': True}]
    rows = {row['displayName']: row for row in self.start(doc).get('/groups')[1]['value']}
    keys = ('groupTypes', 'membershipRule', 'membershipRuleProcessingState', 'isAssignableToRole')
    said = {name: tuple(row[key] for key in keys) for name, row in rows.items()}
    self.assertEqual(said['By rule'], (['DynamicMembership'], RULE, 'On', None))
    self.assertEqual(said['Paused'], (['DynamicMembership'], RULE, 'Paused', None))
    self.assertEqual(said['Admins'], ([], None, None, True))
    self.assertEqual(said['Nested'], ([], None, None, None))


class NoPeople(Grouped):

  def test_devices_and_the_like_are_named_and_not_counted(self):
    doc = world(3)
    doc['tenants'][0]['groups'][0]['members'] += [DEVICE, CONTACT, SERVICE]
    _, plan = self.begin(doc, 3)
    told = [warning['message'] for warning in plan['warnings'] if warning['code'] == 'SS237']
    self.assertEqual(len(told), 1)
    for name in ("'device LAPTOP-7 (", "'contact Fabrikam Desk (", "'service principal Backup ("):
      self.assertIn(name, told[0])
    self.assertEqual(plan['summary']['moves'][0]['open']['needed'], 3)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertEqual(self.ended(plan), ('verified', '3 of 3 members are served'))

  def test_a_group_without_people(self):
    doc = world(10, members=[])
    doc['tenants'][0]['groups'][0].update(licenses=[], members=[DEVICE])
    self.start(doc, customer(['group: Sales']))
    told = self.ws.run('plan', 'contoso', expect=harness.DENIED).err
    self.assertIn("SS318", told)
    self.assertIn("Group 'Sales' has no people among its members: 'device LAPTOP-7 (", ' '.join(told.split()))


class ByRule(Grouped):

  def of_rule(self, seats, **more):
    doc = world(seats)
    doc['tenants'][0]['groups'][0].update(more)
    return self.begin(doc, seats)

  def warned(self, plan):
    return next(warning['message'] for warning in plan['warnings'] if warning['code'] == 'SS218')

  def test_the_plan_says_that_a_rule_decides(self):
    twin, plan = self.of_rule(3, rule=RULE)
    self.assertIn(f"3 members, decided by a rule ({RULE}): whoever it takes in from now on", self.warned(plan))
    # The rule takes somebody in, and there is no seat for them: told before anything is written.
    twin.control('group', tenant=contoso.TENANT, group='Sales', add=[CAREY])
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.STALE)
    self.assertIn('its members need 4 seats of ENTERPRISEPACK, and 3 of 3 are free (short by 1)', result.err)
    self.assertEqual(twin.writes(), 0)
    self.seats(twin, 1)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertEqual(self.ended(plan), ('verified', '4 of 4 members are served'))
    self.ws.run('rehearse', plan['id'], '--runs', '2', expect=harness.OK)

  def test_paused_and_for_roles(self):
    _, plan = self.of_rule(3, rule=RULE, rule_paused=True)
    self.assertIn('decided by a rule that is paused', self.warned(plan))
    self.assertNotIn('needs a seat', self.warned(plan))

  def test_for_roles(self):
    _, plan = self.of_rule(3, role_assignable=True)
    self.assertIn('it may hold Microsoft Entra roles', self.warned(plan))

  def test_nobody_is_taken_out_of_it_by_hand(self):
    doc = world(10)
    doc['tenants'][0]['groups'][0]['rule'] = RULE
    self.start(doc, customer([f'upn: {upn}' for upn in (ADELE, ALEX)]))
    told = ' '.join(self.ws.run('plan', 'contoso', expect=harness.DENIED).err.split())
    self.assertIn('change its membership rule so that it leaves out those who stay', told)


class Nobody(Grouped):
  """A group hands out the Advisor SKU, and nobody is in it."""

  def with_empty(self, users=('group: Sales',), **more):
    doc = world(10)
    doc['tenants'][0]['groups'].append({'id': ANOTHER, 'name': 'Field', 'licenses': ['STANDARDPACK'], **more})
    return self.begin(doc, 10, users)

  def test_it_is_named_and_left(self):
    _, plan = self.with_empty()
    told = [warning['message'] for warning in plan['warnings'] if warning['code'] == 'SS236']
    self.assertEqual(len(told), 1)
    self.assertIn("group 'Field' hands out STANDARDPACK to nobody now (0 members)", told[0])
    # It was told, so it does not close the gate.
    self.assertIn('DO NOT CANCEL', self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING).err)

  def test_listed_it_is_moved_and_comes_back(self):
    twin, plan = self.with_empty(('group: Sales', '{group: Field, disable: [YAMMER_ENTERPRISE]}'))
    self.assertEqual(plan['summary']['moves'][0]['open']['needed'], 3)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    number = next(action['id'] for action in plan['actions'] if ANOTHER in json.dumps(action))
    row = next(row for row in self.journal(plan) if row['event'] == 'ended' and row['actions'] == [number])
    self.assertEqual((row['outcome'], row['detail']), ('verified', 'nobody is in it'))
    status, group = twin.request('GET', f'/v1.0/groups/{ANOTHER}?$select=assignedLicenses', headers=self.signed_in(twin))
    self.assertEqual((status, [license['skuId'] for license in group['assignedLicenses']]), (200, [E3]))
    self.assertEqual(len(group['assignedLicenses'][0]['disabledPlans']), 1)
    undo = self.ws.run_json('undo', plan['id'], expect=harness.OK)
    self.ws.run('apply', undo['id'], '--yes', expect=harness.OK)
    group = twin.request('GET', f'/v1.0/groups/{ANOTHER}?$select=assignedLicenses', headers=self.signed_in(twin))[1]
    self.assertNotEqual([license['skuId'] for license in group['assignedLicenses']], [E3])

  def test_nobody_else_is_listed(self):
    doc = world(0, members=[])
    doc['tenants'][0]['subscriptions'][-1]['seats'] = 1
    _, plan = self.begin(doc, 1)
    self.assertEqual([action['kind'] for action in plan['actions']], ['swap-group-license', 'retire-subscription'])
    self.assertEqual(plan['summary']['moves'][0]['open']['needed'], 0)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertEqual(self.ended(plan), ('verified', 'nobody is in it'))

  def test_its_members_were_all_refused(self):
    """They hold nothing, so no list of holders shows the group."""
    _, plan = self.with_empty(licenses=[{'sku': 'STANDARDPACK', 'error': 'CountViolation'}], members=[CAREY])
    told = next(warning['message'] for warning in plan['warnings'] if warning['code'] == 'SS236')
    self.assertIn("group 'Field' hands out STANDARDPACK to nobody now (1 member)", told)

  def test_a_group_that_hands_it_out_since(self):
    doc = world(10)
    doc['tenants'][0]['groups'].append({'id': ANOTHER, 'name': 'Field'})
    twin, plan = self.begin(doc, 10)
    body = {'addLicenses': [{'skuId': '18181a46-0d4e-45cd-891e-60aabd171b4e', 'disabledPlans': []}], 'removeLicenses': []}
    self.assertEqual(twin.request('POST', f'/v1.0/groups/{ANOTHER}/assignLicense', body, self.signed_in(twin))[0], 202)
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.PARTIAL)
    self.assertIn("group 'Field' hands out its SKU, and did not when the plan was made", result.err)
    self.assertNotIn('DO NOT CANCEL', result.err)
    # Once it does not, the card is shown.
    body = {'addLicenses': [], 'removeLicenses': ['18181a46-0d4e-45cd-891e-60aabd171b4e']}
    twin.request('POST', f'/v1.0/groups/{ANOTHER}/assignLicense', body, self.signed_in(twin))
    self.assertIn('DO NOT CANCEL', self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING).err)


if __name__ == '__main__':
  harness.main()
