"""The customer of the big tests: Contoso with 200 users, of whom 150 hold the Advisor SKU."""

import datetime
import textwrap

TENANT = '8f3c1d5e-6a0b-4c7d-9e2f-1a2b3c4d5e6f'
PARTNER = '1c9e7b5a-3f2d-4a6c-8e0b-9d7c5f3e1a2b'
OTHER = '2d0f8c6b-4a3e-4b7d-9f1c-0e8d6a4f2b3c'
CLIENT = '5b1f0c7e-2d4a-4b8e-a6c9-7e3d1f2a9b84'
SUBSCRIPTION = '6f2d8a4c-51b7-4e0e-9c3d-2b8e7f6a1d90'
KEPT_SUBSCRIPTION = '7a3e9b5d-62c8-4f1f-8d4e-3c9f80b2e101'

STANDARDPACK = '18181a46-0d4e-45cd-891e-60aabd171b4e'
ENTERPRISEPACK = '6fd2c87f-b296-42f0-b197-1e91e994b900'
FLOW_FREE = 'f30db892-07e9-47e9-837c-80727f46fd3d'

# Canaries: given to the tool where the real ones go, and searched for everywhere afterwards.
KEY = 'Q7WX4-CNRYB-TKVMH-3PD9F-7QX2K'
SECRET = 'canary-Zt8~vQ2.hE5w_secret'

TODAY = datetime.date.today()


def day(days):
  """So many days from today: what must not be over, or must be soon, is never a fixed day."""
  return (TODAY + datetime.timedelta(days=days)).isoformat()


def time(days):
  return f'{day(days)}T00:00:00Z'


RETIRE_BY = day(32)
# An order is of these days too: a term that ends later than a year after it counts as extended.
AGREED, ORDERED = day(-27), day(-24)
CAME = time(-9)  # when what was ordered came
USERS, HOLDERS = 200, 150
SEATS_ADVISOR, SEATS_OPEN = 160, 150


def upn(number):
  return f'user{number:03}@contoso.com'


def user(number):
  """Every tenth has no usage location; every seventh holder has a service switched off; the last hold nothing."""
  row = {'upn': upn(number), 'name': f'User {number:03}'}
  if number % 10:
    row['usage_location'] = 'US'
  licenses = []
  if number < HOLDERS:
    licenses.append({'sku': 'STANDARDPACK', 'disable': ['YAMMER_ENTERPRISE']}
                    if number % 7 == 0 else 'STANDARDPACK')
  if number % 5 == 1:
    row['usage_location'] = 'US'
    licenses.append('FLOW_FREE')  # outside the plan: must be left alone
  if licenses:
    row['licenses'] = licenses
  return row


def tenant(users=USERS):
  return {
    'id': TENANT, 'name': 'Contoso Ltd', 'domain': 'contoso.onmicrosoft.com',
    'domains': ['contoso.com'], 'country': 'US',
    'clients': [{'client_id': CLIENT, 'secret': SECRET, 'roles': 'all'}],
    'subscriptions': [
      {'id': SUBSCRIPTION, 'sku': 'STANDARDPACK', 'seats': SEATS_ADVISOR,
       'created': '2025-12-01T00:00:00Z', 'ends': time(367)},
      {'id': KEPT_SUBSCRIPTION, 'sku': 'FLOW_FREE', 'seats': 1000,
       'created': '2025-12-01T00:00:00Z', 'ends': time(367)}],
    'users': [user(number) for number in range(users)],
  }


def stranger(tenant_id, name, domain):
  """Another tenant on the same twin, where the same application is at home."""
  return {
    'id': tenant_id, 'name': name, 'domain': f'{domain}.onmicrosoft.com', 'domains': [f'{domain}.com'],
    'country': 'US', 'clients': [{'client_id': CLIENT, 'secret': SECRET, 'roles': 'all'}],
    'subscriptions': [{'sku': 'ENTERPRISEPACK', 'seats': 5, 'created': '2025-12-01T00:00:00Z',
                       'ends': time(367)}],
    'users': [{'upn': f'patti.fernandez@{domain}.com', 'name': 'Patti Fernandez',
               'usage_location': 'US', 'licenses': ['ENTERPRISEPACK']}],
  }


def document(users=USERS):
  partner = stranger(PARTNER, 'Fabrikam Partners', 'fabrikam')
  partner['partner_type'] = 'breadthPartner'
  return {'format': 'seatshift-twin/1',
          'tenants': [tenant(users), partner, stranger(OTHER, 'Litware Inc', 'litware')]}


POLICY = textwrap.dedent(f'''\
  version: 1
  cloud: global
  partner: {{tenant: {PARTNER}, relation: none}}
  auth: {{method: client-secret, client_id: {CLIENT}}}
  approvals: {{required: 0}}
  ''')


def customer(tenant_id=TENANT, domain='contoso.onmicrosoft.com', name='Contoso Ltd', seats=SEATS_OPEN,
             canary='user001@contoso.com'):
  return textwrap.dedent(f'''\
    version: 1
    customer: contoso
    tenant:
      id: {tenant_id}
      domain: {domain}
      name: {name}
    agreement:
      reason: upfront-payment
      note: Grant money has to be spent this year.
      agreed_by: jane@contoso.com
      agreed_on: {AGREED}
    moves:
      - open:
          sku: ENTERPRISEPACK
          seats: {seats}
          order: {{distributor: Example Distribution, reference: PO-4711, placed_on: {ORDERED}}}
          key: {{env: CONTOSO_OPEN_KEY, ends_in: 7QX2K}}
        advisor:
          sku: STANDARDPACK
          subscription: {SUBSCRIPTION}
          retire_by: {RETIRE_BY}
        users:
          - holders_of: advisor
    defaults:
      usage_location: US
    canary: [{canary}]
    ''')


def set_up(ws, twin, **changes):
  """Writes and commits the repository; from then on `ws.run` talks to the twin."""
  ws.write('seatshift.yaml', POLICY)
  ws.write('customers/contoso.yaml', customer(**changes))
  ws.git_init()
  ws.git_commit('contoso: move to Open License')
  ws.env = twin.env(AZURE_CLIENT_SECRET=SECRET, CONTOSO_OPEN_KEY=KEY)
