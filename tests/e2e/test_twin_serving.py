"""The twin as a server: batches, what changes with time, faults, throttling and its own files."""

import concurrent.futures
import http.client
import json
import socket
import time
import urllib.parse

import harness
from twin_case import TENANT, PARTNER, SECRET, ADVISOR, E1, E3, MCOEV, document, Client, TwinCase


class Batches(TwinCase):

  def test_parts_are_answered_one_by_one_in_any_order(self):
    client = self.start()
    status, answer = client.batch(
      ('GET', '/users/adele.vance@contoso.com?$select=id', None), ('GET', '/users/nobody@contoso.com', None),
      ('PATCH', '/users/lee.gu@contoso.com', {'usageLocation': 'GB'}), ('GET', '/users/$count', None))
    self.assertEqual(status, 200)
    parts = {part['id']: part for part in answer['responses']}
    self.assertNotEqual([part['id'] for part in answer['responses']], ['0', '1', '2', '3'])
    self.assertEqual([parts[n]['status'] for n in '0123'], [200, 404, 204, 400])
    self.assertNotIn('body', parts['2'])
    self.assertEqual(parts['1']['body']['error']['code'], 'Request_ResourceNotFound')

  def test_depends_on(self):
    client = self.start()
    rows = [{'id': 'a', 'method': 'GET', 'url': '/users/nobody@contoso.com'},
            {'id': 'b', 'method': 'GET', 'url': '/organization', 'dependsOn': ['a']},
            {'id': 'c', 'method': 'GET', 'url': '/organization', 'dependsOn': ['B']},
            {'id': 'd', 'method': 'GET', 'url': '/organization'}]
    answer = client.call('POST', '/$batch', {'requests': rows})[1]
    self.assertEqual({part['id']: part['status'] for part in answer['responses']},
                     {'a': 404, 'b': 424, 'c': 424, 'd': 200})
    change = {'addLicenses': [{'skuId': E1}], 'removeLicenses': []}
    chain = [{'id': n, 'method': 'POST', 'url': '/users/adele.vance@contoso.com/assignLicense', 'body': change,
              'headers': {'content-type': 'application/json'}, 'dependsOn': d}
             for n, d in (('1', []), ('2', ['1']), ('3', ['2']))]
    answer = client.call('POST', '/$batch', {'requests': chain})[1]
    self.assertEqual([part['status'] for part in answer['responses']], [200, 200, 200])

  def test_refusals(self):
    client = self.start()
    part = {'id': '1', 'method': 'GET', 'url': '/organization'}

    def send(rows):
      return client.call('POST', '/$batch', {'requests': rows})

    many = [dict(part, id=str(n)) for n in range(21)]
    self.assert_error(send(many), 400, 'MaximumValueExceeded', '20')
    self.assertEqual(send(many[:20])[0], 200)
    self.assert_error(send([part, part]), 400, 'BadRequest', 'unique')
    self.assert_error(send([dict(part, id='a'), dict(part, id='A')]), 400, 'BadRequest', 'unique')
    self.assert_error(send([dict(part, body={'x': 1})]), 400, 'BadRequest', 'Content-Type')
    self.assert_error(send([dict(part, dependsOn=['9'])]), 400, 'BadRequest', 'depends')
    self.assert_error(send([dict(part, dependsOn=['2']), dict(part, id='2', dependsOn=['1'])]), 400, 'BadRequest', 'circle')
    self.assert_error(send([]), 400, 'BadRequest')
    self.assert_error(send([{'id': '1', 'method': 'GET'}]), 400, 'BadRequest')
    nested = send([dict(part, method='POST', url='/$batch', body={}, headers={'Content-Type': 'application/json'})])
    self.assertEqual(nested[1]['responses'][0]['status'], 400)
    client.token = None
    self.assert_error(send([part]), 401, 'InvalidAuthenticationToken')


