"""A licence that is assigned is not yet a mailbox that works: it is waited for, by name, before anybody cancels."""

import json
import time

import contoso
import harness
from gateway import Gateway
from test_planning import ADELE, ALEX, BIANCA, GROUP, Planning, customer, document, user

SEATS = {'sku': 'ENTERPRISEPACK', 'seats': 200, 'created': contoso.CAME, 'ends': contoso.time(367)}
MAIL, MAIL_PLAN = 'Exchange Online (Plan 2)', 'EXCHANGE_S_ENTERPRISE'
CARD = 'DO NOT CANCEL'


def people_of(exchange):
  """The users of a list, or of a batch's parts."""
  answer = exchange.json()
  rows = answer.get('value', []) + [part.get('body') or {} for part in answer.get('responses', [])]
  return answer, [row for row in rows if 'provisionedPlans' in row]


class Services(Planning):

  def begin(self, people, entries=('holders_of: advisor',), groups=(), **settings):
    doc = document(people, groups, subscriptions=[*contoso.tenant(0)['subscriptions'], SEATS])
    doc['settings'] = {**doc.get('settings', {}), **settings}
    self.twin_now = self.start(doc, customer(entries, seats=200))
    return self.plan()

  def holders(self, **services):
    """Adele and Alex hold the Advisor SKU; Adele's services are in the states given."""
    return [user(ADELE, licenses=['STANDARDPACK'], services=services), user(ALEX, licenses=['STANDARDPACK'])]

  def set_services(self, upn=ADELE, **services):
    self.twin_now.control('user', tenant=contoso.TENANT, upn=upn, set={'services': services})

  def run_apply(self, plan, expect, *options, **more):
    return self.ws.run('apply', plan['id'], '--yes', *options, expect=expect, **more)

  def journal(self, plan):
    path = self.ws.repo / 'plans/contoso' / plan['id'] / 'journal.jsonl'
    return [json.loads(line) for line in path.read_text().splitlines()]

  def swap_of(self, plan, upn):
    return next(action['id'] for action in plan['actions'] if action.get('subject', {}).get('upn') == upn)

  def details_asked(self):
    """Requests for somebody's licence details."""
    return sum(part['path'].split('?')[0].endswith('/licenseDetails')
               for row in self.twin_now.log() for part in row.get('parts', []))

  def finish(self, plan):
    self.twin_now.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.run_apply(plan, harness.OK)


