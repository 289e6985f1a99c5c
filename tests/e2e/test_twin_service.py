"""The twin where it used to be simpler than the service: what a licence change leaves, and what others' clients ask."""

import base64
import json
import time
import urllib.parse

import contoso
import harness
from twin_case import CLIENT, E1, E3, PARTNER, READER, TENANT, UNKNOWN, TwinCase, document

INTUNE = '882e1d05-acd1-4ccb-8708-6ee03664b117'  # INTUNE_O365: of the company
SWAY, YAMMER = 'a23b959c-7ce8-4e57-9140-b90eb88a9e97', '7547a3fe-08ee-4ccb-b430-5077c5041653'


def claims_of(token):
  part = token.split('.')[1]
  return json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4)))


class Licences(TwinCase):

  def off(self, answer, sku):
    return [sorted(row['disabledPlans']) for row in answer['assignedLicenses'] if row['skuId'] == sku]

  def test_two_empty_lists(self):
    client = self.start()
    self.assert_error(client.assign('lee.gu@contoso.com'), 400, 'Request_BadRequest')
    self.assertEqual(self.t.counters()['writes'], 0)

  def test_a_plan_of_the_company_stays_on(self):
    client = self.start()
    status, answer = client.get('/subscribedSkus')
    plans = {p['servicePlanName']: p['appliesTo'] for row in answer['value'] for p in row['servicePlans']
             if row['skuId'] == E3}
    self.assertEqual((plans['INTUNE_O365'], plans['SWAY']), ('Company', 'User'))
    status, answer = client.assign('lee.gu@contoso.com', [{'skuId': E3, 'disabledPlans': [INTUNE, SWAY]}])
    self.assertEqual((status, self.off(answer, E3)), (200, [[SWAY]]))

  def test_a_plan_that_goes_off_with_another(self):
    doc = document()
    doc['tenants'][0]['skus'] = [{'sku': 'ENTERPRISEPACK', 'off_together': [['SWAY', 'YAMMER_ENTERPRISE']]}]
    client = self.start(doc)
    status, answer = client.assign('lee.gu@contoso.com', [{'skuId': E3, 'disabledPlans': [SWAY]}])
    self.assertEqual((status, self.off(answer, E3)), (200, [sorted([SWAY, YAMMER])]))
    status, answer = client.assign('lee.gu@contoso.com', [{'skuId': E3, 'disabledPlans': [YAMMER]}])
    self.assertEqual((status, self.off(answer, E3)), (200, [[YAMMER]]))


class Delta(TwinCase):

  def follow(self, client, link, name):
    path = link.split('/v1.0', 1)[1]
    status, answer = client.get(path)
    self.assertEqual(status, 200, answer)
    return answer

  def rounds(self, client, path):
    """All of one round: (items, pages, the link to the next round)."""
    status, answer = client.get(path)
    self.assertEqual(status, 200, answer)
    items, pages = answer['value'], 1
    while '@odata.nextLink' in answer:
      self.assertNotIn('@odata.deltaLink', answer)
      answer = self.follow(client, answer['@odata.nextLink'], 'next')
      items, pages = items + answer['value'], pages + 1
    return items, pages, answer['@odata.deltaLink'].split('/v1.0', 1)[1]

  def change(self, upn, **set):
    self.t.control('user', tenant=TENANT, upn=upn, set=set)
    time.sleep(0.01)  # what is as old as a link may be said again by it

  def test_everybody_then_who_changed(self):
    client = self.start()
    status, everybody = client.get('/users?$select=id')
    for path in ('/users/delta?$select=id,userPrincipalName,usageLocation&$top=2', '/users/delta()?$top=2'):
      items, pages, link = self.rounds(client, path)
      self.assertEqual(sorted(row['id'] for row in items), sorted(row['id'] for row in everybody['value']))
      self.assertGreater(pages, 1)
    items, pages, link = self.rounds(client, '/users/delta?$select=id,usageLocation')
    self.assertEqual(self.rounds(client, link)[0], [], 'nothing changed')
    self.change('lee.gu@contoso.com', usage_location='DE')
    items, _, link = self.rounds(client, link)
    self.assertEqual([(sorted(row), row['usageLocation']) for row in items], [(['id', 'usageLocation'], 'DE')])
    self.change('lee.gu@contoso.com', deleted=True)
    items, _, link = self.rounds(client, link)
    self.assertEqual([row['@removed'] for row in items], [{'reason': 'changed'}])
    self.assertEqual(self.rounds(client, link)[0], [])

  def test_what_changes_while_pages_are_read(self):
    """It is in that round or in the next, never in none."""
    client = self.start()
    status, page = client.get('/users/delta?$select=id,userPrincipalName,usageLocation&$top=1')
    first = page['value'][0]['userPrincipalName']
    self.change(first, usage_location='FR')
    while '@odata.nextLink' in page:
      page = self.follow(client, page['@odata.nextLink'], 'next')
    items, _, _ = self.rounds(client, page['@odata.deltaLink'].split('/v1.0', 1)[1])
    self.assertIn((first, 'FR'), [(row['userPrincipalName'], row['usageLocation']) for row in items])

  def test_from_now_on_and_links_that_are_none(self):
    client = self.start()
    items, _, link = self.rounds(client, '/users/delta?$deltatoken=latest')
    self.assertEqual(items, [])
    self.change('lee.gu@contoso.com', usage_location='DE')
    self.assertEqual(len(self.rounds(client, link)[0]), 1)
    self.assert_error(client.get('/users/delta?$deltatoken=made-up'), 410, 'syncStateNotFound')
    self.assert_error(client.get("/users/delta?$filter=userType eq 'Guest'".replace(' ', '%20')), 400,
                      'Request_UnsupportedQuery')
    status, everybody = client.get('/users?$select=id')
    one = everybody['value'][0]['id']
    items, _, _ = self.rounds(client, f"/users/delta?$filter=id%20eq%20'{one}'&$select=id")
    self.assertEqual(items, [{'id': one}])


