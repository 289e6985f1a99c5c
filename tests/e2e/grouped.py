"""A customer whose licences come through the group Sales, and what a run left of its swap and its people."""

import csv
import io
import json
import urllib.parse

import contoso
import harness
from test_planning import ADELE, ALEX, BIANCA, GROUP, Planning, customer, document, user

CAREY = 'carey.garner@contoso.com'
OPEN_SEATS = {'sku': 'ENTERPRISEPACK', 'created': contoso.CAME, 'ends': contoso.time(367)}
E3 = '6fd2c87f-b296-42f0-b197-1e91e994b900'
ANOTHER = 'c0ffee00-0000-4000-8000-000000000002'


def world(seats, members=(ADELE, ALEX, BIANCA), others=(CAREY,), **settings):
  """The Open seats are there; the Advisor licences come through the group Sales."""
  base = contoso.tenant(0)['subscriptions']
  group = {'id': GROUP, 'name': 'Sales', 'members': list(members), 'licenses': ['STANDARDPACK']}
  doc = document([user(upn) for upn in (*members, *others)], [group],
                 subscriptions=[*base, {**OPEN_SEATS, 'seats': seats}])
  return {**doc, 'settings': settings}


class Grouped(Planning):

  def begin(self, doc, seats, users=('group: Sales',)):
    twin = self.start(doc, customer(users, seats=seats))
    return twin, self.plan()

  def ended(self, plan, kind='swap-group-license'):
    """Outcome and detail of the last entry that ended the group's swap."""
    number = next(action['id'] for action in plan['actions'] if action['kind'] == kind)
    path = self.ws.repo / 'plans/contoso' / plan['id'] / 'journal.jsonl'
    rows = [row for row in map(json.loads, path.read_text().splitlines())
            if row['event'] == 'ended' and row['actions'] == [number]]
    return (rows[-1]['outcome'], rows[-1]['detail']) if rows else (None, None)

  def rows(self, plan):
    """Name and outcome of each row of the table, the group's and the people's."""
    rows = csv.DictReader(io.StringIO(self.ws.run('show', plan['id'], '--format', 'csv', expect=harness.OK).out))
    return {row['upn']: row['outcome'] for row in rows if row['kind'] in ('group', 'member')}

  def take_a_seat(self, twin, upn=CAREY):
    twin.control('user', tenant=contoso.TENANT, upn=upn, set={'add': ['ENTERPRISEPACK']})

  def seats(self, twin, number):
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', number)

  def journal(self, plan):
    path = self.ws.repo / 'plans/contoso' / plan['id'] / 'journal.jsonl'
    return [json.loads(row) for row in path.read_text().splitlines()]

  def parts(self, twin):
    return [part for row in twin.log() for part in row.get('parts', []) if part['method'] == 'POST']

  def reprocessed(self, twin):
    """Ids of the people for whom the service was asked to try again."""
    paths = [part['path'] for part in self.parts(twin)]
    return [path.split('/')[2] for path in paths if path.endswith('/reprocessLicenseAssignment')]

  def signed_in(self, twin):
    """Headers of somebody who may change groups."""
    form = urllib.parse.urlencode({'grant_type': 'client_credentials', 'client_id': contoso.CLIENT,
                                   'client_secret': contoso.SECRET,
                                   'scope': f'{twin.url}/.default'}).encode()
    status, answer = twin.request('POST', f'/{contoso.TENANT}/oauth2/v2.0/token', form,
                                  {'Content-Type': 'application/x-www-form-urlencoded'})
    self.assertEqual(status, 200, answer)
    return {'Authorization': f"Bearer {answer['access_token']}"}
