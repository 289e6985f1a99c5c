"""The whole way through git: two people, one approval, a CI job per stage, a hand step between two jobs.

The remote is a bare repository. People and jobs have clones of their own and use stock git and
ssh-keygen; nobody is asked anything.
"""

import hashlib
import json
import re
import shutil
import subprocess

import contoso
import harness
import signing
from signing import ADELE, ALEX

BOT = {'CI': 'true', 'GIT_AUTHOR_NAME': 'Pipeline', 'GIT_AUTHOR_EMAIL': 'pipeline@example.com',
       'GIT_COMMITTER_NAME': 'Pipeline', 'GIT_COMMITTER_EMAIL': 'pipeline@example.com'}


class Pipeline(harness.TestCase):

  def setUp(self):
    super().setUp()
    self.server = self.twin(contoso.document(signing.USERS))
    self.people = signing.People(self.ws.dir / 'keys')
    self.remote = self.ws.dir / 'remote.git'
    self.jobs = 0
    self.git(self.ws.dir, 'init', '-q', '--bare', '-b', 'main', str(self.remote))
    self.alex = self.clone('alex', ALEX)
    self.ws.repo = self.alex
    contoso.set_up(self.ws, self.server)
    self.git(self.alex, 'config', 'user.email', ALEX)
    self.ws.write('seatshift.yaml', signing.policy())
    self.ws.write('allowed_signers', self.people.signer(ADELE) + self.people.signer(ALEX))
    self.ws.git_commit('policy and signers')
    self.git(self.alex, 'push', '-q', 'origin', 'HEAD:main')

  def git(self, where, *args):
    done = subprocess.run(['git', *args], cwd=where, capture_output=True, check=False, timeout=60,
                          env=harness.clean_env(home=self.ws.home))
    self.assertEqual(done.returncode, 0, (args, done.stderr.decode()))
    return done.stdout.decode()

  def clone(self, name, who=None, *options):
    path = self.ws.dir / name
    self.git(self.ws.dir, 'clone', '-q', *options, f'file://{self.remote}', str(path))
    if who:
      self.git(path, 'config', 'user.name', who.split('@')[0])
      self.git(path, 'config', 'user.email', who)
    return path

  def job(self, *args, expect, before=None, detached=False):
    """One CI job: a fresh clone with no identity of its own, thrown away afterwards."""
    self.jobs += 1
    where = self.clone(f'job{self.jobs}')
    if detached:
      self.git(where, 'checkout', '-q', '--detach', 'origin/main')
      self.git(where, 'branch', '-q', '-D', 'main')
    if before:
      before()
    result = self.ws.run(*args, cwd=where, env=BOT, expect=expect)
    changed = self.git(where, 'status', '--porcelain').split()
    # A detached checkout stays at the commit that it was made of; the journal has gone on.
    self.assertEqual(changed, [changed[0], changed[1]] if detached and changed[1].endswith('/journal.jsonl') else [])
    self.git(where, 'fsck', '--strict')
    return result

  def on_remote(self, path):
    return self.git(self.remote, 'show', f'main:{path}')

  def plan_and_review(self):
    """Alex plans on a branch, Adele reviews, merges, approves and pushes."""
    plan = self.ws.run_json('plan', 'contoso', '--commit', '--branch', 'plan/contoso', expect=harness.OK)
    self.git(self.alex, 'push', '-q', 'origin', 'plan/contoso')
    adele = self.clone('adele', ADELE)
    self.git(adele, 'merge', '-q', '--no-ff', '-m', 'contoso: reviewed', 'origin/plan/contoso')
    self.job('apply', plan['id'], expect=harness.INVALID)  # not pushed yet: the job has never heard of it
    self.git(adele, 'push', '-q', 'origin', 'main')
    self.job('apply', plan['id'], expect=harness.UNAPPROVED)
    self.ws.run('approve', plan['id'], '--key', self.people.key(ADELE), '--yes', '--commit', cwd=adele,
                expect=harness.OK)
    self.git(adele, 'push', '-q', 'origin', 'main')
    return plan

  def test_two_people_and_a_job_per_stage(self):
    plan = self.plan_and_review()
    folder = f'plans/contoso/{plan["id"]}'
    before = self.server.licenses(contoso.TENANT)
    self.job('verify', plan['id'], expect=harness.OK)

    self.job('apply', plan['id'], expect=harness.WAITING)
    self.assertEqual(self.server.licenses(contoso.TENANT), before)
    self.assertIn('"waiting"', self.on_remote(f'{folder}/journal.jsonl'))

    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    # Somebody else pushes between this job's checkout and its end; and its checkout is detached.
    self.job('apply', plan['id'], expect=harness.WAITING, before=self.push_something_else, detached=True)
    self.assertIn('notes', self.git(self.remote, 'ls-tree', '--name-only', 'main'))
    written = self.server.writes()
    self.assertGreater(written, 0)

    self.give_evidence(plan, folder)
    self.server.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.job('apply', plan['id'], expect=harness.OK)
    self.assertEqual(self.server.writes(), written)
    again = self.job('apply', plan['id'], '--format', 'json', expect=harness.OK)
    self.assertEqual(again.json['outcome'], 'nothing')
    self.check_record(plan, folder)
    self.check_history(plan)
    self.check_evidence(plan)
    self.ws.scan(contoso.KEY, contoso.SECRET, allowed=('twin.json',))

  def push_something_else(self):
    other = self.clone('other', ADELE)
    (other / 'notes').write_text('call the customer on Monday\n')
    self.git(other, 'add', 'notes')
    self.git(other, 'commit', '-q', '-m', 'notes')
    self.git(other, 'push', '-q', 'origin', 'main')

  def give_evidence(self, plan, folder):
    """Alex has called; what he writes down goes into the journal, by stock git."""
    self.git(self.alex, 'fetch', '-q')
    self.git(self.alex, 'checkout', '-q', '-f', '-B', 'main', 'origin/main')
    self.ws.run('step', plan['id'], 'retire-subscription', '--done', '--case', '4711', '--agent', 'Jo',
                expect=harness.OK)
    self.git(self.alex, 'add', folder)
    self.git(self.alex, 'commit', '-q', '-m', 'contoso: called billing')
    self.git(self.alex, 'push', '-q', 'origin', 'main')

  def check_record(self, plan, folder):
    """What is on the remote, by stock tools: the chain of the journal, the signature, no merge, no force."""
    lines = self.on_remote(f'{folder}/journal.jsonl').splitlines()
    previous = None
    for line in lines:
      entry = json.loads(line)
      self.assertEqual(entry['prev'], previous)
      previous = 'sha256:' + hashlib.sha256(line.encode()).hexdigest()
    self.assertEqual((entry['event'], entry['outcome']), ('run-end', 'done'))
    self.assertIn('"case_number":"4711"', '\n'.join(lines))
    text = self.on_remote(f'{folder}/approvals/{ADELE}.txt')
    signature = self.ws.dir / 'signature'
    signature.write_text(self.on_remote(f'{folder}/approvals/{ADELE}.txt.sig'))
    signers = self.ws.dir / 'signers'
    signers.write_text(self.on_remote('allowed_signers'))
    self.people.keygen('-Y', 'verify', '-f', signers, '-I', ADELE, '-n', 'seatshift-approval', '-s', signature,
                       input=text.encode())
    self.git(self.remote, 'fsck', '--strict')
    refs = self.git(self.remote, 'for-each-ref', '--format=%(refname)').split()
    self.assertEqual(refs, ['refs/heads/main', 'refs/heads/plan/contoso'], 'no lock is left')
    subjects = self.git(self.remote, 'log', '--format=%s', 'main').splitlines()
    self.assertGreaterEqual(sum(subject.startswith('apply contoso') for subject in subjects), 3)

  def check_history(self, plan):
    self.git(self.alex, 'pull', '-q', 'origin', 'main')
    history = self.ws.run_json('history', 'contoso', expect=harness.OK)
    self.assertEqual([entry['plan'] for entry in history['plans']], [plan['id']])
    entry = history['plans'][0]
    self.assertEqual(entry['planned']['email'], ALEX)
    self.assertEqual([(a['approver'], a['good']) for a in entry['approvals']], [(ADELE, True)])
    events = [event['event'] for event in entry['events']]
    self.assertEqual(events.count('evidence'), 1)
    self.assertEqual(entry['outcome'], 'done')
    text = self.ws.run('history', 'contoso', expect=harness.OK).out
    for words in (ADELE, ALEX, '4711', 'Jo', 'retire-subscription'):
      self.assertIn(words, text)

  def check_evidence(self, plan):
    """The bundle's own instructions, run as they stand, with nothing of seatshift in the path."""
    where = self.ws.dir / 'evidence'
    self.ws.run('show', plan['id'], '--evidence', where, expect=harness.OK)
    names = sorted(str(path.relative_to(where)) for path in where.rglob('*') if path.is_file())
    self.assertEqual(names, ['README.txt', 'SHA256SUMS', 'allowed_signers', f'approvals/{ADELE}.txt',
                             f'approvals/{ADELE}.txt.sig', 'customers/contoso.yaml', 'history.bundle',
                             'journal.jsonl', 'plan.json', 'seatshift.yaml', 'snapshot.json', 'statement.json'])
    self.check_statement(plan, where)
    done = signing.follow_readme(where, self.ws)
    self.assertEqual(done.returncode, 0, done)
    self.assertIn('Good "seatshift-approval" signature', done.stdout)
    self.assertIn(ALEX, done.stdout)
    lines = len((where / 'journal.jsonl').read_text().splitlines())
    self.assertIn(f'{lines} lines', done.stdout)
    self.assertNotIn('broken', done.stdout)
    self.ws.run('show', plan['id'], '--evidence', where, expect=harness.INVALID)  # never over another
    self.check_tampered(where)

  def check_statement(self, plan, where):
    """An in-toto statement about the plan, that says of every file what it is."""
    statement = json.loads((where / 'statement.json').read_text())
    if harness.SCHEMAS.validator:
      harness.SCHEMAS.of('statement').validate(statement)
    self.assertEqual(statement['subject'], [{'name': 'plan.json', 'digest': {
      'sha256': hashlib.sha256((where / 'plan.json').read_bytes()).hexdigest()}}])
    said = statement['predicate']
    self.assertEqual((said['plan'], said['customer'], said['tenant']['id']), (plan['id'], 'contoso', contoso.TENANT))
    self.assertEqual([(row['approver'], row['counts']) for row in said['approvals']], [(ADELE, True)])
    self.assertEqual((said['run']['done'], said['run']['open']), (True, 0))
    self.assertEqual(said['run']['entries'], len((where / 'journal.jsonl').read_text().splitlines()))
    for row in said['materials']:
      self.assertEqual(row['digest']['sha256'], hashlib.sha256((where / row['name']).read_bytes()).hexdigest())
    self.assertIn('snapshot.json', [row['name'] for row in said['materials']])

  def check_tampered(self, where):
    """Each file, changed with its sum brought up to date, is found out by one of the other checks."""
    for name, old, new in (('plan.json', '"users_changed":12', '"users_changed":11'),
                           (f'approvals/{ADELE}.txt', 'approver: adele', 'approver: addle'),
                           ('journal.jsonl', '"case_number":"4711"', '"case_number":"4712"'),
                           ('journal.jsonl', '"outcome":"done"', '"outcome":"gone"'),
                           ('seatshift.yaml', 'required: 1', 'required: 0'),
                           ('allowed_signers', 'AAAAC3', 'AAAAC4')):
      with self.subTest(name):
        path = where / name
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new))
        signing.sum_again(where)
        done = signing.follow_readme(where, self.ws)
        self.assertTrue(done.returncode != 0 or 'broken' in done.stdout, done)
        path.write_text(text)
        signing.sum_again(where)

  def wait_for_retirement(self):
    """A plan whose users are moved; what is left is the call. Alex's clone knows it all."""
    plan = self.plan_and_review()
    folder = f'plans/contoso/{plan["id"]}'
    self.job('apply', plan['id'], expect=harness.WAITING)
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    self.job('apply', plan['id'], expect=harness.WAITING)
    self.git(self.alex, 'fetch', '-q')
    self.git(self.alex, 'checkout', '-q', '-f', '-B', 'main', 'origin/main')
    return ['step', plan['id'], 'retire-subscription', '--done'], plan, f'{folder}/journal.jsonl'

  def test_evidence_is_committed_and_pushed(self):
    step, plan, journal = self.wait_for_retirement()
    stale = self.clone('stale', ADELE)
    self.push_something_else()
    (self.alex / 'mine').write_text('not yet')
    self.git(self.alex, 'add', 'mine')
    done = self.ws.run(*step, '--case', '4711', '--commit', expect=harness.OK)
    self.assertIn('recorded for', done.out)
    self.assertIn('"case_number":"4711"', self.on_remote(journal))
    self.assertRegex(self.git(self.remote, 'log', '-1', '--format=%s', 'main'), '^step contoso: journal of ')
    self.assertEqual(self.git(self.alex, 'status', '--porcelain', 'mine'), 'A  mine\n', 'is as it was staged')
    # Whoever has not seen that may not go on with the journal of before.
    before = (stale / journal).read_bytes()
    self.ws.run(*step, '--case', '4712', '--commit', cwd=stale, expect=harness.LOCKED)
    self.assertEqual((stale / journal).read_bytes(), before)
    self.assertNotIn('4712', self.on_remote(journal))
    self.server.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.job('apply', plan['id'], expect=harness.OK)
    refs = self.git(self.remote, 'for-each-ref', '--format=%(refname)').split()
    self.assertEqual(refs, ['refs/heads/main', 'refs/heads/plan/contoso'], 'no lock is left')

  def test_evidence_stays_where_it_is_unless_asked_for(self):
    step, _, journal = self.wait_for_retirement()
    head = self.git(self.alex, 'rev-parse', 'HEAD')
    ci = {'CI': 'true'}
    self.ws.run(*step, '--case', '4711', expect=harness.OK)
    self.ws.run(*step, '--case', '4712', '--no-commit', env=ci, expect=harness.OK)
    self.assertEqual(self.git(self.alex, 'rev-parse', 'HEAD'), head)
    self.ws.run(*step[:-1], '--commit', expect=harness.INVALID)
    self.ws.run(*step[:-1], '--no-commit', expect=harness.INVALID)
    self.ws.run(*step, '--case', '4713', env=ci, expect=harness.OK)
    for number in ('4711', '4712', '4713'):
      self.assertIn(f'"case_number":"{number}"', self.on_remote(journal))

  def test_a_remote_that_cannot_be_reached(self):
    plan = self.plan_and_review()
    where = self.clone('job')
    moved = self.ws.dir / 'moved.git'
    self.remote.rename(moved)
    result = self.ws.run('apply', plan['id'], cwd=where, env=BOT)
    self.assertNotIn(result.status, (harness.OK, harness.WAITING))
    moved.rename(self.remote)
    self.assertEqual(self.server.writes(), 0)
    self.ws.run('apply', plan['id'], cwd=where, env=BOT, expect=harness.WAITING)

  def test_no_identity_is_told_before_anything_is_done(self):
    plan = self.plan_and_review()
    where = self.clone('job')
    asked = len(self.server.log())
    result = self.ws.run('apply', plan['id'], cwd=where, env={'CI': 'true'}, expect=harness.ERROR)
    self.assertIn('user.name', result.err)
    self.assertEqual(len(self.server.log()), asked)


if __name__ == '__main__':
  harness.main()
