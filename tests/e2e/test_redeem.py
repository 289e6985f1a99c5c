"""redeem-key: what came of a key is told apart, found where it landed, and kept on record."""

import json

import contoso
import harness
import looking

NEW = 'd1e0c9b8-a7f6-4e5d-8c3b-2a1908f7e6d5'
OPEN = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d'


class Redeeming(looking.Looking):

  def begin(self, redeem_as='new-subscription', there=0, users=None, same_sku=False):
    """A plan that waits for 10 seats; `there` of them came with an Open subscription of before."""
    document = contoso.document(0)
    document['tenants'][0] = looking.tenant()
    if there:
      document['tenants'][0]['subscriptions'].append(
        {'id': OPEN, 'sku': 'ENTERPRISEPACK', 'seats': there, 'created': '2025-12-01T00:00:00Z',
         'ends': contoso.time(63)})
    twin = self.twin(document)
    contoso.set_up(self.ws, twin)
    text = looking.customer(**({'users': users} if users else {}))
    if redeem_as != 'new-subscription':
      text = text.replace('      seats: 10\n', f'      seats: 10\n      redeem_as: {redeem_as}\n')
    if same_sku:
      text = text.replace('sku: ENTERPRISEPACK', 'sku: STANDARDPACK')
    self.ws.write('customers/contoso.yaml', text)
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertIn('waits for a0001 redeem-key', self.apply().out)
    return twin

  def apply(self, *options, expect=harness.WAITING):
    return self.ws.run('apply', self.plan['id'], '--yes', *options, expect=expect)

  def redeem(self, twin, seats=10, sku='ENTERPRISEPACK', **more):
    return twin.control('redeem', tenant=contoso.TENANT, sku=sku, seats=seats, **more)['subscription']

  def journal(self):
    path = self.ws.repo / 'plans/contoso' / self.plan['id'] / 'journal.jsonl'
    return [json.loads(line) for line in path.read_text().splitlines()]

  def assertStillWaits(self, says):
    result = self.apply()
    self.assertIn('waits for a0001 redeem-key', result.out)
    if says:
      self.assertIn(f'Seen so far: {says}', result.err)
    else:
      self.assertNotIn('Seen so far', result.err)
    self.assertNotIn('seems to have landed', result.err)

  def assertVerified(self, says):
    result = self.apply()
    self.assertIn('waits for', result.out)
    self.assertNotIn('redeem-key', result.out)
    entries = self.journal()
    details = [entry['detail'] for entry in entries if entry.get('actions') == ['a0001'] and entry.get('outcome') == 'verified']
    self.assertEqual(len(details), 1, entries)
    self.assertIn(says, details[0])


class Outcomes(Redeeming):

  def test_a_new_subscription(self):
    twin = self.begin()
    self.assertStillWaits(None)
    self.redeem(twin, id=NEW)
    self.assertVerified(f'subscription {NEW} with 10 seats is there')

  def test_an_existing_one_grew(self):
    twin = self.begin(there=5)
    self.redeem(twin, **{'as': 'add-seats'})
    self.assertVerified('an existing subscription grew: 15 seats are there')

  def test_fewer_seats(self):
    twin = self.begin()
    self.redeem(twin, seats=9)
    self.assertStillWaits('only 9 seats are there, planned were 10')
    self.redeem(twin, seats=1)
    self.assertVerified('2 new subscriptions with together 10 seats are there')

  def test_more_seats(self):
    """Another number than was planned is told, where the seats do."""
    twin = self.begin()
    self.redeem(twin, seats=45, id=NEW)
    self.assertVerified(f'subscription {NEW} with 45 seats is there')
    self.assertVerified('that is 35 more than planned: is it another purchase as well?')

  def test_no_extension_but_seats(self):
    twin = self.begin('extend-term', there=10)
    self.redeem(twin, **{'as': 'add-seats'})
    self.assertStillWaits('seats were added, but the end date did not move')

  def test_another_product(self):
    twin = self.begin()
    self.redeem(twin, sku='SPB', id=NEW)
    self.assertStillWaits(f'subscription {NEW} with 10 seats of SPB is new: is it the key of another product?')

  def test_growth_of_what_is_to_be_cancelled_proves_nothing(self):
    twin = self.begin(same_sku=True)
    self.redeem(twin, sku='STANDARDPACK', subscription=contoso.SUBSCRIPTION, **{'as': 'add-seats'})
    self.assertStillWaits(f'the Advisor subscription {contoso.SUBSCRIPTION} has 170 seats instead of 160')
    self.redeem(twin, sku='STANDARDPACK', id=NEW)
    self.assertVerified(f'subscription {NEW} with 10 seats is there')