class Life(TwinCase):

  def statuses(self):
    return {row['id']: row for row in self.client.get('/directory/subscriptions')[1]['value']}

  def test_redeem(self):
    client = self.start()
    before = self.statuses()
    new = self.t.redeem('contoso.com', 'ENTERPRISEPACK', 25)['subscription']
    row = self.statuses()[new]
    self.assertNotIn(new, before)
    self.assertEqual((row['status'], row['totalLicenses'], row['skuId'], row['isTrial']), ('Enabled', 25, E3, False))
    skus = {row['skuId']: row for row in client.get('/subscribedSkus')[1]['value']}
    self.assertEqual((skus[E3]['prepaidUnits']['enabled'], len(skus[E3]['subscriptionIds'])), (27, 2))
    self.t.control('redeem', tenant=TENANT, sku='ENTERPRISEPACK', seats=5, subscription=new, **{'as': 'add-seats'})
    self.assertEqual(self.statuses()[new]['totalLicenses'], 30)
    self.t.control('redeem', tenant=TENANT, sku='ENTERPRISEPACK', seats=5, subscription=new, **{'as': 'extend-term'})
    longer = self.statuses()[new]
    self.assertEqual(longer['totalLicenses'], 30)
    self.assertGreater(longer['nextLifecycleDateTime'], row['nextLifecycleDateTime'])
    later = self.t.control('redeem', tenant=TENANT, sku='SPB', seats=1, delay_ms=60000)['subscription']
    self.assertNotIn(later, self.statuses())
    self.t.control('advance', ms=60000)
    self.assertIn(later, self.statuses())

  def test_cancel(self):
    client = self.start()
    for status, column in (('Suspended', 'suspended'), ('LockedOut', 'lockedOut'), ('Enabled', 'enabled')):
      self.t.cancel(TENANT, ADVISOR, status)
      self.assertEqual(self.statuses()[ADVISOR]['status'], status)
      row = next(row for row in client.get('/subscribedSkus')[1]['value'] if row['skuId'] == E1)
      self.assertEqual((row['prepaidUnits'][column], row['consumedUnits'], row['capabilityStatus']), (30, 23, status))
    self.t.cancel(TENANT, ADVISOR, 'absent')
    self.assertNotIn(ADVISOR, self.statuses())
    self.assert_error(client.get(f'/directory/subscriptions/{ADVISOR}'), 404, 'Request_ResourceNotFound')
    self.assert_error(client.assign('lee.gu@contoso.com', [E1]), 400, 'Request_BadRequest', 'valid company License')

  def test_a_term_that_ends(self):
    self.start()
    new = self.t.redeem(TENANT, 'ENTERPRISEPACK', 5)['subscription']
    seen = []
    for days in (364, 2, 30, 90):
      self.t.control('advance', ms=days * 86400000)
      self.client.token = self.sign_in()['access_token']
      seen.append(self.statuses()[new]['status'])
    self.assertEqual(seen, ['Enabled', 'Warning', 'Suspended', 'Deleted'])

  def test_replicas_lag(self):
    client = self.start(replica_lag_ms=5000)
    user = 'adele.vance@contoso.com'
    status, answer = client.assign(user, [E3], [E1])
    self.assertEqual((status, answer['assignedLicenses'][0]['skuId']), (200, E3))
    self.assertEqual(self.licenses(user), [E1])
    self.assert_error(client.assign(user, [], [E1]), 400, 'Request_BadRequest', 'corresponding')
    self.t.control('user', tenant=TENANT, upn='lee.gu@contoso.com', set={'upn': 'lee@contoso.com'})
    self.assertEqual(client.get('/users/lee@contoso.com')[0], 404)
    self.assertEqual(client.get('/users/lee.gu@contoso.com')[0], 200)
    new = self.t.redeem(TENANT, 'SPB', 5)['subscription']
    self.assertNotIn(new, self.statuses())
    self.t.control('advance', ms=5001)
    self.assertEqual(self.licenses(user), [E3])
    self.assertEqual(client.get('/users/lee@contoso.com')[0], 200)
    self.assertEqual(client.get('/users/lee.gu@contoso.com')[0], 404)
    self.assertIn(new, self.statuses())

  def test_somebody_else(self):
    client = self.start()
    self.t.control('user', tenant=TENANT, upn='adele.vance@contoso.com',
                   set={'remove': ['STANDARDPACK'], 'add': ['MCOEV'], 'usage_location': None, 'enabled': False})
    user = client.get('/users/adele.vance@contoso.com?$select=accountEnabled,usageLocation,assignedLicenses')[1]
    self.assertEqual((user['accountEnabled'], user['usageLocation'], len(user['assignedLicenses'])), (False, None, 1))
    self.t.control('user', tenant=TENANT, upn='lee.gu@contoso.com', set={'deleted': True})
    self.assertEqual(client.get('/users/lee.gu@contoso.com')[0], 404)
    self.t.control('user', tenant=TENANT, upn='lee.gu@contoso.com', set={'deleted': False})
    self.assertEqual(client.get('/users/lee.gu@contoso.com')[0], 200)
    self.t.control('user', tenant=TENANT, create={'upn': 'joni@contoso.com', 'licenses': ['STANDARDPACK']})
    self.assertEqual(self.licenses('joni@contoso.com'), [E1])


