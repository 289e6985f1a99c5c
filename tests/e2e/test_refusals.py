"""Why the service refuses a change of licences: one sentence with names and one next step, never bare GUIDs."""

import json
import re

import contoso
import harness
from test_planning import ADELE, ALEX, BIANCA, GROUP, Planning, customer, document, user

SEATS = {'sku': 'ENTERPRISEPACK', 'seats': 10, 'created': contoso.CAME, 'ends': contoso.time(367)}
GUID = r'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
E3 = contoso.ENTERPRISEPACK
EXCHANGE, SHAREPOINT, WAC = ('efb87545-963c-4e0d-99df-69c6916d9eb0', '5dbe027f-2339-4123-9542-606e4d348a72',
                             'e95bec33-7c88-4a70-8e19-b10bd9d0c014')

# What the service says (as public reports have it) -> what a person reads.
SAID = [
  (f'Subscription with SKU {E3} does not have any available licenses.',
   'no seat of ENTERPRISEPACK is free; buy a seat or take one back, then apply again'),
  (f'License {E3} does not correspond to a valid company License.',
   'the tenant has no subscription of ENTERPRISEPACK that seats can be given from; see that its key'),
  ('User does not have a corresponding license.', 'not held directly any more; apply again'),
  ('User license is inherited from a group membership and it cannot be removed directly from the user.',
   "comes through a group, and cannot be taken from one member; name the group under 'users'"),
  (f'License assignment failed because service plan {WAC} depends on the service plan(s) {SHAREPOINT}, {EXCHANGE}',
   'service SHAREPOINTWAC needs SHAREPOINTENTERPRISE or EXCHANGE_S_ENTERPRISE, which would be off; leave that on'),
  (f'License assignment failed because service plans {EXCHANGE.upper()},{SHAREPOINT} are mutually exclusive.',
   'services EXCHANGE_S_ENTERPRISE and SHAREPOINTENTERPRISE exclude each other; put one of them'),
  (f'License assignment failed because service plan {WAC} is not part of license {E3}.',
   "service SHAREPOINTWAC is not part of ENTERPRISEPACK; take it out of 'disable'"),
  (f'License assignment failed: {E3} is not allowed in the usage location of the user.',
   'ENTERPRISEPACK is not sold in the usage location US; correct the usage location'),
  ('License assignment cannot be done for user with invalid usage location.',
   'ENTERPRISEPACK is not sold in the usage location US; correct the usage location'),
  ("Unable to assign this license: proxy address 'SMTP:info@contoso.com' is already being used in this organization.",
   'in use twice in the tenant (info@contoso.com); take it from whoever else has it'),
  ('Another object with the same value for property proxyAddresses already exists.',
   'a mail address of the person is in use twice in the tenant; take it'),
  ('Unable to update the specified properties for on-premises mastered Directory Sync objects or objects '
   'currently undergoing migration.', 'mastered in the customer\'s own directory'),
  (f'Your organization has run out of licenses of {E3}.', 'no seat of ENTERPRISEPACK is free; buy a seat'),
  ("Cannot convert a primitive value to the expected type 'Edm.Guid'. See the inner exception for more details.",
   'does not take an id in this plan for one; plan again'),
]


