"""The commands that only look: verify, explain, status, drift, discover. None of them ever writes."""

import datetime
import json
import pathlib
import re
import shutil

import contoso
import harness
import plan_file
from looking import HOLDERS, RETIRE_BY, Looking, customer, tenant


class Verify(Looking):

  def test_verifies_without_a_network(self):
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    requests = twin.counters()['requests']
    nowhere = {'SEATSHIFT_GRAPH_URL': 'http://127.0.0.1:1', 'SEATSHIFT_LOGIN_URL': 'http://127.0.0.1:1',
               'AZURE_CLIENT_SECRET': ''}
    answer = self.ws.run_json('verify', plan['id'], env=nowhere, expect=harness.OK)
    self.assertEqual((answer['plan'], answer['ok'], answer['proved_prefixes'], answer['journal']),
                     (plan['id'], True, plan['proof']['prefixes'], None))
    self.assertIn('byte for byte', self.ws.run('verify', plan['id'][:6], env=nowhere, expect=harness.OK).out)
    self.assertEqual(twin.counters()['requests'], requests)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertGreater(self.ws.run_json('verify', plan['id'], expect=harness.OK)['journal']['lines'], 1)

  def edit(self, plan, change):
    """Edits a plan and gives it the digest, id and folder that fit the edited bytes."""
    import hashlib
    folder = self.folder(plan)
    value = json.loads((folder / 'plan.json').read_text())
    change(value)
    data = plan_file.encode(value)
    target = folder.parent / hashlib.sha256(data).hexdigest()[:12]
    target.mkdir()
    (target / 'plan.json').write_bytes(data)
    (target / 'snapshot.json').write_bytes((folder / 'snapshot.json').read_bytes())
    return target.name

  def test_an_edited_plan_is_refused_with_the_difference(self):
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)

    def swap(value):
      actions = value['actions']
      actions[1], actions[2] = actions[2], actions[1]

    def sku(value):
      shape = value['shapes'][value['actions'][1]['shape']]
      shape['change']['add'][0]['sku'] = contoso.FLOW_FREE

    cases = {'two actions reordered': (swap, 'the planner makes'),
             'a user taken out': (lambda value: value['actions'].pop(1), 'the planner makes'),
             'another SKU': (sku, contoso.FLOW_FREE),
             'a dependency': (lambda value: value['actions'][-1].update(after=[]), '"after":[]'),
             'a user added': (lambda value: value['actions'].insert(2, {**value['actions'][2], 'id': 'a0099'}), "'a0099 swap"),
             'a count': (lambda value: value['summary'].update(users_changed=3),
                         f'summary.users_changed is 3 where the planner makes {HOLDERS}'),
             'seats': (lambda value: value['summary']['moves'][0]['open'].update(seats=11),
                       'summary.moves[0].open.seats is 11 where the planner makes 10'),
             'a domain': (lambda value: value['tenant'].update(domain='litware.com'), 'tenant.domain is "litware.com" where '
                          'the planner makes "contoso.onmicrosoft.com"'),
             'no warnings': (lambda value: value.update(warnings=[]), 'warnings has 0 entries where the planner makes'),
             'a choice of services': (lambda value: value['switched_off'].__setitem__(0, [0]), "'switched_off' is not"),
             'a choice that there is not': (lambda value: value['actions'][1].update(off=[7]), "'off' is not"),
             'no choice': (lambda value: value['actions'][1].pop('off'), "'off' is not"),
             'a reason that there is not': (lambda value: value['actions'][1].update(reason=7), "'reason' is not"),
             'a shape that there is not': (lambda value: value['actions'][1].update(shape=-1), "'shape' is not"),
             'a wave': (lambda value: value['actions'][0].update(wave=7), '"wave":7'),
             'a digest': (lambda value: value['policy'].update(digest='sha256:' + '0' * 64), 'seatshift.yaml')}
    for name, (change, words) in cases.items():
      with self.subTest(name):
        edited = self.edit(plan, change)
        for command in (['verify', edited], ['apply', edited, '--yes']):
          result = self.ws.run(*command)
          self.assertIn(result.status, (harness.INVALID, harness.STALE), result)
          self.assertIn(words, result.err)

  def test_edited_bytes_and_journal(self):
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    path = self.folder(plan) / 'journal.jsonl'
    whole = path.read_text()
    lines = whole.splitlines(True)
    path.write_text(lines[0].replace('"seq":1', '"seq":2') + ''.join(lines[1:]))
    self.assertIn('journal', self.ws.run('verify', plan['id'], expect=harness.INVALID).err)
    path.write_text(whole)
    self.ws.run('verify', plan['id'], expect=harness.OK)
    bytes_before = (self.folder(plan) / 'plan.json').read_bytes()
    (self.folder(plan) / 'plan.json').write_bytes(bytes_before.replace(b'adele.vance', b'alice.vance', 1))
    self.assertIn('edited', self.ws.run('verify', plan['id'], expect=harness.INVALID).err)

  def test_a_changed_wish_is_stale(self):
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.ws.write('customers/contoso.yaml', customer(retire_by='2099-12-30'))
    self.assertIn('customers/contoso.yaml', self.ws.run('verify', plan['id'], expect=harness.STALE).err)


