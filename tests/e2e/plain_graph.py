"""Another imitation of Microsoft Graph, in Python, written from Microsoft's pages alone. It shares nothing with the
twin: neither code nor tables, so what both have wrong would have to be thought wrong twice.

Only what a move and its undo ask for is here; whatever else is asked is answered as unknown, and noted as
`surprises`. Pages (Microsoft Graph v1.0, as of 2026-08): organization-list, subscribedsku-list, companysubscription,
user-list, user-get, user-update, user-assignlicense, user-list-licensedetails, provisionedplan, group-get, group-list-members, group-assignlicense,
json-batching, paging, aad-advanced-queries, licenseassignmentstate; SKUs and their service plans as in "Product names
and service plan identifiers for licensing".
"""

import base64
import copy
import http.server
import json
import re
import threading
import time
import urllib.parse

# By the beginning of a service plan's name: the service, of those that are among a user's provisionedPlans.
PROVISIONED = {'EXCHANGE_': 'exchange', 'SHAREPOINT': 'SharePoint', 'MCO': 'MicrosoftCommunicationsOnline'}
PAGE, BATCH = 60, 20  # a page may be shorter than what $top asks for
PROCESSING_S = 0.3
PLANS = {
  'ATP_ENTERPRISE': 'f20fedf3-f3c3-43c3-8267-2bfdd51c0939',
  'BPOS_S_TODO_1': '5e62787c-c316-451f-b873-1d05acd4d12c',
  'BPOS_S_TODO_2': 'c87f142c-d1e9-4363-8630-aaea9c4d9ae5',
  'Bing_Chat_Enterprise': '0d0c0d31-fae7-41f2-b909-eaf4d7f26dba',
  'CDS_O365_P1': 'bed136c6-b799-4462-824d-fc045d3a9d25',
  'CDS_O365_P2': '95b76021-6a53-4741-ab8b-1d1f3d66a95a',
  'ContentExplorer_Standard': '2b815d45-56e4-4e3a-b65c-66cb9175b560',
  'DYN365_CDS_O365_P1': '40b010bb-0b69-4654-ac5e-ba161433f4b4',
  'DYN365_CDS_O365_P2': '4ff01e01-1ba7-4d71-8cf8-ce96c3bbcf14',
  'DYN365_CDS_VIRAL': '17ab22cd-a0b3-4536-910a-cb6eb12696c0',
  'Deskless': '8c7d2df8-86f0-4902-b2ed-a0458298f3b3',
  'EXCHANGE_S_ENTERPRISE': 'efb87545-963c-4e0d-99df-69c6916d9eb0',
  'EXCHANGE_S_FOUNDATION': '113feb6c-3fe4-4440-bddc-54d774bf0318',
  'EXCHANGE_S_STANDARD': '9aaf7827-d63c-4b61-89c3-182f06f82e5c',
  'FLOW_O365_P1': '0f9b09cb-62d1-4ff4-9129-43f4996f83f4',
  'FLOW_O365_P2': '76846ad7-7776-4c40-a281-a386362dd1b9',
  'FLOW_P2_VIRAL': '50e68c76-46c6-4674-81f9-75456511b170',
  'FORMS_PLAN_E1': '159f4cd6-e380-449f-a816-af1a9ef76344',
  'FORMS_PLAN_E3': '2789c901-c14e-48ab-a76a-be334d9d793a',
  'INTUNE_O365': '882e1d05-acd1-4ccb-8708-6ee03664b117',
  'KAIZALA_O365_P2': '54fc630f-5a40-48ee-8965-af0503c1386e',
  'KAIZALA_O365_P3': 'aebd3021-9f8f-4bf8-bbe3-0ed2f4f047a1',
  'M365_LIGHTHOUSE_CUSTOMER_PLAN1': '6f23d6a9-adbf-481c-8538-b4c095654487',
  'MCOSTANDARD': '0feaeb32-d00e-4d66-bd5a-43b5b83db82c',
  'MESH_AVATARS_ADDITIONAL_FOR_TEAMS': '3efbd4ed-8958-4824-8389-1321f8730af8',
  'MESH_AVATARS_FOR_TEAMS': 'dcf9d2f4-772e-4434-b757-77a453cfbc02',
  'MESH_IMMERSIVE_FOR_TEAMS': 'f0ff6ac6-297d-49cd-be34-6dfef97f0c28',
  'MICROSOFTBOOKINGS': '199a5c09-e0ca-4e37-8f7c-b05d533e1ea2',
  'MICROSOFT_SEARCH': '94065c59-bc8e-4e8b-89e5-5138d471eaff',
  'MIP_S_CLP1': '5136a095-5cf0-4aff-bec3-e84448b38ea5',
  'MYANALYTICS_P2': '33c4f319-9bdd-48d6-9c4d-410b750a4a5a',
  'Nucleus': 'db4d623d-b514-490b-b7ef-8885eee514de',
  'OFFICEMOBILE_SUBSCRIPTION': 'c63d4d19-e8cb-460e-b37c-4d6c34603745',
  'OFFICESUBSCRIPTION': '43de0ff5-c92c-492b-9116-175376d08c38',
  'POWERAPPS_O365_P1': '92f7a6f3-b89b-4bbd-8c30-809e6da5ad1c',
  'POWERAPPS_O365_P2': 'c68f8d98-5534-41c8-bf36-22fa496fa792',
  'POWER_VIRTUAL_AGENTS_O365_P1': '0683001c-0492-4d59-9515-d9a6426b5813',
  'POWER_VIRTUAL_AGENTS_O365_P2': '041fe683-03e4-45b6-b1af-c0cdc516daee',
  'PROJECTWORKMANAGEMENT': 'b737dad2-2f6c-4c65-90e3-ca563267e8b9',
  'PROJECT_O365_P1': 'a55dfd10-0864-46d9-a3cd-da5991a3e0e2',
  'PROJECT_O365_P2': '31b4e2fc-4cd6-4e7d-9c1b-41407303bd66',
  'RMS_S_BASIC': '31cf2cfc-6b0d-4adc-a336-88b724ed8122',
  'RMS_S_ENTERPRISE': 'bea4c11e-220a-4e6d-8eb8-8ea15d019f90',
  'SHAREPOINTENTERPRISE': '5dbe027f-2339-4123-9542-606e4d348a72',
  'SHAREPOINTSTANDARD': 'c7699d2e-19aa-44de-8edf-1736da088ca1',
  'SHAREPOINTWAC': 'e95bec33-7c88-4a70-8e19-b10bd9d0c014',
  'STREAM_O365_E1': '743dd19e-1ce3-4c62-a3ad-49ba8f63a2f6',
  'STREAM_O365_E3': '9e700747-8b1d-45e5-ab8d-ef187ceec156',
  'SWAY': 'a23b959c-7ce8-4e57-9140-b90eb88a9e97',
  'TEAMS1': '57ff2da0-773e-42df-b2af-ffb7a2317929',
  'VIVAENGAGE_CORE': 'a82fbf69-b4d7-49f4-83a6-915b2cf354f4',
  'VIVA_LEARNING_SEEDED': 'b76fb638-6ba6-402a-b9f9-83d28acb3d86',
  'WHITEBOARD_PLAN1': 'b8afc642-032e-4de5-8c0a-507a7bba7e5d',
  'WHITEBOARD_PLAN2': '94a54592-cd8b-425e-87c6-97868b000b91',
  'YAMMER_ENTERPRISE': '7547a3fe-08ee-4ccb-b430-5077c5041653',
  'YAMMER_MIDSIZE': '41bf139a-4e60-409f-9346-a1361efc6dfb',
}
# Of each SKU: its id and what is in it.
SKUS = {
  'STANDARDPACK': ('18181a46-0d4e-45cd-891e-60aabd171b4e', '''
    BPOS_S_TODO_1 Bing_Chat_Enterprise CDS_O365_P1 DYN365_CDS_O365_P1 Deskless EXCHANGE_S_STANDARD FLOW_O365_P1
    FORMS_PLAN_E1 INTUNE_O365 KAIZALA_O365_P2 M365_LIGHTHOUSE_CUSTOMER_PLAN1 MCOSTANDARD
    MESH_AVATARS_ADDITIONAL_FOR_TEAMS MESH_AVATARS_FOR_TEAMS MESH_IMMERSIVE_FOR_TEAMS MICROSOFTBOOKINGS
    MICROSOFT_SEARCH MYANALYTICS_P2 Nucleus OFFICEMOBILE_SUBSCRIPTION POWERAPPS_O365_P1
    POWER_VIRTUAL_AGENTS_O365_P1 PROJECTWORKMANAGEMENT PROJECT_O365_P1 RMS_S_BASIC SHAREPOINTSTANDARD
    SHAREPOINTWAC STREAM_O365_E1 SWAY TEAMS1 VIVAENGAGE_CORE VIVA_LEARNING_SEEDED WHITEBOARD_PLAN1
    YAMMER_ENTERPRISE'''.split()),
  'ENTERPRISEPACK': ('6fd2c87f-b296-42f0-b197-1e91e994b900', '''
    ATP_ENTERPRISE BPOS_S_TODO_2 Bing_Chat_Enterprise CDS_O365_P2 ContentExplorer_Standard DYN365_CDS_O365_P2
    Deskless EXCHANGE_S_ENTERPRISE FLOW_O365_P2 FORMS_PLAN_E3 INTUNE_O365 KAIZALA_O365_P3
    M365_LIGHTHOUSE_CUSTOMER_PLAN1 MCOSTANDARD MESH_AVATARS_ADDITIONAL_FOR_TEAMS MESH_AVATARS_FOR_TEAMS
    MESH_IMMERSIVE_FOR_TEAMS MICROSOFTBOOKINGS MICROSOFT_SEARCH MIP_S_CLP1 MYANALYTICS_P2 Nucleus
    OFFICESUBSCRIPTION POWERAPPS_O365_P2 POWER_VIRTUAL_AGENTS_O365_P2 PROJECTWORKMANAGEMENT PROJECT_O365_P2
    RMS_S_ENTERPRISE SHAREPOINTENTERPRISE SHAREPOINTWAC STREAM_O365_E3 SWAY TEAMS1 VIVAENGAGE_CORE
    VIVA_LEARNING_SEEDED WHITEBOARD_PLAN2 YAMMER_ENTERPRISE'''.split()),
  'O365_BUSINESS_ESSENTIALS': ('3b555118-da6a-4418-894f-7df1e2096870', '''
    BPOS_S_TODO_1 EXCHANGE_S_STANDARD FLOW_O365_P1 FORMS_PLAN_E1 MCOSTANDARD OFFICEMOBILE_SUBSCRIPTION
    POWERAPPS_O365_P1 PROJECTWORKMANAGEMENT SHAREPOINTSTANDARD SHAREPOINTWAC SWAY TEAMS1 YAMMER_ENTERPRISE'''.split()),
  'SMB_BUSINESS_ESSENTIALS': ('dab7782a-93b1-4074-8bb1-0e61318bea0b', '''
    BPOS_S_TODO_1 EXCHANGE_S_STANDARD FLOW_O365_P1 FORMS_PLAN_E1 MCOSTANDARD OFFICEMOBILE_SUBSCRIPTION
    POWERAPPS_O365_P1 PROJECTWORKMANAGEMENT SHAREPOINTSTANDARD SHAREPOINTWAC SWAY TEAMS1 VIVAENGAGE_CORE
    YAMMER_MIDSIZE'''.split()),
  'FLOW_FREE': ('f30db892-07e9-47e9-837c-80727f46fd3d', '''
    DYN365_CDS_VIRAL EXCHANGE_S_FOUNDATION FLOW_P2_VIRAL'''.split()),
}