class Refusals(Planning):

  def begin(self, seats=10, entries=('holders_of: advisor',), users=None, **more):
    people = users or [user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)]
    doc = document(people, subscriptions=[*contoso.tenant(0)['subscriptions'], {**SEATS, 'seats': seats}], **more)
    twin = self.start(doc, customer(list(entries), seats=seats))
    return twin, self.plan()

  def details(self, answer):
    """Details of the changes that Graph refused, support's ids cut off."""
    rows = [row for row in answer['actions'] if row['outcome'] == 'failed']
    for row in rows:
      self.assertRegex(row['detail'], r'request-id ')
    return [re.sub(r' \((client-)?request-id .*\)$', '', row['detail']) for row in rows]

  def test_each_known_cause(self):
    twin, plan = self.begin()
    for text, wanted in SAID:
      with self.subTest(text):
        twin.control('clear')
        twin.control('fault', kind='400', message=text, match={'path': '/users/*/assignLicense', 'count': 0})
        details = self.details(self.apply(plan, harness.PARTIAL))
        self.assertEqual(len(details), 2)
        for detail in details:
          self.assertIn(wanted, detail)
          self.assertNotRegex(detail.lower(), GUID)
          self.assertEqual(detail.count(';'), 1, 'one sentence, one next step')
    twin.control('clear')
    self.apply(plan, harness.WAITING)

  def test_an_unknown_cause_keeps_the_words(self):
    twin, plan = self.begin()
    other = 'aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb'
    adele = next(row['id'] for row in twin.state(contoso.TENANT)['users'] if row['upn'] == ADELE)
    text = f'The moon is full: {E3} with {EXCHANGE}, {adele} and {other}.'
    twin.control('fault', kind='400', message=text, match={'path': '/users/*/assignLicense', 'count': 0})
    details = self.details(self.apply(plan, harness.PARTIAL))
    for detail in details:
      self.assertIn('The moon is full: ENTERPRISEPACK with EXCHANGE_S_ENTERPRISE', detail)
      self.assertIn(other, detail, 'what nobody knows stays as it is')
      self.assertIn("assignLicense' was answered 400", detail)
    self.assertTrue(any(f"'/users/{ADELE}/assignLicense'" in detail for detail in details), details)

  def test_seats_that_somebody_else_took(self):
    """The service itself, not a fault: two people and one seat, since the first look counted them."""
    twin, plan = self.begin(seats=2, users=[*(user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)),
                                            user(BIANCA)])
    body = json.dumps({'tenant': contoso.TENANT, 'upn': BIANCA, 'set': {'add': ['ENTERPRISEPACK']}})
    twin.control('fault', kind='meanwhile', call='user', body=body,  # with the look before the write
                 match={'method': 'GET', 'path': '/users/*', 'nth': 1})
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.PARTIAL)
    self.assertRegex(result.err, r'failed: no seat of ENTERPRISEPACK is free; buy a seat')
    self.assertNotIn(E3, result.err)

  def test_a_country_where_it_is_not_sold(self):
    """The service's own refusal, in the journal too."""
    twin, plan = self.begin(users=[user(ADELE, licenses=['STANDARDPACK'])])
    world = json.loads(twin.path.read_text())
    world['tenants'][0]['skus'] = [{'sku': 'ENTERPRISEPACK', 'not_sold_in': ['US']}]
    self.ws.env.update(self.twin(world).env())
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.PARTIAL)
    words = 'ENTERPRISEPACK is not sold in the usage location US; correct the usage location'
    self.assertIn(words, result.err)
    journal = (self.ws.repo / 'plans/contoso' / plan['id'] / 'journal.jsonl').read_text()
    self.assertIn(words, journal)

  def test_a_location_that_is_no_countrys(self):
    """The same text of the service, and another cause: the account has had it for long."""
    twin, plan = self.begin(users=[user(ADELE, usage_location='UK', licenses=['STANDARDPACK'])])
    text = 'License assignment cannot be done for user with invalid usage location.'
    twin.control('fault', kind='400', message=text, match={'path': '/users/*/assignLicense', 'count': 0})
    self.assertEqual(self.details(self.apply(plan, harness.PARTIAL)),
                     ["the usage location UK is no country's code; correct it in the admin centre, then plan again"])

  def test_somebody_else_changes_the_same_account(self):
    """409 is tried again for a while; when it does not end, that is said."""
    twin, plan = self.begin(users=[user(ADELE, licenses=['STANDARDPACK'])])
    twin.control('fault', kind='409', match={'path': '/users/*/assignLicense', 'count': 2})
    self.apply(plan, harness.WAITING)

  def test_a_group(self):
    group = {'id': GROUP, 'name': 'Sales', 'members': [ADELE, ALEX], 'licenses': ['STANDARDPACK']}
    twin, plan = self.begin(entries=['group: Sales'], users=[user(ADELE), user(ALEX)], groups=[group])
    text = f'Subscription with SKU {E3} does not have any available licenses.'
    twin.control('fault', kind='400', message=text, match={'path': '/groups/*/assignLicense', 'count': 0})
    self.assertIn('no seat of ENTERPRISEPACK is free', self.details(self.apply(plan, harness.PARTIAL))[0])


if __name__ == '__main__':
  harness.main()
