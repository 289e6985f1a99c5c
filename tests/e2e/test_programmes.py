"""How seats are sold: each programme carried out on the twin, and seats that come without a key told apart."""

import datetime
import json
import re

import contoso
import harness
import looking

NEW = 'd1e0c9b8-a7f6-4e5d-8c3b-2a1908f7e6d5'
OTHER = 'a2b3c4d5-e6f7-4a8b-9c0d-1e2f3a4b5c6d'
OPEN = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d'


def customer(programme, *more, cancel_by='phone', key=None, **changes):
  """The customer of looking.py, with seats of that programme; a key only for one of keys."""
  key = programme in ('open-license', 'open-value', 'retail-key') if key is None else key
  text = looking.customer(**changes)
  if not key:
    text = re.sub(r'      key: .*\n', '', text)
  keys = ''.join(f'      {line}\n' for line in (f'programme: {programme}', *more))
  return text.replace('      seats: 10\n', f'      seats: 10\n{keys}').replace(
    '      retire_by:', f'      cancel_by: {cancel_by}\n      retire_by:')


class Programmes(harness.TestCase):

  def begin(self, programme, *more, there=0, skus=('STANDARDPACK', 'ENTERPRISEPACK'), lost=(), **changes):
    """`skus`: the old one and the new one. `lost`: services that the customer accepts to lose."""
    document = contoso.document(0)
    old, new = skus
    document['tenants'][0] = json.loads(json.dumps(looking.tenant()).replace('STANDARDPACK', old))
    if there:
      document['tenants'][0]['subscriptions'].append(
        {'id': OPEN, 'sku': 'ENTERPRISEPACK', 'seats': there, 'created': '2025-12-01T00:00:00Z',
         'ends': f'{looking.TERM_ENDS}T00:00:00Z'})
    twin = self.twin(document)
    contoso.set_up(self.ws, twin)
    text = customer(programme, *more, **changes).replace('ENTERPRISEPACK', new).replace('STANDARDPACK', old)
    if lost:
      text += f"accept: {{lost_services: [{', '.join(lost)}]}}\n"
    self.ws.write('customers/contoso.yaml', text)
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    return twin

  def apply(self, expect=harness.WAITING):
    return self.ws.run('apply', self.plan['id'], '--yes', expect=expect)

  def kinds(self):
    return [action['kind'] for action in self.plan['actions']]

  def provision(self, twin, seats=10, sku='ENTERPRISEPACK', tenant=contoso.TENANT, **more):
    return twin.control('provision', tenant=tenant, sku=sku, seats=seats, by=contoso.PARTNER, **more)['subscription']

  def assertMoved(self, twin):
    for upn, held in list(twin.licenses(contoso.TENANT).items())[:looking.HOLDERS]:
      self.assertEqual(list(held), [contoso.ENTERPRISEPACK], upn)