class NothingIsWritten(Looking):

  def test_commands_that_look(self):
    """Before a move, in the middle of it, and after: every method but GET is counted, in batches too."""
    twin = self.start()
    commands = [['plan', 'contoso'], ['status'], ['status', 'contoso'], ['drift', 'contoso'], ['doctor', 'contoso'],
                ['discover', '--tenant', contoso.TENANT], ['history', 'contoso'], ['validate'], ['verify'], ['show'],
                ['step'], ['step', 'redeem-key', '--look']]

    def look(begun=True):
      plan = max((self.ws.repo / 'plans/contoso').glob('*/plan.json'), key=lambda path: path.stat().st_mtime).parent.name
      before = twin.writes()
      for name, *words in commands:
        result = self.ws.run(name, *([plan] if name in ('verify', 'show', 'step') else []), *words)
        if name != 'drift' or begun:
          self.assertIn(result.status, (harness.OK, harness.DENIED, harness.STALE), result)
        self.assertEqual(twin.writes(), before, name)
      return plan
    self.ws.run('plan', 'contoso', expect=harness.OK)
    plan = look(begun=False)
    self.ws.run('apply', plan, '--yes', expect=harness.WAITING)
    look()
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.ws.run('apply', plan, '--yes', expect=harness.WAITING)
    self.assertEqual(twin.writes(), HOLDERS, 'the counter counts')
    look()


class Explain(Looking):

  def test_every_code_is_explained(self):
    codes = self.ws.run_json('explain', expect=harness.OK)['codes']
    self.assertGreater(len(codes), 60)
    for row in codes:
      answer = self.ws.run_json('explain', row['code'], expect=harness.OK)
      self.assertEqual((answer['code'], answer['title']), (row['code'], row['title']))
      self.assertGreater(len(answer['explanation']), 80, row)
    text = self.ws.run('explain', expect=harness.OK).out
    self.assertTrue(all(row['title'] in text for row in codes))

  def test_every_code_is_said_by_something(self):
    """A code that nothing produces explains what cannot happen. What is said is pinned elsewhere: here, that it is."""
    tests = pathlib.Path(__file__).parent.parent
    pinned = [*tests.glob('golden/*/*/*.txt'), *tests.glob('e2e/test_*.py')]
    said = set(re.findall(r'SS\d+', ' '.join(path.read_text() for path in pinned if path.name != 'test_looking.py')))
    codes = {row['code'] for row in self.ws.run_json('explain', expect=harness.OK)['codes']}
    # A plan that its own proof refuses is a mistake of the planner: tests/unit/test_simulate.c makes some.
    self.assertEqual(codes - said, {'SS321'})

  def test_ways_of_writing_a_code(self):
    texts = {self.ws.run('explain', code, expect=harness.OK).out for code in ('SS106', 'ss106', '106')}
    self.assertEqual(len(texts), 1)
    for wrong in ('SS999', 'SSS106', 'S106', '', '106x', 'unknown key'):
      with self.subTest(wrong):
        self.assertIn('seatshift explain', self.ws.run('explain', wrong, expect=harness.INVALID).err)


