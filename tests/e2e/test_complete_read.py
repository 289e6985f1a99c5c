"""What cannot be read completely makes no plan: exit 13, both numbers named, nothing saved.

Faults of the service come from the twin; answers that contradict each other, which no imitation of the
service would give, from a gateway in between.
"""

import json

import contoso
import harness
from gateway import Gateway

USERS, HOLDERS, PAGE = 30, 24, 10


def is_listing(exchange, what):
  """A page of the collection; the count of all users is none."""
  return exchange.method == 'GET' and exchange.path.split('?')[0] == f'/v1.0/{what}' and '$count' not in exchange.path


class CompleteRead(harness.TestCase):

  def start(self, users='- holders_of: advisor', holders=HOLDERS, more=(), groups=()):
    document = contoso.document(0)
    document['settings'] = {'page_size': PAGE}
    tenant = document['tenants'][0]
    tenant['subscriptions'].extend(more)
    tenant['groups'] = list(groups)
    tenant['users'] = [{'generate': {'count': holders, 'upn': 'user%03d@contoso.com', 'name': 'User %03d',
                                     'usage_location': 'US', 'licenses': ['STANDARDPACK']}},
                       {'generate': {'count': USERS - holders, 'upn': 'other%03d@contoso.com', 'usage_location': 'US'}}]
    self.server = self.twin(document)
    contoso.set_up(self.ws, self.server)
    text = contoso.customer(canary='user001@contoso.com')
    self.ws.write('customers/contoso.yaml', text.replace('- holders_of: advisor', users))

  def plan(self, expect, alter=None):
    """The plan's JSON, or what was said of why there is none."""
    with Gateway(self.server, alter or (lambda exchange: None)) as gateway:
      env = gateway.env() if alter else {}
      result = self.ws.run('plan', 'contoso', '--format', 'json', env=env, expect=expect)
    self.assertEqual(self.server.writes(), 0)
    if expect == harness.OK:
      return json.loads(result.out)
    self.assertFalse((self.ws.repo / 'plans').exists(), 'no plan was saved')
    return result.err

  def fault(self, kind, path, **more):
    self.server.control('fault', kind=kind, match={'path': path, 'count': 0, **more})

  # Pages.

  def test_all_pages_are_read(self):
    self.start()
    plan = self.plan(harness.OK)
    self.assertEqual(plan['summary']['users_changed'], HOLDERS)

  def test_a_page_that_is_lost(self):
    """The first page names no next one: nothing is wrong with any answer, but the counts disagree."""
    self.start()

    def alter(exchange):
      if is_listing(exchange, 'users'):
        answer = exchange.json()
        answer.pop('@odata.nextLink', None)
        exchange.put(answer)
    told = self.plan(harness.INCOMPLETE, alter)
    self.assertIn(f'held by {HOLDERS} users', told)
    self.assertIn(f'but {PAGE} holders could be read', told)

  def test_a_count_that_lags_is_asked_again(self):
    self.start()
    seen = []

    def alter(exchange):
      if is_listing(exchange, 'subscribedSkus') and not seen.append(1) and len(seen) < 3:
        answer = exchange.json()
        for sku in answer['value']:
          sku['consumedUnits'] += 1
        exchange.put(answer)
    self.assertEqual(self.plan(harness.OK, alter)['summary']['users_changed'], HOLDERS)
    self.assertEqual(len(seen), 3)

  def test_the_same_user_on_two_pages_is_one(self):
    self.start()
    last = []

    def alter(exchange):
      if is_listing(exchange, 'users'):
        answer = exchange.json()
        answer['value'] = last[-1:] + answer['value']
        last.append(answer['value'][-1])
        exchange.put(answer)
    repeated = self.plan(harness.OK, alter)
    self.assertGreaterEqual(len(last), 3)
    self.assertEqual(repeated['summary']['users_changed'], HOLDERS)
    ids = [action['subject']['user'] for action in repeated['actions'] if 'user' in action['subject']]
    self.assertEqual(len(ids), len(set(ids)))
    self.assertEqual(repeated['id'], self.plan(harness.OK)['id'], 'it is the plan of the undisturbed read')

  def test_a_page_token_that_expires_begins_the_listing_again(self):
    self.start()
    self.fault('expired-page-token', '/users', nth=3, count=1)
    self.assertEqual(self.plan(harness.OK)['summary']['users_changed'], HOLDERS)
    firsts = [row for row in self.server.log() if row['path'].startswith('/v1.0/users?')
              and 'skiptoken' not in row['path'] and '$count' not in row['path']]
    self.assertEqual(len(firsts), 2)

  def test_a_page_token_that_always_expires(self):
    self.start()
    self.fault('expired-page-token', '/users', nth=3)
    said = self.plan(harness.INCOMPLETE)
    self.assertRegex(said, "error: the listing of '/users' was begun 4 times in [0-9]+ s, and each time its link to the "
                           r'next page had expired \(the last time at page [0-9]+\): .*Directory_ExpiredPageToken')
    self.assertIn('hint: Such a link lives for some minutes. Read again', said)

  def test_a_members_page_token_that_always_expires(self):
    """Of a group, in whose list the pages are other ones."""
    members = [f'user{number:03}@contoso.com' for number in range(1, 22)]
    self.start(users='- group: Sales', groups=[{'name': 'Sales', 'members': members}])
    self.fault('expired-page-token', '/groups/*/members*', nth=2)
    self.assertRegex(self.plan(harness.INCOMPLETE), "the listing of '/groups/[^']*members[^']*' was begun 4 times")

  def test_a_page_that_names_itself(self):
    self.start()

    def alter(exchange):
      if is_listing(exchange, 'users') and 'skiptoken' in exchange.path:
        answer = exchange.json()
        answer['@odata.nextLink'] = f'{self.address}{exchange.path}'
        exchange.put(answer)
    with Gateway(self.server, alter) as gateway:
      self.address = gateway.url
      result = self.ws.run('plan', 'contoso', env=gateway.env(), expect=harness.INCOMPLETE)
    self.assertIn('does not end', result.err)
    self.assertFalse((self.ws.repo / 'plans').exists())

  # What is left over after every try.

  def test_answers_that_stay_bad(self):
    """What passes is tried again for as long as the service may need; these are told at once."""
    cases = {('404', '/users'): harness.INCOMPLETE, ('404', '/subscribedSkus'): harness.INCOMPLETE,
             ('404', '/directory/subscriptions'): harness.INCOMPLETE, ('404', '/organization'): harness.INCOMPLETE,
             ('403', '/users'): harness.AUTH, ('400', '/users'): harness.INCOMPLETE}
    self.start()
    for (kind, path), status in cases.items():
      with self.subTest(kind=kind, path=path):
        self.server.control('clear')
        self.fault(kind, path)
        self.assertIn(path, self.plan(status))

  def test_a_search_for_a_group_that_stays_bad(self):
    """A search that finds nothing says that no group has the name; a search that is not there says nothing."""
    self.start(users='- group: Sales')
    self.assertIn("SS319", self.plan(harness.DENIED))
    for kind, status in (('404', harness.INCOMPLETE), ('400', harness.INCOMPLETE), ('403', harness.AUTH)):
      with self.subTest(kind):
        self.server.control('clear')
        self.fault(kind, '/groups*')
        told = self.plan(status)
        self.assertIn("'/groups'", told)
        self.assertNotIn('SS319', told)

  def passes(self, path, holders):
    for kind in ('429', '503'):
      with self.subTest(kind=kind, path=path):
        self.server.control('clear')
        self.server.control('fault', kind=kind, retry_after=0, match={'path': path, 'count': 2})
        self.assertEqual(self.plan(harness.OK)['summary']['users_changed'], holders)
        refused = [it for row in self.server.log() for it in [row, *row.get('parts', [])] if it['status'] == int(kind)]
        self.assertEqual(len(refused), 2, 'the fault was met')

  def test_a_page_that_is_refused_twice_is_asked_for_again(self):
    self.start()
    self.passes('/users', HOLDERS)

  def test_a_part_of_a_batch_that_is_refused_twice_is_asked_for_again(self):
    self.start(users='- holders_of: advisor\n      - {upn: other002@contoso.com}', holders=2)
    self.passes('/users/*other002*', 3)

  def test_a_named_user_whose_part_of_a_batch_stays_bad(self):
    self.start(users='- holders_of: advisor\n      - {upn: other002@contoso.com}', holders=2)
    for kind, status in (('400', harness.INCOMPLETE), ('403', harness.AUTH)):
      with self.subTest(kind):
        self.server.control('clear')
        self.fault(kind, '/users/*other002*')
        self.assertIn('other002', self.plan(status))

  # What contradicts itself.

  def test_subscriptions_that_are_not_listed(self):
    """The SKU's seats are the sum of its subscriptions: with one missing they are not. One that is suspended is
    no part of that sum, so its seats stand for nobody else's."""
    second = {'id': contoso.CLIENT, 'sku': 'STANDARDPACK', 'seats': 7, 'created': '2025-12-01T00:00:00Z'}
    for more, left, lacking in (({}, [], contoso.SEATS_ADVISOR + 7), ({}, [contoso.SUBSCRIPTION], 7),
                                ({'status': 'Suspended', 'seats': 300}, [contoso.CLIENT], contoso.SEATS_ADVISOR)):
      with self.subTest(more=more, left=left):
        self.ws = harness.Workspace()
        self.addCleanup(self.ws.close)
        self.start(more=[{**second, **more}])

        def alter(exchange):
          if is_listing(exchange, 'directory/subscriptions'):
            answer = exchange.json()
            answer['value'] = [row for row in answer['value']
                               if row['skuPartNumber'] != 'STANDARDPACK' or row['id'] in left]
            exchange.put(answer)
        told = self.plan(harness.INCOMPLETE, alter)
        self.assertIn(f'lacks {lacking} seats of STANDARDPACK that the tenant counts', told)

  def test_another_tenants_answer(self):
    self.start()

    def alter(exchange):
      if is_listing(exchange, 'organization'):
        exchange.body = exchange.body.replace(contoso.TENANT.encode(), contoso.OTHER.encode())
    told = self.plan(harness.WRONG_TENANT, alter)
    self.assertIn(contoso.OTHER, told)

  def test_a_next_page_on_another_host(self):
    self.start()

    def alter(exchange):
      if is_listing(exchange, 'users'):
        answer = exchange.json()
        answer['@odata.nextLink'] = 'http://127.0.0.1:9/v1.0/users?$skiptoken=x'
        exchange.put(answer)
    self.assertIn('127.0.0.1:9', self.plan(harness.WRONG_TENANT, alter))

  def test_a_next_page_that_is_no_link(self):
    """There is more, and nobody can say where: nothing is planned from what was read, and nothing odd is asked."""
    self.start()
    base = '/v1.0/users?$skiptoken='
    for link in (7, True, None, '', [], {}, ['http://x'], '\x01', 'http://HOST' + base + '\r\nHost: evil.example',
                 'http://HOST' + base + '\t', 'http://HOST' + base + 'a b', 'http://HOST' + base + '\x7f',
                 'http://HOST' + base + 'é', 'http://HOST/v1.0/../beta/users', 'http://HOST/v1.0/users/..',
                 'http://HOST/v1.0/%2e%2E/beta/users', 'http://HOST/v1.0/.%2e/users', 'http://HOST/v1.0/./users',
                 '/../beta/users', '/users/../../beta/users', 'http://HOST/v1.0\\..\\users', 'http://HOST' + base + 'x' * 200000,
                 'HOST' + base, '?$skiptoken=x', 'file:///etc/passwd', 'http://alex:pw@HOST' + base):
      for spaced in (False, True):  # as it can be seen early in the text of the answer, and not
        with self.subTest(str(link)[:60], spaced=spaced):
          asked = []

          def alter(exchange):
            asked.append(exchange.path)
            if is_listing(exchange, 'users') and 'skiptoken' not in exchange.path:
              answer = exchange.json()
              answer['@odata.nextLink'] = link.replace('HOST', exchange.host) if isinstance(link, str) else link
              exchange.body = json.dumps(answer, separators=None if spaced else (',', ':'), ensure_ascii=False).encode()
          with Gateway(self.server, alter) as gateway:
            result = self.ws.run('plan', 'contoso', env=gateway.env(), timeout=60)
          self.assertIn(result.status, (harness.INCOMPLETE, harness.WRONG_TENANT), result)
          self.assertLess(len(result.err), 3000)
          self.assertFalse([path for path in asked if 'beta' in path or '..' in path])
          self.assertFalse((self.ws.repo / 'plans').exists())


if __name__ == '__main__':
  harness.main()