class Reading(TwinCase):

  def test_a_real_property_that_is_not_imitated(self):
    client = self.start()
    self.assert_error(client.get('/users?$select=id,signInActivity'), 501, 'NotImplemented', "'signInActivity'")
    self.assert_error(client.get('/users?$select=id,shoeSize'), 400, 'Request_BadRequest', "'shoeSize'")
    self.assert_error(client.get('/domains?$select=state'), 501, 'NotImplemented', "'state'")

  def test_a_count_without_the_header_is_ignored(self):
    client = self.start()
    status, answer = client.get('/users?$count=true&$top=1')
    self.assertEqual((status, '@odata.count' in answer, len(answer['value'])), (200, False, 1))
    status, answer = client.get('/users?$count=true&$top=1', ConsistencyLevel='eventual')
    self.assertEqual((status, answer['@odata.count']), (200, 25))

  def test_one_of_a_kind(self):
    client = self.start()
    status, answer = client.get('/domains/contoso.com')
    self.assertEqual((status, answer['id'], answer['isDefault']), (200, 'contoso.com', True))
    self.assert_error(client.get('/domains/fabrikam.com'), 404, 'Request_ResourceNotFound')
    self.client.token = self.sign_in(PARTNER)['access_token']
    contract = client.get('/contracts')[1]['value'][0]
    status, answer = client.get(f"/contracts/{contract['id']}")
    self.assertEqual((status, answer['customerId']), (200, TENANT))
    status, answer = client.get(f'/tenantRelationships/delegatedAdminCustomers/{TENANT}')
    self.assertEqual((status, answer['displayName']), (200, 'Contoso Ltd'))
    self.assert_error(client.get(f'/contracts/{UNKNOWN}'), 404, 'Request_ResourceNotFound')
    self.assert_error(client.get(f'/tenantRelationships/delegatedAdminCustomers/{UNKNOWN}'), 404,
                      'Request_ResourceNotFound')

  def test_who_has_a_partners_roles(self):
    doc = document()
    doc['tenants'][1]['gdap'] = [{'customer': TENANT, 'ends': contoso.time(33), 'roles': [READER]},
                                 {'customer': PARTNER, 'ends': contoso.time(33), 'status': 'approvalPending'}]
    self.start(doc)
    self.client.token = self.sign_in(PARTNER)['access_token']
    base = '/tenantRelationships/delegatedAdminRelationships'
    found = {row['status']: row['id'] for row in self.client.get(base)[1]['value']}
    status, answer = self.client.get(f'{base}/{found["active"]}/accessAssignments')
    self.assertEqual(status, 200, answer)
    row, = answer['value']
    self.assertEqual((row['status'], row['accessContainer']['accessContainerType'], row['accessDetails']),
                     ('active', 'securityGroup', {'unifiedRoles': [{'roleDefinitionId': READER}]}))
    self.assertEqual(self.client.get(f'{base}/{found["active"]}/accessAssignments/{row["id"]}')[1]['id'], row['id'])
    self.assertEqual(self.client.get(f'{base}/{found["approvalPending"]}/accessAssignments')[1]['value'], [])
    self.assert_error(self.client.get(f'{base}/{UNKNOWN}/accessAssignments'), 404, 'Request_ResourceNotFound')

  def test_members_are_counted(self):
    client = self.start()
    group = client.get("/groups?$filter=displayName%20eq%20'Everyone'")[1]['value'][0]['id']
    self.assert_error(client.get(f'/groups/{group}/members/$count'), 400, 'Request_BadRequest')
    for path, number in (('members', 2), ('transitiveMembers', 3)):  # one of them is a group
      self.assertEqual(client.get(f'/groups/{group}/{path}/$count', ConsistencyLevel='eventual'), (200, number), path)

  def test_a_types_shorter_name(self):
    client = self.start()
    group = client.get("/groups?$filter=displayName%20eq%20'Everyone'")[1]['value'][0]['id']
    for path in ('members', 'transitiveMembers'):
      whole, short = (client.get(f'/groups/{group}/{path}/{name}.user')[1] for name in ('microsoft.graph', 'graph'))
      self.assertEqual([row['id'] for row in whole['value']], [row['id'] for row in short['value']], path)
      self.assertTrue(short['value'])


  def test_every_path_of_the_description(self):
    """The paths of Microsoft's OpenAPI description that have to do with licences: none is left out."""
    client = self.start()
    first = lambda path: client.get(path)[1]['value'][0]
    person, group, sku, subscription = (first(path)['id'] for path in
                                        ('/users', '/groups', '/subscribedSkus', '/directory/subscriptions'))
    commerce = first('/directory/subscriptions')['commerceSubscriptionId']
    one = {'addLicenses': [{'skuId': E1, 'disabledPlans': []}], 'removeLicenses': []}
    paths = ['/organization', f'/organization/{TENANT}', '/domains', '/domains/contoso.com', '/subscribedSkus',
             f'/subscribedSkus/{sku}', '/directory/subscriptions', f'/directory/subscriptions/{subscription}',
             f"/directory/subscriptions(commerceSubscriptionId='{commerce}')", '/users', f'/users/{person}', '/users/delta()',
             f'/users/{person}/licenseDetails', '/groups', f'/groups/{group}', f'/groups/{group}/membersWithLicenseErrors',
             *(f'/users/{person}/{way}{cast}' for way in ('memberOf', 'transitiveMemberOf') for cast in ('', '/graph.group')),
             *(f'/groups/{group}/{way}{cast}' for way in ('members', 'transitiveMembers') for cast in ('', '/graph.user')),
             f"/tenantRelationships/findTenantInformationByTenantId(tenantId='{TENANT}')",
             "/tenantRelationships/findTenantInformationByDomainName(domainName='contoso.com')"]
    for path in paths:
      self.assertEqual(client.get(path)[0], 200, path)
    for path, body, status in ((f'/users/{person}/assignLicense', one, 200), (f'/groups/{group}/assignLicense', one, 202),
                               (f'/users/{person}/reprocessLicenseAssignment', None, 200)):
      self.assertEqual(client.call('POST', path, body)[0], status, path)
    self.assertEqual(client.call('PATCH', f'/users/{person}', {'usageLocation': 'DE'})[0], 204)
    client.token = self.sign_in(PARTNER)['access_token']
    base = '/tenantRelationships/delegatedAdmin'
    for path in ('/contracts', f'{base}Relationships', f'{base}Customers'):
      self.assertEqual(client.get(f"{path}/{first(path)['id']}")[0], 200, path)
    self.assertEqual(client.get(f"{base}Relationships/{first(f'{base}Relationships')['id']}/accessAssignments")[0], 200)