class Status(Looking):

  def status(self, *options, **more):
    return self.ws.run_json('status', 'contoso', *options, **more)

  def test_before_anything(self):
    self.start(agreement=False, order=False)
    answer = self.status('--offline', expect=harness.OK)
    self.assertEqual(answer['stages'], {'agreed': 'no', 'ordered': 'no', 'key_in_hand': 'no', 'redeemed': 'unknown',
                                        'retired': 'unknown', 'users': None, 'users_moved': 0})
    self.assertEqual(answer['waiting_for'],
                     ["the customer's agreement", 'the order with a distributor', 'the product key'])
    self.assertIsNone(answer['window'])
    answer = self.status(expect=harness.OK)
    self.assertEqual((answer['stages']['redeemed'], answer['stages']['retired']), ('no', 'no'))

  def test_the_whole_way(self):
    twin = self.start()
    self.assertIn('plan', self.status('--offline', expect=harness.OK)['waiting_for'][0])
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    answer = self.status(expect=harness.OK)
    self.assertEqual(answer['stages'], {'agreed': 'yes', 'ordered': 'yes', 'key_in_hand': 'yes', 'redeemed': 'no',
                                        'retired': 'no', 'users': HOLDERS, 'users_moved': 0})
    self.assertEqual((answer['window']['open'], answer['window']['first_day'], answer['window']['days']),
                     (False, None, 0))
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.assertEqual(self.status(expect=harness.OK)['stages']['redeemed'], 'yes', 'seen before apply wrote it down')
    self.assertEqual(self.status('--offline', expect=harness.OK)['stages']['redeemed'], 'no')
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    for options in ([], ['--offline']):
      answer = self.status(*options, expect=harness.OK)
      self.assertEqual((answer['stages']['users_moved'], answer['stages']['users']), (HOLDERS, HOLDERS))
      window = answer['window']
      self.assertEqual((window['open'], window['first_day'], window['days'], window['seat_days'],
                        window['last_safe_day'], window['retire_by_passed']),
                       (True, today, 1, contoso.SEATS_ADVISOR, RETIRE_BY, False))
      self.assertEqual(len(answer['waiting_for']), 1)
      self.assertIn('retire-subscription', answer['waiting_for'][0])
    self.assertIn(f'twice since {today}', self.ws.run('status', 'contoso', '--offline', expect=harness.OK).out)
    self.assertIn(f'twice since {today}', self.ws.run('show', plan['id'], expect=harness.OK).out)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.assertEqual(self.status(expect=harness.OK)['stages']['retired'], 'yes')
    self.ws.run('apply', plan['id'], '--yes', expect=harness.OK)
    shown = self.ws.run('show', plan['id'], expect=harness.OK).out
    self.assertNotIn('Needs your decision', shown)
    self.assertRegex(shown, r'(?s)\n  Done:\n  - Redeemed for good: .*\n  - Cancelled: ')
    written = twin.writes()
    answer = self.status(expect=harness.OK)
    self.assertEqual((answer['stages']['retired'], answer['waiting_for'], answer['window']['open'],
                      answer['window']['last_day']), ('yes', [], False, today))
    self.assertEqual(twin.writes(), written, 'status writes nothing')

  def test_offline_asks_nothing(self):
    twin = self.start()
    self.ws.run_json('plan', 'contoso', expect=harness.OK)
    requests = twin.counters()['requests']
    self.status('--offline', expect=harness.OK)
    self.ws.run('status', '--offline', expect=harness.OK)
    self.assertEqual(twin.counters()['requests'], requests)

  def test_errors_of_one_are_errors_of_many_are_lines(self):
    self.start()
    no_secret = {'AZURE_CLIENT_SECRET': ''}
    self.ws.run('status', 'contoso', env=no_secret, expect=harness.AUTH)
    self.ws.write('customers/broken.yaml', 'version: 1\n')
    result = self.ws.run_json('status', env=no_secret, expect=harness.INVALID)
    rows = {row['customer']: row for row in result['customers']}
    self.assertEqual(rows['broken']['error']['name'], 'invalid')
    self.assertEqual((rows['contoso']['error']['name'], rows['contoso']['facts']), ('auth', 'files'))
    self.assertEqual(rows['contoso']['stages']['agreed'], 'yes')
    text = self.ws.run('status', '--offline', expect=harness.INVALID).out
    self.assertRegex(text, r'(?m)^broken\n +error: ')
    self.assertRegex(text, r'(?m)^contoso +yes +yes +yes +unknown')

  def test_late(self):
    twin = self.start(retire_by=contoso.day(-19))
    plan = self.ws.run_json('plan', 'contoso')
    if 'id' in plan:
      self.assertTrue(self.status(expect=harness.OK)['window']['retire_by_passed'])
    self.assertEqual(twin.writes(), 0)


