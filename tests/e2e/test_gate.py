"""The gate before the call to cancel, and the look after it: nobody may lose service, and one read proves nothing."""

import json

import contoso
import harness
from gateway import Gateway
from test_planning import ADELE, ALEX, BIANCA, Planning, customer, document, user

OPEN_SEATS = {'id': '4d0a9f3b-6c1e-4f5d-8a2b-7e3c5d1f9b06', 'sku': 'ENTERPRISEPACK', 'seats': 10, 'created': contoso.CAME, 'ends': contoso.time(367)}


class Gate(Planning):

  def begin(self):
    """Adele and Alex are moved, and the run stands at the gate."""
    doc = document([*(user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)), user(BIANCA)],
                   subscriptions=[*contoso.tenant(0)['subscriptions'], OPEN_SEATS])
    twin = self.start(doc, customer(['holders_of: advisor']))
    plan = self.plan()
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertIn('DO NOT CANCEL', result.err)
    return twin, plan

  def change(self, twin, upn, **changes):
    twin.control('user', tenant=contoso.TENANT, upn=upn, set=changes)

  def closed(self, plan, words, status=harness.PARTIAL):
    """The next run does not show the card, and says why."""
    result = self.ws.run('apply', plan['id'], '--yes', expect=status)
    self.assertNotIn('DO NOT CANCEL', result.err)
    self.assertIn(words, result.err)

  def retired(self, plan):
    """Outcomes of the hand step, as the journal has them."""
    number = next(action['id'] for action in plan['actions'] if action['kind'] == 'retire-subscription')
    path = self.ws.repo / 'plans/contoso' / plan['id'] / 'journal.jsonl'
    return [row['outcome'] for row in map(json.loads, path.read_text().splitlines())
            if row['event'] == 'ended' and row['actions'] == [number]]

  def test_somebody_who_holds_the_sku_since(self):
    twin, plan = self.begin()
    self.change(twin, BIANCA, add=['STANDARDPACK'])
    self.closed(plan, f'1 user still holds its SKU: {BIANCA}')
    # Once nobody does, the card is shown again.
    self.change(twin, BIANCA, remove=['STANDARDPACK'])
    self.assertIn('DO NOT CANCEL', self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING).err)

  def test_somebody_who_lost_the_new_one(self):
    twin, plan = self.begin()
    self.change(twin, ALEX, remove=['ENTERPRISEPACK'])
    self.closed(plan, f'{ALEX} does not hold ENTERPRISEPACK')

  def test_the_new_seats_are_gone(self):
    """Everybody still holds the licence, and is about to lose it: nobody is told to cancel, and it is no success."""
    twin, plan = self.begin()
    new = OPEN_SEATS['id']
    for status in ('Suspended', 'Deleted'):
      twin.control('cancel', tenant=contoso.TENANT, subscription=new, status=status)
      self.closed(plan, '0 seats of ENTERPRISEPACK are left for 2 holders')
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.closed(plan, 'the subscription is retired, but 0 seats of ENTERPRISEPACK are left for 2 holders')
    self.assertNotIn('verified', self.retired(plan))
    twin.control('cancel', tenant=contoso.TENANT, subscription=new, status='Enabled')
    self.ws.run('apply', plan['id'], '--yes', expect=harness.OK)

  def test_whoever_left_the_tenant_loses_nothing_by_it(self):
    twin, plan = self.begin()
    self.change(twin, ALEX, deleted=True)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.OK)

  def test_cancelled_while_somebody_is_without(self):
    """The subscription is gone whatever is said of it: that is no success, and no end."""
    twin, plan = self.begin()
    self.change(twin, ALEX, remove=['ENTERPRISEPACK'])
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.PARTIAL)
    self.assertIn(f'the subscription is retired, but {ALEX} does not hold ENTERPRISEPACK', result.err)
    self.assertEqual(self.retired(plan), ['failed'])
    self.change(twin, ALEX, add=['ENTERPRISEPACK'])
    self.ws.run('apply', plan['id'], '--yes', expect=harness.OK)
    self.assertEqual(self.retired(plan), ['failed', 'verified'])

  def test_two_reads_that_do_not_agree(self):
    """A replica shows it suspended, once: nothing is concluded from it."""
    twin, plan = self.begin()
    seen = []

    def alter(exchange):
      if exchange.method == 'GET' and exchange.path.startswith('/v1.0/directory/subscriptions') and not seen:
        answer = exchange.json()
        for row in answer['value']:
          if row['id'] == contoso.SUBSCRIPTION:
            row['status'] = 'Suspended'
            seen.append(row['id'])
        exchange.put(answer)

    with Gateway(twin, alter) as gateway:
      result = self.ws.run('apply', plan['id'], '--yes', env=gateway.env(), expect=harness.WAITING)
    self.assertTrue(seen)
    self.assertNotIn('verified', result.err)
    self.assertEqual(self.retired(plan), [])

  def test_a_list_without_it_while_its_seats_are_there(self):
    """One answer that lacks it, or lacks everything, does not make it gone: /subscribedSkus counts its seats."""
    twin, plan = self.begin()
    for keeps, left in ((lambda row: row['id'] != contoso.SUBSCRIPTION, 'only it'), (lambda row: False, 'all')):
      def alter(exchange):
        if exchange.method == 'GET' and exchange.path.startswith('/v1.0/directory/subscriptions'):
          answer = exchange.json()
          exchange.put({**answer, 'value': [row for row in answer['value'] if keeps(row)]})

      with self.subTest(lacks=left), Gateway(twin, alter) as gateway:
        result = self.ws.run('apply', plan['id'], '--yes', env=gateway.env(), expect=harness.WAITING)
        self.assertIn('the list of subscriptions is incomplete: 160 seats of STANDARDPACK are enabled, and the '
                      'listed subscriptions have 0', ' '.join(result.err.split()))
        status = self.ws.run('status', 'contoso', '--format', 'json', env=gateway.env())
        self.assertNotEqual(json.loads(status.out)['stages']['retired'], 'done', status.out)
        self.assertEqual(self.retired(plan), [])
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'absent')
    self.ws.run('apply', plan['id'], '--yes', expect=harness.OK)
    self.assertEqual(self.retired(plan), ['verified'])

  def test_another_row_is_not_the_subscription(self):
    """Nor are two rows of it that say two things: one that it is Suspended, the other that it is not."""
    twin, plan = self.begin()
    other = {'id': OPEN_SEATS['id'][:-1] + 'a', 'commerceSubscriptionId': contoso.SUBSCRIPTION, 'status': 'Suspended'}
    for number, (change, keeps, expect) in enumerate((({'status': 'Suspended'}, True, harness.INCOMPLETE),
                                                      (other, True, harness.WAITING), (other, False, harness.WAITING))):

      def alter(exchange):
        if exchange.method == 'GET' and exchange.path.startswith('/v1.0/directory/subscriptions'):
          answer = exchange.json()
          own = next(row for row in answer['value'] if row['id'] == contoso.SUBSCRIPTION)
          others = [row for row in answer['value'] if row is not own]
          exchange.put({**answer, 'value': [{**own, **change}, *([own] if keeps else []), *others]})

      with self.subTest(number), Gateway(twin, alter) as gateway:
        result = self.ws.run('apply', plan['id'], '--yes', env=gateway.env(), expect=expect)
        self.assertEqual(self.retired(plan), [], result.err)
        if expect == harness.INCOMPLETE:
          self.assertIn(f'subscription {contoso.SUBSCRIPTION} is listed twice: Suspended with ', ' '.join(result.err.split()))

  def altered(self, twin, what, change, times=None):
    """A service that says something else of the Advisor SKU, for so many answers."""
    told = []

    def alter(exchange):
      if exchange.method != 'GET' or not exchange.path.startswith(f'/v1.0/{what}') or (times and len(told) >= times):
        return
      answer = exchange.json()
      for row in answer['value']:
        if row['skuPartNumber'] == 'STANDARDPACK':
          change(row)
          told.append(row)
      exchange.put(answer)

    return Gateway(twin, alter)

  def test_a_row_that_the_seats_contradict(self):
    """It is listed as cancelled, and /subscribedSkus counts its seats as before: neither is believed."""
    twin, plan = self.begin()
    for status in ('Suspended', 'LockedOut', 'Deleted'):
      with self.subTest(status), self.altered(twin, 'directory/subscriptions', lambda row: row.update(status=status)) as gateway:
        result = self.ws.run('apply', plan['id'], '--yes', env=gateway.env(), expect=harness.WAITING)
        self.assertIn(f'is listed as {status}, but the tenant still counts its seats: 160 seats of STANDARDPACK are '
                      'enabled, and the listed subscriptions have 0', ' '.join(result.err.split()))
        self.assertEqual(self.retired(plan), [])
        standing = json.loads(self.ws.run('status', 'contoso', '--format', 'json', env=gateway.env()).out)
        self.assertNotEqual(standing['stages']['retired'], 'done', standing)
        again = self.ws.run('plan', 'contoso', env=gateway.env(), expect=harness.INCOMPLETE)
        self.assertRegex(' '.join(again.err.split()), 'the tenant counts 160 seats of STANDARDPACK as enabled that its list of '
                         'subscriptions shows as cancelled|it lacks 160 seats of STANDARDPACK that the tenant counts')

  def test_a_list_that_is_behind_for_a_moment(self):
    """The roll-up has not noticed the cancellation yet: it is asked again, and the run ends."""
    twin, plan = self.begin()
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    units = {'enabled': 160, 'suspended': 0, 'warning': 0, 'lockedOut': 0}
    with self.altered(twin, 'subscribedSkus', lambda row: row.update(prepaidUnits=units), times=1) as gateway:
      self.ws.run('apply', plan['id'], '--yes', env=gateway.env(), expect=harness.OK)
    self.assertEqual(self.retired(plan), ['verified'])
    with self.altered(twin, 'subscribedSkus', lambda row: row.update(prepaidUnits=units)) as gateway:
      drift = self.ws.run('drift', 'contoso', '--detailed-exitcode', env=gateway.env(), expect=harness.CHANGES)
      self.assertIn('listed as Suspended, but the tenant counts its seats as enabled', ' '.join(drift.out.split()))
      undo = self.ws.run('undo', plan['id'], env=gateway.env(), expect=harness.INCOMPLETE)
      self.assertIn('is listed as Suspended, and the tenant counts its seats as enabled', ' '.join(undo.err.split()))

  def test_a_word_for_the_status_that_nobody_knows(self):
    """It is not retired by that."""
    twin, plan = self.begin()

    def alter(exchange):
      if exchange.method == 'GET' and exchange.path.startswith('/v1.0/directory/subscriptions'):
        answer = exchange.json()
        for row in answer['value']:
          row['status'] = 'Resting' if row['id'] == contoso.SUBSCRIPTION else row['status']
        exchange.put(answer)

    with Gateway(twin, alter) as gateway:
      self.ws.run('apply', plan['id'], '--yes', env=gateway.env(), expect=harness.WAITING)
    self.assertEqual(self.retired(plan), [])


if __name__ == '__main__':
  harness.main()