class Whole(Programmes):
  """From the plan to its end, with what each programme has of its own."""

  def finish(self, twin):
    self.assertIn('retire-subscription', self.apply().out)
    self.assertMoved(twin)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.apply(expect=harness.OK)
    self.assertIn('nothing', self.ws.run('plan', 'contoso', expect=harness.OK).out)
    self.ws.run('verify', self.plan['id'], expect=harness.OK)

  def test_keys(self):
    for programme, warned, bought in (
        ('open-license', ['SS204', 'SS210', 'SS234'], 'purchased through Open: so there is no early-cancellation fee'),
        ('open-value', ['SS204'], 'purchased through Open Value: ask whether there is an early-cancellation fee'),
        ('retail-key', ['SS204'], 'purchased with a retail product key: ask whether there is')):
      with self.subTest(programme):
        twin = self.begin(programme)
        self.assertEqual(self.kinds()[0], 'redeem-key')
        self.assertEqual([warning['code'] for warning in self.plan['warnings']], warned)
        self.assertEqual(self.plan['summary']['moves'][0]['open'].get('programme'),
                         None if programme == 'open-license' else programme)
        self.assertIn('redeem-key', self.apply().out)
        card = self.ws.run('step', self.plan['id'], 'retire-subscription', expect=harness.OK).out
        self.assertIn(bought, ' '.join(card.split()))
        self.assertIn('redeemed no', ' '.join(self.ws.run('status', 'contoso', expect=harness.OK).out.split()))
        twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
        self.finish(twin)

  def test_provisioned(self):
    twin = self.begin('csp', cancel_by='distributor')
    self.assertEqual(self.kinds()[0], 'receive-seats')
    self.assertIn('SS246', [warning['code'] for warning in self.plan['warnings']])
    self.assertEqual(self.plan['actions'][0]['change'], {
      'arrives_by': 'provisioned', 'programme': 'csp', 'provisioned_by': 'Example Distribution',
      'return_until': contoso.day(-17), 'seats': 10, 'sku': contoso.ENTERPRISEPACK})
    result = self.apply()
    self.assertIn('waits for a0001 receive-seats', result.out)
    self.provision(twin, id=NEW)
    self.finish(twin)
    self.ws.git_commit('journal')
    self.assertIn(NEW, self.ws.run('history', 'contoso', expect=harness.OK).out)

  def test_transferred(self):
    twin = self.begin('csp', 'arrives_by: transferred')
    card = self.ws.run('step', self.plan['id'], 'receive-seats', expect=harness.OK).out
    self.assertIn('Ask for the transfer of 10 × ENTERPRISEPACK', card)
    self.assertNotIn('EXIT', card)
    self.apply()
    self.provision(twin)
    self.finish(twin)

  def test_granted_with_fewer_services(self):
    """What goes is accepted by name, all of it, or there is no plan; the reviewer sees it."""
    skus = ('SPB', 'O365_BUSINESS_PREMIUM')
    with self.assertRaises(AssertionError) as refused:
      self.begin('grant', skus=skus)
    names = re.search(r'services would go, and are not accepted: ([A-Za-z0-9_, ]+)', str(refused.exception))[1].split(', ')
    self.assertIn('INTUNE_A', names)
    with self.assertRaises(AssertionError) as refused:
      self.begin('grant', skus=skus, lost=[name for name in names if name != 'INTUNE_A'])
    self.assertIn('1 service would go, and is not accepted: INTUNE_A', str(refused.exception))
    twin = self.begin('grant', skus=skus, lost=names)
    told = [warning['message'] for warning in self.plan['warnings'] if warning['code'] == 'SS248']
    self.assertEqual(len(told), 1)
    self.assertIn('INTUNE_A', told[0])
    shown = ' '.join(self.ws.run('show', self.plan['id'], expect=harness.OK).out.split())
    self.assertIn('SS248', shown)
    self.apply()
    self.provision(twin, sku='O365_BUSINESS_PREMIUM')
    self.assertIn('retire-subscription', self.apply().out)

  def test_granted(self):
    twin = self.begin('grant', 'provisioned_by: Contoso Foundation')
    self.assertIn('Contoso Foundation', self.ws.run('step', self.plan['id'], 'receive-seats', expect=harness.OK).out)
    self.apply()
    self.provision(twin)
    self.finish(twin)

  def test_there_already(self):
    """What was provisioned before the plan needs no step; what is older than the order is something else."""
    document = contoso.document(0)
    document['tenants'][0] = looking.tenant()
    twin = self.twin(document)
    contoso.set_up(self.ws, twin)
    self.ws.write('customers/contoso.yaml', customer('csp'))
    self.provision(twin, id=NEW)
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertEqual(plan['actions'][0]['kind'], 'swap-license')
    self.assertEqual(plan['summary']['moves'][0]['open']['subscription'], NEW)
    self.begin('csp', there=20)
    self.assertEqual(self.kinds()[0], 'receive-seats')


