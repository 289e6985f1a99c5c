"""The twin itself: every refusal, paging, batches, lag, faults and sign-in, over plain HTTP."""

import base64
import concurrent.futures
import http.client
import json
import socket
import time
import urllib.parse

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


def document(**settings):
  return {
    'format': 'seatshift-twin/1', 'settings': settings,
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
      'contracts': [{'customer': TENANT}], 'gdap': [{'customer': TENANT, 'ends': '2027-01-01T00:00:00Z'}],
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


class SignIn(TwinCase):

  def test_token(self):
    self.start()
    answer = self.sign_in()
    self.assertEqual((answer['token_type'], answer['expires_in']), ('Bearer', 3599))
    payload = answer['access_token'].split('.')[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + '=' * (-len(payload) % 4)))
    self.assertEqual((claims['tid'], claims['appid'], claims['idtyp']), (TENANT, CLIENT, 'app'))
    self.assertIn('LicenseAssignment.ReadWrite.All', claims['roles'])
    self.assertEqual(claims['exp'] - claims['iat'], 3599)
    quoted = urllib.parse.quote(CLIENT, '') + ':' + urllib.parse.quote(SECRET, '')
    self.assertEqual(self.login(basic=quoted, client_id=None, client_secret=None)[0], 200)
    self.assertEqual(self.login(scope=f'{self.t.url}/.default')[0], 200)

  def test_refusals(self):
    self.start()
    cases = [
      (90002, 400, 'invalid_tenant', dict(tenant='nowhere.example')),
      (9001023, 400, 'invalid_request', dict(tenant='common')),
      (700016, 400, 'unauthorized_client', dict(client_id=UNKNOWN)),
      (700016, 400, 'unauthorized_client', dict(tenant=PARTNER, client_id=READER)),
      (7000215, 401, 'invalid_client', dict(client_secret='wrong')),
      (7000218, 401, 'invalid_client', dict(client_secret=None)),
      (7000222, 401, 'invalid_client', dict(client_id='00000000-0000-4000-8000-000000000003', client_secret='old')),
      (7000112, 400, 'unauthorized_client', dict(client_id='00000000-0000-4000-8000-000000000004', client_secret='off')),
      (50027, 401, 'invalid_client', dict(client_secret=None, client_assertion='x.y.z', client_assertion_type=
        'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')),
      (70011, 400, 'invalid_scope', dict(scope='https://graph.microsoft.com/User.Read.All')),
      (900144, 400, 'invalid_request', dict(scope=None)),
      (900144, 400, 'invalid_request', dict(grant_type=None)),
      (900144, 400, 'invalid_request', dict(content_type='application/json')),
      (70003, 400, 'unsupported_grant_type', dict(grant_type='password')),
    ]
    for code, status, error, fields in cases:
      with self.subTest(code=code, fields=fields):
        got, answer = self.login(**fields)
        self.assertEqual((got, answer['error'], answer['error_codes']), (status, error, [code]))
        self.assertTrue(answer['error_description'].startswith(f'AADSTS{code}: '))
        self.assertLessEqual({'trace_id', 'correlation_id', 'timestamp', 'error_uri'}, set(answer))

  def test_the_token_decides_the_tenant_and_ends(self):
    client = self.start()
    other = Client(self.t, self.sign_in(PARTNER)['access_token'])
    self.assertEqual(other.get('/organization')[1]['value'][0]['id'], PARTNER)
    self.assert_error(other.get(f'/organization/{TENANT}'), 404, 'Request_ResourceNotFound')
    other.close()
    self.t.control('advance', ms=3599000)
    self.assert_error(client.get('/organization'), 401, 'InvalidAuthenticationToken', 'expired')
    client.token = None
    self.assert_error(client.get('/organization'), 401, 'InvalidAuthenticationToken', 'empty')
    client.token = 'nonsense'
    self.assert_error(client.get('/organization'), 401, 'InvalidAuthenticationToken', 'CompactToken')
    client.token = self.sign_in(client_id='00000000-0000-4000-8000-000000000005', client_secret='new')['access_token']
    self.assert_error(client.get('/organization'), 401, 'Authorization_IdentityNotFound')

  def test_permissions(self):
    client = self.start()
    client.token = self.sign_in(client_id=READER, client_secret='reader')['access_token']
    self.assertEqual(client.get('/users?$select=id,assignedLicenses')[0], 200)
    for path in ('/organization', '/subscribedSkus', '/directory/subscriptions', '/groups', '/domains', '/contracts'):
      self.assert_error(client.get(path), 403, 'Authorization_RequestDenied', 'Insufficient privileges')
    self.assert_error(client.assign('lee.gu@contoso.com', [E3]), 403, 'Authorization_RequestDenied')
    groups = client.get('/users/grady.archie@contoso.com/memberOf')[1]['value']
    self.assertEqual(set(groups[0]), {'@odata.type', 'id'})
    client.token = self.sign_in(client_id='00000000-0000-4000-8000-000000000002', client_secret='none')['access_token']
    self.assertNotIn('roles', base64.urlsafe_b64decode(client.token.split('.')[1] + '===').decode())
    self.assert_error(client.get('/users'), 403, 'Authorization_RequestDenied')

  def test_discovery(self):
    client = self.start()
    for name in ('contoso.com', 'contoso.onmicrosoft.com', TENANT):
      status, _, text = client.raw('GET', f'/{name}/v2.0/.well-known/openid-configuration')
      self.assertEqual((status, json.loads(text)['issuer']), (200, f'{self.t.url}/{TENANT}/v2.0'))
    status, _, text = client.raw('GET', '/nowhere.example/v2.0/.well-known/openid-configuration')
    self.assertEqual((status, json.loads(text)['error_codes']), (400, [90002]))
    _, _, text = client.raw('GET', '/common/v2.0/.well-known/openid-configuration')
    self.assertIn('{tenantid}', json.loads(text)['issuer'])

  def test_device_code(self):
    self.start()
    grant = 'urn:ietf:params:oauth:grant-type:device_code'

    def begin(tenant):
      return self.login(tenant, 'devicecode', client_secret=None, grant_type=None,
                        scope='https://graph.microsoft.com/Organization.Read.All openid')[1]

    def poll(tenant, code):
      self.t.control('advance', ms=1000)
      return self.login(tenant, client_secret=None, scope=None, grant_type=grant, device_code=code)

    codes = begin(TENANT)
    self.assertEqual(poll(TENANT, codes['device_code'])[1]['error'], 'authorization_pending')
    again = self.login(TENANT, client_secret=None, scope=None, grant_type=grant, device_code=codes['device_code'])
    self.assertEqual(again[1]['error'], 'slow_down')
    self.t.control('device', user_code=codes['user_code'], tenant=TENANT)
    status, answer = poll(TENANT, codes['device_code'])
    self.assertEqual(status, 200, answer)
    delegated = Client(self.t, answer['access_token'])
    self.assertEqual(delegated.get('/organization')[1]['value'][0]['id'], TENANT)
    delegated.close()
    self.assertEqual(poll(TENANT, codes['device_code'])[1]['error'], 'invalid_grant')
    codes = begin('organizations')
    self.t.control('device', user_code=codes['user_code'], tenant=PARTNER)  # the wrong person signs in
    token = poll('organizations', codes['device_code'])[1]['access_token'].split('.')[1]
    self.assertEqual(json.loads(base64.urlsafe_b64decode(token + '==='))['tid'], PARTNER)
    codes = begin(TENANT)
    self.t.control('device', user_code=codes['user_code'], decline=True)
    self.assertEqual(poll(TENANT, codes['device_code'])[1]['error'], 'authorization_declined')
    codes = begin(TENANT)
    self.t.control('advance', ms=900000)
    self.assertEqual(poll(TENANT, codes['device_code'])[1]['error'], 'expired_token')
    self.assertEqual(poll(TENANT, 'made-up')[1]['error'], 'bad_verification_code')