class Services(TwinCase):
  """How far services are with somebody, after a licence was given."""

  def start_with(self, states=None, **settings):
    doc = document(**settings)
    doc['tenants'][0]['users'][3]['services'] = states or {}
    return self.start(doc)

  def look(self):
    """Service plan -> state by the licence details; service -> states by the property of a list."""
    details = self.client.get('/users/lee.gu@contoso.com/licenseDetails')[1]['value']
    plans = {plan['servicePlanName']: plan['provisioningStatus'] for row in details for plan in row['servicePlans']}
    rows = self.client.get('/users?$select=userPrincipalName,provisionedPlans&$top=999')[1]['value']
    listed = next(row for row in rows if row['userPrincipalName'] == 'lee.gu@contoso.com')['provisionedPlans']
    return plans, {row['service']: (row['capabilityStatus'], row['provisioningStatus']) for row in listed}

  def test_until_they_are_set_up(self):
    client = self.start_with(service_setup_ms=60000)
    client.assign('lee.gu@contoso.com', [{'skuId': E1, 'disabledPlans': [SWAY]}])
    plans, listed = self.look()
    self.assertEqual((plans['EXCHANGE_S_STANDARD'], plans['SWAY']), ('PendingInput', 'Disabled'))
    self.assertEqual(listed['exchange'], ('Enabled', 'PendingInput'))
    self.t.control('advance', ms=60001)
    plans, listed = self.look()
    self.assertEqual((plans['EXCHANGE_S_STANDARD'], plans['INTUNE_O365']), ('Success', 'PendingActivation'))
    self.assertEqual(listed, dict.fromkeys(('exchange', 'SharePoint', 'MicrosoftCommunicationsOnline'), ('Enabled', 'Success')))
    # What the file begins with was set up long ago.
    rows = client.get('/users/adele.vance@contoso.com?$select=provisionedPlans')[1]['provisionedPlans']
    self.assertEqual({row['provisioningStatus'] for row in rows}, {'Success'})

  def test_one_that_is_stuck(self):
    client = self.start_with({'EXCHANGE_S_STANDARD': 'Error'})
    client.assign('lee.gu@contoso.com', [E1])
    plans, listed = self.look()
    self.assertEqual((plans['EXCHANGE_S_STANDARD'], listed['exchange']), ('Error', ('Enabled', 'Error')))
    self.t.control('user', tenant=TENANT, upn='lee.gu@contoso.com', set={'services': {}})
    self.assertEqual(self.look()[0]['EXCHANGE_S_STANDARD'], 'Success')
    status, answer = self.t.request('POST', '/twin/user', {'tenant': TENANT, 'upn': 'lee.gu@contoso.com',
                                                           'set': {'services': {'NO_SUCH_PLAN': 'Error'}}})
    self.assertEqual(status, 400, answer)

  def test_assigned_plans(self):
    client = self.start_with()
    client.assign('lee.gu@contoso.com', [{'skuId': E1, 'disabledPlans': [SWAY]}])
    rows = client.get('/users/lee.gu@contoso.com?$select=assignedPlans')[1]['assignedPlans']
    ids = [row['servicePlanId'] for row in rows]
    self.assertNotIn(SWAY, ids)
    self.assertIn(YAMMER, ids)
    self.assertEqual({row['capabilityStatus'] for row in rows}, {'Enabled'})
    self.assertIn('exchange', [row['service'] for row in rows])