class Outcomes(Programmes):
  """Only a new subscription with enough seats is what was ordered."""

  def assertStillWaits(self, says):
    result = self.apply()
    self.assertIn('waits for a0001 receive-seats', result.out)
    self.assertIn(f'Seen so far: {says}', ' '.join(result.err.split()))
    self.assertNotIn('to have landed', result.err)

  def assertVerified(self, says):
    self.assertNotIn('receive-seats', self.apply().out)
    path = self.ws.repo / 'plans/contoso' / self.plan['id'] / 'journal.jsonl'
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    details = [entry['detail'] for entry in entries
               if entry.get('actions') == ['a0001'] and entry.get('outcome') == 'verified']
    self.assertEqual(len(details), 1, entries)
    self.assertIn(says, details[0])

  def test_enough(self):
    twin = self.begin('csp')
    self.assertNotIn('Seen so far', self.apply().err)
    self.provision(twin, seats=12, id=NEW)
    self.assertVerified(f'subscription {NEW} with 12 seats is there')
    self.assertVerified('that is 2 more than planned')

  def test_fewer(self):
    twin = self.begin('csp')
    self.provision(twin, seats=9, id=NEW)
    self.assertStillWaits(f'only 9 new seats are there, ordered were 10: subscription {NEW} with 9 seats')
    self.provision(twin, seats=1)
    self.assertVerified('2 new subscriptions with together 10 seats are there')

  def test_another_product(self):
    twin = self.begin('csp')
    self.provision(twin, sku='SPB', id=NEW)
    self.assertStillWaits(f'subscription {NEW} with 10 seats of SPB is new: is it the purchase of another product?')

  def test_seats_on_one_that_was_there(self):
    twin = self.begin('csp', there=5)
    self.provision(twin, subscription=OPEN)
    self.assertStillWaits(f'no subscription is new, but subscription {OPEN} has 10 seats more')
    self.provision(twin, id=NEW)
    self.assertVerified(f'subscription {NEW} with 10 seats is there')

  def test_seats_that_do_not_last(self):
    twin = self.begin('csp')
    self.provision(twin, id=NEW, ends=f'{looking.RETIRE_BY}T00:00:00Z')
    self.assertStillWaits(f'subscription {NEW} with 10 seats is new, but ends {looking.RETIRE_BY}')

  def test_in_another_tenant(self):
    twin = self.begin('csp')
    self.apply()
    self.provision(twin, tenant=contoso.PARTNER)
    said = self.ws.run('step', self.plan['id'], 'receive-seats', '--look', expect=harness.OK).err
    self.assertIn("the seats seem to have landed in the partner's own tenant: 'Fabrikam Partners'", said)
    self.assertIn("the seats seem to have landed in the partner's own tenant", self.apply().err)

  def test_no_key_is_shown(self):
    self.begin('csp')
    for option in ('--show-key', '--open'):
      refused = self.ws.run('step', self.plan['id'], 'receive-seats', option, expect=harness.INVALID)
      self.assertIn('are for redeem-key', refused.err)


class Card(Programmes):

  def test_it_says_whose_tenant_and_what_to_ask_for(self):
    self.begin('csp', 'provisioned_by: Fabrikam Distribution')
    card = self.ws.run('step', self.plan['id'], 'receive-seats', expect=harness.OK).out
    for words in (contoso.TENANT, 'contoso.onmicrosoft.com', '10 × ENTERPRISEPACK', 'Example Distribution, PO-4711',
                  f'EXIT     they can be given back until {contoso.day(-17)}', 'FROM     Fabrikam Distribution\n',
                  '1. Give Fabrikam Distribution the tenant',
                  'NEW subscription in this tenant with 10 seats', f'--done --case NUMBER'):
      self.assertIn(words, card)
    self.assertNotIn('SEE THE KEY', card)

  def test_days_in_which_the_portal_cancels(self):
    """A month's subscription has the button for seven days; afterwards there are two other ways."""
    self.begin('csp', cancel_by='portal')
    self.assertIn('SS246', [warning['code'] for warning in self.plan['warnings']])
    card = ' '.join(self.ws.run('step', self.plan['id'], 'retire-subscription', expect=harness.OK).out.split())
    for words in ('only within 7 days of their purchase or renewal. By Graph it was bought on ',
                  f'The term that runs ends on {looking.TERM_ENDS}', "'cancel_by: let-expire'", "'cancel_by: phone'"):
      self.assertIn(words, card)

  def test_the_journal_keeps_what_was_said(self):
    twin = self.begin('csp')
    self.ws.run('step', self.plan['id'], 'receive-seats', '--done', '--case', '4711', '--note', 'ordered by phone',
                expect=harness.OK)
    self.assertIn('receive-seats', self.apply().out, 'what is said opens nothing')
    self.provision(twin)
    self.assertNotIn('receive-seats', self.apply().out)