ID_OF = {name: sku_id for name, (sku_id, _) in SKUS.items()}
NAME_OF = {sku_id: name for name, sku_id in ID_OF.items()}
# Nobody can have two of these on at once.
ONE_OF = [{'EXCHANGE_S_STANDARD', 'EXCHANGE_S_ENTERPRISE'}, {'SHAREPOINTSTANDARD', 'SHAREPOINTENTERPRISE'},
          {'YAMMER_ENTERPRISE', 'YAMMER_MIDSIZE'}]
USABLE = ('Enabled', 'Warning')


class Refused(Exception):

  def __init__(self, status, code, message):
    super().__init__(message)
    self.status, self.answer = status, {'error': {'code': code, 'message': message}}


def bad(message):
  return Refused(400, 'Request_BadRequest', message)


def missing(key):
  return Refused(404, 'Request_ResourceNotFound',
                 f"Resource '{key}' does not exist or one of its queried reference-property objects are not present.")


def token_of(tenant):
  """Three parts like a signed token; nobody but Graph may look into it, and seatshift only reads the tenant."""
  now = int(time.time())
  claims = {'aud': 'https://graph.microsoft.com', 'tid': tenant, 'iat': now, 'nbf': now, 'exp': now + 3599,
            'idtyp': 'app', 'roles': ['LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All', 'Organization.Read.All',
                                      'GroupMember.Read.All', 'Directory.Read.All']}
  part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b'=').decode()
  return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}.{base64.urlsafe_b64encode(b'unsigned').rstrip(b'=').decode()}"


