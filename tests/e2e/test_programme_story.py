"""The move that is made today: thirty people with Business Standard, paid for month by month, to Business Premium seats
that a distributor provisions; the old subscription is left to expire. Each day of it, by a clock that is passed in."""

import datetime
import json
import textwrap

import contoso
import harness

BUSINESS_STANDARD = 'f245ecc8-75af-4f8e-b61f-27d8114de5f3'
BUSINESS_PREMIUM = 'cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46'
OLD = '6f2d8a4c-51b7-4e0e-9c3d-2b8e7f6a1d90'
NEW = 'd1e0c9b8-a7f6-4e5d-8c3b-2a1908f7e6d5'
PEOPLE = 30
TERM_ENDS = '2027-03-20'  # of the month that runs


def tenant():
  return {
    'id': contoso.TENANT, 'name': 'Contoso Ltd', 'domain': 'contoso.onmicrosoft.com', 'domains': ['contoso.com'],
    'country': 'US', 'clients': [{'client_id': contoso.CLIENT, 'secret': contoso.SECRET, 'roles': 'all'}],
    'subscriptions': [{'id': OLD, 'sku': 'O365_BUSINESS_PREMIUM', 'seats': PEOPLE, 'created': '2024-03-20T00:00:00Z',
                       'ends': f'{TERM_ENDS}T00:00:00Z'}],
    'users': [{'upn': contoso.upn(number), 'name': f'User {number:02}', 'usage_location': 'US',
               'licenses': ['O365_BUSINESS_PREMIUM']} for number in range(PEOPLE)]}


CUSTOMER = textwrap.dedent(f'''\
  version: 1
  customer: contoso
  tenant: {{id: {contoso.TENANT}, domain: contoso.onmicrosoft.com, name: Contoso Ltd}}
  agreement: {{reason: managed-service, agreed_by: jane@contoso.com, agreed_on: 2027-02-25}}
  moves:
    - open:
        sku: SPB
        seats: {PEOPLE}
        programme: csp
        order: {{distributor: Example Distribution, reference: PO-4711, placed_on: 2027-03-01}}
      advisor:
        sku: O365_BUSINESS_PREMIUM
        subscription: {OLD}
        cancel_by: let-expire
      users:
        - holders_of: advisor
  canary: [{contoso.upn(1)}]
  ''')


class Days(harness.TestCase):
  """By a clock that is passed in: it is nine o'clock on 1 March."""

  def setUp(self):
    super().setUp()
    partner = contoso.stranger(contoso.PARTNER, 'Fabrikam Partners', 'fabrikam')
    partner['partner_type'] = 'breadthPartner'
    self.now = datetime.datetime(2027, 3, 1, 9)
    self.t = self.twin({'format': 'seatshift-twin/1', 'tenants': [tenant(), partner]}, clock=f'{self.now.isoformat()}Z')
    contoso.set_up(self.ws, self.t)
    self.ws.write('customers/contoso.yaml', CUSTOMER)
    self.ws.env['SEATSHIFT_CLOCK'] = f'{self.now.isoformat()}Z'

  def on(self, day):
    """It is nine o'clock on that day, for the tenant and for who runs the program."""
    then = datetime.datetime.fromisoformat(f'{day}T09:00:00')
    self.t.control('advance', ms=int((then - self.now).total_seconds() * 1000))
    self.now = then
    self.ws.env['SEATSHIFT_CLOCK'] = f'{then.isoformat()}Z'