class Reading(TwinCase):

  def test_organization_and_headers(self):
    client = self.start()
    status, headers, text = client.raw('GET', '/v1.0/organization', headers={'client-request-id': UNKNOWN})
    row = json.loads(text)['value'][0]
    self.assertEqual((status, row['displayName'], row['partnerTenantType']), (200, 'Contoso Ltd', None))
    self.assertEqual([d['name'] for d in row['verifiedDomains'] if d['isInitial']], ['contoso.onmicrosoft.com'])
    self.assertEqual([d['name'] for d in row['verifiedDomains'] if d['isDefault']], ['contoso.com'])
    self.assertEqual(headers['client-request-id'], UNKNOWN)
    for name in ('request-id', 'Date', 'x-ms-ags-diagnostic', 'x-ms-resource-unit'):
      self.assertIn(name, headers)
    self.assertEqual(len(client.get('/domains')[1]['value']), 2)

  def test_skus_follow_users_and_subscriptions(self):
    client = self.start()
    rows = {row['skuPartNumber']: row for row in client.get('/subscribedSkus')[1]['value']}
    self.assertEqual(rows['STANDARDPACK']['consumedUnits'], 23)  # 22 direct, 1 through the group
    self.assertEqual(rows['STANDARDPACK']['prepaidUnits'], {'enabled': 30, 'warning': 0, 'suspended': 0, 'lockedOut': 0})
    self.assertEqual(rows['STANDARDPACK']['subscriptionIds'], [ADVISOR])
    self.assertEqual(len(rows['ENTERPRISEPACK']['servicePlans']), 37)
    self.assert_error(client.get('/subscribedSkus?$filter=x'), 400, 'Request_UnsupportedQuery')
    subscriptions = client.get('/directory/subscriptions')[1]['value']
    self.assertEqual(len(subscriptions), 4)
    one = client.get(f'/directory/subscriptions/{ADVISOR}')[1]
    commerce = one['commerceSubscriptionId']
    same = client.get(f"/directory/subscriptions(commerceSubscriptionId='{commerce}')")[1]
    self.assertEqual((same['id'], same['nextLifecycleDateTime']), (ADVISOR, '2099-01-01T00:00:00Z'))

  def test_license_properties_only_when_selected(self):
    client = self.start()
    user = client.get('/users/adele.vance@contoso.com')[1]
    self.assertNotIn('assignedLicenses', user)
    self.assertNotIn('usageLocation', user)
    user = client.get('/users/ADELE.vance@contoso.com?$select=usageLocation,assignedLicenses,licenseAssignmentStates')[1]
    self.assertEqual(user['assignedLicenses'], [{'disabledPlans': [YAMMER], 'skuId': E1}])
    self.assertEqual(user['licenseAssignmentStates'][0]['assignedByGroup'], None)
    self.assert_error(client.get('/users?$select=colour'), 400, 'Request_BadRequest', "'colour'")
    plans = client.get('/users/adele.vance@contoso.com/licenseDetails')[1]['value'][0]['servicePlans']
    self.assertEqual([p['servicePlanId'] for p in plans if p['provisioningStatus'] == 'Disabled'], [YAMMER])

  def test_users_by_key(self):
    client = self.start()
    guest = 'guest_fabrikam.com%23EXT%23@contoso.onmicrosoft.com'
    self.assertEqual(client.get(f'/users/{guest}?$select=userType')[1]['userType'], 'Guest')
    self.assertEqual(client.get("/users('o''neil001@contoso.com')")[0], 200)
    user = client.get("/users/o'neil001@contoso.com")[1]
    self.assertEqual(client.get(f"/users/{user['id']}")[1]['userPrincipalName'], "o'neil001@contoso.com")
    self.assert_error(client.get('/users/gone@contoso.com'), 404, 'Request_ResourceNotFound', "'gone@contoso.com'")
    deleted = client.get("/directory/deletedItems/microsoft.graph.user?$filter=userPrincipalName%20eq%20'gone@contoso.com'")
    self.assertEqual(len(deleted[1]['value']), 1)

  def test_paging(self):
    client = self.start()
    path, pages, ids = '/v1.0/users?$select=id,assignedLicenses&$top=7', 0, []
    while path:
      status, _, text = client.raw('GET', path)
      answer = json.loads(text)
      self.assertEqual(status, 200, answer)
      ids += [row['id'] for row in answer['value']]
      self.assertIn('assignedLicenses', answer['value'][0])
      link = answer.get('@odata.nextLink')
      self.assertTrue(link is None or link.startswith(self.t.url + '/v1.0/users?'), link)
      path = link and link[len(self.t.url):]
      last = path or last
      pages += 1
    self.assertEqual((pages, len(ids), len(set(ids))), (4, 25, 25))
    self.t.control('advance', ms=600001)
    self.assert_error(client.get(last[5:]), 400, 'Directory_ExpiredPageToken')
    self.assert_error(client.get('/users?$skiptoken=made-up'), 400, 'Directory_ExpiredPageToken')
    self.assert_error(client.get('/users?$top=1000'), 400, 'Request_UnsupportedQuery')
    self.assert_error(client.get('/users?=1'), 400, 'Request_BadRequest')
    for option in ('$skip=1', '$orderby=id', '$expand=memberOf', '$search=x'):
      self.assert_error(client.get('/users?' + option), 400, 'Request_UnsupportedQuery')

  def test_a_page_size_of_the_server(self):
    client = self.start(page_size=3)
    self.assertEqual(len(client.get('/users?$top=999')[1]['value']), 3)
    skus = client.get('/subscribedSkus')[1]
    self.assertEqual(len(skus['value']), 3)
    status, _, text = client.raw('GET', skus['@odata.nextLink'][len(self.t.url):])
    self.assertEqual((status, len(json.loads(text)['value'])), (200, 1))

  def test_filters(self):
    client = self.start()

    def find(text, **headers):
      return client.get('/users?$top=999&$filter=' + urllib.parse.quote(text), **headers)

    cases = [
      (f'assignedLicenses/any(x:x/skuId eq {E1})', 23),
      (f'assignedLicenses/any(l: l/skuId eq {E3})', 0),
      ("userPrincipalName eq 'Adele.Vance@contoso.com'", 1),
      ("userPrincipalName eq 'o''neil001@contoso.com'", 1),
      ("userPrincipalName in ('lee.gu@contoso.com', 'nobody@contoso.com')", 1),
      ("userPrincipalName eq 'lee.gu@contoso.com' or userPrincipalName eq 'adele.vance@contoso.com'", 2),
      ("startswith(userPrincipalName,'o''neil')", 20),
      (f"accountEnabled eq true and assignedLicenses/any(x:x/skuId eq {E1})", 23),
      ("userType eq 'Guest'", 1),
    ]
    for text, count in cases:
      with self.subTest(text):
        status, answer = find(text)
        self.assertEqual((status, len(answer.get('value', []))), (200, count), answer)
    names = ','.join(f"'u{n}@contoso.com'" for n in range(15))
    self.assertEqual(find(f'userPrincipalName in ({names})')[0], 200)
    self.assert_error(find(f"userPrincipalName in ({names},'x')"), 400, 'Request_UnsupportedQuery', 'Too many child clauses')
    chain = ' or '.join(f"userPrincipalName eq 'u{n}@contoso.com'" for n in range(16))
    self.assert_error(find(chain), 400, 'Request_UnsupportedQuery', 'Too many child clauses')
    none = f'not assignedLicenses/any(x:x/skuId eq {E1})'
    self.assert_error(find(none), 400, 'Request_UnsupportedQuery')
    self.assert_error(find('assignedLicenses/$count eq 0'), 400, 'Request_UnsupportedQuery')
    self.assert_error(find("shoeSize eq '1'"), 400, 'Request_UnsupportedQuery', "'shoeSize'")
    for text in ("userPrincipalName eq 'a", 'userPrincipalName', "userPrincipalName lt 'a'", "() or"):
      self.assertEqual(find(text)[0], 400, text)
    advanced = urllib.parse.quote('assignedLicenses/$count eq 0')
    status, answer = client.get(f'/users?$filter={advanced}&$count=true&$top=1', ConsistencyLevel='eventual')
    self.assertEqual((status, answer['@odata.count'], len(answer['value'])), (200, 2, 1))
    self.assert_error(client.get('/users?$count=true'), 400, 'Request_BadRequest', '$count')
    status, _, text = client.raw('GET', '/v1.0/users/$count', headers={'ConsistencyLevel': 'eventual'})
    self.assertEqual((status, text), (200, b'25'))

  def test_groups(self):
    client = self.start()
    text = urllib.parse.quote(f'assignedLicenses/any(x:x/skuId eq {E1})')
    group = client.get(f'/groups?$select=id,displayName,assignedLicenses&$filter={text}')[1]['value'][0]
    self.assertEqual(group['displayName'], 'Everyone')
    found = client.get("/groups?$filter=displayName%20eq%20'nested'")[1]['value']
    self.assertEqual(len(found), 1)
    kinds = [m['@odata.type'] for m in client.get(f"/groups/{group['id']}/members")[1]['value']]
    self.assertEqual(kinds, ['#microsoft.graph.user', '#microsoft.graph.group'])
    users = client.get(f"/groups/{group['id']}/members/microsoft.graph.user?$select=userPrincipalName")[1]['value']
    self.assertEqual(users, [{'userPrincipalName': 'grady.archie@contoso.com'}])
    nested = client.get(f"/groups/{group['id']}/transitiveMembers/microsoft.graph.user")[1]['value']
    self.assertEqual(len(nested), 2)
    self.assertEqual(self.licenses('lee.gu@contoso.com'), [])  # licences do not reach nested members

  def test_partner(self):
    client = self.start()
    self.assert_error(client.get('/contracts'), 400, 'Request_BadRequest')
    found = client.get("/tenantRelationships/findTenantInformationByDomainName(domainName='fabrikam.onmicrosoft.com')")
    self.assertEqual(found[1]['tenantId'], PARTNER)
    found = client.get(f"/tenantRelationships/findTenantInformationByTenantId(tenantId='{PARTNER}')")
    self.assertEqual(found[1]['displayName'], 'Fabrikam')
    client.token = self.sign_in(PARTNER)['access_token']
    contract = client.get('/contracts')[1]['value'][0]
    self.assertEqual((contract['customerId'], contract['displayName']), (TENANT, 'Contoso Ltd'))
    relation = client.get('/tenantRelationships/delegatedAdminRelationships')[1]['value'][0]
    self.assertEqual((relation['customer']['tenantId'], relation['status']), (TENANT, 'active'))

  def test_what_is_not_imitated_is_refused(self):
    client = self.start()
    self.assert_error(client.get('/me/drive'), 400, 'BadRequest', "'drive'")
    self.assert_error(client.call('DELETE', '/users/lee.gu@contoso.com'), 405, 'Request_BadRequest')
    status, _, _ = client.raw('GET', '/beta/users')
    self.assertEqual(status, 501)
    body = {'jobTitle': 'x'}
    self.assertEqual(client.call('PATCH', '/users/lee.gu@contoso.com', body)[0], 501)