class Tenant:
  """Users: {id, upn, location, direct: {SKU: set of services that are off}}. Groups: {id, name, members, gives, state}."""

  def __init__(self, tenant_id, domain, name):
    self.id, self.domain, self.name = tenant_id, domain, name
    self.users, self.groups, self.subscriptions = {}, {}, {}
    self.writes, self.refusals, self.lock = {}, [], threading.RLock()
    self.setting_up_s, self.since, self.stuck = 0, {}, {}  # (user id, SKU): when it came; (UPN, service plan): its state

  # What people have.

  def sources(self, user):
    """(group or None, SKU, services that are off), one for each way in which somebody has a licence."""
    for sku, off in user['direct'].items():
      yield None, sku, off
    for group in self.groups.values():
      if user['id'] in group['members']:
        for sku, off in group['served'].get(user['id'], {}).items():
          yield group['id'], sku, off

  def held(self, user):
    held = {}
    for _, sku, off in self.sources(user):
      held[sku] = held[sku] & off if sku in held else set(off)
    return held

  def services(self, held):
    return [service for sku, off in held.items() for service in SKUS[sku][1] if service not in off]

  def check_conflicts(self, held):
    for rule in ONE_OF:
      both = sorted(rule & set(self.services(held)))
      if len(both) > 1:
        raise bad(f'License assignment failed because service plans {both[0]} and {both[1]} are mutually exclusive.')

  def seats(self, sku):
    return sum(row['seats'] for row in self.subscriptions.values() if row['sku'] == sku and row['status'] in USABLE)

  def consumed(self, sku):
    return sum(sku in self.held(user) for user in self.users.values())

  # What is changed.

  def parse(self, body):
    if set(body) != {'addLicenses', 'removeLicenses'}:
      raise bad('Both addLicenses and removeLicenses must be given.')
    add = {}
    for row in body['addLicenses']:
      if row['skuId'] not in NAME_OF or not any(s['sku'] == NAME_OF[row['skuId']] for s in self.subscriptions.values()):
        raise bad(f"License {row['skuId']} does not correspond to a valid company License.")
      sku = NAME_OF[row['skuId']]
      names = {PLANS[name]: name for name in SKUS[sku][1]}
      add[sku] = {names[plan] for plan in row['disabledPlans']}
    return add, [NAME_OF[sku_id] for sku_id in body['removeLicenses']]

  def change(self, has, holder, add, remove):
    """What `has` becomes; seats for what is new are counted before what goes."""
    for sku in remove:
      if sku not in has:
        inherited = holder and any(group and name == sku for group, name, _ in self.sources(holder))
        raise bad('User license is inherited from a group membership and it cannot be removed directly from the user.'
                  if inherited else 'User does not have a corresponding license.')
    for sku in add:
      if holder and sku not in self.held(holder) and self.consumed(sku) >= self.seats(sku):
        raise bad(f'Subscription with SKU {ID_OF[sku]} does not have any available licenses.')
    return {**{sku: off for sku, off in has.items() if sku not in remove}, **add}

  def assign(self, user, body):
    add, remove = self.parse(body)
    if add and not user['location']:
      raise bad('License assignment cannot be done for user with invalid usage location.')
    before = user['direct']
    for sku in add:
      self.since[user['id'], sku] = time.monotonic()
    user['direct'] = self.change(before, user, add, remove)
    try:
      self.check_conflicts(self.held(user))
    except Refused:
      user['direct'] = before
      raise
    self.writes[user['upn']] = self.writes.get(user['upn'], 0) + 1

  def assign_group(self, group, body):
    add, remove = self.parse(body)
    group['gives'] = self.change(group['gives'], None, add, remove)
    group['state'] = 'QueuedForProcessing'
    self.writes[group['name']] = self.writes.get(group['name'], 0) + 1
    threading.Thread(target=self.process_later, args=[group], daemon=True).start()

  def process_later(self, group):
    time.sleep(PROCESSING_S)  # no Timer, whose wait never ends under libfaketime
    self.process(group)

  def process(self, group):
    """Each member as a whole, one after the other."""
    with self.lock:
      for user_id in group['members']:
        for sku in set(group['gives']) - set(group['served'].get(user_id, {})):
          self.since[user_id, sku] = time.monotonic()
        group['served'][user_id] = copy.deepcopy(group['gives'])
      group['state'] = 'ProcessingComplete'

  # What is answered.

  def state_of(self, user, sku, name, off):
    """PendingInput until the service has answered, which takes a while after the licence came."""
    if name in off:
      return 'Disabled'
    waits = time.monotonic() < self.since.get((user['id'], sku), float('-inf')) + self.setting_up_s
    return self.stuck.get((user['upn'], name), 'PendingInput' if waits else 'Success')

  def provisioned(self, user):
    """Some services only, by the service's name; what was taken away is still there, as Deleted."""
    held = self.held(user)
    rows = [{'service': service, 'capabilityStatus': 'Enabled', 'provisioningStatus': self.state_of(user, sku, name, off)}
            for sku, off in held.items() for name in SKUS[sku][1] if name not in off
            for prefix, service in PROVISIONED.items() if name.startswith(prefix)]
    return rows + [{'service': 'exchange', 'capabilityStatus': 'Deleted', 'provisioningStatus': 'Success'}]

  def details_rows(self, user):
    return [{'id': f"{user['id']}_{ID_OF[sku]}", 'skuId': ID_OF[sku], 'skuPartNumber': sku,
             'servicePlans': [{'servicePlanId': PLANS[name], 'servicePlanName': name, 'appliesTo': 'User',
                               'provisioningStatus': self.state_of(user, sku, name, off)} for name in SKUS[sku][1]]}
            for sku, off in self.held(user).items()]

  def user_row(self, user):
    return {'provisionedPlans': self.provisioned(user),
            'id': user['id'], 'userPrincipalName': user['upn'], 'displayName': user['upn'].split('@')[0],
            'accountEnabled': True, 'userType': 'Member', 'usageLocation': user['location'], 'onPremisesSyncEnabled': None,
            'assignedLicenses': [{'skuId': ID_OF[sku], 'disabledPlans': [PLANS[name] for name in sorted(off)]}
                                 for sku, off in self.held(user).items()],
            'licenseAssignmentStates': [
              {'skuId': ID_OF[sku], 'disabledPlans': [PLANS[name] for name in sorted(off)], 'assignedByGroup': group,
               'state': 'Active', 'error': 'None', 'lastUpdatedDateTime': '2026-11-01T00:00:00Z'}
              for group, sku, off in self.sources(user)]}

  def group_row(self, group):
    return {'id': group['id'], 'displayName': group['name'], 'onPremisesSyncEnabled': None,
            'groupTypes': [], 'membershipRule': None, 'membershipRuleProcessingState': None, 'isAssignableToRole': None,
            'licenseProcessingState': {'state': group['state']},
            'assignedLicenses': [{'skuId': ID_OF[sku], 'disabledPlans': [PLANS[name] for name in sorted(off)]}
                                 for sku, off in group['gives'].items()]}

  def subscription_row(self, row):
    return {'id': row['id'], 'commerceSubscriptionId': None, 'createdDateTime': row['created'],
            'nextLifecycleDateTime': row['ends'], 'isTrial': False, 'ownerId': None, 'ownerTenantId': None,
            'ownerType': None, 'skuId': ID_OF[row['sku']], 'skuPartNumber': row['sku'], 'status': row['status'],
            'totalLicenses': row['seats'], 'serviceStatus': []}

  def sku_row(self, sku):
    rows = [row for row in self.subscriptions.values() if row['sku'] == sku]
    by = lambda status: sum(row['seats'] for row in rows if row['status'] == status)
    best = next(status for status in ('Enabled', 'Warning', 'Suspended', 'LockedOut', 'Deleted')
                if any(row['status'] == status for row in rows))
    return {'id': f'{self.id}_{ID_OF[sku]}', 'skuId': ID_OF[sku], 'skuPartNumber': sku, 'appliesTo': 'User',
            'capabilityStatus': best, 'consumedUnits': self.consumed(sku),
            'prepaidUnits': {'enabled': by('Enabled'), 'warning': by('Warning'), 'suspended': by('Suspended'),
                             'lockedOut': by('LockedOut')},
            'subscriptionIds': [row['id'] for row in rows],
            'servicePlans': [{'servicePlanId': PLANS[name], 'servicePlanName': name, 'appliesTo': 'User',
                              'provisioningStatus': 'Success'} for name in SKUS[sku][1]]}

  def organization_row(self):
    return {'id': self.id, 'displayName': self.name, 'defaultUsageLocation': None, 'tenantType': 'AAD',
            'partnerTenantType': None, 'verifiedDomains': [
              {'name': self.domain, 'isInitial': True, 'isDefault': True, 'type': 'Managed', 'capabilities': 'Email'}]}