class Exit(Days):
  """Seats are tried out while they can be given back: until 8 March, or for seven days once they are bought."""

  def fleet(self, soak):
    self.ws.write('fleet.yaml', f'version: 1\nwaves:\n  - {{name: pilot, customers: [contoso], soak: {soak}}}\n')
    self.ws.git_commit('fleet')

  def warned(self):
    return ' '.join(self.ws.run('plan', 'contoso', expect=harness.OK).err.split())

  def test_in_time(self):
    self.assertNotIn('SS247', self.warned())
    self.fleet('96h')
    self.assertNotIn('SS247', self.warned())
    planned = self.ws.run_json('fleet', 'plan', expect=harness.OK)
    self.assertEqual(planned['warnings'], [])
    self.assertIsNone(self.ws.run_json('fleet', 'status', planned['id'], expect=harness.OK)['members'][0]['exit'])

  def test_the_soak_ends_too_late(self):
    self.fleet('240h')
    says = 'canary and soak end on 2027-03-11 at the earliest, and the seats can be given back until 2027-03-08'
    self.assertIn(f'warning[SS247]: {says}', self.warned())
    # Whoever approves reads it too, as of that day.
    self.assertIn(f'Warning SS247: {says}', ' '.join(self.ws.run('plan', 'contoso', expect=harness.OK).out.split()))
    planned = self.ws.run_json('fleet', 'plan', expect=harness.OK)
    self.assertEqual(planned['warnings'], [{'code': 'SS247', 'customer': 'contoso', 'message': says}])
    self.assertIn(f'contoso: warning[SS247]: {says}',
                  ' '.join(self.ws.run('fleet', 'plan', expect=harness.OK).out.split()))
    self.assertEqual(self.ws.run_json('fleet', 'status', planned['id'], expect=harness.OK)['members'][0]['exit'], says)
    for face in ([], ['--format', 'markdown']):
      self.assertIn(says, ' '.join(self.ws.run('fleet', 'status', planned['id'], *face, expect=harness.OK).out.split()))

  def test_the_wave_begins_too_late(self):
    self.ws.write('fleet.yaml', textwrap.dedent('''\
      version: 1
      waves:
        - {name: pilot, labels: {ring: pilot}, soak: 240h}
        - {name: rest}
      '''))
    self.ws.git_commit('fleet')
    planned = self.ws.run_json('fleet', 'plan', expect=harness.OK)
    self.assertIn('canary and soak end on 2027-03-11', planned['warnings'][0]['message'])

  def test_not_bought_yet(self):
    self.ws.write('customers/contoso.yaml', ''.join(
      line for line in CUSTOMER.splitlines(keepends=True) if 'order: {' not in line))
    self.fleet('240h')
    self.assertIn('SS247]: the soak takes 240 h', self.warned())
    self.assertIn('the seats can be given back for 7 days from their purchase', self.warned())
    self.fleet('168h')
    self.assertNotIn('SS247', self.warned())

  def test_the_days_are_over(self):
    self.on('2027-03-08')
    self.assertNotIn('SS247', self.warned())
    self.on('2027-03-09')
    self.assertIn('SS247]: canary and soak end on 2027-03-09 at the earliest', self.warned())