class Faults(TwinCase):

  def test_statuses(self):
    client = self.start()
    for kind, code in (('429', 'TooManyRequests'), ('503', 'ServiceUnavailable'), ('500', 'Service_InternalServerError'),
                       ('401', 'InvalidAuthenticationToken'), ('409', 'Directory_ConcurrencyViolation')):
      self.t.control('fault', kind=kind, match={'path': '/organization'}, retry_after=7)
      status, headers, text = client.raw('GET', '/v1.0/organization')
      self.assert_error((status, json.loads(text)), int(kind), code)
      self.assertEqual(headers['Retry-After'], '7')
      self.assertEqual(client.get('/organization')[0], 200)
    self.t.control('fault', kind='503', match={'path': '/*/oauth2/v2.0/token'})
    self.assertEqual(self.login()[0], 503)

  def test_which_requests(self):
    client = self.start()
    self.t.control('fault', kind='503', match={'method': 'GET', 'path': '/users/*', 'nth': 2, 'count': 2})
    hits = [client.get('/users/lee.gu@contoso.com')[0] for _ in range(5)]
    self.assertEqual(hits, [200, 503, 503, 200, 200])
    self.t.control('fault', kind='429', match={'path': '/organization', 'count': 0, 'probability': 50, 'seed': 3})
    hits = [client.get('/organization')[0] for _ in range(40)]
    self.assertTrue(5 < hits.count(429) < 35, hits)
    self.t.control('clear')
    self.assertEqual(client.get('/organization')[0], 200)
    self.t.control('fault', kind='500', tenant=PARTNER, match={'path': '/organization'})
    self.assertEqual(client.get('/organization')[0], 200)

  def broken(self, client, *args, **options):
    try:
      return client.raw(*args, **options)
    except (http.client.HTTPException, ConnectionError) as error:
      client.close()
      return type(error).__name__

  def test_broken_connections(self):
    client = self.start()
    change = {'addLicenses': [{'skuId': E3}], 'removeLicenses': [E1]}
    for kind, applied in (('drop', False), ('reset', False), ('lost', True), ('truncate', True)):
      user = f"o'neil0{10 + len(kind)}@contoso.com"
      self.t.control('fault', kind=kind, match={'path': '/users/*/assignLicense'})
      self.t.redeem(TENANT, 'ENTERPRISEPACK', 1)
      result = self.broken(client, 'POST', f'/v1.0/users/{user}/assignLicense', change)
      self.assertIsInstance(result, str, (kind, result))
      self.assertEqual(self.licenses(user), [E3] if applied else [E1], kind)
    entries = self.t.look('log')['requests']
    self.assertEqual([row['fault'] for row in entries if row['fault']], ['drop', 'reset', 'lost', 'truncate'])
    self.t.control('fault', kind='html', match={'path': '/organization'})
    status, headers, text = client.raw('GET', '/v1.0/organization')
    self.assertEqual((status, headers['Content-Type']), (503, 'text/html'))
    self.assertIn(b'<html>', text)

  def test_parts_of_a_batch(self):
    client = self.start()
    self.t.control('fault', kind='429', retry_after=3, match={'path': '/users/lee.gu@contoso.com'})
    self.t.control('fault', kind='omit', match={'path': '/users/adele*'})
    status, answer = client.batch(('GET', '/users/lee.gu@contoso.com', None), ('GET', '/users/adele.vance@contoso.com', None),
                                  ('GET', '/organization', None))
    self.assertEqual(status, 200)
    parts = {part['id']: part for part in answer['responses']}
    self.assertEqual(sorted(parts), ['0', '2'])
    self.assertEqual((parts['0']['status'], parts['0']['headers']['Retry-After']), (429, '3'))
    change = {'addLicenses': [{'skuId': E3}], 'removeLicenses': [E1]}
    self.t.control('fault', kind='429', applied=True, match={'path': '/users/*/assignLicense'})
    answer = client.batch(('POST', '/users/adele.vance@contoso.com/assignLicense', change))[1]
    self.assertEqual(answer['responses'][0]['status'], 429)
    self.assertEqual(self.licenses('adele.vance@contoso.com'), [E3])

  def test_throttling(self):
    client = self.start(throttle=True, resource_units=10, window_ms=10000)
    hits = [client.raw('GET', '/v1.0/organization') for _ in range(14)]
    limited = [headers for status, headers, _ in hits if status == 429]
    self.assertTrue(3 <= len(limited) <= 4, [status for status, _, _ in hits])
    self.assertGreaterEqual(int(limited[0]['Retry-After']), 1)
    self.assertEqual(limited[0]['x-ms-throttle-information'], 'ResourceUnitLimitExceeded')
    answer = client.batch(*[('GET', '/organization', None)] * 3)
    self.assertEqual((answer[0], [part['status'] for part in answer[1]['responses']]), (200, [429, 429, 429]))
    self.assertGreaterEqual(self.t.counters()['throttled'], 6)
    self.t.control('advance', ms=10000)
    self.assertEqual(client.get('/organization')[0], 200)
    self.t.control('settings', resource_units=1000, writes=2, writes_window_ms=100000)
    hits = [client.call('PATCH', '/users/lee.gu@contoso.com', {'usageLocation': 'GB'})[0] for _ in range(4)]
    self.assertEqual(hits, [204, 204, 429, 429])

  def test_latency_does_not_queue(self):
    client = self.start(latency_ms=200)
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
      clients = [Client(self.t, client.token) for _ in range(40)]
      answers = list(pool.map(lambda c: c.get('/organization')[0], clients))
      for one in clients:
        one.close()
    took = time.monotonic() - begun
    self.assertEqual(set(answers), {200})
    self.assertGreaterEqual(took, 0.2)
    self.assertGreater(self.t.counters()['peak_in_flight'], 10)


