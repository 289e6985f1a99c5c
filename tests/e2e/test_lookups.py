"""Names as people write them: groups in groups, part numbers, product names, mail addresses, and replicas that lag."""

import contoso
import harness
from gateway import Gateway
from test_planning import ADELE, ALEX, BIANCA, Planning, customer, document, user

LEE = 'lee.gu@contoso.com'
OTHER_E3 = '99999999-0000-4000-8000-000000000001'
E1 = '18181a46-0d4e-45cd-891e-60aabd171b4e'
E3 = '6fd2c87f-b296-42f0-b197-1e91e994b900'


class Lookups(Planning):

  def refused(self, code, expect=harness.DENIED):
    told = self.ws.run('plan', 'contoso', expect=expect).err
    self.assertIn(f'error[{code}]', told)
    self.assertFalse((self.ws.repo / 'plans').exists())
    return told

  def moved(self, plan):
    return sorted(action['subject']['upn'] for action in plan['actions']
                  if action['kind'] in ('assign-license', 'swap-license'))


class Groups(Lookups):

  def world(self, members, licenses=()):
    people = [user(upn) for upn in (ADELE, ALEX, BIANCA)] + [user(LEE, licenses=['STANDARDPACK'])]
    return document(people, [{'name': 'Sales UK', 'members': [BIANCA]},
                             {'name': 'All Sales', 'members': members, 'licenses': list(licenses)}])

  def test_a_group_in_a_group_is_named_and_refused(self):
    twin = self.start(self.world([ADELE, ALEX, 'Sales UK']), customer(['group: All Sales', 'holders_of: advisor']))
    told = self.refused('SS335')
    self.assertRegex(told, r"group 'All Sales' has groups among its members, .*'Sales UK \([0-9a-f-]{36}\)'")
    self.assertIn('nested: ignore', told)
    self.assertEqual(twin.writes(), 0)

  def test_only_a_group(self):
    self.start(self.world(['Sales UK']), customer(['group: All Sales', 'holders_of: advisor']))
    self.assertIn("'Sales UK (", self.refused('SS335'))

  def test_ignored_as_the_file_says_it_is_a_warning_that_verify_makes_again(self):
    self.start(self.world([ADELE, 'Sales UK']),
               customer(['{group: All Sales, nested: ignore}', 'holders_of: advisor']))
    plan = self.plan()
    self.assertEqual(self.moved(plan), [ADELE, LEE])
    told = [warning['message'] for warning in plan['warnings'] if warning['code'] == 'SS227']
    self.assertEqual(len(told), 1)
    self.assertIn("'Sales UK (", told[0])
    self.ws.run('verify', plan['id'], expect=harness.OK)

  def test_two_levels_down_and_two_beside_each_other(self):
    """Each group that stands among the members is named; what is in it is not this group's."""
    people = [user(upn) for upn in (ADELE, ALEX, BIANCA)] + [user(LEE, licenses=['STANDARDPACK'])]
    self.start(document(people, [{'name': 'Sales UK', 'members': [BIANCA]},
                                 {'name': 'Sales EU', 'members': [ALEX, 'Sales UK']},
                                 {'name': 'Fabrikam Desk', 'members': []},
                                 {'name': 'All Sales', 'members': [ADELE, 'Sales EU', 'Fabrikam Desk']}]),
               customer(['group: All Sales', 'holders_of: advisor']))
    told = self.refused('SS335')
    self.assertIn('Sales EU', told)
    self.assertIn('Fabrikam Desk', told)

  def test_the_wish_is_part_of_the_digest(self):
    self.start(self.world([ADELE]), customer(['group: All Sales', 'holders_of: advisor']))
    first = self.plan()['id']
    self.ws.write('customers/contoso.yaml', customer(['{group: All Sales, nested: ignore}', 'holders_of: advisor']))
    self.assertNotEqual(self.plan()['id'], first)

  def test_where_it_makes_no_sense(self):
    self.start(self.world([ADELE]), customer([f'{{upn: {ADELE}, nested: ignore}}']))
    self.assertIn("'nested' in an entry that names no group", self.ws.run('validate', expect=harness.INVALID).err)

  def test_a_group_that_nobody_lists_may_hold_groups(self):
    """Adele has the Advisor licence through it; that it holds a group is nobody's wish."""
    world = self.world([ADELE, 'Sales UK'], ['STANDARDPACK'])
    self.start(world, customer([ADELE, LEE]))
    self.assertNotIn('SS335', self.ws.run('plan', 'contoso', expect=None).err)

  def test_a_name_in_another_case(self):
    self.start(self.world([ADELE]), customer(['group: all sales', 'holders_of: advisor']))
    self.assertIn("Did you mean 'All Sales'?", self.refused('SS319'))

  def test_a_name_that_is_nearly_one(self):
    for written in ('Al Sales', 'All Sale', 'All  Sales'):
      with self.subTest(written):
        self.start(self.world([ADELE]), customer([f"group: '{written}'", 'holders_of: advisor']))
        self.assertIn("Did you mean 'All Sales'?", self.refused('SS319'))

  def test_a_mail_address(self):
    """Of a group under 'group', and of one where a person is meant to stand."""
    world = self.world([ADELE])
    world['tenants'][0]['groups'][1]['mail'] = 'sales@contoso.com'
    self.start(world, customer(['group: Sales@contoso.com', 'holders_of: advisor']))
    self.assertIn("It is the mail address of group 'All Sales': write that name.", self.refused('SS319'))
    self.ws.write('customers/contoso.yaml', customer(['sales@contoso.com', 'holders_of: advisor']))
    told = self.refused('SS301')
    self.assertIn("'sales@contoso.com' in moves[ENTERPRISEPACK] is the mail address of a group", told)
    self.assertIn("For its members write '- group: All Sales'.", told)

  def test_a_service_that_does_not_search_groups(self):
    twin = self.start(self.world([ADELE]), customer(['group: sales@contoso.com', 'holders_of: advisor']))
    twin.control('fault', kind='400', match={'path': '/groups*mail*', 'count': 0})
    self.assertIn('or its display name exactly as the tenant has it', self.refused('SS319'))


