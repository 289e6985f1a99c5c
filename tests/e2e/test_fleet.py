"""A fleet: planned, frozen, carried out in waves on one machine or by shards, stopped and resumed."""

import hashlib
import json
import signal
import subprocess
import time
import unittest

import contoso
import git_server
import harness
import many

FLEET = '''\
version: 1
waves:
  - {name: pilot, customers: [contoso-0000]}
  - {name: rest}
'''

# The variables of each engine for the first of two workers.
ENGINES = {
  'gitlab': {'CI_NODE_INDEX': '1', 'CI_NODE_TOTAL': '2'},
  'azure': {'SYSTEM_JOBPOSITIONINPHASE': '1', 'SYSTEM_TOTALJOBSINPHASE': '2'},
  'github': {'STRATEGY_JOB_INDEX': '0', 'STRATEGY_JOB_TOTAL': '2'},
  'kubernetes': {'JOB_COMPLETION_INDEX': '0'},
  'slurm': {'SLURM_ARRAY_TASK_ID': '0', 'SLURM_ARRAY_TASK_COUNT': '2'},
}


class FleetCase(harness.TestCase):
  """`start` makes a repository of so many customers and a twin for them."""

  def start(self, count, fleet=FLEET, hand=(), policy=contoso.POLICY):
    """Everybody is moved without a person, but those in `hand`: they wait for a key, and for a cancellation."""
    self.hand = set(hand)
    document = many.document(count, open_seats=many.HOLDERS, licensed=False)
    document['tenants'][:count] = [
      many.tenant(number) if number in self.hand else many.tenant(number, open_seats=many.HOLDERS, licensed=False)
      for number in range(count)]
    self.server = self.twin(document)
    self.ws.write('fleet.yaml', fleet)
    self.ws.write('seatshift.yaml', policy)
    for number in range(count):
      self.ws.write(f'customers/{many.name(number)}.yaml', many.customer(number, retire=number in self.hand))
    self.ws.git_init()
    self.ws.git_commit('all customers')
    self.ws.env = self.server.env(AZURE_CLIENT_SECRET=contoso.SECRET, CONTOSO_OPEN_KEY=contoso.KEY)

  def plan(self, *words, expect=harness.OK):
    result = self.ws.run_json('fleet', 'plan', '--commit', *words, expect=expect)
    self.folder = (self.ws.repo / (result['path'] or '.')).parent
    self.fleet = result['id']
    return result

  def apply(self, *words, expect, **options):
    return self.ws.run_json('fleet', 'apply', self.fleet, '--yes', *words, expect=expect, **options)

  def states(self, result):
    return {row['customer'][-4:]: row['state'] for row in result['members']}

  def one_write_each(self, count):
    assigns = self.server.assigns()
    wanted = {many.upn(number, person) for number in range(count) for person in range(many.HOLDERS)}
    self.assertEqual(set(assigns), wanted)
    self.assertEqual({successes for _, successes in assigns.values()}, {1})


