"""What a person has looked at and the file accepts: told in the plan, and never more than was accepted."""

import json
import re

import contoso
import harness
from gateway import Gateway
from test_planning import ADELE, ALEX, Planning, customer, document, user


MONTHLY = '7a3e9b5d-62c8-4f1f-8d4e-3c9f8a7b2ea1'


class UnreadHolders(Planning):
  """The tenant counts holders whom no listing shows, for good: deleted users who still hold a seat, for one."""

  def begin(self, more=''):
    self.server = self.start(document([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)]),
                             customer(['holders_of: advisor'], more))

  def through(self, unread, *args, expect):
    """With so many in the count who are nowhere to be read."""
    def alter(exchange):
      if b'consumedUnits' in exchange.body:
        exchange.body = re.sub(rb'(\{[^{}]*?"consumedUnits": ?)2\b', lambda m: m[1] + str(2 + unread).encode(),
                               exchange.body)
    with Gateway(self.server, alter) as gateway:
      return self.ws.run(*args, env=gateway.env(), expect=expect)

  def test_refused_with_what_to_look_at(self):
    self.begin()
    told = self.through(1, 'plan', 'contoso', expect=harness.INCOMPLETE).err
    self.assertIn("'STANDARDPACK' is held by 3 users by the tenant's own count", told)
    for word in ('deleted user', 'Deleted users', 'accept: {unread_holders: 1}'):
      self.assertIn(word, told)
    self.assertFalse((self.ws.repo / 'plans').exists())

  def test_accepted_it_is_a_warning_and_goes_to_its_end(self):
    self.begin('accept: {unread_holders: 1}\n')
    plan = json.loads(self.through(1, 'plan', 'contoso', '--format', 'json', expect=harness.OK).out)
    told = [warning['message'] for warning in plan['warnings'] if warning['code'] == 'SS228']
    self.assertEqual(len(told), 1, plan['warnings'])
    self.assertIn('counts 3 holders and 1 of them cannot be read, which the file accepts', told[0])
    self.ws.run('verify', plan['id'], expect=harness.OK)

  def test_more_than_was_accepted(self):
    self.begin('accept: {unread_holders: 1}\n')
    self.assertIn('unread_holders: 2', self.through(2, 'plan', 'contoso', expect=harness.INCOMPLETE).err)

  def test_held_through_a_group(self):
    """The count of a SKU that comes through a group is held against its members in the same way."""
    self.server = self.start(document([user(ADELE), user(ALEX)],
                                      [{'name': 'Sales', 'members': [ADELE, ALEX], 'licenses': ['STANDARDPACK']}]),
                             customer(['group: Sales']))
    told = self.through(1, 'plan', 'contoso', expect=harness.INCOMPLETE).err
    self.assertIn("'STANDARDPACK' is held by 3 users by the tenant's own count", told)
    self.assertIn('accept: {unread_holders: 1}', told)
    self.ws.write('customers/contoso.yaml', customer(['group: Sales'], 'accept: {unread_holders: 1}\n'))
    plan = json.loads(self.through(1, 'plan', 'contoso', '--format', 'json', expect=harness.OK).out)
    self.assertEqual([row['kind'] for row in plan['actions'] if row['by'] == 'graph'], ['swap-group-license'])
    self.assertIn('SS228', [warning['code'] for warning in plan['warnings']])

  def test_accepted_and_not_needed(self):
    self.begin('accept: {unread_holders: 1}\n')
    self.assertNotIn('SS228', [warning['code'] for warning in self.plan()['warnings']])


class Renewing(Planning):
  """A monthly subscription looks to Graph like one that ends within the month."""

  def begin(self, more='', **changes):
    subscriptions = contoso.tenant(0)['subscriptions'] + [
      {'id': MONTHLY, 'sku': 'ENTERPRISEPACK', 'seats': 10, 'created': contoso.CAME,
       'ends': contoso.time(21), **changes}]
    text = customer(['holders_of: advisor'], more, seats=10).replace(
      f'{contoso.SUBSCRIPTION}}}', f'{contoso.SUBSCRIPTION}, retire_by: {contoso.RETIRE_BY}}}')
    self.start(document([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)], subscriptions=subscriptions),
               text)

  def test_as_it_looks_it_does_not_count(self):
    self.begin()
    self.assertEqual(self.plan()['actions'][0]['kind'], 'redeem-key')

  def test_as_the_file_says_it_renews(self):
    self.begin(f'accept: {{renewing: [{MONTHLY.upper()}]}}\n')
    plan = self.plan()
    self.assertNotIn('redeem-key', [action['kind'] for action in plan['actions']])
    told = [warning['message'] for warning in plan['warnings'] if warning['code'] == 'SS229']
    self.assertIn(f'subscription {MONTHLY} count although its term ends on {contoso.day(21)}', told[0])
    self.ws.run('verify', plan['id'], expect=harness.OK)

  def test_a_trial_does_not_renew_whatever_the_file_says(self):
    self.begin(f'accept: {{renewing: [{MONTHLY}]}}\n', trial=True)
    self.assertEqual(self.plan()['actions'][0]['kind'], 'redeem-key')

  def test_a_trial_meets_no_need(self):
    """Seats of a trial are there today, and whoever rests on them loses service: named apart in the refusal."""
    self.begin(trial=True)
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('customers/contoso.yaml', text.replace('seats: 10', 'seats: 1'))
    told = self.ws.run('plan', 'contoso', expect=harness.DENIED).err
    self.assertIn('needed 2, there 0, on order 1, short by 1; not counted: 10 in a trial', told)

  def test_one_that_is_not_there(self):
    self.begin('accept: {renewing: [99999999-0000-4000-8000-000000000009]}\n')
    self.assertIn("under 'accept' is not in the tenant", self.ws.run('plan', 'contoso', expect=harness.DENIED).err)

  def test_mistakes_in_the_file(self):
    self.begin()
    for text in ('accept: {unread_holders: 0}', 'accept: {unread_holder: 1}', 'accept: {renewing: []}', 'accept: [1]'):
      with self.subTest(text=text):
        self.ws.write('customers/contoso.yaml', customer(['holders_of: advisor'], text + '\n'))
        self.ws.run('validate', expect=harness.INVALID)


if __name__ == '__main__':
  harness.main()