class Record(Redeeming):
  """Which subscription the key made, and of which order, is known without asking the tenant."""

  def found(self):
    return [entry['found'] for entry in self.journal() if 'found' in entry]

  def test_a_new_subscription(self):
    twin = self.begin()
    self.redeem(twin, id=NEW, ends=contoso.time(341))
    self.assertEqual(self.found(), [])
    self.assertVerified(NEW)
    found, = self.found()
    created = found['subscriptions'][0].pop('created')
    self.assertRegex(created, r'^20\d\d-\d\d-\d\dT')
    self.assertEqual(found, {
      'distributor': 'Example Distribution', 'order': 'PO-4711',
      'subscriptions': [{'ends': contoso.time(341), 'id': NEW, 'part_number': 'ENTERPRISEPACK', 'seats': 10,
                         'sku': contoso.ENTERPRISEPACK}]})
    self.check_shown(twin)

  def check_shown(self, twin):
    asked = twin.counters()['requests']
    line = f'10 × ENTERPRISEPACK, subscription {NEW}, until {contoso.day(341)}; order PO-4711 of Example Distribution'
    status = self.ws.run('status', 'contoso', '--offline', expect=harness.OK)
    self.assertIn(f' found {line} ', status.said)
    self.ws.git_commit('journal')
    self.assertIn(line, self.ws.run('history', 'contoso', expect=harness.OK).said)
    answer = self.ws.run_json('status', 'contoso', '--offline', expect=harness.OK)
    self.assertEqual(answer['found'][0]['subscriptions'][0]['id'], NEW)
    events = self.ws.run_json('history', 'contoso', expect=harness.OK)['plans'][0]['events']
    self.assertEqual([event['found']['order'] for event in events if 'found' in event], ['PO-4711'])
    card = self.ws.run('step', self.plan['id'], 'retire-subscription', expect=harness.OK).out
    self.assertIn(f'{NEW}  10 × ENTERPRISEPACK', card.split('DO NOT CANCEL')[1])
    self.assertEqual(twin.counters()['requests'], asked, 'nothing was asked')

  def test_the_same_sku_offline(self):
    twin = self.begin(same_sku=True)
    self.redeem(twin, sku='STANDARDPACK', id=NEW)
    self.assertVerified(NEW)
    card = self.ws.run('step', self.plan['id'], 'retire-subscription', expect=harness.OK).out
    self.assertIn(f'{NEW}  10 × STANDARDPACK\n       THE SAME SKU', card.split('DO NOT CANCEL')[1])

  def test_what_grew_is_the_one(self):
    twin = self.begin('add-seats', there=5)
    self.redeem(twin, seats=5, **{'as': 'add-seats'})
    self.assertVerified('an existing subscription grew')
    subscription, = self.found()[0]['subscriptions']
    self.assertEqual((subscription['id'], subscription['seats']), (OPEN, 10))
    self.apply()  # the journal reads back