class Planning(FleetCase):

  def test_who_cannot_be_planned_stops_nobody(self):
    self.start(4)
    self.ws.write('customers/contoso-0001.yaml', many.customer(1, retire=False) + 'unknown: 1\n')
    self.ws.write('customers/contoso-0002.yaml',
                  many.customer(2, retire=False).replace('name: Contoso 0002', 'name: Somebody Else'))
    result = self.plan(expect=harness.WRONG_TENANT)
    self.assertEqual([(row['customer'], row['reason']) for row in result['left_out']],
                     [('contoso-0001', 'invalid'), ('contoso-0002', 'wrong-tenant')])
    self.assertIn("unknown key 'unknown'", result['left_out'][0]['message'])
    self.assertEqual(result['members'], 2)
    text = (self.folder / 'fleet.json').read_text()
    frozen = json.loads(text)
    if harness.SCHEMAS.validator:
      harness.SCHEMAS.of('fleetplan').validate(frozen)
    self.assertEqual([(row['index'], row['customer'], row['wave']) for row in frozen['members']],
                     [(0, 'contoso-0000', 'pilot'), (1, 'contoso-0003', 'rest')])
    self.assertEqual(hashlib.sha256(text.encode()).hexdigest()[:12], self.fleet)
    for row in frozen['members']:
      plan = (self.ws.repo / 'plans' / row['customer'] / row['plan'] / 'plan.json').read_bytes()
      self.assertEqual('sha256:' + hashlib.sha256(plan).hexdigest(), row['digest'])
    # The same facts, the same fleet, on any machine; and all of it is in git.
    self.assertEqual(self.plan(expect=harness.WRONG_TENANT)['id'], result['id'])
    self.assertEqual(self.ws.git('status', '--porcelain', 'plans', 'fleets'), '')
    self.ws.git('fsck', '--strict')

  def test_what_comes_next_is_said(self):
    """One command, and the one that comes next: what is not approved is not carried out."""
    commit = 'Commit it and its plans with: seatshift fleet plan --commit\n'
    carry_out = 'Carry it out with: seatshift fleet apply {fleet} --yes\n'
    for approvals, before, after in (
        ('required: 0', carry_out, carry_out),
        ('required: 1', commit, 'seatshift approve {plan} --key FILE --commit --yes\n'),
        ('required: 1, fleet: true', commit, 'Approve it with: seatshift approve {fleet} --key FILE --commit --yes\n')):
      with self.subTest(approvals):
        self.ws = harness.Workspace()
        self.addCleanup(self.ws.close)
        self.start(1, 'version: 1\n', policy=contoso.POLICY.replace('required: 0', approvals))
        first = self.ws.run('fleet', 'plan', expect=harness.OK).out
        fleet = self.plan()['id']
        plan = next((self.ws.repo / 'plans/contoso-0000').iterdir()).name
        second = self.ws.run('fleet', 'plan', expect=harness.OK).out
        for text, line in ((first, before), (second, after)):
          self.assertIn(' 1 customer in 1 wave\n', text)
          self.assertIn(line.format(fleet=fleet[:8], plan=plan[:8]), text)
          self.assertEqual(text.count('seatshift '), 1, text)

  def test_nothing_to_do_and_nobody_at_all(self):
    self.start(2, 'version: 1\nselect: {labels: {region: emea}}\n')
    self.assertIsNone(self.plan()['id'])
    self.ws.write('fleet.yaml', 'version: 1\n')
    self.plan()
    self.apply(expect=harness.OK)
    again = self.plan()
    self.assertEqual([row['reason'] for row in again['left_out']], ['nothing', 'nothing'])
    self.assertIsNone(again['id'])

  def test_waves_and_shares(self):
    self.start(7, '''\
version: 1
select: {customers: ["contoso-*"]}
waves:
  - {name: pilot, customers: [contoso-0003]}
  - {name: first, share: 20%}
  - {name: second, share: 1, customers: ["contoso-000?"]}
  - {name: last, customers: ["*5", "*4"]}
''')
    result = self.plan(expect=harness.INVALID)
    self.assertEqual([(wave['name'], wave['members']) for wave in result['waves']],
                     [('pilot', 1), ('first', 2), ('second', 1), ('last', 2)])
    self.assertEqual([row['customer'] for row in result['left_out']], ['contoso-0006'])
    self.assertIn('no wave takes them', result['left_out'][0]['message'])

  def test_what_was_edited_is_refused(self):
    self.start(2)
    self.plan()
    path = self.folder / 'fleet.json'
    text = path.read_text()
    for old, new in [('"wave":"rest"', '"wave":"pilot"'), ('"parallel":8', '"parallel": 8'), ('"users":3', '"users":2'),
                     ('"customer":"contoso-0001"', '"customer":"../../x"')]:
      with self.subTest(new):
        self.assertIn(old, text)
        path.write_text(text.replace(old, new))
        result = self.ws.run('fleet', 'apply', self.fleet, '--yes', expect=harness.INVALID)
        self.assertIn('fleet.json', result.err)
    self.assertEqual(self.server.writes(), 0)

  def test_another_version_refuses(self):
    self.start(1, 'version: 1\n')
    self.plan()
    text = (self.folder / 'fleet.json').read_text()
    program = json.loads(text)['program']
    other = text.replace(f'"program":"{program}"', '"program":"0.0.9"')
    name = hashlib.sha256(other.encode()).hexdigest()[:12]
    self.ws.write(f'fleets/{name}/fleet.json', other)
    for words in (['apply', name], ['run', name, '--shard', '1/1']):
      result = self.ws.run('fleet', *words, '--yes', expect=harness.DENIED)
      self.assertIn('0.0.9', result.err)
    self.assertEqual(self.server.writes(), 0)