class Skus(Lookups):

  def test_two_skus_of_one_part_number(self):
    world = document([user(ADELE, licenses=['STANDARDPACK'])])
    world['tenants'][0]['skus'] = [{'sku': 'SECOND', 'id': OTHER_E3, 'plans': [{'name': 'SWAY'}]}]
    world['tenants'][0]['subscriptions'] += [
      {'sku': sku, 'seats': 9, 'created': contoso.CAME, 'ends': contoso.time(367)}
      for sku in ('ENTERPRISEPACK', 'SECOND')]
    twin = self.start(world, customer(['holders_of: advisor'], seats=9))

    def alter(exchange):
      exchange.body = exchange.body.replace(b'"SECOND"', b'"ENTERPRISEPACK"')

    with Gateway(twin, alter) as gateway:
      told = self.ws.run('plan', 'contoso', env=gateway.env(), expect=harness.DENIED).err
      self.assertIn(f"error[SS334]: 'ENTERPRISEPACK' is the part number of 2 SKUs: {E3}, {OTHER_E3}", told)
      self.ws.write('customers/contoso.yaml', customer(['holders_of: advisor'], seats=9).replace('ENTERPRISEPACK', E3))
      self.assertEqual(self.moved(self.plan(env=gateway.env())), [ADELE])

  def test_two_skus_of_the_part_number_that_is_retired(self):
    """What would be cancelled is never guessed, and the subscription's id alone does not name the SKU."""
    world = document([user(ADELE, licenses=['STANDARDPACK']), user(ALEX, licenses=['SECOND'])])
    world['tenants'][0]['skus'] = [{'sku': 'SECOND', 'id': OTHER_E3, 'plans': [{'name': 'SWAY'}]}]
    world['tenants'][0]['subscriptions'].append(
      {'sku': 'SECOND', 'seats': 9, 'created': contoso.CAME, 'ends': contoso.time(367)})
    twin = self.start(world, customer(['holders_of: advisor']))

    def alter(exchange):
      exchange.body = exchange.body.replace(b'"SECOND"', b'"STANDARDPACK"')

    with Gateway(twin, alter) as gateway:
      told = self.ws.run('plan', 'contoso', env=gateway.env(), expect=harness.DENIED).err
      self.assertIn(f"error[SS334]: 'STANDARDPACK' is the part number of 2 SKUs: {E1}, {OTHER_E3}", told)
      self.ws.write('customers/contoso.yaml', customer(['holders_of: advisor']).replace('STANDARDPACK', E1))
      self.assertEqual(self.moved(self.plan(env=gateway.env())), [ADELE])

  def test_two_that_only_the_catalogue_knows(self):
    self.start(document([user(ADELE, licenses=['STANDARDPACK'])]),
               customer(['holders_of: advisor']).replace('ENTERPRISEPACK', 'MCOPSTN5'))
    told = self.refused('SS334')
    for sku in ('54a152dc-90de-4996-93d2-bc47e670fc06', 'd43177b5-475b-4880-92d4-d54c27b5efbd'):
      self.assertIn(sku, told)

  def test_a_products_name(self):
    self.start(document([user(ADELE, licenses=['STANDARDPACK'])]),
               customer(['holders_of: advisor']).replace('ENTERPRISEPACK', 'office 365 e3'))
    self.assertIn("Did you mean the part number 'ENTERPRISEPACK'?", self.refused('SS303'))

  def test_a_products_name_that_several_have(self):
    self.start(document([user(ADELE, licenses=['STANDARDPACK'])]),
               customer(['holders_of: advisor']).replace('ENTERPRISEPACK', 'Microsoft 365 Business Basic'))
    self.assertIn("'SMB_BUSINESS_ESSENTIALS' or 'O365_BUSINESS_ESSENTIALS'", self.refused('SS303'))