class Mailbox(Services):

  def test_where_all_works_nobody_is_asked_one_by_one(self):
    plan = self.begin(self.holders())
    self.assertIn(CARD, self.run_apply(plan, harness.WAITING).err)
    self.finish(plan)
    self.assertEqual(self.details_asked(), 0)

  def test_one_that_comes_later_is_waited_for(self):
    """The card is shown when the mailboxes are there, in the same run."""
    plan = self.begin(self.holders(), service_setup_ms=5000)
    begun = time.monotonic()
    result = self.run_apply(plan, harness.WAITING)
    self.assertGreater(time.monotonic() - begun, 4)
    seen = f'{ADELE}: {MAIL} is not set up yet (PendingInput); {ALEX}: {MAIL} is not set up yet (PendingInput)'
    said = ' '.join(result.err.split())
    self.assertIn(f'Seen so far: {seen}', said)
    self.assertLess(said.index('Seen so far'), said.index(CARD))
    self.finish(plan)

  def test_one_that_does_not_come_in_time(self):
    """Exit 9 by name, and no card; the next run looks again."""
    plan = self.begin(self.holders(**{MAIL_PLAN: 'PendingInput'}))
    for status in ('PendingInput', 'PendingProvisioning', 'PendingActivation', 'Resting'):
      self.set_services(**{MAIL_PLAN: status})
      with self.subTest(status):
        result = self.run_apply(plan, harness.WAITING, '--deadline', '2s')
        words = 'waits for an administrator to activate it' if status == 'PendingActivation' else 'is not set up yet'
        self.assertIn(f'waits for services: {ADELE}: {MAIL} {words} ({status})', result.said)
        self.assertIn('waiting for Microsoft 365, which is setting up services; apply again', result.said)
        self.assertNotIn(ALEX, result.said.split('waits for services')[1])
        self.assertNotIn(CARD, result.err)
        waits = [row for row in self.journal(plan) if row['event'] == 'waiting'][-1]
        self.assertEqual((waits['actions'], waits['detail']),
                         ([self.swap_of(plan, ADELE)], f'{ADELE}: {MAIL} {words} ({status})'))
    answer = json.loads(self.run_apply(plan, harness.WAITING, '--deadline', '2s', '--format', 'json').out)
    self.assertEqual((answer['outcome'], answer['waiting_for']), ('waiting', [self.swap_of(plan, ADELE)]))
    step = self.ws.run('step', plan['id'], 'retire-subscription', expect=None).said
    self.assertIn(f'DO NOT CANCEL YET: people would lose what they work with. First: Microsoft 365 sets up services ({ADELE}', step)
    waits = self.ws.run_json('status', 'contoso', expect=harness.OK)['waiting_for']
    self.assertIn(f'not yet: first Microsoft 365 sets up services ({ADELE}: {MAIL} is not set up yet (Resting))', waits[0])
    self.set_services()
    self.assertIn(CARD, self.run_apply(plan, harness.WAITING).err)
    self.finish(plan)

  def test_an_error_is_told_by_person_and_service(self):
    """It will not come by itself: exit 10 with what to do, and the retirement waits for it."""
    plan = self.begin(self.holders(**{MAIL_PLAN: 'Error'}))
    for plan_name, words in ((MAIL_PLAN, MAIL), ('SHAREPOINTENTERPRISE', 'SharePoint (Plan 2)')):
      self.set_services(**{plan_name: 'Error'})
      with self.subTest(plan_name):
        result = self.run_apply(plan, harness.PARTIAL)
        self.assertIn(f'{ADELE}: {words} could not be set up (Error); see what the admin centre says of them under '
                      'Users > Active users, correct it, then apply again', result.said)
        self.assertIn(f"next: seatshift apply {plan['id'][:8]}", result.said)
        self.assertNotIn(CARD, result.err)
    self.set_services()
    self.assertIn(CARD, self.run_apply(plan, harness.WAITING).err)
    self.finish(plan)

  def test_one_error_that_is_gone_a_moment_later(self):
    """One look proves nothing."""
    plan = self.begin(self.holders())
    seen = []

    def alter(exchange):
      if seen or b'provisioningStatus' not in exchange.body or exchange.path.startswith('/v1.0/subscribedSkus'):
        return
      if b'licenseDetails' in exchange.body:  # the last that is asked for in a look
        seen.append(exchange.path)
      exchange.body = exchange.body.replace(b'"Success"', b'"Error"')

    with Gateway(self.twin_now, alter) as gateway:
      result = self.run_apply(plan, harness.WAITING, env=gateway.env())
    self.assertTrue(seen)
    self.assertIn(CARD, result.err)

  def test_after_the_subscription_is_gone(self):
    """A mailbox that stopped working meanwhile: neither done, nor over."""
    plan = self.begin(self.holders())
    self.run_apply(plan, harness.WAITING)
    self.set_services(**{MAIL_PLAN: 'PendingInput'})
    self.twin_now.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    result = self.run_apply(plan, harness.WAITING, '--deadline', '6s')
    self.assertIn(f'waits for services: {ADELE}: {MAIL} is not set up yet (PendingInput)', result.said)
    self.set_services(**{MAIL_PLAN: 'Error'})
    result = self.run_apply(plan, harness.PARTIAL)
    self.assertIn(f'the subscription is retired, but {ADELE}: {MAIL} could not be set up (Error)', result.said)
    self.set_services()
    self.run_apply(plan, harness.OK)


