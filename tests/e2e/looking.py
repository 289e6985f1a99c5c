"""The customer of the tests that only look and of the hand steps: Contoso with five users, four of them to move."""

import datetime
import json
import textwrap

import contoso
import harness

HOLDERS = 4
# Not past, and before the term of a key that is redeemed today ends.
TERM_ENDS = (datetime.date.today() + datetime.timedelta(days=200)).isoformat()
RETIRE_BY = (datetime.date.today() + datetime.timedelta(days=60)).isoformat()


def tenant(off=()):
  """`off`: per holder, the service plans that are off."""
  people = ['adele.vance', 'alex.wilber', 'diego.siciliani', 'grady.archie', 'lidia.holloway']
  users = [{'upn': f'{name}@contoso.com', 'name': name.replace('.', ' ').title(), 'usage_location': 'US'}
           for name in people]
  for number, user in enumerate(users[:HOLDERS]):
    user['licenses'] = [{'sku': 'STANDARDPACK', 'disable': off[number]}] if off else ['STANDARDPACK']
  whole = {**contoso.tenant(0), 'users': users}
  for subscription in whole['subscriptions']:
    subscription['ends'] = f'{TERM_ENDS}T00:00:00Z'
  return whole


def customer(agreement=True, order=True, users='      - holders_of: advisor', retire_by=RETIRE_BY, more=''):
  text = textwrap.dedent(f'''\
    version: 1
    customer: contoso
    tenant:
      id: {contoso.TENANT}
      domain: contoso.onmicrosoft.com
    AGREEMENT
    moves:
      - open:
          sku: ENTERPRISEPACK
          seats: 10
          ORDER
        advisor:
          sku: STANDARDPACK
          subscription: {contoso.SUBSCRIPTION}
          retire_by: {retire_by}
        users:
    USERS
    ''')
  agreed = f'agreement: {{reason: upfront-payment, agreed_by: jane@contoso.com, agreed_on: {contoso.AGREED}}}'
  ordered = (f'order: {{distributor: Example Distribution, reference: PO-4711, placed_on: {contoso.ORDERED}}}\n'
             '      key: {env: CONTOSO_OPEN_KEY, ends_in: 7QX2K}')
  text = text.replace('AGREEMENT\n', agreed + '\n' if agreement else '')
  text = text.replace('      ORDER\n', '      ' + ordered + '\n' if order else '')
  return text.replace('USERS', users) + more


class Looking(harness.TestCase):

  def start(self, off=(), **changes):
    document = contoso.document(0)
    document['tenants'][0] = tenant(off)
    twin = self.twin(document)
    contoso.set_up(self.ws, twin)
    self.ws.write('customers/contoso.yaml', customer(**changes))
    return twin

  def move_all(self, twin):
    """A plan carried out to its end."""
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.OK)
    return plan

  def folder(self, plan):
    return self.ws.repo / 'plans/contoso' / plan['id']