class Files(Programmes):
  """What a file says of how the seats are sold, before anything is asked of a tenant."""

  def warned(self, text):
    self.ws.write('seatshift.yaml', contoso.POLICY)
    self.ws.write('customers/contoso.yaml', text)
    return self.ws.run('validate', expect=harness.OK).err

  def test_a_key_near_its_end(self):
    """Five years from its purchase, by what is said of keys that are not used yet."""
    today = datetime.date.today()

    def warned(programme, days_left):
      ends = today + datetime.timedelta(days=days_left)
      placed = ends.replace(year=ends.year - 5, day=min(ends.day, 28)) + datetime.timedelta(days=max(ends.day - 28, 0))
      text = customer(programme).replace(f'placed_on: {contoso.ORDERED}', f'placed_on: {placed}')
      return self.warned(text), ends
    said, ends = warned('open-license', 30)
    self.assertIn(f'warning[SS235]: placed_on: {ends.year - 5}', said)
    self.assertIn(f'is said to work end on {ends}', said)
    said, ends = warned('open-license', -30)
    self.assertIn(f'is said to work ended on {ends}', said)
    self.assertNotIn('SS235', warned('open-license', 100)[0])
    self.assertNotIn('SS235', warned('open-value', 30)[0])

  def test_an_order_of_what_is_not_sold(self):
    self.assertIn('warning[SS234]', self.warned(looking.customer()))
    self.assertNotIn('SS234', self.warned(customer('open-value')))
    self.assertNotIn('SS234', self.warned(looking.customer().replace(contoso.ORDERED, '2021-12-31')))

  def test_given_back_before_the_order(self):
    self.ws.write('seatshift.yaml', contoso.POLICY)
    self.ws.write('customers/contoso.yaml', customer('csp', f'return_until: {contoso.day(-25)}'))
    self.assertIn(f'return_until: {contoso.day(-25)} lies before', self.ws.run('validate', expect=harness.INVALID).err)

  def test_the_schema_says_the_same(self):
    """Every programme with every way to arrive and every key: the editor's rules and the program's are one."""
    schema = self.ws.run('schema', 'customer', expect=harness.OK).json
    move = schema['properties']['moves']['items']['properties']['open']
    for programme in move['properties']['programme']['enum']:
      for arrives in (None, 'key', 'provisioned', 'transferred'):
        for more in (None, 'key: {env: OPEN_KEY}', 'redeem_as: add-seats', 'provisioned_by: Example Distribution',
                     f'return_until: {contoso.day(2)}'):
          keys = [f'programme: {programme}', *([f'arrives_by: {arrives}'] if arrives else []), *([more] if more else [])]
          text = customer(keys[0][11:], *keys[1:], key=False)
          self.ws.write('seatshift.yaml', contoso.POLICY)
          self.ws.write('customers/contoso.yaml', text)
          status = self.ws.run('validate').status
          with self.subTest(keys):
            self.assertEqual(status == harness.OK, self.is_valid(schema, text), text)

  def is_valid(self, schema, text):
    if not harness.SCHEMAS.validator:
      self.skipTest('jsonschema is not installed')
    import yaml
    document = json.loads(json.dumps(yaml.safe_load(text), default=str))
    return harness.SCHEMAS.validator(schema).is_valid(document)