class Graph:
  """Serves one tenant on loopback: `with Graph(tenant) as graph`, then `graph.env(...)`."""

  def __init__(self, tenant):
    self.tenant, self.surprises = tenant, []
    graph = self

    class Handler(http.server.BaseHTTPRequestHandler):
      protocol_version = 'HTTP/1.1'

      def answer(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        status, answer = graph.answer(self.command, self.path, self.headers, body)
        data = json.dumps(answer).encode() if answer is not None else b''
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

      do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = answer

      def log_message(self, *_):
        pass

    self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    self.server.daemon_threads = True
    self.url = f'http://127.0.0.1:{self.server.server_port}'

  def __enter__(self):
    threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()
    return self

  def __exit__(self, *_):
    self.server.shutdown()
    self.server.server_close()

  def env(self, **more):
    return {'SEATSHIFT_GRAPH_URL': self.url, 'SEATSHIFT_LOGIN_URL': self.url, **more}

  def answer(self, method, path, headers, body):
    with self.tenant.lock:
      try:
        return self.route(method, path, headers, body)
      except Refused as refused:
        self.tenant.refusals.append(refused.answer['error']['message'])
        return refused.status, refused.answer

  def route(self, method, path, headers, body):
    known = (self.tenant.id, self.tenant.domain)
    sign_in = re.fullmatch(r'/([^/]+)/(oauth2/v2.0/token|v2.0/.well-known/openid-configuration)', path)
    if sign_in and sign_in[1] in known:
      if sign_in[2].startswith('v2.0'):
        return 200, {'issuer': f'{self.url}/{self.tenant.id}/v2.0',
                     'token_endpoint': f'{self.url}/{self.tenant.id}/oauth2/v2.0/token'}
      return 200, {'token_type': 'Bearer', 'expires_in': 3599, 'access_token': token_of(self.tenant.id)}
    if not path.startswith('/v1.0/') or not (headers.get('Authorization') or '').startswith('Bearer '):
      raise Refused(401, 'InvalidAuthenticationToken', 'Access token is empty.')
    if path == '/v1.0/$batch' and method == 'POST':
      return 200, self.batch(json.loads(body))
    return self.resource(method, path.removeprefix('/v1.0'), headers, json.loads(body) if body else None)

  def batch(self, whole):
    requests = whole['requests']
    if len(requests) > BATCH:
      raise Refused(400, 'MaximumValueExceeded', f'Number of batch request steps exceeds the maximum value of {BATCH}.')
    if len({part['id'].lower() for part in requests}) != len(requests):
      raise bad('Request ids must be unique.')
    answers = []
    for part in requests:
      headers = part.get('headers', {})
      try:
        if 'body' in part and headers.get('Content-Type') != 'application/json':
          raise bad('A part with a body needs a Content-Type.')
        status, answer = self.resource(part['method'], part['url'], headers, part.get('body'))
      except Refused as refused:
        self.tenant.refusals.append(refused.answer['error']['message'])
        status, answer = refused.status, refused.answer
      answers.append({'id': part['id'], 'status': status, 'headers': {'Content-Type': 'application/json'}, 'body': answer})
    return {'responses': answers[::-1]}  # they may come in any order

  def page(self, rows, path, query, more=None):
    first = int(query.get('$skiptoken', '0'))
    count = min(int(query.get('$top', '100')), PAGE)
    answer = {'@odata.context': 'https://graph.microsoft.com/v1.0/$metadata', **(more or {}), 'value': rows[first:first + count]}
    if first + count < len(rows):
      rest = {**query, '$skiptoken': str(first + count)}
      answer['@odata.nextLink'] = f'{self.url}/v1.0{path}?' + urllib.parse.urlencode(rest, quote_via=urllib.parse.quote)
    return 200, answer

  def select(self, row, query):
    return {key: row[key] for key in query['$select'].split(',')} if '$select' in query else row

  def users(self, query, headers):
    tenant = self.tenant
    rows = list(tenant.users.values())
    count = {}
    if '$filter' in query:
      found = re.fullmatch(r'assignedLicenses/any\(x:x/skuId eq ([0-9a-f-]{36})\)', query['$filter'])
      if not found:
        raise Refused(400, 'Request_UnsupportedQuery', 'Unsupported filter.')
      rows = [user for user in rows if NAME_OF.get(found[1]) in tenant.held(user)]
    if query.get('$count') == 'true':
      if headers.get('ConsistencyLevel') != 'eventual':
        raise Refused(400, 'Request_BadRequest', '$count is not currently supported.')
      count = {'@odata.count': len(rows)}
    return self.page([self.select(tenant.user_row(user), query) for user in rows], '/users', query, count)

  def find_user(self, key):
    user = self.tenant.users.get(key) or next((row for row in self.tenant.users.values() if row['upn'] == key.lower()), None)
    if not user:
      raise missing(key)
    return user

  def find_group(self, key):
    if key not in self.tenant.groups:
      raise missing(key)
    return self.tenant.groups[key]

  def groups(self, query):
    named = re.fullmatch(r"displayName eq '(.*)'", query.get('$filter', ''))
    licensed = re.fullmatch(r'assignedLicenses/any\(x:x/skuId eq ([0-9a-f-]{36})\)', query.get('$filter', ''))
    if not named and not licensed:
      raise Refused(400, 'Request_UnsupportedQuery', 'Unsupported filter.')
    rows = [self.tenant.group_row(group) for group in self.tenant.groups.values()]
    rows = [row for row in rows if (row['displayName'] == named[1] if named else
                                    licensed[1] in [license['skuId'] for license in row['assignedLicenses']])]
    return self.page([self.select(row, query) for row in rows], '/groups', query)

  def members(self, group, path, query):
    """Of every kind: here, people only."""
    rows = [self.select(self.tenant.user_row(self.tenant.users[user_id]), query) for user_id in group['members']]
    typed = not path.endswith('.user')
    return self.page([{'@odata.type': '#microsoft.graph.user', **row} if typed else row for row in rows], path, query)

  def resource(self, method, url, headers, body):
    path, _, text = url.partition('?')
    query = dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
    words = [urllib.parse.unquote(word) for word in path.strip('/').split('/')]
    tenant = self.tenant
    match (method, words):
      case 'GET', ['organization']:
        return self.page([self.select(tenant.organization_row(), query)], path, query)
      case 'GET', ['subscribedSkus']:
        skus = dict.fromkeys(row['sku'] for row in tenant.subscriptions.values())
        return 200, {'value': [self.select(tenant.sku_row(sku), query) for sku in skus]}
      case 'GET', ['directory', 'subscriptions']:
        return 200, {'value': [tenant.subscription_row(row) for row in tenant.subscriptions.values()]}
      case 'GET', ['users']:
        return self.users(query, headers)
      case 'GET', ['users', key]:
        return 200, self.select(tenant.user_row(self.find_user(key)), query)
      case 'GET', ['users', key, 'licenseDetails']:
        return 200, {'value': tenant.details_rows(self.find_user(key))}
      case 'PATCH', ['users', key]:
        self.find_user(key)['location'] = body['usageLocation']
        return 204, None
      case 'POST', ['users', key, 'assignLicense']:
        user = self.find_user(key)
        tenant.assign(user, body)
        return 200, tenant.user_row(user)
      case 'GET', ['groups']:
        return self.groups(query)
      case 'GET', ['groups', key]:
        return 200, self.select(tenant.group_row(self.find_group(key)), query)
      case 'GET', ['groups', key, 'members'] | ['groups', key, 'members', 'microsoft.graph.user']:
        return self.members(self.find_group(key), path, query)
      case 'POST', ['groups', key, 'assignLicense']:
        tenant.assign_group(self.find_group(key), body)
        return 202, {}
    self.surprises.append(f'{method} {url}')
    raise Refused(404, 'UnknownError', f'Nothing is at {path}.')
