"""The tenants of the twin's own tests, and a client for them."""

import base64
import http.client
import json
import urllib.parse

import contoso
import harness

TENANT = '8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f'
PARTNER = '1c9e7b5a-3f2d-4a6c-8e0b-9d7c5f3e1a2b'
CLIENT = '5b1f0c7e-2d4a-4b8e-a6c9-7e3d1f2a9b84'
READER = '00000000-0000-4000-8000-000000000001'
SECRET = 'a+secret/with~marks%'
ADVISOR = '6f2d8a4c-51b7-4e0e-9c3d-2b8e7f6a1d90'
E1 = '18181a46-0d4e-45cd-891e-60aabd171b4e'
E3 = '6fd2c87f-b296-42f0-b197-1e91e994b900'
FREE = 'f30db892-07e9-47e9-837c-80727f46fd3d'
MCOEV = 'e43b5b99-8dfb-405f-9987-dc307f34bcbd'
YAMMER = '7547a3fe-08ee-4ccb-b430-5077c5041653'
ARCHIVE = 'ee02fd1b-340e-4a4b-b355-4a514e4c8943'
UNKNOWN = '11111111-2222-4333-8444-555555555555'


EXCHANGE_1, EXCHANGE_2 = '9aaf7827-d63c-4b61-89c3-182f06f82e5c', 'efb87545-963c-4e0d-99df-69c6916d9eb0'


def document(**settings):
  """A service as it was before 2023, when E1 and E3 could not be held together."""
  return {
    'format': 'seatshift-twin/1', 'settings': settings, 'conflicts': [[EXCHANGE_1, EXCHANGE_2]],
    'tenants': [{
      'id': TENANT, 'name': 'Contoso Ltd', 'domain': 'contoso.onmicrosoft.com', 'domains': ['contoso.com'],
      'clients': [
        {'client_id': CLIENT, 'secret': SECRET, 'roles': 'all'},
        {'client_id': READER, 'secret': 'reader', 'roles': ['User.Read.All']},
        {'client_id': '00000000-0000-4000-8000-000000000002', 'secret': 'none'},
        {'client_id': '00000000-0000-4000-8000-000000000003', 'secret': 'old', 'secret_expired': True},
        {'client_id': '00000000-0000-4000-8000-000000000004', 'secret': 'off', 'disabled': True},
        {'client_id': '00000000-0000-4000-8000-000000000005', 'secret': 'new', 'roles': 'all',
         'service_principal': False}],
      'subscriptions': [
        {'id': ADVISOR, 'sku': 'STANDARDPACK', 'seats': 30, 'ends': '2099-01-01T00:00:00Z'},
        {'sku': 'ENTERPRISEPACK', 'seats': 2}, {'sku': 'MCOEV', 'seats': 9},
        {'sku': 'EXCHANGEARCHIVE_ADDON', 'seats': 9}],
      'users': [
        {'upn': 'adele.vance@contoso.com', 'usage_location': 'US',
         'licenses': [{'sku': 'STANDARDPACK', 'disable': ['YAMMER_ENTERPRISE']}]},
        {'upn': 'alex.wilber@contoso.com', 'licenses': ['STANDARDPACK']},
        {'upn': 'grady.archie@contoso.com', 'usage_location': 'US'},
        {'upn': 'lee.gu@contoso.com', 'usage_location': 'US'},
        {'upn': 'guest_fabrikam.com#EXT#@contoso.onmicrosoft.com', 'guest': True},
        {'upn': 'gone@contoso.com', 'deleted': True},
        {'generate': {'count': 20, 'upn': "o'neil%03d@contoso.com", 'usage_location': 'US',
                      'licenses': ['STANDARDPACK']}}],
      'groups': [
        {'name': 'Nested', 'members': ['lee.gu@contoso.com']},
        {'name': 'Everyone', 'members': ['grady.archie@contoso.com', 'Nested'], 'licenses': ['STANDARDPACK']}],
    }, {
      'id': PARTNER, 'name': 'Fabrikam', 'domain': 'fabrikam.onmicrosoft.com', 'partner_type': 'breadthPartner',
      'clients': [{'client_id': CLIENT, 'secret': SECRET, 'roles': 'all'}],
      'contracts': [{'customer': TENANT}], 'gdap': [{'customer': TENANT, 'ends': contoso.time(33)}],
      'users': [{'upn': 'patti@fabrikam.onmicrosoft.com'}],
    }],
  }


class Client:
  """A connection to a twin; (status, headers, body) for each request."""

  def __init__(self, twin, token=None):
    self.twin = twin
    self.token = token
    self.http = http.client.HTTPConnection('127.0.0.1', twin.port, timeout=30)

  def raw(self, method, path, body=None, headers=None):
    headers = dict(headers or {})
    if self.token:
      headers.setdefault('Authorization', f'Bearer {self.token}')
    if body is not None and not isinstance(body, (str, bytes)):
      body = json.dumps(body)
      headers.setdefault('Content-Type', 'application/json')
    self.http.request(method, path, body, headers)
    answer = self.http.getresponse()
    text = answer.read()
    return answer.status, answer.headers, text

  def call(self, method, path, body=None, headers=None):
    status, _, text = self.raw(method, '/v1.0' + path, body, headers)
    return status, json.loads(text) if text else None

  def get(self, path, **headers):
    return self.call('GET', path, headers={k.replace('_', '-'): v for k, v in headers.items()})

  def assign(self, user, add=(), remove=()):
    body = {'addLicenses': [{'skuId': a, 'disabledPlans': []} if isinstance(a, str) else a for a in add],
            'removeLicenses': list(remove)}
    return self.call('POST', f'/users/{user}/assignLicense', body)

  def batch(self, *parts):
    rows = []
    for number, (method, url, body) in enumerate(parts):
      row = {'id': str(number), 'method': method, 'url': url}
      if body is not None:
        row.update(body=body, headers={'Content-Type': 'application/json'})
      rows.append(row)
    return self.call('POST', '/$batch', {'requests': rows})

  def close(self):
    self.http.close()


class TwinCase(harness.TestCase):

  def start(self, doc=None, **settings):
    self.t = self.twin(doc or document(**settings))
    self.client = Client(self.t, self.sign_in()['access_token'])
    self.addCleanup(self.client.close)
    return self.client

  def login(self, tenant='contoso.com', path='token', basic=None, content_type=None, **fields):
    form = {'client_id': CLIENT, 'client_secret': SECRET, 'grant_type': 'client_credentials',
            'scope': 'https://graph.microsoft.com/.default', **fields}
    body = urllib.parse.urlencode({k: v for k, v in form.items() if v is not None})
    headers = {'Content-Type': content_type or 'application/x-www-form-urlencoded'}
    if basic:
      headers['Authorization'] = 'Basic ' + base64.b64encode(basic.encode()).decode()
    client = Client(self.t)
    status, _, text = client.raw('POST', f'/{tenant}/oauth2/v2.0/{path}', body, headers)
    client.close()
    return status, json.loads(text)

  def sign_in(self, tenant=TENANT, **fields):
    status, answer = self.login(tenant, **fields)
    self.assertEqual(status, 200, answer)
    return answer

  def assert_error(self, result, status, code, text=''):
    self.assertEqual(result[0], status, result)
    self.assertEqual(result[1]['error']['code'], code, result)
    self.assertIn(text, result[1]['error']['message'])
    self.assertIn('request-id', result[1]['error']['innerError'])

  def licenses(self, user):
    status, answer = self.client.get(f'/users/{user}?$select=assignedLicenses')
    self.assertEqual(status, 200, answer)
    return sorted(row['skuId'] for row in answer['assignedLicenses'])