class DeviceCode(TwinCase):

  def sign_in_by_device(self, scope, grant, **more):
    status, codes = self.login(TENANT, 'devicecode', client_secret=None, grant_type=None, scope=scope)
    self.assertEqual(status, 200, codes)
    self.t.control('device', user_code=codes['user_code'], tenant=TENANT, user='lee.gu@contoso.com')
    status, answer = self.login(TENANT, client_secret=None, scope=None, grant_type=grant,
                                device_code=codes['device_code'], **more)
    self.assertEqual(status, 200, answer)
    return answer

  def test_the_short_grant_and_an_id_token(self):
    client = self.start()
    lee = client.get('/users/lee.gu@contoso.com')[1]['id']
    answer = self.sign_in_by_device('User.Read openid profile', 'device_code', client_info='1')
    claims = claims_of(answer['id_token'])
    self.assertEqual((claims['aud'], claims['tid'], claims['oid'], claims['preferred_username'], claims['iss']),
                     (CLIENT, TENANT, lee, 'lee.gu@contoso.com', f'{self.t.url}/{TENANT}/v2.0'))
    info = json.loads(base64.urlsafe_b64decode(answer['client_info'] + '=='))
    self.assertEqual(info, {'uid': lee, 'utid': TENANT})
    answer = self.sign_in_by_device('User.Read', 'urn:ietf:params:oauth:grant-type:device_code')
    self.assertFalse({'id_token', 'client_info'} & set(answer))

  def test_me(self):
    client = self.start()
    self.assert_error(client.get('/me'), 400, 'BadRequest', 'delegated')
    lee = client.get('/users/lee.gu@contoso.com')[1]['id']
    self.assertEqual(client.assign('lee.gu@contoso.com', [E1])[0], 200)
    client.token = self.sign_in_by_device('User.Read', 'device_code')['access_token']
    status, answer = client.get('/me?$select=id,userPrincipalName')
    self.assertEqual((status, answer['id'], answer['userPrincipalName']), (200, lee, 'lee.gu@contoso.com'))
    status, answer = client.get('/me/licenseDetails')
    self.assertEqual((status, [row['skuId'] for row in answer['value']]), (200, [E1]))
    self.assert_error(client.get('/users'), 403, 'Authorization_RequestDenied')

  def test_published_keys(self):
    client = self.start()
    self.sign_in_by_device('User.Read openid', 'device_code')
    _, _, text = client.raw('GET', f'/{TENANT}/v2.0/.well-known/openid-configuration')
    where = json.loads(text)['jwks_uri']
    self.assertTrue(where.startswith(self.t.url))
    _, _, text = client.raw('GET', urllib.parse.urlsplit(where).path)
    self.assertEqual([(key['kty'], key['use']) for key in json.loads(text)['keys']], [('RSA', 'sig')])


if __name__ == '__main__':
  harness.main()