class Misplaced(Redeeming):
  """Nothing came where it was waited for, and something like it did elsewhere."""

  def add_customer(self, name='litware', tenant_id=contoso.OTHER, redeem_as=None, seats=10):
    text = looking.customer().replace('customer: contoso', f'customer: {name}')
    text = text.replace(contoso.TENANT, tenant_id).replace('contoso.onmicrosoft.com', f'{name}.onmicrosoft.com')
    text = text.replace(text[text.index('    advisor:'):text.index('    users:')], '')
    text = text.replace('holders_of: advisor', f'patti.fernandez@{name}.com').replace('seats: 10', f'seats: {seats}')
    self.ws.write(f'customers/{name}.yaml', text)

  def elsewhere(self, twin, tenant, seats=10, **more):
    twin.control('redeem', tenant=tenant, sku='ENTERPRISEPACK', seats=seats, **more)

  def look(self):
    return self.ws.run('step', self.plan['id'], 'redeem-key', '--look', expect=harness.OK).err

  def test_in_the_partners_own_tenant(self):
    twin = self.begin()
    self.assertNotIn('seems to have landed', self.apply().err)
    self.elsewhere(twin, contoso.PARTNER)
    self.assertIn("the key seems to have landed in the partner's own tenant: 'Fabrikam Partners'", self.apply().err)

  def test_in_another_customers_tenant(self):
    twin = self.begin()
    self.add_customer()
    self.elsewhere(twin, contoso.OTHER)
    for said in (self.apply().err, self.look()):
      self.assertRegex(said, "the tenant of customer 'litware'.* 10 × ENTERPRISEPACK, new since 20")
    self.assertEqual(twin.writes(), 0)

  def test_on_a_subscription_that_was_there(self):
    twin = self.begin()
    self.add_customer()
    self.elsewhere(twin, contoso.OTHER, **{'as': 'add-seats'})
    said = self.look()
    self.assertNotIn('seems to have landed', said)
    self.assertIn('2 other tenants have no plan here: only a new subscription would be noticed there', said)
    # Had there been a plan for that customer, what he had would be known.
    twin = self.begin()
    self.add_customer()
    self.ws.run('plan', 'litware', expect=harness.OK)
    self.assertNotIn('seems to have landed', self.look())
    self.elsewhere(twin, contoso.OTHER, seats=9, **{'as': 'add-seats'})
    self.assertNotIn('seems to have landed', self.look())
    self.elsewhere(twin, contoso.OTHER, seats=1, **{'as': 'add-seats'})
    self.assertRegex(self.apply().err, "seems to have landed in the tenant of customer 'litware'.* 15 × ENTERPRISEPACK, "
                                       "where 5 were")

  def test_as_an_extension(self):
    twin = self.begin('extend-term', there=10)
    self.add_customer()
    self.ws.run('plan', 'litware', expect=harness.OK)
    self.assertNotIn('seems to have landed', self.look())
    self.elsewhere(twin, contoso.OTHER, **{'as': 'extend-term'})
    self.assertRegex(self.look(), f"customer 'litware'.* its term ends {contoso.day(367 + 365)} instead of {contoso.day(367)}")

  def test_what_the_other_customers_own_key_brought_is_not_it(self):
    twin = self.begin()
    self.add_customer()
    plan = self.ws.run_json('plan', 'litware', expect=harness.OK)
    self.elsewhere(twin, contoso.OTHER)
    self.assertIn('seems to have landed', self.look())
    self.ws.run('apply', plan['id'], '--yes', expect=harness.OK)
    self.assertNotIn('seems to have landed', self.look())

  def test_what_was_not_looked_at_is_told(self):
    self.begin()
    for number in range(24):
      self.add_customer(f'nobody{number:02}', f'00000000-0000-4000-8000-0000000000{number:02}')
    said = self.look()
    self.assertIn('19 other tenants could not be read', said)
    self.assertIn('5 other tenants were not looked at', said)
    self.assertIn('nowhere that could be looked at', said)

  def partner_was_read(self, twin):
    paths = [row['path'] for row in twin.log()]
    tokens = [at for at, path in enumerate(paths) if contoso.PARTNER in path]
    return tokens and any('directory/subscriptions' in path for path in paths[tokens[0]:])

  def test_while_somebody_waits(self):
    twin = self.begin()
    process = self.ws.start('apply', self.plan['id'], '--yes', '--wait', '17s')
    shown = b''
    while b'Close the private window' not in shown:
      line = process.stderr.readline()
      self.assertTrue(line, shown)
      shown += line
    # Looked at once on arrival: from then on what the partner had is known.
    self.assertTrue(harness.wait_until(lambda: self.partner_was_read(twin)))
    self.elsewhere(twin, contoso.PARTNER, **{'as': 'add-seats'})
    while b'seems to have landed' not in line:
      line = process.stderr.readline()
      self.assertTrue(line, shown)
      shown += line
    self.assertIn("the partner's own tenant: 'Fabrikam Partners'", line.decode())
    self.assertIn('15 × ENTERPRISEPACK, where 5 were', line.decode())
    self.redeem(twin, seats=9)
    result = self.ws.finish(process)
    self.assertEqual(result.status, harness.WAITING, result)
    self.assertIn('Seen so far: only 9 seats are there', result.err)


if __name__ == '__main__':
  harness.main()