class ByTheService(FleetCase):
  """A customer whose group is still being processed waits for the service: it is no person's turn."""

  def test_a_group_that_is_processed(self):
    people = [many.upn(0, person) for person in range(many.HOLDERS)]
    document = many.document(2, open_seats=many.HOLDERS, licensed=False)
    document['tenants'][0]['groups'] = [{'name': 'Sales', 'licenses': ['STANDARDPACK'], 'members': people}]
    document['settings'] = {'group_processing_ms': 3600000}
    self.server = self.twin(document)
    self.ws.write('fleet.yaml', 'version: 1\nwaves:\n  - {name: all, until: moved}\n')
    self.ws.write('seatshift.yaml', contoso.POLICY)
    for number in range(2):
      text = many.customer(number, retire=number == 0)
      self.ws.write(f'customers/{many.name(number)}.yaml', text.replace(f"[{', '.join(people)}]", "[{group: Sales}]"))
    self.ws.git_init()
    self.ws.git_commit('all customers')
    self.ws.env = self.server.env(AZURE_CLIENT_SECRET=contoso.SECRET, CONTOSO_OPEN_KEY=contoso.KEY)
    self.plan()
    self.ws.run('apply', many.name(0), '--yes', '--deadline', '5s', expect=harness.WAITING)
    told = self.ws.run('fleet', 'gate', self.fleet, 'all', expect=harness.WAITING).out
    told = ' '.join(told.split())
    self.assertIn('0 wait for a person, 1 for Microsoft 365, 0 failed, 1 are not started', told)
    rows = {row['customer']: row for row in self.ws.run_json('fleet', 'status', self.fleet, expect=harness.OK)['members']}
    row = rows[many.name(0)]
    self.assertEqual((row['state'], row['who'], row['step']), ('waiting', 'service', None))
    self.assertIn("group 'Sales', which was being processed by Microsoft 365", row['waits_for'])
    self.assertIn('Microsoft 365 is processing group &#39;Sales&#39;', self.ws.run('fleet', 'report', self.fleet, '--format', 'junit').out)
    told = ' '.join(self.ws.run('fleet', 'status', self.fleet).out.split())
    self.assertIn('a group that Microsoft 365 is processing', told)
    # When that is over, it waits for somebody who cancels.
    self.server.control('advance', ms=3600000)
    self.ws.run('apply', many.name(0), '--yes', expect=harness.WAITING)
    told = self.ws.run('fleet', 'gate', self.fleet, 'all', expect=harness.WAITING).out
    self.assertNotIn('Microsoft 365', told)
    rows = {row['customer']: row for row in self.ws.run_json('fleet', 'status', self.fleet, expect=harness.OK)['members']}
    self.assertEqual((rows[many.name(0)]['who'], rows[many.name(0)]['step']), ('operator', 'retire-subscription'))