class Services(Lookups):
  """The names that the admin centre shows, under 'disable'."""

  def told(self, disable):
    self.start(document([user(ADELE, licenses=['STANDARDPACK'])]),
               customer([f'{{upn: {ADELE}, disable: [{disable}]}}']))
    return self.refused('SS322')

  def test_a_products_name(self):
    self.assertIn("'Exchange Online (Plan 2)' is the name of EXCHANGE_S_ENTERPRISE: write that.",
                  self.told("'Exchange Online (Plan 2)'"))
    self.assertIn("'exchange online (plan 2)' is the name of EXCHANGE_S_ENTERPRISE",
                  self.told("'exchange online (plan 2)'"))

  def test_of_another_sku(self):
    self.assertIn("'Exchange Online (Plan 1)' is the name of a service that this SKU does not have.",
                  self.told("'Exchange Online (Plan 1)'"))

  def test_in_a_list(self):
    self.start(document([user(ADELE, licenses=['STANDARDPACK'])]), customer(['csv: people.csv']))
    self.ws.write('customers/people.csv', f'upn,usage_location,disable\n{ADELE},US,Microsoft Teams\n')
    self.assertIn("'Microsoft Teams' is the name of TEAMS1: write that.", self.refused('SS322'))


class Addresses(Lookups):

  def test_mail_and_proxy_addresses(self):
    twin = self.start(document([
      user('adele@contoso.onmicrosoft.com', licenses=['STANDARDPACK'], mail='adele.vance@contoso.com'),
      user(ALEX, licenses=['STANDARDPACK'], proxies=[f'SMTP:{ALEX}', 'smtp:wilber@contoso.com'])]),
      customer(['Adele.Vance@contoso.com', 'wilber@contoso.com']))
    told = self.refused('SS301')
    self.assertIn("It is the address of 'adele@contoso.onmicrosoft.com': write that.", told)
    self.assertIn(f"It is the address of '{ALEX}': write that.", told)
    self.assertNotIn('SS306', told)
    self.assertEqual(twin.writes(), 0)

  def test_in_a_row_of_a_list(self):
    """Told where it stands, beside a name that nobody has; the rows that are right are not spoken of."""
    self.start(document([user('adele@contoso.onmicrosoft.com', licenses=['STANDARDPACK'],
                              proxies=['SMTP:adele.vance@contoso.com']),
                         user(ALEX, licenses=['STANDARDPACK'])]), customer(['csv: users.csv']))
    self.ws.write('customers/users.csv', f'upn\n{ALEX}\nADELE.VANCE@contoso.com\nnobody@contoso.com\n')
    told = self.refused('SS301')
    self.assertRegex(told, r"users.csv:3:\d+: error\[SS301\]: 'ADELE.VANCE@contoso.com'")
    self.assertIn("It is the address of 'adele@contoso.onmicrosoft.com': write that.", told)
    self.assertRegex(told, r"users.csv:4:\d+: error\[SS301\]: user 'nobody@contoso.com'")
    self.assertNotIn('users.csv:2:', told)

  def test_a_service_that_does_not_search_addresses(self):
    twin = self.start(document([user(ADELE, licenses=['STANDARDPACK'])]), customer(['adelle.vance@contoso.com']))
    twin.control('fault', kind='400', match={'path': '/users*proxyAddresses*', 'count': 0})
    self.assertIn(f"Did you mean '{ADELE}'?", self.refused('SS301'))