class Licensing(TwinCase):

  def test_swap(self):
    client = self.start()
    status, user = client.assign('adele.vance@contoso.com', [{'skuId': E3, 'disabledPlans': [YAMMER]}], [E1])
    self.assertEqual((status, user['assignedLicenses']), (200, [{'disabledPlans': [YAMMER], 'skuId': E3}]))
    self.assertEqual(self.licenses('adele.vance@contoso.com'), [E3])
    self.assertEqual(client.assign('adele.vance@contoso.com', [E3])[1]['assignedLicenses'][0]['disabledPlans'], [])
    rows = {row['skuId']: row['consumedUnits'] for row in client.get('/subscribedSkus')[1]['value']}
    self.assertEqual((rows[E1], rows[E3]), (22, 1))
    counted = self.t.counters()['assignLicense']
    self.assertEqual([(row['attempts'], row['successes']) for row in counted], [(2, 2)])

  def test_refusals(self):
    client = self.start()
    adele = 'adele.vance@contoso.com'
    before = self.t.look(f'state?tenant={TENANT}')
    bad = {'skuId': E3, 'disabledPlans': [UNKNOWN]}
    cases = [
      (client.assign(adele, [UNKNOWN]), 'does not correspond to a valid company License'),
      (client.assign(adele, [E3], [FREE]), 'User does not have a corresponding license'),
      (client.assign('grady.archie@contoso.com', [], [E1]), 'inherited from a group membership and it cannot be removed directly from the user'),
      (client.assign('alex.wilber@contoso.com', [E3], [E1]), 'invalid usage location'),
      (client.assign(adele, ['not-a-guid']), "Cannot convert a primitive value to the expected type 'Edm.Guid'"),
      (client.assign(adele, [], ['not-a-guid']), "'Edm.Guid'"),
      (client.assign(adele, [bad], [E1]), UNKNOWN),
      (client.assign(adele, [E3]), 'mutually exclusive'),
      (client.assign('lee.gu@contoso.com', ['e43b5b99-8dfb-405f-9987-dc307f34bcbd']), 'depends on the service plan(s)'),
      (client.assign(adele, [E3, E3], [E1]), 'more than once'),
      (client.assign(adele, [E3], [E3]), 'both'),
      (client.call('POST', f'/users/{adele}/assignLicense', {'addLicenses': []}), 'removeLicenses'),
      (client.call('POST', f'/users/{adele}/assignLicense', {'removeLicenses': []}), 'addLicenses'),
    ]
    for result, text in cases:
      with self.subTest(text):
        self.assert_error(result, 400, 'Request_BadRequest', text)
    self.assert_error(client.assign('nobody@contoso.com', [E3]), 404, 'Request_ResourceNotFound')
    status, _, text = client.raw('POST', f'/v1.0/users/{adele}/assignLicense', '{', {'Content-Type': 'application/json'})
    self.assert_error((status, json.loads(text)), 400, 'BadRequest')
    self.assertEqual(self.t.look(f'state?tenant={TENANT}'), before)
    self.assertEqual(self.t.counters()['writes'], 0)

  def test_seats_are_counted_before_the_removal(self):
    client = self.start()
    for name in ("o'neil001", "o'neil002"):
      self.assertEqual(client.assign(f'{name}@contoso.com', [E3], [E1])[0], 200)
    self.assert_error(client.assign("o'neil003@contoso.com", [E3], [E1]), 400, 'Request_BadRequest',
                      f'Subscription with SKU {E3} does not have any available licenses')
    self.assertEqual(self.licenses("o'neil003@contoso.com"), [E1])
    self.assertEqual(client.assign("o'neil002@contoso.com", [E3])[0], 200)  # holds one already
    self.t.redeem(TENANT, 'ENTERPRISEPACK', 1)
    self.assertEqual(client.assign("o'neil003@contoso.com", [E3], [E1])[0], 200)

  def test_usage_location(self):
    client = self.start()
    path = '/users/alex.wilber@contoso.com'
    self.assertEqual(client.call('PATCH', path, {'usageLocation': 'GB'}), (204, None))
    self.assertEqual(client.get(path + '?$select=usageLocation')[1]['usageLocation'], 'GB')
    for value in ('gb', 'GBR', '', None):
      self.assert_error(client.call('PATCH', path, {'usageLocation': value}), 400, 'Request_BadRequest', 'usageLocation')

  def test_two_changes_of_one_user_at_a_time(self):
    client = self.start(latency_ms=300)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
      clients = [Client(self.t, client.token) for _ in range(4)]
      body = [{'skuId': E1, 'disabledPlans': []}]
      answers = list(pool.map(lambda c: c.assign('adele.vance@contoso.com', body)[0], clients))
      for one in clients:
        one.close()
    self.assertEqual(sorted(answers), [200, 409, 409, 409])
    self.t.control('settings', latency_ms=0)
    change = {'addLicenses': [{'skuId': E1}], 'removeLicenses': []}
    path = "/users/o'neil005@contoso.com/assignLicense"
    answer = client.batch(('POST', path, change), ('POST', path, change))[1]
    self.assertEqual(sorted(part['status'] for part in answer['responses']), [200, 409])

  def test_groups(self):
    client = self.start(group_processing_ms=1000)
    group = client.get("/groups?$filter=displayName%20eq%20'Everyone'")[1]['value'][0]['id']
    body = {'addLicenses': [{'skuId': E3, 'disabledPlans': []}], 'removeLicenses': [E1]}
    self.assertEqual(client.call('POST', f'/groups/{group}/assignLicense', body)[0], 202)
    select = f'/groups/{group}?$select=licenseProcessingState'
    self.assertEqual(client.get(select)[1]['licenseProcessingState']['state'], 'QueuedForProcessing')
    self.assertEqual(self.licenses('grady.archie@contoso.com'), [E1])
    self.t.control('advance', ms=500)
    self.assertEqual(client.get(select)[1]['licenseProcessingState']['state'], 'ProcessingInProgress')
    self.t.control('advance', ms=500)
    self.assertEqual(client.get(select)[1]['licenseProcessingState']['state'], 'ProcessingComplete')
    self.assertEqual(self.licenses('grady.archie@contoso.com'), [E3])

  def test_a_member_who_cannot_get_the_groups_license(self):
    client = self.start()
    self.t.control('group', tenant=TENANT, group='Everyone', add=['lee.gu@contoso.com'])
    self.assertEqual(client.assign('lee.gu@contoso.com', [E1])[0], 200)  # direct beside inherited
    group = client.get("/groups?$filter=displayName%20eq%20'Everyone'")[1]['value'][0]['id']
    body = {'addLicenses': [{'skuId': E3, 'disabledPlans': []}], 'removeLicenses': [E1]}
    self.assertEqual(client.call('POST', f'/groups/{group}/assignLicense', body)[0], 202)
    states = client.get('/users/lee.gu@contoso.com?$select=licenseAssignmentStates')[1]['licenseAssignmentStates']
    failed = [row for row in states if row['assignedByGroup']]
    self.assertEqual([(row['state'], row['error']) for row in failed], [('Error', 'MutuallyExclusiveViolation')])
    self.assertEqual(self.licenses('lee.gu@contoso.com'), [E1])
    members = client.get(f'/groups/{group}/membersWithLicenseErrors')[1]['value']
    self.assertEqual(len(members), 1)
    self.assertEqual(client.assign('lee.gu@contoso.com', [], [E1])[0], 200)
    self.assertEqual(client.call('POST', '/users/lee.gu@contoso.com/reprocessLicenseAssignment')[0], 200)
    self.assertEqual(self.licenses('lee.gu@contoso.com'), [E3])


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


if __name__ == '__main__':
  harness.main()
