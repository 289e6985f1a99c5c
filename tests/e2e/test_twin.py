"""The twin as the service: sign-in, reading and licensing, every refusal, over plain HTTP."""

import base64
import concurrent.futures
import json
import re
import urllib.parse

import contoso
import harness
from twin_case import (TENANT, PARTNER, CLIENT, READER, SECRET, ADVISOR, E1, E3, FREE, YAMMER, UNKNOWN, Client,
                       TwinCase)


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
    self.assert_error(client.get('/me/drive'), 501, 'NotImplemented', "'GET /me/drive'")
    self.assert_error(client.get("/users('lee.gu@contoso.com')/messages"), 501, 'NotImplemented', '/messages')
    self.assert_error(client.call('DELETE', '/users/lee.gu@contoso.com'), 501, 'NotImplemented',
                      "'DELETE /users/lee.gu@contoso.com'")
    self.assert_error(client.get('/auditLogs/directoryAudits'), 501, 'NotImplemented', "'GET /auditLogs/directoryAudits'")
    for path in ('/userz', '/user', '/', '/ users', '/nowhere/users'):
      self.assertEqual(client.get(path.replace(' ', '%20'))[0], 400, path)
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

  def test_a_group_gives_a_member_all_of_its_licenses_or_none(self):
    """And who is refused stays so when there is a seat, until the person is processed again."""
    client = self.start()
    self.t.redeem(TENANT, 'FLOW_FREE', 5)
    self.t.control('user', tenant=TENANT, upn='alex.wilber@contoso.com', set={'add': ['ENTERPRISEPACK']})
    self.t.control('user', tenant=TENANT, upn="o'neil001@contoso.com", set={'add': ['ENTERPRISEPACK']})
    group = client.get("/groups?$filter=displayName%20eq%20'Everyone'")[1]['value'][0]['id']
    body = {'addLicenses': [{'skuId': E3, 'disabledPlans': []}, {'skuId': FREE, 'disabledPlans': []}],
            'removeLicenses': [E1]}
    self.assertEqual(client.call('POST', f'/groups/{group}/assignLicense', body)[0], 202)
    states = '/users/grady.archie@contoso.com?$select=licenseAssignmentStates'

    def errors():
      return {row['skuId']: row['error'] for row in client.get(states)[1]['licenseAssignmentStates']}

    self.assertEqual(errors(), {E3: 'CountViolation', FREE: 'Other'})
    self.t.redeem(TENANT, 'ENTERPRISEPACK', 1)
    self.t.control('advance', ms=86400000)
    client.token = self.sign_in()['access_token']
    self.assertEqual(errors(), {E3: 'CountViolation', FREE: 'Other'})
    self.assertEqual(client.call('POST', '/users/grady.archie@contoso.com/reprocessLicenseAssignment')[0], 200)
    self.assertEqual(errors(), {E3: 'None', FREE: 'None'})



class Calls(harness.TestCase):

  def test_they_say_what_can_be_called(self):
    """GET /twin/ lists the calls, and the manual explains each of them and no other."""
    twin = self.twin(contoso.document(3))
    page = self.ws.run('help', 'twin-file', expect=harness.OK).out
    for path in ('/twin', '/twin/'):
      status, answer = twin.request('GET', path)
      self.assertEqual(status, 200)
      listed = [f'POST {name}' for name in answer['post']] + [f'GET {name}' for name in answer['get']]
      self.assertEqual(sorted(listed), sorted(re.findall(r'(?m)^((?:GET|POST) /twin/[a-z]+)$', page)))
    self.assertEqual(twin.request('POST', '/twin/', '{}')[0], 404)


if __name__ == '__main__':
  harness.main()