class Protected(Lookups):
  """A name that protects nobody would be noticed by nobody."""

  def begin(self, *names, entries=('holders_of: advisor',)):
    twin = self.start(document([
      user('adele@contoso.onmicrosoft.com', licenses=['STANDARDPACK'], mail='adele.vance@contoso.com'),
      user(ALEX, licenses=['STANDARDPACK'], proxies=[f'SMTP:{ALEX}', 'smtp:wilber@contoso.com']),
      user(LEE)]), customer(entries))
    self.ws.write('seatshift.yaml', contoso.POLICY + f'protected: [{", ".join(names)}]\n')
    return twin

  def test_an_address_is_an_error_that_names_its_owner(self):
    for name, owner in (('Adele.Vance@contoso.com', 'adele@contoso.onmicrosoft.com'), ('wilber@contoso.com', ALEX)):
      with self.subTest(name):
        twin = self.begin(LEE, name)
        told = self.refused('SS337')
        self.assertIn(f"It is the address of '{owner}': write that.", told)
        self.assertEqual(twin.writes(), 0)

  def test_nobodys_name_is_a_warning(self):
    self.begin(LEE, 'lee.guu@contoso.com')
    told = self.ws.run('plan', 'contoso', expect=harness.OK).err
    self.assertIn("warning[SS230]: 'lee.guu@contoso.com' under 'protected' is nobody's name", told)
    self.assertNotIn(f"'{LEE}'", told)

  def test_names_of_other_tenants_are_not_asked_for(self):
    """The policy is for all customers: a fleet has a break-glass account in each."""
    twin = self.begin(*(f'breakglass@customer{n}.example' for n in range(50)))
    self.assertNotIn('SS230', self.ws.run('plan', 'contoso', expect=harness.OK).err)
    asked = sum(len(entry.get('requests', [1])) for entry in twin.log())
    self.assertLess(asked, 20)

  def test_whoever_is_read_anyway_is_protected_as_ever(self):
    self.begin(ALEX)
    self.refused('SS317')

  def test_other_lists_of_names(self):
    """Said there as well, each in its own words."""
    for text, code in ((customer(['holders_of: advisor'], more='').replace('    unlisted', '    except: [wilber@contoso.com]\n    unlisted'), 'SS301'),
                       (customer(['holders_of: advisor'], more='canary: [wilber@contoso.com]\n'), 'SS326'),
                       (customer(['group: sales@contoso.com']), 'SS319')):
      with self.subTest(code):
        self.begin(LEE)
        self.ws.write('customers/contoso.yaml', text)
        self.refused(code)

  def test_a_service_that_does_not_search_addresses(self):
    def alter(exchange):
      asked = {part['id']: part['url'] for part in exchange.requests()}
      answer = exchange.json()
      for part in answer['responses'] if asked else ():
        if '$filter=' in asked[part['id']]:
          part.update(status=400, body={'error': {'code': 'Request_UnsupportedQuery', 'message': 'Unsupported.'}})
      exchange.put(answer)
    twin = self.begin('wilber@contoso.com')
    with Gateway(twin, alter) as gateway:
      self.assertIn('warning[SS230]', self.ws.run('plan', 'contoso', env=gateway.env(), expect=harness.OK).err)


class Replicas(Lookups):

  def start_lagging(self, count):
    twin = self.start(document([user(ADELE, licenses=['STANDARDPACK']), user(LEE)]),
                      customer(['holders_of: advisor', LEE]))
    twin.control('fault', kind='404', match={'method': 'GET', 'path': '/users/lee.gu*', 'count': count})
    return twin

  def test_asked_again(self):
    self.start_lagging(1)
    self.assertEqual(self.moved(self.plan()), [ADELE, LEE])

  def test_rows_of_a_list_asked_again(self):
    """Everybody of the list is unknown to the first replica that is asked."""
    twin = self.start(document([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)] + [user(LEE)]),
                      customer(['csv: users.csv'], unlisted='keep'))
    self.ws.write('customers/users.csv', f'upn\n{LEE}\n{ADELE}\n')
    for name in ('lee.gu', 'adele.vance'):
      twin.control('fault', kind='404', match={'method': 'GET', 'path': f'/users/{name}*', 'count': 1})
    self.assertEqual(self.moved(self.plan()), [ADELE, LEE])

  def test_what_the_tenant_lists_is_not_absent(self):
    """No answer that it is not there counts against a listing that has it: nothing is concluded."""
    twin = self.start_lagging(0)
    told = self.refused('SS330', harness.INCOMPLETE)
    self.assertIn(f"'{LEE}'", told)
    self.assertNotIn('Did you mean', told)
    self.assertEqual(twin.writes(), 0)


if __name__ == '__main__':
  harness.main()