class Drift(Looking):

  def drift(self, expect=harness.OK):
    written = self.twin_now.writes()
    answer = self.ws.run_json('drift', 'contoso', '--detailed-exitcode', expect=expect)
    self.assertEqual(self.twin_now.writes(), written, 'drift writes nothing')
    return answer

  def change(self, twin, upn, **changes):
    twin.control('user', tenant=contoso.TENANT, upn=upn, set=changes)

  def kinds(self, answer):
    return [(row['kind'], row['subject']) for row in answer['differences']]

  def start(self, **changes):
    self.twin_now = super().start(**changes)
    return self.twin_now

  def test_nothing_begun(self):
    self.start()
    self.ws.run_json('plan', 'contoso')
    self.assertIn('begun', self.ws.run('drift', 'contoso', expect=harness.INVALID).err)

  def test_what_is_pending_is_no_difference(self):
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    answer = self.drift()
    self.assertEqual((answer['differences'], answer['pending']), ([], len(plan['actions'])))
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    answer = self.drift()
    self.assertEqual((answer['differences'], answer['pending'], answer['window']['open']), ([], 1, True))

  def test_who_is_still_to_be_moved_and_changed(self):
    """What apply refuses is not called well, and it is not apply that is named."""
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.change(twin, 'adele.vance@contoso.com', remove=['STANDARDPACK'])
    (row,) = self.drift(harness.CHANGES)['differences']
    self.assertEqual((row['kind'], row['subject']), ('stale', 'adele.vance@contoso.com'))
    self.assertIn('does not hold STANDARDPACK', row['what'])
    self.change(twin, 'alex.wilber@contoso.com', deleted=True)
    answer = self.drift(harness.CHANGES)
    self.assertEqual(sorted(self.kinds(answer)), [('stale', 'adele.vance@contoso.com'), ('stale', 'alex.wilber@contoso.com')])
    self.assertEqual(answer['pending'], len(plan['actions']))
    text = self.ws.run('drift', 'contoso', expect=harness.OK).said
    self.assertIn('would be refused: the user is gone', text)
    self.assertNotIn('as the plan left it', text)
    self.assertRegex(text, r'actions of the plan to be done, or to be put on record: seatshift plan contoso')
    self.ws.run('apply', plan['id'], '--yes', expect=harness.STALE)

  def test_a_finished_plan_and_what_moved_since(self):
    twin = self.start()
    plan = self.move_all(twin)
    answer = self.drift()
    self.assertEqual((answer['differences'], answer['pending'], answer['plan']), ([], 0, plan['id']))
    self.assertIn('as the plan left it', self.ws.run('drift', 'contoso', expect=harness.OK).out)

    self.change(twin, 'adele.vance@contoso.com', remove=['ENTERPRISEPACK'])
    answer = self.drift(harness.CHANGES)
    self.assertEqual(self.kinds(answer), [('user', 'adele.vance@contoso.com')])
    self.assertIn('no longer holds ENTERPRISEPACK', answer['differences'][0]['what'])
    self.ws.run('drift', 'contoso', expect=harness.OK)  # without the option it is only told

  def test_a_subscription_that_lives_again_and_new_holders(self):
    twin = self.start()
    self.move_all(twin)
    twin.control('cancel', tenant=contoso.TENANT, subscription=contoso.SUBSCRIPTION, status='Enabled')
    self.change(twin, 'lidia.holloway@contoso.com', add=['STANDARDPACK'])
    self.change(twin, 'alex.wilber@contoso.com', add=['STANDARDPACK'], remove=['ENTERPRISEPACK'])
    rows = {row['kind']: row for row in self.drift(harness.CHANGES)['differences']}
    self.assertEqual(rows['advisor-alive']['subject'], contoso.SUBSCRIPTION)
    self.assertEqual((rows['unlisted-holder']['subject'], rows['unlisted-holder']['by']),
                     ('lidia.holloway@contoso.com', 'direct'))
    self.assertTrue(rows['unlisted-holder']['since'].startswith('20'))
    self.assertEqual((rows['user']['subject'], rows['user']['by']), ('alex.wilber@contoso.com', 'direct'))
    self.assertIn('holds STANDARDPACK again', rows['user']['what'])

  def test_what_the_file_asks_for_now_is_told_once_for_each(self):
    """A location and a licence for one who is new in the file; for one who changed, what changed is enough."""
    twin = self.start()
    self.move_all(twin)
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('customers/contoso.yaml', text.replace('    - holders_of: advisor', (
      '    - holders_of: advisor\n      - {upn: Lidia.Holloway@contoso.com, usage_location: US}\n      - adele.vance@contoso.com')))
    self.change(twin, 'lidia.holloway@contoso.com', usage_location=None)
    self.change(twin, 'adele.vance@contoso.com', remove=['ENTERPRISEPACK'])
    answer = self.drift(harness.CHANGES)
    self.assertEqual(self.kinds(answer), [('user', 'adele.vance@contoso.com'),
                                          ('not-as-desired', 'lidia.holloway@contoso.com')])
    self.assertIn('set-usage-location', answer['differences'][1]['what'])

  def test_the_new_subscription_of_the_same_sku_is_not_to_be_cancelled(self):
    twin = self.start()
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('customers/contoso.yaml', text.replace('ENTERPRISEPACK', 'STANDARDPACK'))
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.redeem(contoso.TENANT, 'STANDARDPACK', 10)
    card = self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING).err
    new = [row['id'] for row in twin.state(contoso.TENANT)['subscriptions']
           if row['sku'] in ('STANDARDPACK', contoso.STANDARDPACK) and row['id'] != contoso.SUBSCRIPTION]
    self.assertEqual(len(new), 1)
    keep = card.split('DO NOT CANCEL')[1]
    self.assertIn(f'{new[0]}  10 × STANDARDPACK\n       THE SAME SKU', keep)
    self.assertNotIn(contoso.SUBSCRIPTION, keep)

  def test_service_is_promised_only_to_those_who_are_listed(self):
    self.start()
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.assertIn('service for every user', self.ws.run('plan', 'contoso', expect=harness.OK).out)
    self.ws.write('customers/contoso.yaml', text.replace('    - holders_of: advisor', '    - adele.vance@contoso.com')
                  .replace('    users:', '    unlisted: keep\n    users:'))
    shown = self.ws.run('plan', 'contoso', expect=harness.OK).out
    self.assertIn('service for listed users', shown)
    self.assertNotIn('service for every user', shown)

  def test_a_plan_by_its_path_from_anywhere(self):
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    elsewhere = self.ws.dir / 'plans' / 'customers'
    elsewhere.parent.mkdir()
    elsewhere.symlink_to(self.ws.repo)
    result = self.ws.run('show', '-C', str(elsewhere), str(elsewhere / 'plans/contoso' / plan['id']), expect=harness.OK)
    self.assertIn(plan['id'], result.out)

  def test_an_attested_end_is_asked_about(self):
    twin = self.start()
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('customers/contoso.yaml', text.replace('    users:', '      cancel_by: let-expire\n    users:'))
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.ws.run('step', plan['id'], 'retire-subscription', '--done', expect=harness.OK)
    done = self.ws.run('apply', plan['id'], '--yes', expect=harness.OK)
    self.assertIn('1 attested', done.out)
    self.assertIn('not everything is verified', done.out)
    answer = self.drift(harness.CHANGES)
    self.assertEqual(self.kinds(answer), [('unconfirmed', contoso.SUBSCRIPTION)])
    status = self.ws.run_json('status', 'contoso', expect=harness.OK)
    self.assertEqual(status['stages']['retired'], 'attested')
    self.assertIn('Graph to confirm', status['waiting_for'][0])
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.assertEqual(self.drift()['differences'], [])


