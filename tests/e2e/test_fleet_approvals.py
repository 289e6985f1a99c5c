"""One signature over a fleet approves its plans, where the approved branch's policy says so, and nothing else."""

import hashlib
import json
import shutil

import harness
import many
import signing
from signing import ADELE, ALEX, MEGAN
from test_fleet import FleetCase


class FleetApprovals(FleetCase):

  def prepare(self, **policy):
    self.people = signing.People(self.ws.dir / 'keys')
    self.start(2, 'version: 1\n', policy=signing.policy(**policy))
    self.ws.write('allowed_signers', ''.join(map(self.people.signer, (ALEX, ADELE, MEGAN))))
    self.ws.git_commit('who may approve')
    self.plan()

  def approve(self, name, *words, expect=harness.OK, what=None):
    return self.ws.run('approve', what or self.fleet, '--key', self.people.key(name), '--yes', '--commit', *words,
                       expect=expect)

  def test_one_signature_for_all(self):
    self.prepare(fleet=True)
    self.ws.run('verify', self.fleet, expect=harness.UNAPPROVED)
    self.wait_for_approval()
    self.assertEqual(self.server.writes(), 0)
    self.approve(ADELE)
    text = (self.folder / 'approvals' / f'{ADELE}.txt').read_text()
    self.assertIn('purpose: apply the plans of this fleet\n', text)
    verified = self.ws.run_json('verify', self.fleet, expect=harness.OK)
    self.assertEqual((verified['members'], verified['approvals']['valid']), (2, 1))
    self.assertEqual(set(self.states(self.apply(expect=harness.OK)).values()), {'done'})
    self.one_write_each(2)

  def wait_for_approval(self):
    """Who is not approved has not failed, and does not count as if: it is a reviewer's turn. The run says so by its end."""
    result = self.apply(expect=harness.UNAPPROVED)
    self.assertEqual(set(self.states(result).values()), {'waiting'})
    self.assertEqual((result['counts']['failed'], result['counts']['waiting']), (0, 2))
    rows = self.ws.run_json('fleet', 'status', self.fleet)['members']
    self.assertEqual({(row['state'], row['who']) for row in rows}, {('waiting', 'reviewer')})
    self.ws.run('fleet', 'gate', self.fleet, 'all', expect=harness.WAITING)
    text = self.ws.run('fleet', 'apply', self.fleet, '--yes', '--no-commit', expect=harness.UNAPPROVED).out
    self.assertIn(f'Approve it with: seatshift approve {self.fleet[:8]} --key FILE --commit --yes', ' '.join(text.split()))
    self.assertNotIn('failed', text)

  def test_each_of_its_plans_where_the_fleet_is_not_enough(self):
    self.prepare()
    rows = json.loads((self.folder / 'fleet.json').read_text())['members']
    for row in rows:
      text = ' '.join(self.ws.run('fleet', 'plan').out.split())
      self.assertIn(f'this one first, with: seatshift approve {row["plan"][:8]} --key FILE --commit --yes', text)
      self.assertNotIn('Carry it out', text)
      self.approve(ADELE, what=row['plan'])
    self.assertIn(f'Carry it out with: seatshift fleet apply {self.fleet[:8]}\n', self.ws.run('fleet', 'plan').out)

  def test_the_policy_has_to_say_so(self):
    self.prepare()
    self.assertIn('fleet: true', self.approve(ADELE, expect=harness.UNAPPROVED).err)
    # A signature from where the policy did, brought here: it counts for nothing.
    fleet = json.loads((self.folder / 'fleet.json').read_text())
    digest = self.ws.run_json('fleet', 'plan')['digest']
    self.put(signing.approval({'digest': digest}, ADELE, purpose='apply the plans of this fleet',
                              customer='all of the fleet', tenant_id='all of the fleet',
                              tenant_domain='all of the fleet'), self.folder)
    self.refused(fleet)

  def put(self, text, folder):
    path = folder / 'approvals' / f'{ADELE}.txt'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.with_name(path.name + '.sig').write_text(self.people.sign(ADELE, text))
    self.ws.git_commit('an approval')

  def refused(self, fleet):
    for row in fleet['members']:
      self.ws.run('apply', row['plan'], '--no-commit', expect=harness.UNAPPROVED)
    self.assertEqual(self.server.writes(), 0)

  def test_attacks(self):
    self.prepare(fleet=True)
    fleet = json.loads((self.folder / 'fleet.json').read_text())
    digest = self.ws.run_json('fleet', 'plan')['digest']
    first = fleet['members'][0]
    whole = {'customer': 'all of the fleet', 'tenant_id': 'all of the fleet', 'tenant_domain': 'all of the fleet'}
    plan_folder = self.ws.repo / 'plans' / first['customer'] / first['plan']
    base = self.ws.git('rev-parse', 'HEAD').strip()
    fleet_purpose = 'apply the plans of this fleet'
    for name, text, folder in [
      ('another fleet', signing.approval({'digest': 'sha256:' + '0' * 64}, ADELE, purpose=fleet_purpose, **whole), self.folder),
      ("a plan's purpose over a fleet", signing.approval({'digest': digest}, ADELE, **whole), self.folder),
      ("a fleet's signature beside a plan", signing.approval({'digest': digest}, ADELE, purpose=fleet_purpose, **whole),
       plan_folder),
      ("a plan's signature beside the fleet",
       signing.approval({'digest': first['digest']}, ADELE, customer=first['customer'],
                        tenant_id=many.tenant_id(0), tenant_domain=f'{many.name(0)}.onmicrosoft.com'), self.folder)]:
      with self.subTest(name):
        self.put(text, folder)
        self.refused(fleet)
        self.ws.git('reset', '-q', '--hard', base)
    # By the author of the plans.
    self.approve(ALEX, expect=harness.UNAPPROVED)
    self.refused(fleet)

  def test_the_record_says_who_approved(self):
    """A year later, when the policy asks for each plan again: history, the evidence and its own commands."""
    self.prepare(fleet=True)
    self.approve(ADELE)
    commit = self.ws.git('rev-parse', 'HEAD').strip()
    self.assertEqual(set(self.states(self.apply(expect=harness.OK)).values()), {'done'})
    self.ws.git_commit('what was done')
    self.ws.write('seatshift.yaml', signing.policy())
    self.ws.git_commit('each plan by itself again')
    digest = 'sha256:' + hashlib.sha256((self.folder / 'fleet.json').read_bytes()).hexdigest()
    entry = self.ws.run_json('history', many.name(0), expect=harness.OK)['plans'][0]
    self.assertEqual([(row['approver'], row['good'], row['commit'], row['fleet']) for row in entry['approvals']],
                     [(ADELE, True, commit, digest)])
    text = self.ws.run('history', many.name(0), expect=harness.OK).out
    for words in (ADELE, entry['approvals'][0]['key'], commit[:12], digest):
      self.assertIn(words, text)
    where = self.ws.dir / 'evidence'
    self.ws.run('show', entry['plan'], '--evidence', where, expect=harness.OK)
    self.check_statement(where, (ADELE, True, commit, digest))
    self.check_bundle(where)

  def check_statement(self, where, expected):
    statement = json.loads((where / 'statement.json').read_text())
    if harness.SCHEMAS.validator:
      harness.SCHEMAS.of('statement').validate(statement)
    said = statement['predicate']
    self.assertEqual([tuple(row[key] for key in ('approver', 'counts', 'commit', 'fleet')) for row in said['approvals']],
                     [expected])
    names = [row['name'] for row in said['materials']]
    for name in ('fleet.json', f'approvals/{ADELE}.txt', f'approvals/{ADELE}.txt.sig'):
      self.assertIn(f'fleets/{self.fleet}/{name}', names)

  def check_bundle(self, where):
    """By its own commands; and whoever brings its sums up to date is found out by one of the others."""
    done = signing.follow_readme(where, self.ws)
    self.assertEqual(done.returncode, 0, done)
    self.assertIn('Good "seatshift-approval" signature', done.stdout)
    fleet = f'fleets/{self.fleet}'
    for name, old, new in ((f'{fleet}/approvals/{ADELE}.txt', 'approver: adele', 'approver: addle'),
                           (f'{fleet}/approvals/{ADELE}.txt', 'digest: sha256:', 'digest: sha256:0'),
                           (f'{fleet}/fleet.json', '"digest":"sha256:', '"digest":"sha256:0')):
      with self.subTest(name):
        forged = self.ws.dir / 'forged'
        shutil.rmtree(forged, ignore_errors=True)
        shutil.copytree(where, forged, ignore=shutil.ignore_patterns('repository'))
        text = (forged / name).read_text()
        self.assertIn(old, text)
        (forged / name).write_text(text.replace(old, new))
        signing.sum_again(forged)
        self.assertNotEqual(signing.follow_readme(forged, self.ws, without='git -C').returncode, 0)

  def test_whom_a_fleets_signature_does_not_reach(self):
    """Who approved one plan by itself too is counted once, and nothing is wrong with the record."""
    self.prepare(fleet=True)
    row = json.loads((self.folder / 'fleet.json').read_text())['members'][0]
    self.approve(ADELE, what=row['plan'])
    self.approve(ADELE)
    entry = self.ws.run_json('history', row['customer'], expect=harness.OK)['plans'][0]
    self.assertEqual([approval['good'] for approval in entry['approvals']], [True, False])
    self.assertEqual(entry['problems'], [])
    text = self.ws.run('history', row['customer'], expect=harness.OK).out
    self.assertIn('counted already', ' '.join(text.split()))

  def test_the_record_has_no_fleet_that_could_not_approve(self):
    self.prepare()
    fleet = json.loads((self.folder / 'fleet.json').read_text())
    digest = self.ws.run_json('fleet', 'plan')['digest']
    self.put(signing.approval({'digest': digest}, ADELE, purpose='apply the plans of this fleet',
                              customer='all of the fleet', tenant_id='all of the fleet',
                              tenant_domain='all of the fleet'), self.folder)
    for row in fleet['members']:
      self.assertEqual(self.ws.run_json('history', row['customer'], expect=harness.OK)['plans'][0]['approvals'], [])

  def test_a_plan_that_is_not_in_it(self):
    self.prepare(fleet=True)
    self.approve(ADELE)
    self.ws.write('customers/contoso-0001.yaml', many.customer(1, holders=2, retire=False))
    self.ws.git_commit('fewer people')
    other = self.ws.run_json('plan', many.name(1), '--commit', expect=harness.OK)['id']
    self.ws.run('apply', other, '--no-commit', expect=harness.UNAPPROVED)
    self.assertEqual(self.server.writes(), 0)

  def test_a_plan_that_was_replaced(self):
    self.prepare(fleet=True)
    fleet = json.loads((self.folder / 'fleet.json').read_text())
    row = fleet['members'][1]
    path = self.ws.repo / 'plans' / row['customer'] / row['plan'] / 'plan.json'
    path.write_text(path.read_text().replace('"users_changed":3', '"users_changed":2', 1))
    for words in (['verify', self.fleet], ['approve', self.fleet, '--key', self.people.key(ADELE), '--yes']):
      self.assertIn(row['plan'], self.ws.run(*words, expect=harness.INVALID).err)

  def test_the_fleet_is_the_one_on_the_approved_branch(self):
    """Who writes the list says which waves there are, and who waits for whom."""
    self.prepare(fleet=True)
    self.approve(ADELE)
    self.ws.git('switch', '-q', '-c', 'side')
    mine = (self.folder / 'fleet.json').read_text().replace('"soak_ms":0', '"soak_ms":1')
    fleet = hashlib.sha256(mine.encode()).hexdigest()[:12]
    self.ws.write(f'fleets/{fleet}/fleet.json', mine)
    self.ws.git_commit('another fleet')
    for words in (['gate', fleet, 'all'], ['apply', fleet, '--yes'], ['run', fleet, '--shard', '1/1', '--yes']):
      for more in ([], ['--approved-branch', 'main']):
        self.assertIn("is not on 'main'", self.ws.run('fleet', *words, *more, expect=harness.UNAPPROVED).err)
    self.ws.run('verify', fleet, expect=harness.UNAPPROVED)
    self.assertEqual(self.server.writes(), 0)
    self.ws.run('fleet', 'gate', self.fleet, 'all', expect=harness.WAITING)

  def test_the_approved_branch_is_said_from_outside(self):
    self.prepare(fleet=True)
    self.approve(ADELE)
    for verb in (['apply', self.fleet, '--yes', '--no-commit'], ['run', self.fleet, '--shard', '1/1', '--yes', '--no-commit'],
                 ['gate', self.fleet, 'all']):
      self.assertIn('nowhere', self.ws.run('fleet', *verb, '--approved-branch', 'nowhere', expect=harness.UNAPPROVED).err)
    self.assertEqual(self.server.writes(), 0)
    # What the fleet is told, each of its runs is told: the checkout names another branch.
    self.ws.git('switch', '-q', '-c', 'side')
    self.ws.write('seatshift.yaml', signing.policy(fleet=True, branch='side'))
    self.ws.git_commit('another branch')
    run = ['fleet', 'run', self.fleet, '--shard', '1/1', '--yes', '--no-commit']
    self.ws.run(*run, env={'CI': 'true'}, expect=harness.UNAPPROVED)
    self.ws.run(*run, '--approved-branch', 'main', env={'CI': 'true'}, expect=harness.OK)
    self.one_write_each(2)

  def test_a_copy_of_a_fleet(self):
    self.prepare(fleet=True)
    self.approve(ADELE)
    shutil.copytree(self.folder, self.folder.parent / f'{self.fleet}.bak')
    shutil.copytree(self.folder, self.folder.parent / f'{self.fleet[:8]}0000')
    self.ws.git_commit('copies')
    for name in (self.fleet, self.fleet[:6]):
      self.ws.run('fleet', 'gate', name, 'all', expect=harness.WAITING)
      self.ws.run('verify', name, expect=harness.OK)
    self.ws.run('fleet', 'gate', f'fleets/{self.fleet[:8]}0000', 'all', expect=harness.INVALID)

  def test_a_member_that_was_undone(self):
    """The wave behind it must not begin on what is taken back."""
    self.prepare(fleet=True)
    self.approve(ADELE)
    self.assertEqual(set(self.states(self.apply(expect=harness.OK)).values()), {'done'})
    self.ws.run('fleet', 'gate', self.fleet, 'all', expect=harness.OK)
    row = json.loads((self.folder / 'fleet.json').read_text())['members'][0]
    undo = self.ws.run_json('undo', row['plan'], '--commit', expect=harness.OK)['id']
    self.ws.run('approve', undo, '--key', self.people.key(ADELE), '--yes', '--commit', expect=harness.OK)
    self.ws.run('apply', undo, '--commit', expect=harness.OK)
    self.ws.run('fleet', 'gate', self.fleet, 'all', expect=harness.WAITING)
    report = self.ws.run_json('fleet', 'report', self.fleet)
    states = {member['customer']: member['state'] for member in report['members']}
    self.assertEqual(states[row['customer']], 'failed')
    self.assertIn(f'undone by plan {undo}', json.dumps(report))

  def test_who_stands_twice(self):
    """In the list of members, among the waves, or as a member of JSON: one reader takes the first, another the last."""
    self.prepare(fleet=True)
    good = (self.folder / 'fleet.json').read_text()
    rows = json.loads(good)['members']
    line = next(line for line in good.splitlines() if line.startswith('{"customer":"contoso-0001"'))
    first = next(line for line in good.splitlines() if line.startswith('{"customer":"contoso-0000"'))
    twice = first.rstrip(',').replace('"index":0', '"index":1')
    wave = next(line for line in good.splitlines() if line.startswith('{"name":'))
    for bad in (good.replace(line, twice), good.replace(wave, wave.rstrip(',') + ',\n' + wave),
                good.replace('"index":0', '"index":0,"index":0'), good.replace('"parallel":', '"parallel":1,\n"parallel":')):
      fleet = hashlib.sha256(bad.encode()).hexdigest()[:12]
      self.ws.write(f'fleets/{fleet}/fleet.json', bad)
      for words in (['fleet', 'apply', fleet, '--yes'], ['fleet', 'gate', fleet, 'all'], ['verify', fleet],
                    ['approve', fleet, '--key', self.people.key(ADELE), '--yes']):
        self.ws.run(*words, expect=harness.INVALID)
    self.assertEqual(len(rows), 2)
    self.assertEqual(self.server.writes(), 0)


del FleetCase

if __name__ == '__main__':
  harness.main()