class Others(Services):

  def shows_the_card(self, plan):
    """At once: what it would wait for instead does not come."""
    self.assertIn(CARD, self.run_apply(plan, harness.WAITING, '--deadline', '30s').err)

  def test_services_that_wait_for_a_person_hold_nothing_up(self):
    """Intune is not active before an administrator activates it, Viva Engage before somebody uses it."""
    plan = self.begin(self.holders(YAMMER_ENTERPRISE='PendingInput', INTUNE_O365='PendingActivation',
                                   SHAREPOINTENTERPRISE='PendingProvisioning', MCOSTANDARD='PendingInput'))
    self.shows_the_card(plan)
    self.finish(plan)

  def test_a_part_of_exchange_that_holds_no_mail(self):
    """The list has one name for it and for the mailbox: the person's licence details tell them apart, and others that
    they show are not waited for either."""
    people = self.holders(EXCHANGE_S_FOUNDATION='PendingInput', YAMMER_ENTERPRISE='PendingInput', SWAY='PendingActivation')
    people[0]['licenses'].append('FLOW_FREE')
    plan = self.begin(people)
    self.shows_the_card(plan)
    self.assertEqual(self.details_asked(), 1)
    self.finish(plan)

  def test_mail_that_is_switched_off_is_not_waited_for(self):
    plan = self.begin(self.holders(**{MAIL_PLAN: 'PendingInput'}),
                      [f'{{upn: {ADELE}, disable: [{MAIL_PLAN}], lose_mailbox: true}}', f'upn: {ALEX}'])
    self.shows_the_card(plan)
    self.assertEqual(self.details_asked(), 0)

  def test_a_list_that_does_not_show_services(self):
    """Then each is asked for: nothing said is no sign that it works."""
    plan = self.begin(self.holders())

    def alter(exchange):
      if b'provisionedPlans' in exchange.body:
        answer, people = people_of(exchange)
        for row in people:
          del row['provisionedPlans']
        exchange.put(answer)

    with Gateway(self.twin_now, alter) as gateway:
      self.assertIn(CARD, self.run_apply(plan, harness.WAITING, env=gateway.env()).err)
      self.assertEqual(self.details_asked(), 2)
      self.set_services(**{MAIL_PLAN: 'PendingInput'})
      result = self.run_apply(plan, harness.WAITING, '--deadline', '2s', env=gateway.env())
    self.assertIn(f'waits for services: {ADELE}: {MAIL} is not set up yet', result.said)

  def test_who_had_the_new_licence_before(self):
    """Only the old one is taken: what is left has to work as well."""
    people = [user(ADELE, licenses=['STANDARDPACK', 'ENTERPRISEPACK'], services={MAIL_PLAN: 'PendingInput'}),
              user(ALEX, licenses=['STANDARDPACK'])]
    plan = self.begin(people)
    result = self.run_apply(plan, harness.PARTIAL)
    self.assertIn(f'{ADELE}: {MAIL} is not set up yet (PendingInput); the licence that works is kept', result.said)
    self.assertNotIn(CARD, result.err)

  def test_members_of_a_group(self):
    people = [user(ADELE, services={MAIL_PLAN: 'PendingInput'}), user(ALEX), user(BIANCA)]
    plan = self.begin(people, ['group: Sales'],
                      [{'id': GROUP, 'name': 'Sales', 'members': [ADELE, ALEX], 'licenses': ['STANDARDPACK']}])
    result = self.run_apply(plan, harness.WAITING, '--deadline', '4s')
    self.assertIn(f'waits for services: {ADELE}: {MAIL} is not set up yet (PendingInput)', result.said)
    self.assertNotIn(CARD, result.err)
    self.set_services()
    self.assertIn(CARD, self.run_apply(plan, harness.WAITING).err)
    self.finish(plan)

  def test_many(self):
    """A hundred are asked at a time, until somebody's mailbox is found missing; the first few are named."""
    people = [user(f'user{number:03}@contoso.com', licenses=['STANDARDPACK']) for number in range(130)]
    plan = self.begin(people, service_setup_ms=3600000)
    result = self.run_apply(plan, harness.WAITING, '--deadline', '6s')
    self.assertIn('waits for services: user000@contoso.com: ' + MAIL + ' is not set up yet (PendingInput); user001@', result.said)
    self.assertIn('; and 95 more', result.said)
    looks = self.details_asked() / 100
    self.assertEqual(looks, int(looks))
    # Whose services are in error is asked all the same: that names the service.
    self.set_services('user007@contoso.com', TEAMS1='Error', MCOSTANDARD='Error')
    result = self.run_apply(plan, harness.PARTIAL)
    self.assertIn('user007@contoso.com: Microsoft Teams could not be set up (Error); user007@contoso.com: Skype for Business '
                  'Online (Plan 2) could not be set up (Error); see', result.said)
    self.assertLessEqual(self.details_asked(), (looks + 3) * 100)
    self.set_services('user007@contoso.com')
    self.twin_now.control('settings', service_setup_ms=0)
    self.assertIn(CARD, self.run_apply(plan, harness.WAITING).err)
    self.finish(plan)

  def test_many_whose_mail_works(self):
    """What the list leaves in doubt holds nobody up, however many they are."""
    people = [user(f'user{number:03}@contoso.com', licenses=['STANDARDPACK', 'FLOW_FREE'],
                   services={'EXCHANGE_S_FOUNDATION': 'PendingInput'}) for number in range(102)]
    plan = self.begin(people)
    self.assertIn(CARD, self.run_apply(plan, harness.WAITING).err)
    self.assertEqual(self.details_asked(), 102)

  def look_through(self, alter_row, people):
    """Adele's mailbox is pending, and each list is altered."""
    def alter(exchange):
      if b'provisionedPlans' in exchange.body:
        answer, rows = people_of(exchange)
        for row in rows:
          row['provisionedPlans'] = [kept for kept in row['provisionedPlans'] if alter_row(kept)]
        exchange.put(answer)
    people[0]['services'] = {MAIL_PLAN: 'PendingInput'}
    plan = self.begin(people)
    with Gateway(self.twin_now, alter) as gateway:
      result = self.run_apply(plan, harness.WAITING, '--deadline', '4s', env=gateway.env())
    self.assertIn(f'{ADELE}: {MAIL} is not set up yet (PendingInput)', result.said)
    self.assertNotIn(CARD, result.err)

  def test_a_row_of_another_plan_is_no_mailbox(self):
    """The list says of which service a row is, and not of which plan: here only the foundation's is shown."""
    people = self.holders()
    people[0]['licenses'].append('FLOW_FREE')
    self.look_through(lambda row: row['service'] != 'exchange' or row['provisioningStatus'] == 'Success', people)

  def test_a_row_that_is_suspended(self):
    def suspend(row):
      if row['service'] == 'exchange' and row['provisioningStatus'] != 'Success':
        row['capabilityStatus'] = 'Suspended'
      return True
    people = self.holders()
    people[0]['licenses'].append('FLOW_FREE')
    self.look_through(suspend, people)

  def test_what_works_is_kept_until_the_new_one_does(self):
    """Nothing is given to who has the new licence already, so the old one goes when the new mailbox is there."""
    people = [user(ADELE, licenses=['STANDARDPACK', 'ENTERPRISEPACK'], services={MAIL_PLAN: 'Error'}),
              user(ALEX, licenses=['STANDARDPACK'])]
    plan = self.begin(people)
    result = self.run_apply(plan, harness.PARTIAL)
    self.assertIn(f'{ADELE}: {MAIL} could not be set up (Error); the licence that works is kept until then', result.said)
    self.assertEqual(len(self.twin_now.licenses(contoso.TENANT)[ADELE]), 2)
    self.set_services()
    self.assertIn(CARD, self.run_apply(plan, harness.WAITING).err)
    self.assertEqual(len(self.twin_now.licenses(contoso.TENANT)[ADELE]), 1)


if __name__ == '__main__':
  harness.main()