class Story(Days):

  def status(self):
    answer = self.ws.run_json('status', 'contoso', expect=harness.OK)
    return answer, '\n'.join(answer['waiting_for'])

  def shown(self):
    return ' '.join(self.ws.run('status', 'contoso', expect=harness.OK).out.split())

  def assertStages(self, answer, redeemed, moved, retired):
    stages = answer['stages']
    self.assertEqual((stages['key_in_hand'], stages['redeemed'], stages['users_moved'], stages['retired']),
                     ('needless', redeemed, moved, retired), answer)

  def apply(self, expect=harness.WAITING):
    return self.ws.run('apply', self.plan['id'], '--yes', expect=expect)

  def ends(self):
    """How retire-subscription ended, by the journal: each word on it."""
    retire = self.plan['actions'][-1]['id']
    path = self.ws.repo / 'plans/contoso' / self.plan['id'] / 'journal.jsonl'
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    return [entry['outcome'] for entry in entries if entry['event'] == 'ended' and entry['actions'] == [retire]]

  def begin(self):
    """Until everybody has moved, on 3 March."""
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.apply()
    self.on('2027-03-02')
    self.t.control('provision', tenant=contoso.TENANT, sku='SPB', seats=PEOPLE, by=contoso.PARTNER, id=NEW)
    self.on('2027-03-03')
    self.assertIn('retire-subscription', self.apply().out)

  def attest(self):
    self.ws.run('step', self.plan['id'], 'retire-subscription', '--done', '--note', 'recurring billing is off',
                expect=harness.OK)
    return self.apply(expect=harness.OK)

  def test_each_day(self):
    # 1 March: ordered and planned. What the reviewer sees.
    shown = ' '.join(self.ws.run('plan', 'contoso', expect=harness.OK).out.split())
    for words in ('RECEIVES CSP SPB', 'provisioned by Example Distribution', 'Bought in CSP: 30 seats',
                  'EXIT until 2027-03-08, 7 days more',
                  'to the end of the term on 2027-03-20', 'Left to expire'):
      self.assertIn(words, shown)
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertEqual([warning['code'] for warning in self.plan['warnings']], ['SS204', 'SS215'])
    self.apply()
    answer, waits = self.status()
    self.assertStages(answer, 'no', 0, 'no')
    self.assertEqual(answer['exit'], {'text': 'until 2027-03-08', 'until': '2027-03-08'})
    self.assertIn('the seats to be provisioned', waits)
    self.assertIn('30 people to move before the old term ends on 2027-03-20', waits)
    self.assertIn('recurring billing to be switched off before its term renews on 2027-03-20', waits)
    self.assertFalse(answer['window']['open'])
    self.assertEqual(answer['window']['last_safe_day'], '2027-03-19')

    # 2 March: the distributor is quick, and puts 25 of the 30 there.
    self.on('2027-03-02')
    self.t.control('provision', tenant=contoso.TENANT, sku='SPB', seats=25, by=contoso.PARTNER, id=NEW)
    self.assertIn('only 25 new seats are there, ordered were 30', ' '.join(self.apply().err.split()))
    answer, waits = self.status()
    self.assertStages(answer, 'no', 0, 'no')
    self.assertIn('seen so far: only 25 new seats are there, ordered were 30', waits)
    self.t.control('provision', tenant=contoso.TENANT, sku='SPB', seats=5, by=contoso.PARTNER, subscription=NEW)

    # 3 March: all of them; everybody moves, the canary first.
    self.on('2027-03-03')
    self.assertIn('retire-subscription', self.apply().out)
    held = self.t.licenses(contoso.TENANT)
    self.assertEqual({tuple(licenses) for licenses in held.values()}, {(BUSINESS_PREMIUM,)})
    answer, waits = self.status()
    self.assertStages(answer, 'yes', PEOPLE, 'no')
    self.assertEqual((answer['window']['open'], answer['window']['first_day'], answer['window']['days']),
                     (True, '2027-03-03', 1))
    self.assertIn('exit until 2027-03-08, 5 days more', self.shown())
    self.assertNotIn('to move', waits)
    card = self.ws.run('step', self.plan['id'], 'retire-subscription', expect=harness.OK).out
    self.assertIn('Edit recurring billing > Off', card)
    self.assertIn('least of all what the new order brought', card)
    self.assertIn('Its term ends on 2027-03-20 by Graph', card)

    # 5 March: recurring billing is off, somebody says. Nothing that Graph could show.
    self.on('2027-03-05')
    self.attest()
    answer, waits = self.status()
    self.assertStages(answer, 'yes', PEOPLE, 'attested')
    self.assertIn('what was attested on 2027-03-05: its term ends on 2027-03-20', waits)
    self.assertEqual((answer['window']['open'], answer['window']['days'], answer['window']['last_day'],
                      answer['window']['last_safe_day']), (True, 3, '2027-03-19', None))
    self.assertIn('it ends by itself on 2027-03-20', self.shown())
    self.assertEqual(self.ws.run('drift', 'contoso', '--detailed-exitcode').status, harness.CHANGES)

    # 10 March: what can be given back no more.
    self.on('2027-03-10')
    self.assertIn('exit until 2027-03-08, which is over', self.shown())

    # 20 March: its term is over. It works for 30 days more, and nobody pays for it.
    self.on('2027-03-20')
    answer, waits = self.status()
    self.assertStages(answer, 'yes', PEOPLE, 'attested')
    self.assertIn('Graph to show it as suspended, about 2027-04-19', waits)
    window = answer['window']
    self.assertEqual((window['open'], window['first_day'], window['last_day'], window['days'], window['seat_days']),
                     (False, '2027-03-03', '2027-03-19', 17, 17 * PEOPLE))

    # 19 April: Graph confirms it. A run puts that on record, and then nothing is asked any more.
    self.on('2027-04-19')
    answer, waits = self.status()
    self.assertStages(answer, 'yes', PEOPLE, 'yes')
    self.assertIn('a run that puts on record how 1 action ended: seatshift apply', waits)
    self.assertEqual(self.ends(), ['attested'])
    self.assertIn('done: everything is verified', self.apply(expect=harness.OK).out)
    self.assertEqual(self.ends(), ['attested', 'verified'])
    self.assertIn('carried out before', self.apply(expect=harness.OK).out)
    answer, waits = self.status()
    self.assertStages(answer, 'yes', PEOPLE, 'yes')
    self.assertEqual(waits, '')
    self.assertIn('received yes', self.shown())
    self.assertNotIn('redeemed', self.shown())
    self.assertEqual((answer['window']['last_day'], answer['window']['days']), ('2027-03-19', 17))
    self.assertEqual(self.ws.run('drift', 'contoso', '--detailed-exitcode').status, harness.OK)
    self.assertEqual(self.t.licenses(contoso.TENANT), held, 'nobody lost anything')
    # The plan says the same of it, though its snapshot is of the day on which both ran.
    self.assertIn('BILLED twice from 2027-03-03 to 2027-03-19, 17 days × 30 seats = 510 seat-days; over',
                  ' '.join(self.ws.run('show', self.plan['id'], expect=harness.OK).out.split()))

  def test_it_renews_all_the_same(self):
    """Billing was not off, whatever was said: Graph shows another end, and that is told until it is."""
    self.begin()
    self.attest()
    self.t.control('redeem', tenant=contoso.TENANT, sku='O365_BUSINESS_PREMIUM', subscription=OLD, seats=PEOPLE,
                   ends='2027-04-20T00:00:00Z', **{'as': 'extend-term'})
    self.on('2027-03-22')
    answer, waits = self.status()
    self.assertIn('IT HAS RENEWED: its term was to end on 2027-03-20 and ends on 2027-04-20 now', waits)
    self.assertEqual((answer['window']['open'], answer['window']['days'], answer['window']['last_safe_day']),
                     (True, 20, '2027-04-19'))
    drift = self.ws.run('drift', 'contoso', '--detailed-exitcode')
    self.assertEqual(drift.status, harness.CHANGES)
    self.assertIn('IT HAS RENEWED', ' '.join(drift.out.split()))
    # Whoever applies is told, and nothing opens but by another word: of the term that runs now.
    self.assertIn('IT HAS RENEWED', ' '.join(self.apply().err.split()))
    self.assertEqual(self.ends(), ['attested'])
    self.attest()
    self.assertEqual(self.ends(), ['attested', 'attested'])
    renewed = 'it renewed although it was to expire on 2027-03-20, to 2027-04-20'
    answer, waits = self.status()
    self.assertIn('attested on 2027-03-22: its term ends on 2027-04-20', waits)
    self.assertIn(renewed, waits)
    self.assertEqual((answer['window']['open'], answer['window']['last_day']), (True, '2027-04-19'))
    self.assertIn(renewed, ' '.join(self.ws.run('drift', 'contoso', expect=harness.OK).out.split()))
    self.ws.git_commit('journal')
    self.assertIn(renewed, ' '.join(self.ws.run('history', 'contoso', expect=harness.OK).out.split()))
    # It is over, a month later than it was to be.
    self.on('2027-05-20')
    self.apply(expect=harness.OK)
    self.assertEqual(self.ends(), ['attested', 'attested', 'verified'])
    self.assertEqual(self.status()[0]['window']['last_day'], '2027-04-19')

  def test_people_first(self):
    """Nobody is told to switch billing off before everybody is moved, and no word is taken before."""
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    early = self.ws.run('step', self.plan['id'], 'retire-subscription', '--done', '--note', 'off',
                        expect=harness.DENIED)
    self.assertIn('first receive-seats, ', early.err)
    self.assertIn('receive-seats', self.apply().out)
    self.assertEqual(self.status()[0]['stages']['retired'], 'no')
    cancel_first = CUSTOMER + 'order_of_work: cancel-first\n'
    self.ws.write('customers/contoso.yaml', cancel_first)
    self.assertIn('SS315', self.ws.run('plan', 'contoso', expect=harness.DENIED).err)
    # The term is over, and nobody has moved: there is no time to lose.
    self.ws.write('customers/contoso.yaml', CUSTOMER)
    self.on('2027-03-21')
    self.assertIn('30 people to move, AT ONCE: the old term ended on 2027-03-20', self.status()[1])

  def test_the_clock_is_for_a_twin(self):
    for name in ('SEATSHIFT_GRAPH_URL', 'SEATSHIFT_LOGIN_URL'):
      refused = self.ws.run('status', 'contoso', env={name: 'https://graph.example.com'})
      self.assertEqual(refused.status, harness.INVALID)
      self.assertIn('SEATSHIFT_CLOCK is for a twin alone', refused.err)
    self.assertIn('not a time', self.ws.run('version', env={'SEATSHIFT_CLOCK': 'tomorrow'}, expect=harness.INVALID).err)


if __name__ == '__main__':
  harness.main()