class Applying(FleetCase):

  def test_waves_with_a_person_in_the_first(self):
    self.start(3, hand=[0])
    self.plan()
    first = self.apply(expect=harness.WAITING)
    self.assertEqual(self.states(first), {'0000': 'waiting', '0001': 'not-started', '0002': 'not-started'})
    self.assertIn("wave 'pilot' is not there yet", first['stopped'])
    self.assertEqual(self.server.writes(), 0)
    self.ws.run('fleet', 'gate', self.fleet, 'pilot', expect=harness.WAITING)
    self.ws.run('fleet', 'run', self.fleet, '--shard', '1/1', '--wave', 'rest', '--yes', expect=harness.WAITING)
    self.server.redeem(many.tenant_id(0), 'ENTERPRISEPACK', many.HOLDERS)
    # Moved is far enough for the next wave; the cancellation is still waited for.
    second = self.apply(expect=harness.WAITING)
    self.assertEqual(self.states(second), {'0000': 'waiting', '0001': 'done', '0002': 'done'})
    self.ws.run('fleet', 'gate', self.fleet, 'pilot', expect=harness.OK)
    self.server.cancel(many.tenant_id(0), many.subscription(0))
    third = self.apply('--only', 'waiting', expect=harness.OK)
    self.assertEqual(self.states(third), {'0000': 'done'})
    self.one_write_each(3)

  def test_a_run_that_commits_takes_along_what_an_earlier_one_left(self):
    self.start(3, hand=[0])
    self.plan()
    text = self.ws.run('fleet', 'apply', self.fleet, '--yes', expect=harness.WAITING).out
    short = self.fleet[:8]
    self.assertIn(f'commit them, when no run is under way: seatshift fleet apply {short} --yes --commit',
                  ' '.join(text.split()))
    self.assertIn(f'who waits, and for what: seatshift fleet status {short}\n  then: seatshift fleet apply {short} --yes\n', text)
    self.assertIn('journal.jsonl', self.ws.git('status', '--porcelain', '-uall'))
    # Whoever is asked for now, and whatever becomes of them: the journals go into git.
    text = self.ws.run('fleet', 'apply', self.fleet, '--yes', '--commit', '--only', 'contoso-0001',
                       expect=harness.WAITING).out
    self.assertNotIn('not committed', text)
    self.assertEqual(self.ws.git('status', '--porcelain', '-uall'), '')
    self.assertEqual(self.ws.git('log', '-1', '--format=%s').strip(), f'fleet {self.fleet}: journal of contoso-0000')
    self.assertNotIn('not committed', self.ws.run('fleet', 'apply', self.fleet, '--yes', '--no-commit', '--only',
                                                  'contoso-0001', expect=harness.WAITING).out)

  def test_a_result_goes_into_git_with_the_next_commit(self):
    self.start(2, 'version: 1\n')
    self.plan()
    self.spoil(0)
    text = self.ws.run('fleet', 'apply', self.fleet, '--yes', '--no-commit', expect=harness.STALE).out
    self.assertIn('the records of 2 customers', text)
    self.assertIn('a plan that is stale or was undone stays so', text)
    # A worker takes its own along, not those of another that may be at work beside it.
    self.ws.run('fleet', 'run', self.fleet, '--shard', '2/2', '--yes', '--commit', expect=harness.OK)
    left = self.ws.git('status', '--porcelain', '-uall', 'plans', 'fleets')
    self.assertEqual(left.split()[1:], [f'fleets/{self.fleet}/results/contoso-0000.json'])
    self.spoil(0, many.HOLDERS)
    text = self.ws.run('fleet', 'apply', self.fleet, '--yes', '--commit', expect=harness.OK).out
    self.assertIn(f'next: seatshift fleet status {self.fleet[:8]}', text)
    self.assertEqual(self.ws.git('status', '--porcelain', '-uall', 'plans', 'fleets'), '')

  def test_until_done_and_soak(self):
    self.start(2, FLEET.replace('[contoso-0000]}', '[contoso-0000], until: done, soak: 24h}'))
    self.plan()
    result = self.apply(expect=harness.WAITING)
    self.assertEqual(self.states(result), {'0000': 'done', '0001': 'not-started'})
    self.assertIn('soaks until', result['stopped'])
    gate = self.ws.run_json('fleet', 'gate', self.fleet, 'pilot', expect=harness.WAITING)
    self.assertEqual((gate['there'], gate['members'], gate['verdict']), (1, 1, 'waiting'))
    self.assertGreater(gate['opens_at'], gate['there_at'])

  def test_so_many_a_day(self):
    self.start(4, 'version: 1\nper_day: 2\nparallel: 4\n')
    self.plan()
    result = self.apply(expect=harness.WAITING)
    self.assertEqual(sorted(self.states(result).values()), ['done', 'done', 'not-started', 'not-started'])
    self.assertIn('per_day', result['stopped'])

  def test_a_wait_for_the_next_day_ends_with_the_wait(self):
    self.start(3, 'version: 1\nper_day: 1\n')
    self.plan()
    began = time.monotonic()
    result = self.apply('--wait', '3s', expect=harness.WAITING)
    self.assertGreaterEqual(time.monotonic() - began, 3)
    self.assertIn(list(self.states(result).values()).count('done'), (1, 2), 'two, if midnight came in between')
    self.assertIn('per_day', result['stopped'])

  def test_workers_share_what_may_begin_on_a_day(self):
    self.start(4, 'version: 1\nper_day: 2\n')
    self.plan()
    done = []
    for index in range(4):
      result = self.ws.run_json('fleet', 'run', self.fleet, '--shard', f'{index + 1}/4', '--yes')
      done += [customer for customer, state in self.states(result).items() if state == 'done']
    self.assertEqual(len(done), 2, done)

  def test_who_was_undone_counts_no_more(self):
    self.start(2, hand=[0])
    self.plan()
    self.server.redeem(many.tenant_id(0), 'ENTERPRISEPACK', many.HOLDERS)
    self.apply(expect=harness.WAITING)
    self.ws.run('fleet', 'gate', self.fleet, 'pilot', expect=harness.OK)
    plan = next((self.ws.repo / 'plans' / many.name(0)).iterdir()).name
    undo = self.ws.run_json('undo', plan, expect=harness.OK)['id']
    # A plan that undoes and was not begun changes nothing.
    self.ws.run('fleet', 'gate', self.fleet, 'pilot', expect=harness.OK)
    self.ws.run('apply', undo, '--yes', expect=harness.OK)
    self.ws.run('fleet', 'gate', self.fleet, 'pilot', expect=harness.WAITING)
    status = self.ws.run_json('fleet', 'status', self.fleet, expect=harness.OK)
    row = status['members'][0]
    self.assertEqual((row['state'], row['cause'], row['users_moved']), ('failed', f'undone by plan {undo}', 0))
    self.assertIsNone(row['window']['last_safe_day'], 'nobody is told to cancel what is used again')
    self.assertNotIn('cancel by', self.ws.run('fleet', 'status', self.fleet).out)
    result = self.ws.run('fleet', 'apply', self.fleet, '--yes', expect=harness.UNAPPROVED)
    self.assertIn('was undone', result.out)
    self.assertNotIn('when that is mended', result.out)

  def spoil(self, number, holders=many.HOLDERS - 1):
    """Somebody edits the file behind the plan: its run ends with 6 before it has written a line."""
    self.ws.write(f'customers/{many.name(number)}.yaml', many.customer(number, holders=holders, retire=False))

  def test_failures_stop_what_is_new(self):
    self.start(5, 'version: 1\nmax_failed: 1\nparallel: 1\n')
    self.plan()
    self.spoil(0)
    self.spoil(1)
    result = self.apply(expect=harness.STALE)
    self.assertEqual(list(self.states(result).values()), ['failed', 'failed'] + ['not-started'] * 3)
    self.assertIn('max_failed', result['stopped'])
    self.assertEqual(self.ws.run_json('fleet', 'gate', self.fleet, 'all', expect=harness.PARTIAL)['failed'], 2)
    # A worker elsewhere sees it too.
    other = self.ws.run_json('fleet', 'run', self.fleet, '--shard', '5/5', '--yes', expect=harness.PARTIAL)
    self.assertEqual(self.states(other), {'0004': 'not-started'})
    for number in range(2):
      self.spoil(number, many.HOLDERS)
    self.assertEqual(self.states(self.apply('--only', 'failed', expect=harness.OK)), {'0000': 'done', '0001': 'done'})
    self.assertEqual(self.states(self.apply(expect=harness.OK)), {f'000{number}': 'done' for number in range(5)})
    self.one_write_each(5)

  def test_one_that_fails_stops_nobody_else(self):
    self.start(4, 'version: 1\nparallel: 2\n')
    self.plan()
    self.spoil(1)
    result = self.apply(expect=harness.STALE)
    self.assertEqual(self.states(result), {'0000': 'done', '0001': 'failed', '0002': 'done', '0003': 'done'})
    self.assertEqual([row['status'] for row in result['members']], [0, 6, 0, 0])
    result = self.ws.run('fleet', 'apply', self.fleet, '--yes', '--only', 'contoso-001', expect=harness.INVALID)
    self.assertIn("Did you mean 'contoso-0001'?", result.err)

  def test_stopped_and_resumed(self):
    self.start(6, 'version: 1\nparallel: 2\n')
    self.plan()
    self.server.control('settings', latency_ms=100)
    process = self.ws.start('fleet', 'apply', self.fleet, '--yes', '--format', 'json', '--events', 'events')
    self.assertTrue(harness.wait_until(lambda: self.server.writes() > 0))
    process.send_signal(signal.SIGINT)
    result = self.ws.finish(process)
    self.assertEqual(result.status, 130, result)
    self.assertIn('not-started', self.states(result.json).values())
    events = [json.loads(line) for line in (self.ws.repo / 'events').read_text().splitlines()]
    self.assertEqual((events[0]['type'], events[-1]['type'], events[-1]['status']), ('fleet-begin', 'fleet-end', 130))
    if harness.SCHEMAS.validator:
      for event in events:
        harness.SCHEMAS.of('events').validate(event)
    self.server.control('settings', latency_ms=0)
    self.apply(expect=harness.OK)
    self.one_write_each(6)

  def test_killed_and_resumed(self):
    self.start(4, 'version: 1\nparallel: 2\n')
    self.plan()
    self.server.control('settings', latency_ms=50)
    process = self.ws.start('fleet', 'apply', self.fleet, '--yes')
    self.assertTrue(harness.wait_until(lambda: self.server.writes() > 0))
    harness.kill(process)
    process.communicate()
    self.server.control('settings', latency_ms=0)
    # The children that were under way end by themselves; their locks make the next run try again.
    self.assertTrue(harness.wait_until(
      lambda: self.ws.run('fleet', 'apply', self.fleet, '--yes', '--tries', '20').status == harness.OK))
    self.one_write_each(4)

  def test_confirmed_by_a_person_or_yes(self):
    self.start(1, 'version: 1\n')
    self.plan()
    result = self.ws.run('fleet', 'apply', self.fleet, expect=harness.UNAPPROVED)
    self.assertIn('--yes', result.err)

  def test_what_a_word_does_not_take(self):
    self.start(1)
    for words in (['apply'], ['gate', 'ffff'], ['plan', 'more'], ['plan', '--shard', '1/2'], ['plans'],
                  ['apply', 'ffff', '--shard', '1/2'], ['run', 'ffff'], ['run', 'ffff', '--shard', '1/2', '--only', 'x'],
                  ['apply', 'ffff', '--yes']):
      with self.subTest(words):
        self.ws.run('fleet', *words, expect=harness.INVALID)


  def test_which_fleets_there_are_is_said(self):
    self.start(1, 'version: 1\n')
    self.assertIn("'seatshift fleet plan' makes one", self.ws.run('fleet', 'status', expect=harness.INVALID).err)
    self.plan()
    for words in (['status'], ['gate'], ['apply', 'ffff']):
      text = self.ws.run('fleet', *words, expect=harness.INVALID).err
      self.assertIn(f'Fleets here: {self.fleet}.', text)
    for words in (['plan', 'more'], ['generate']):
      self.assertNotIn('Fleets', self.ws.run('fleet', *words, expect=harness.INVALID).err)