class Discover(Looking):

  def discover(self, *options, **more):
    return self.ws.run('discover', '--tenant', contoso.TENANT, *options, **more)

  def test_a_file_that_lacks_only_what_people_know(self):
    twin = self.start()
    (self.ws.repo / 'customers/contoso.yaml').unlink()
    self.discover('--out', 'customers/contoso.yaml', expect=harness.OK)
    path = self.ws.repo / 'customers/contoso.yaml'
    text = path.read_text()
    self.assertIn(f'subscription: {contoso.SUBSCRIPTION}', text)
    self.assertIn('adele.vance@contoso.com', text)
    self.ws.run('validate', expect=harness.OK)
    refused = self.ws.run('plan', 'contoso')
    self.assertIn('SS320', refused.err)
    self.assertEqual(refused.err.count('error[SS'), 1, refused)

    # An order of these days is of a programme that is sold, without a word of anybody's.
    path.write_text(text.replace('      # order: {distributor: NAME, reference: NUMBER, placed_on: YYYY-MM-DD}',
                                 '      order: {distributor: Example Distribution, reference: PO-1, placed_on: 2026-11-05}'))
    ordered = self.ws.run('validate', expect=harness.OK)
    self.assertIn('order: {', path.read_text())
    self.assertNotIn('SS234', ordered.err + ordered.out)

    agreed = text + '\nagreement: {reason: upfront-payment, agreed_by: jane@contoso.com, agreed_on: 2026-11-02}\n'
    path.write_text(agreed)
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertEqual([row['kind'] for row in plan['actions']], ['redeem-key', 'retire-subscription'])
    path.write_text(agreed.replace('sku: STANDARDPACK', 'sku: ENTERPRISEPACK', 1))
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertEqual(plan['summary']['users_changed'], HOLDERS)
    self.assertEqual(twin.writes(), 0)

  def test_never_over_a_file(self):
    twin = self.start()
    before = (self.ws.repo / 'customers/contoso.yaml').read_text()
    refused = self.discover('--out', 'customers/contoso.yaml', expect=harness.INVALID)
    self.assertIn('never writes over a file', refused.err)
    self.assertEqual((self.ws.repo / 'customers/contoso.yaml').read_text(), before)
    self.ws.write('notes.txt', '')
    self.discover('--out', 'notes.txt', expect=harness.INVALID)
    self.assertEqual(twin.log(), [], 'it was not even asked')

  def test_what_a_plan_brought_is_not_moved_away_from(self):
    twin = self.start()
    self.move_all(twin)
    self.assertIn('that no plan has brought', self.discover(expect=harness.DENIED).err)
    shutil.rmtree(self.ws.repo / 'plans')
    self.assertIn('ENTERPRISEPACK', self.discover(expect=harness.OK).out, 'nobody remembers')

  def test_hostile_names_stay_data(self):
    evil = 'x\n  - evil: true\r\u2028\u202e"\'\\ # {[*&!'
    document = contoso.document(0)
    document['tenants'][0] = {**tenant(), 'name': evil}
    document['tenants'][0]['users'][0]['name'] = evil
    twin = self.twin(document)
    contoso.set_up(self.ws, twin)
    text = self.discover(expect=harness.OK).out
    self.assertNotIn('\u202e', text)
    self.assertNotIn('\u2028', text)
    self.assertFalse([line for line in text.splitlines() if line.strip().startswith('- evil')])
    self.ws.write('customers/contoso.yaml', text)
    self.ws.run('validate', expect=harness.OK)
    document['tenants'][0]['name'] = 'Contoso: "Ltd" # *1 \\ é'
    other = self.twin(document)
    self.ws.env = other.env(AZURE_CLIENT_SECRET=contoso.SECRET)
    self.ws.write('customers/contoso.yaml', self.discover(expect=harness.OK).out)
    self.ws.run('validate', expect=harness.OK)
    self.assertEqual(self.ws.run_json('status', 'contoso', expect=harness.OK)['facts'], 'tenant', 'the name is the same')

  def test_wrong_tenants(self):
    twin = self.start()
    self.ws.run('discover', expect=harness.INVALID)
    self.ws.run('discover', '--tenant', 'contoso.com', expect=harness.INVALID)
    refused = self.ws.run('discover', '--tenant', contoso.PARTNER, expect=harness.WRONG_TENANT)
    self.assertIn("the partner's own tenant", refused.err)
    self.assertNotIn('null', refused.err)
    self.assertFalse([row for row in twin.log() if contoso.PARTNER in row['path']], 'it was not even asked')
    self.discover('--domain', 'litware.com', expect=harness.WRONG_TENANT)
    answer = self.ws.run_json('discover', '--tenant', contoso.TENANT.upper(), '--domain', 'contoso.com', expect=harness.OK)
    self.assertEqual((answer['customer'], answer['domain'], answer['tenant'], answer['advisor_subscription']),
                     ('contoso', 'contoso.com', contoso.TENANT, contoso.SUBSCRIPTION))
    self.assertEqual(twin.writes(), 0)


class Suggestions(Looking):

  def test_a_misspelt_name_is_told_the_nearest_that_exists(self):
    twin = self.start(users='      - upn: lidia.hollowya@contoso.com\n      - upn: nobody.at.all@contoso.com\n'
                            '      - holders_of: advisor')
    refused = self.ws.run('plan', 'contoso', expect=harness.DENIED)
    self.assertIn("Did you mean 'lidia.holloway@contoso.com'?", refused.err)
    self.assertEqual(refused.err.count('error[SS301]'), 2, refused)
    self.assertFalse((self.ws.repo / 'plans').exists())
    self.assertEqual(twin.writes(), 0)

  def test_no_refusal_no_question(self):
    twin = self.start()
    self.ws.run('plan', 'contoso', expect=harness.OK)
    self.assertNotIn('startswith', json.dumps(twin.log()))


if __name__ == '__main__':
  harness.main()