class Serving(TwinCase):

  def test_log_and_counters_hold_no_secret(self):
    client = self.start()
    client.get('/organization')
    client.batch(('GET', '/organization', None))
    log, counters = self.t.look('log'), self.t.counters()
    self.assertEqual([row['path'] for row in log['requests']],
                     [f'/{TENANT}/oauth2/v2.0/token', '/v1.0/organization', '/v1.0/$batch'])
    self.assertEqual(log['requests'][2]['parts'][0]['status'], 200)
    self.assertEqual((counters['calls']['GET organization'], counters['parts'], counters['tokens']), (2, 1, 1))
    text = json.dumps(log) + json.dumps(counters) + json.dumps(self.t.state(TENANT))
    self.assertNotIn(client.token, text)
    self.assertNotIn(SECRET, text)

  def test_control_calls_that_are_wrong(self):
    self.start()
    for what, body in (('redeem', {}), ('redeem', {'tenant': TENANT, 'sku': 'NO_SUCH'}), ('cancel', {'tenant': TENANT}),
                       ('fault', {'kind': 'rain'}), ('fault', {'kind': '429', 'mach': {}}), ('user', {'tenant': 'x'}),
                       ('settings', {'latency_ms': -1}), ('nonsense', {}), ('device', {'user_code': 'x'})):
      with self.subTest(what=what, body=body):
        self.assertIn(self.t.request('POST', f'/twin/{what}', body)[0], (400, 404))

  def test_what_a_call_on_a_subscription_takes(self):
    self.start()
    named = {'tenant': TENANT, 'sku': 'ENTERPRISEPACK', 'seats': 1}
    for what, body, told in (('redeem', {**named, 'delay': 1}, "has an unknown member 'delay'"),
                             ('redeem', {**named, 'as': 'gift'}, 'must be new-subscription'),
                             ('redeem', {**named, 'id': 'x'}, "'id' must be a GUID"),
                             ('redeem', {'tenant': TENANT}, "redeem needs a 'sku'"),
                             ('provision', {**named, 'seats': 0}, "'seats' must be a whole number from 1"),
                             ('provision', {'tenant': TENANT, 'sku': 'SPB'}, "provision needs a 'seats'"),
                             ('cancel', {'tenant': TENANT}, "cancel needs a 'subscription'"),
                             ('cancel', {'tenant': TENANT, 'subscription': ADVISOR, 'delay_ms': '1'}, "'delay_ms' must")):
      with self.subTest(what=what, body=body):
        status, answer = self.t.request('POST', f'/twin/{what}', body)
        self.assertEqual(status, 400)
        self.assertIn(told, answer['error']['message'] if isinstance(answer['error'], dict) else answer['error'])
    self.assertEqual(len(self.t.state(TENANT)['subscriptions']), 4)

  def test_only_loopback(self):
    self.start()
    with self.assertRaises(OSError):
      socket.create_connection(('127.0.0.2', self.t.port), timeout=2)

  def test_bad_files(self):
    cases = [
      ('{', 'not valid JSON'), ('{}', "'format' must be"),
      ({'format': 'seatshift-twin/1', 'tenant': []}, "unknown member 'tenant'"),
      ({'format': 'seatshift-twin/1', 'tenants': [{'id': 'x', 'name': 'n', 'domain': 'd'}]}, 'GUID'),
      ({'format': 'seatshift-twin/1', 'tenants': [{'id': TENANT, 'name': 'n', 'domain': 'd', 'users': [
        {'upn': 'a', 'licenses': ['NOPE']}]}]}, "no SKU 'NOPE'"),
    ]
    for body, text in cases:
      path = self.ws.write('bad.json', body if isinstance(body, str) else json.dumps(body))
      result = self.ws.run('twin', path, '--for', '1s', expect=harness.INVALID)
      self.assertIn(text, result.err)

  def test_it_stops_by_itself(self):
    path = self.ws.write('twin.json', json.dumps(document()))
    result = self.ws.run('twin', path, '--for', '1s', expect=harness.OK)
    self.assertRegex(result.out, r'^twin listening on http://127\.0\.0\.1:\d+\n$')

  def test_a_large_tenant(self):
    doc = document()
    doc['tenants'][0]['users'] = [{'generate': {
      'count': 100000, 'upn': 'user%06d@contoso.com', 'usage_location': 'US', 'licenses': ['STANDARDPACK']}}]
    doc['tenants'][0]['groups'] = []
    client = self.start(doc)
    text = urllib.parse.quote(f'assignedLicenses/any(x:x/skuId eq {E1})')
    status, answer = client.get(f'/users?$select=id,assignedLicenses&$top=999&$filter={text}')
    self.assertEqual((status, len(answer['value'])), (200, 999))
    self.assertEqual(client.get('/users/user100000@contoso.com')[0], 200)


class Port(TwinCase):

  def test_one_twin_to_a_port(self):
    """Two that listen on one would each get half of the requests, and each believe another tenant."""
    client = self.start()
    self.assertEqual(client.call('GET', '/organization')[0], 200)
    port = str(self.t.port)
    refused = self.ws.run('twin', self.ws.dir / 'twin.json', '--port', port, expect=harness.ERROR)
    self.assertIn(f'cannot listen on 127.0.0.1:{port}', refused.err)
    self.assertEqual(client.call('GET', '/organization')[0], 200)


if __name__ == '__main__':
  harness.main()
