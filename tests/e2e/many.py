"""Many customers in one repository and on one twin: Contoso's branches, a few people each."""

import textwrap

import contoso

HOLDERS = 3


def name(number):
  return f'contoso-{number:04}'


def tenant_id(number):
  return f'8f3c1d5e-6a0b-4c7d-9e2f-{number:012x}'


def subscription(number):
  return f'6f2d8a4c-51b7-4e0e-9c3d-{number:012x}'


def upn(number, person):
  return f'user{person:02}@{name(number)}.com'


def tenant(number, holders=HOLDERS, open_seats=0, licensed=True):
  """`open_seats`: there already, so that a plan has no key to redeem. `licensed`: they hold the Advisor SKU."""
  subscriptions = [{'id': subscription(number), 'sku': 'STANDARDPACK', 'seats': holders + 2,
                    'created': '2025-12-01T00:00:00Z', 'ends': contoso.time(367)}]
  if open_seats:
    subscriptions.append({'sku': 'ENTERPRISEPACK', 'seats': open_seats, 'created': '2026-01-01T00:00:00Z',
                          'ends': contoso.time(367)})
  return {
    'id': tenant_id(number), 'name': f'Contoso {number:04}', 'domain': f'{name(number)}.onmicrosoft.com',
    'domains': [f'{name(number)}.com'], 'country': 'US',
    'clients': [{'client_id': contoso.CLIENT, 'secret': contoso.SECRET, 'roles': 'all'}],
    'subscriptions': subscriptions,
    'users': [{'upn': upn(number, person), 'name': f'User {person:02}', 'usage_location': 'US',
               **({'licenses': ['STANDARDPACK']} if licensed else {})} for person in range(holders)],
  }


def document(count, **options):
  partner = contoso.stranger(contoso.PARTNER, 'Fabrikam Partners', 'fabrikam')
  partner['partner_type'] = 'breadthPartner'
  return {'format': 'seatshift-twin/1',
          'tenants': [*(tenant(number, **options) for number in range(count)), partner]}


def customer(number, holders=HOLDERS, retire=True, labels=None):
  """`retire` False: people are only licensed, so nothing is to be done by hand at the end."""
  advisor = textwrap.dedent(f'''\
        advisor:
          sku: STANDARDPACK
          subscription: {subscription(number)}
          retire_by: {contoso.RETIRE_BY}
    ''')
  text = textwrap.dedent(f'''\
    version: 1
    customer: {name(number)}
    tenant: {{id: {tenant_id(number)}, domain: {name(number)}.onmicrosoft.com, name: Contoso {number:04}}}
    agreement: {{reason: upfront-payment, agreed_by: jane@{name(number)}.com, agreed_on: {contoso.AGREED}}}
    moves:
      - open:
          sku: ENTERPRISEPACK
          seats: {holders}
          programme: open-value
          order: {{distributor: Example Distribution, reference: PO-{number:04}, placed_on: {contoso.ORDERED}}}
          key: {{env: CONTOSO_OPEN_KEY, ends_in: 7QX2K}}
    ''')
  if retire:
    text += textwrap.indent(advisor, '    ')
  text += f'    users: [{", ".join(upn(number, person) for person in range(holders))}]\n'
  text += 'defaults: {usage_location: US}\n'
  if labels:
    text += 'labels: {' + ', '.join(f'{key}: {value}' for key, value in labels.items()) + '}\n'
  return text


def set_up(ws, twin, count, policy=contoso.POLICY, **options):
  """Writes and commits the repository; from then on `ws.run` talks to the twin."""
  ws.write('seatshift.yaml', policy)
  for number in range(count):
    ws.write(f'customers/{name(number)}.yaml', customer(number, **options))
  ws.git_init()
  ws.git_commit('all customers: move to Open License')
  ws.env = twin.env(AZURE_CLIENT_SECRET=contoso.SECRET, CONTOSO_OPEN_KEY=contoso.KEY)