class Shards(FleetCase):

  def test_a_missing_variable_is_never_all(self):
    self.start(2, 'version: 1\n')
    self.plan()
    for engine, variables in ENGINES.items():
      shards = ['--shards', '2'] if engine == 'kubernetes' else []
      for missing in variables:
        env = {name: value for name, value in variables.items() if name != missing}
        with self.subTest(engine, missing=missing):
          result = self.ws.run('fleet', 'run', self.fleet, '--shard', engine, *shards, '--yes', env=env,
                               expect=harness.INVALID)
          self.assertIn(missing, result.err)
    self.ws.run('fleet', 'run', self.fleet, '--shard', 'kubernetes', '--yes', env=ENGINES['kubernetes'],
                expect=harness.INVALID)
    self.assertEqual(self.server.counters()['requests'], self.requests_of_planning())

  def requests_of_planning(self):
    return len([row for row in self.server.log()])

  def test_each_engine_has_its_slice(self):
    self.start(2, 'version: 1\n')
    self.plan()
    for engine, variables in ENGINES.items():
      shards = ['--shards', '2'] if engine == 'kubernetes' else []
      result = self.ws.run_json('fleet', 'run', self.fleet, '--shard', engine, *shards, '--yes', env=variables,
                                expect=harness.OK)
      self.assertEqual((self.states(result), result['shard']), ({'0000': 'done'}, {'index': 0, 'count': 2}))
    self.assertNotIn(many.upn(1, 0), self.server.assigns())

  @unittest.skipUnless(git_server.installed(), 'there is no git http-backend')
  def test_workers_in_clones_commit_their_customers_together(self):
    self.start(7, hand=[5])
    self.plan()
    bare = git_server.bare(self.ws.dir / 'srv' / 'moves.git', self.ws.repo, harness.clean_env())
    url = git_server.GitServer(self, self.ws.dir / 'srv').url('moves.git')
    for stage, (wave, expect) in enumerate([('pilot', {harness.OK}), ('rest', {harness.OK, harness.WAITING})]):
      workers = []
      for index in range(3):
        where = self.ws.dir / f'clone{stage}{index}'
        self.git('clone', '-q', url, str(where))
        self.git('-C', str(where), 'config', 'user.name', 'Alex Wilber')
        self.git('-C', str(where), 'config', 'user.email', 'alex.wilber@example.com')
        workers.append(self.ws.start('fleet', 'run', self.fleet, '--shard', f'{index + 1}/3', '--wave', wave, '--yes',
                                     cwd=where, env={'CI': 'true'}))
      results = [self.ws.finish(worker) for worker in workers]
      self.assertLessEqual({result.status for result in results}, expect, '\n'.join(map(str, results)))
    log = self.ws.git('--git-dir', str(bare), 'log', '--format=%s', 'main').splitlines()
    journals = [line for line in log if 'journal' in line]
    self.assertIn(len(journals), (3, 4), log)  # a commit for each worker that had somebody, not for each customer
    self.assertIn(f'fleet {self.fleet}: journals of 2 customers', journals)
    self.ws.git('--git-dir', str(bare), 'fsck', '--strict')
    refs = self.ws.git('--git-dir', str(bare), 'for-each-ref', '--format=%(refname)').split()
    self.assertEqual(refs, ['refs/heads/main'])
    fresh = self.ws.dir / 'fresh'
    self.git('clone', '-q', url, str(fresh))
    self.ws.run('fleet', 'gate', self.fleet, 'pilot', cwd=fresh, expect=harness.OK)
    self.ws.run('fleet', 'gate', self.fleet, 'rest', cwd=fresh, expect=harness.WAITING)

  def git(self, *words):
    subprocess.run(['git', *words], check=True, env=harness.clean_env(home=self.ws.home), timeout=60)


if __name__ == '__main__':
  harness.main()
