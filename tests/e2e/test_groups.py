"""A group is its members: its swap is checked, verified, and asked about again, person by person."""

import hashlib
import json
import time

import contoso
import harness
from grouped import ANOTHER, CAREY, E3, Grouped, world
from test_planning import ADELE, ALEX, BIANCA, GROUP, customer, user


class Members(Grouped):

  def test_seats_taken_since_the_plan(self):
    """Counted again before the first write, with the arithmetic; nothing is sent."""
    twin, plan = self.begin(world(3), 3)
    self.take_a_seat(twin)
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.STALE)
    self.assertIn('its members need 3 seats of ENTERPRISEPACK, and 2 of 3 are free (short by 1)', result.err)
    self.assertEqual(twin.writes(), 0)

  def test_two_groups_of_one_wave_share_the_seats(self):
    doc = world(4, members=[ADELE, ALEX], others=[BIANCA, CAREY])
    doc['tenants'][0]['groups'].append({'id': ANOTHER, 'name': 'Field', 'members': [BIANCA, CAREY],
                                        'licenses': ['STANDARDPACK']})
    doc['tenants'][0]['users'].append(user('debra.berger@contoso.com'))
    twin, plan = self.begin(doc, 4, ['group: Sales', 'group: Field'])
    self.take_a_seat(twin, 'debra.berger@contoso.com')
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.STALE)
    self.assertIn('need 4 seats of ENTERPRISEPACK, and 3 of 4 are free', result.err)
    self.assertEqual(twin.writes(), 0)

  def test_a_group_that_is_called_otherwise_now(self):
    """It was reviewed under another name: before the first write, and between the look and the write."""
    twin, plan = self.begin(world(10), 10)
    twin.control('group', tenant=contoso.TENANT, group='Sales', name='Executives')
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.STALE)
    self.assertIn("renamed since the plan: the group is now 'Executives'; plan again", result.err)
    self.assertEqual(twin.writes(), 0)
    twin.control('group', tenant=contoso.TENANT, group='Executives', name='Sales')
    body = json.dumps({'tenant': contoso.TENANT, 'group': 'Sales', 'name': 'Board'})
    twin.control('fault', kind='meanwhile', call='group', body=body,
                 match={'method': 'GET', 'path': '/groups/*/members/*', 'nth': 2})
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.PARTIAL)
    self.assertIn("the group is now 'Board'", result.err)
    self.assertEqual(twin.writes(), 0)

  def test_a_member_who_joined(self):
    """Between plan and apply: served like the others, by the seats that there are."""
    twin, plan = self.begin(world(10), 10)
    twin.control('group', tenant=contoso.TENANT, group='Sales', add=[CAREY])
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertEqual(self.ended(plan), ('verified', '4 of 4 members are served'))

  def test_a_group_of_one(self):
    twin, plan = self.begin(world(10, members=[ADELE]), 10)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertEqual(self.ended(plan), ('verified', '1 of 1 member is served'))

  def test_a_member_who_left(self):
    """Between plan and apply: the swap is verified for those who are in the group, and the table says who is not."""
    twin, plan = self.begin(world(10), 10)
    twin.control('group', tenant=contoso.TENANT, group='Sales', remove=[BIANCA])
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertEqual(self.ended(plan), ('verified', '2 of 2 members are served'))
    self.assertEqual(self.rows(plan), {'Sales': 'verified', ADELE: 'verified', ALEX: 'verified', BIANCA: 'stale'})

  def test_a_group_that_is_still_processed(self):
    """Waited for by name; never throttled, never verified."""
    twin, plan = self.begin(world(10, group_processing_ms=3600000), 10)
    for _ in range(2):
      result = self.ws.run('apply', plan['id'], '--yes', '--deadline', '6s', expect=harness.WAITING)
      self.assertIn("waiting for group 'Sales', which is being processed by Microsoft 365", result.out + result.err)
      self.assertIn("waiting for Microsoft 365, which is processing group 'Sales'", ' '.join(result.out.split()))
      self.assertNotRegex(result.out + result.err, 'throttled|a person')
      self.assertEqual(self.ended(plan), (None, None))
    self.assertEqual(set(self.rows(plan).values()), {'waiting'})
    answer = json.loads(self.ws.run('apply', plan['id'], '--yes', '--deadline', '3s', '--format', 'json',
                                    expect=harness.WAITING).out)
    self.assertEqual(answer['outcome'], 'waiting')
    row = next(row for row in answer['actions'] if row['kind'] == 'swap-group-license')
    self.assertEqual((row['outcome'], answer['waiting_for']), ('waiting', [row['id']]))
    self.assertEqual(twin.writes(), 1)
    # Whoever looks meanwhile is told the same: plan, status and drift.
    told = self.ws.run('plan', 'contoso', expect=harness.INCOMPLETE).err
    self.assertIn("error[SS336]: group 'Sales' is being processed by Microsoft 365 (", told)
    self.assertEqual(told.count('SS336'), 1, told)
    self.assertNotIn('SS330', told)
    for args in ((), ('--offline',)):
      waits = self.ws.run_json('status', 'contoso', *args, expect=harness.OK)['waiting_for']
      self.assertRegex(waits[0], r"^group 'Sales', which (is|was) being processed by Microsoft 365 .*; asked for on "
                                 rf'20\d\d-\d\d-\d\d at \d\d:\d\d UTC: wait, then seatshift apply {plan["id"][:8]}$')
      self.assertFalse([line for line in waits if 'to move' in line], waits)
    drift = self.ws.run_json('drift', 'contoso', expect=harness.OK)['differences']
    self.assertEqual([(item['kind'], item['subject']) for item in drift], [('group', 'Sales')], drift)
    self.assertIn('is being processed by Microsoft 365', drift[0]['what'])
    self.assertRegex(drift[0]['since'], '^20')

  def test_a_listed_group_that_somebody_else_changed(self):
    """The licence is on its way through the group: nobody is given it directly beside that."""
    doc = world(10, group_processing_ms=3600000)
    doc['tenants'][0]['groups'][0]['licenses'] = []
    twin = self.start(doc, customer(['group: Sales']))
    body = {'addLicenses': [{'skuId': E3, 'disabledPlans': []}], 'removeLicenses': []}
    status, _ = twin.request('POST', f'/v1.0/groups/{GROUP}/assignLicense', body,
                             self.signed_in(twin))
    self.assertEqual(status, 202)
    told = self.ws.run('plan', 'contoso', expect=harness.INCOMPLETE).err
    self.assertIn("error[SS336]: group 'Sales' is being processed by Microsoft 365 (", told)
    twin.control('advance', ms=3600000)
    self.assertNotIn('assign-license', [action['kind'] for action in self.plan()['actions']])

  def test_processing_takes_its_time(self):
    twin, plan = self.begin(world(10, group_processing_ms=4000), 10)
    begun = time.monotonic()
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertGreater(time.monotonic() - begun, 3)
    self.assertEqual(self.ended(plan), ('verified', '3 of 3 members are served'))
    self.assertEqual(self.rows(plan), dict.fromkeys(('Sales', ADELE, ALEX, BIANCA), 'verified'))
    moved = self.ws.run_json('status', 'contoso', expect=harness.OK)['stages']
    self.assertEqual((moved['users_moved'], moved['users']), (3, 3))

  def test_the_gate_asks_the_members_again(self):
    """Between the swap and the call to cancel, one of them loses the licence."""
    twin, plan = self.begin(world(10), 10)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    # The group processes again, and one of its members is refused.
    twin.control('user', tenant=contoso.TENANT, upn=BIANCA, set={'add': ['MIDSIZEPACK']})
    twin.control('group', tenant=contoso.TENANT, group='Sales', remove=[BIANCA])
    twin.control('group', tenant=contoso.TENANT, group='Sales', add=[BIANCA])
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.PARTIAL)
    self.assertIn(f'{BIANCA}: ENTERPRISEPACK is not active', result.out + result.err)
    drift = self.ws.run_json('drift', 'contoso', expect=None)
    self.assertIn(BIANCA, [item['subject'] for item in drift['differences']], drift)
    # A subscription that is gone all the same is no success.
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.PARTIAL)
    self.assertIn(f'{BIANCA}: ENTERPRISEPACK is not active', result.out + result.err)
    self.assertNotIn('everything is verified', result.out + result.err)
    # The cause is mended: the run has the service try again, and goes on.
    twin.control('user', tenant=contoso.TENANT, upn=BIANCA, set={'remove': ['MIDSIZEPACK']})
    self.ws.run('apply', plan['id'], '--yes', expect=harness.OK)
    self.assertEqual(self.ended(plan), ('verified', '3 of 3 members are served'))

  def test_a_seat_that_is_taken_back_while_a_person_is_awaited(self):
    """The gate opens again within one run: there is a seat for the member by then."""
    twin, plan = self.begin(world(3), 3)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.control('group', tenant=contoso.TENANT, group='Sales', remove=[BIANCA])
    self.take_a_seat(twin)
    twin.control('group', tenant=contoso.TENANT, group='Sales', add=[BIANCA])
    self.seats(twin, 1)
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertEqual(self.ended(plan), ('verified', '3 of 3 members are served'))
    self.assertIn('retire-subscription', result.out)
    self.assertEqual(len(self.reprocessed(twin)), 1)

  def test_a_protected_member(self):
    """In the group since the plan: the group is not sent."""
    twin = self.start(world(10), customer(['group: Sales']))
    self.ws.write('seatshift.yaml', contoso.POLICY + f'protected: [{CAREY}]\n')
    self.ws.git_commit('policy: protect an account')
    plan = self.plan()
    twin.control('group', tenant=contoso.TENANT, group='Sales', add=[CAREY])
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.STALE)
    self.assertIn(f"its member '{CAREY}' is protected", result.err)
    self.assertEqual(twin.writes(), 0)

  def test_a_protected_member_of_a_group_that_was_announced(self):
    """A run was killed between its journal and its request; somebody joins before the next one."""
    twin = self.start(world(10), customer(['group: Sales']))
    self.ws.write('seatshift.yaml', contoso.POLICY + f'protected: [{CAREY}]\n')
    self.ws.git_commit('policy: protect an account')
    plan = self.plan()
    action = next(action['id'] for action in plan['actions'] if action['kind'] == 'swap-group-license')
    lines = [{'by': 'adele@desk', 'customer': 'contoso', 'digest': plan['digest'], 'event': 'run-begin',
              'format': 'seatshift-journal/1', 'tenant': contoso.TENANT},
             {'actions': [action], 'by': 'adele@desk', 'event': 'write'}]
    previous, text = None, ''
    for number, entry in enumerate(lines, 1):
      line = json.dumps({**entry, 'at': '2026-11-29T12:00:00.000Z', 'prev': previous, 'run': 'r1', 'seq': number},
                        sort_keys=True, separators=(',', ':'))
      previous = 'sha256:' + hashlib.sha256(line.encode()).hexdigest()
      text += line + '\n'
    (self.ws.repo / 'plans/contoso' / plan['id'] / 'journal.jsonl').write_text(text)
    twin.control('group', tenant=contoso.TENANT, group='Sales', add=[CAREY])
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.PARTIAL)
    self.assertIn(f"its member '{CAREY}' is protected", result.out + result.err)
    self.assertEqual(twin.writes(), 0)

  def test_many_members(self):
    """Pages, not people, are asked for."""
    members = [f'user{number:04}@contoso.com' for number in range(5000)]
    doc = world(5100, members=members)
    doc['tenants'][0]['subscriptions'][0]['seats'] = 5100
    twin = self.start(doc, customer(['group: Sales'], seats=5100))
    asked = {}

    def counted(name, *args, **options):
      before = twin.counters()['requests']
      result = self.ws.run(*args, **options)
      asked[name] = twin.counters()['requests'] - before
      return result

    plan = counted('plan', 'plan', 'contoso', '--format', 'json', expect=harness.OK).json
    counted('apply', 'apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertEqual(self.ended(plan), ('verified', '5000 of 5000 members are served'))
    stages = counted('status', 'status', 'contoso', '--format', 'json', expect=harness.OK).json['stages']
    self.assertEqual((stages['users_moved'], stages['users']), (5000, 5000))
    counted('drift', 'drift', 'contoso', expect=harness.OK)
    self.assertTrue(all(number < 75 for number in asked.values()), asked)


if __name__ == '__main__':
  harness.main()