class Faces(Programmes):
  """Each face names the programme, and how the seats come; none calls them what they are not."""

  ROWS = (('open-license', '', 'REDEEMS Open ENTERPRISEPACK', 'Redeemed for good: a product key for 10 seats'),
          ('open-value', '', 'REDEEMS Open Value ENTERPRISEPACK', 'Redeemed for good: a product key for 10 seats'),
          ('retail-key', '', 'REDEEMS Retail key ENTERPRISEPACK', 'Redeemed for good: a product key for 10 seats'),
          ('csp', '', 'RECEIVES CSP ENTERPRISEPACK 10 seats, 4 needed step 1, provisioned by Example Distribution',
           'Bought in CSP: 10 seats'),
          ('csp', 'arrives_by: transferred', 'RECEIVES CSP ENTERPRISEPACK 10 seats, 4 needed step 1, transferred by '
           'Example Distribution', 'Transferred in CSP: 10 seats'),
          ('grant', 'provisioned_by: Contoso Foundation', 'RECEIVES Grant ENTERPRISEPACK 10 seats, 4 needed step 1, '
           'provisioned by Contoso Foundation', 'Given under a grant: 10 seats'))

  def shown(self, *words):
    """As text: without the marks of Markdown and HTML, and in one line."""
    out = self.ws.run('show', self.plan['id'], *words, expect=harness.OK).out
    return ' '.join(re.sub(r'<[^>]*>|[|*`·]', ' ', out).replace(' :', ':').split())

  def test_its_words(self):
    for programme, more, fact, decision in self.ROWS:
      self.begin(programme, *([more] if more else []))
      for face in ('text', 'markdown', 'html'):
        with self.subTest(f'{programme} {more} {face}'):
          shown = self.shown('--format', face)
          self.assertIn(fact, shown)
          self.assertRegex(shown, decision.replace(':', ':?'))
          if programme != 'open-license':
            self.assertNotRegex(shown, 'Open ENTERPRISEPACK|Bought:')
            self.assertIn(f'programme {programme}', shown)

  def test_the_drawing(self):
    self.begin('csp')
    self.assertIn('class="strong">CSP</text>', self.ws.run('show', self.plan['id'], '--format', 'html').out)

  def test_once_they_are_there(self):
    twin = self.begin('csp')
    self.apply()
    self.provision(twin, id=NEW)
    self.apply()
    self.assertIn('RECEIVES CSP ENTERPRISEPACK', self.shown())
    self.ws.git_commit('moved')
    # Planned anew, when the old one alone is left: what is found is called the same.
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertEqual(self.kinds(), ['retire-subscription'])
    self.assertIn(f'FINDS CSP ENTERPRISEPACK 10 seats, 4 needed in subscription {NEW}', self.shown())

  def test_an_order_of_what_is_not_sold_is_decided(self):
    """Who approves reads what the file was warned about, not the one who planned alone."""
    self.begin('open-license')
    for face in ('text', 'markdown', 'html'):
      self.assertRegex(self.shown('--format', face), f'Warning SS234:? ENTERPRISEPACK: the order was placed on '
                       f'{contoso.ORDERED}, but Open License has not been sold since 2021-12-31')

  def test_a_day_later_than_the_programme_has(self):
    self.begin('csp', f'return_until: {contoso.day(-16)}')
    says = (f'{contoso.day(-16)}, but seats of CSP can be given back for 7 days: until {contoso.day(-17)}, of what was '
            f'ordered on {contoso.ORDERED}')
    self.assertIn(f'Warning SS251: ENTERPRISEPACK: the seats are to be given back until {says}', self.shown())
    self.assertIn(f'they can be given back no more: that was until {contoso.day(-16)}', self.shown())
    self.assertIn(f'warning[SS251]: return_until: {says}', ' '.join(self.ws.run('validate').err.split()))

  def test_a_grant_that_ends_too_early(self):
    twin = self.begin('grant')
    self.provision(twin, id=NEW, ends=f'{looking.RETIRE_BY}T00:00:00Z')
    waits = ' '.join(self.apply().err.split())
    self.assertIn(f'but ends {looking.RETIRE_BY}, and its seats are needed beyond', waits)
    self.assertIn("is it another grant? Have one arranged that lasts longer; where its term renews, say 'accept: "
                  f"{{renewing: [{NEW}]}}'", waits)
    # Planned anew, it is told why what is there is not taken.
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertEqual(self.kinds()[0], 'receive-seats')
    self.assertIn(f'Warning SS252: ENTERPRISEPACK: subscription {NEW} has 10 seats but ends on {looking.RETIRE_BY}',
                  self.shown())
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('customers/contoso.yaml', text + f'accept: {{renewing: [{NEW}]}}\n')
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertEqual(self.kinds()[0], 'swap-license')


class Way(Programmes):

  def test_rehearsed_and_undone(self):
    twin = self.begin('csp')
    report = self.ws.run_json('rehearse', self.plan['id'], '--runs', '5', expect=harness.OK)
    self.assertEqual((report['alike'], report['runs']), (5, 5), report)
    self.apply()
    self.provision(twin)
    self.apply()
    undo = self.ws.run_json('undo', self.plan['id'], expect=harness.OK)
    stays = [warning['message'] for warning in undo['warnings'] if warning['code'] == 'SS243']
    self.assertEqual(len(stays), 1, undo['warnings'])
    self.assertIn(f'10 × ENTERPRISEPACK that were provisioned stay; they can be given back until {contoso.day(-17)}',
                  stays[0])


if __name__ == '__main__':
  harness.main()
