"""Which repository, whose branch and whose plan it is: what git says is trusted no further than it can be."""

import http.server
import os
import shutil
import threading
import unittest

import contoso
import harness
import looking
import signing
from signing import ADELE, ALEX, MEGAN


class Repositories(looking.Looking):
  """Which repository a folder is in is not said by what a commit can bring."""

  def imitate(self, folder, source, config=''):
    """What a pull request may hold: a folder that looks like a bare repository."""
    bare = self.ws.dir / 'imitation.git'
    self.ws.git('clone', '-q', '--bare', str(source), str(bare))
    (bare / 'refs/keep').write_text('')
    (bare / 'config').write_text('[core]\n\trepositoryformatversion = 0\n' + config)
    for name in ('HEAD', 'objects', 'refs', 'config', 'packed-refs'):
      path = bare / name
      if path.is_dir():
        shutil.copytree(path, folder / name)
      elif path.exists():
        shutil.copy(path, folder / name)
    shutil.rmtree(bare)

  def customers(self, twin, required):
    """The customers' repository is a folder of a greater one; nobody has approved its plan."""
    self.moves = self.ws.repo / 'moves'
    self.ws.write('moves/seatshift.yaml', signing.policy(required))
    self.ws.write('moves/customers/contoso.yaml', looking.customer())
    self.ws.git_init()
    self.ws.git_commit('policy')
    self.ws.env = twin.env(AZURE_CLIENT_SECRET=contoso.SECRET, CONTOSO_OPEN_KEY=contoso.KEY)
    self.plan = self.ws.run_json('-C', self.moves, 'plan', 'contoso', '--commit', expect=harness.OK)['id']

  def own(self):
    """A repository of the attacker's, in which nobody has to approve."""
    own = self.ws.dir / 'own'
    shutil.copytree(self.moves, own)
    policy = (own / 'seatshift.yaml').read_text()
    (own / 'seatshift.yaml').write_text(policy.replace('required: 1', 'required: 0'))
    self.plan = self.ws.run_json('-C', own, 'plan', 'contoso', expect=harness.OK)['id']
    for command in (['init', '-q', '-b', 'main'], ['config', 'user.name', 'x'], ['config', 'user.email', 'x@example.com'],
                    ['add', '-A'], ['commit', '-q', '-m', 'x']):
      self.ws.git('-C', str(own), *command)
    return own

  def test_a_folder_that_looks_like_a_bare_repository(self):
    document = contoso.document(0)
    document['tenants'][0] = looking.tenant()
    twin = self.twin(document)
    self.customers(twin, 1)
    own = self.own()
    for config in ('\tbare = true\n', '\tbare = false\n\tworktree = ..\n'):
      with self.subTest(config):
        self.imitate(self.moves, own, config)
        shutil.copytree(own, self.moves, ignore=shutil.ignore_patterns('.git'), dirs_exist_ok=True)
        asked = len(twin.log())
        for where in (self.moves, self.moves / 'customers'):
          refused = self.ws.run('-C', where, 'apply', self.plan, '--yes')
          self.assertEqual(refused.status, harness.UNAPPROVED, refused)
        self.assertEqual(len(twin.log()), asked)
        self.ws.git('checkout', '-q', '-f', 'main')
        self.ws.git('clean', '-q', '-f', '-d', '-x')

  def test_its_credential_helper_is_not_run(self):
    document = contoso.document(0)
    document['tenants'][0] = looking.tenant()
    twin = self.twin(document)
    self.customers(twin, 0)
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Unauthorized)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    self.addCleanup(server.server_close)
    self.addCleanup(server.shutdown)
    url = f'http://127.0.0.1:{server.server_port}/moves.git'
    self.ws.git('remote', 'add', 'origin', url)
    ran = self.ws.dir / 'ran'
    self.imitate(self.moves, self.own(),
                 f'\tbare = true\n[remote "origin"]\n\turl = {url}\n[credential]\n\thelper = "!: >{ran};"\n')
    refused = self.ws.run('-C', self.moves, 'apply', self.plan, '--yes')
    self.assertEqual(refused.status, harness.ERROR, refused)
    self.assertTrue(Unauthorized.asked, 'the remote was asked, and wanted to know who is there')
    self.assertFalse(ran.exists())
    self.assertEqual(twin.writes(), 0)
    # Its own repository's helper is asked.
    self.ws.git('config', 'credential.helper', f'!: >{ran};')
    self.ws.run('-C', self.moves, 'apply', self.plan, '--yes', expect=harness.ERROR)
    self.assertTrue(ran.exists())

  def unopened(self, twin, plan, *says):
    """Where the journal is to be committed, and cannot be: said before anything is written."""
    journal = self.ws.repo / 'plans/contoso' / plan / 'journal.jsonl'
    for arguments, env in ((['apply', plan, '--yes'], {'CI': 'true'}), (['apply', plan, '--yes', '--commit'], {}),
                           (['step', plan, 'redeem-key', '--done', '--case', '1'], {'CI': 'true'})):
      result = self.ws.run(*arguments, env=env)
      self.assertEqual(result.status, harness.ERROR, result)
      for text in says:
        self.assertIn(text, result.err)
    self.assertFalse(journal.exists())
    self.assertEqual(twin.writes(), 0)

  def test_a_checkout_that_cannot_be_opened(self):
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    config = self.ws.repo / '.git/config'
    usual = config.read_text()
    for name, value in (('worktreeConfig', 'true'), ('partialClone', 'origin'), ('objectFormat', 'sha256')):
      with self.subTest(name):
        self.ws.git('config', 'core.repositoryformatversion', '1')
        config.write_text(config.read_text() + f'[extensions]\n\t{name} = {value}\n')
        self.unopened(twin, plan, 'cannot open the git repository', f'extensions.{name}')
        config.write_text(usual)
    with self.subTest('no repository at all'):
      (self.ws.repo / '.git').rename(self.ws.dir / 'away')
      self.unopened(twin, plan, 'is not in a git repository')
      (self.ws.dir / 'away').rename(self.ws.repo / '.git')
    # Without git's record, only where that is said.
    config.write_text(usual + '[extensions]\n\tpartialClone = origin\n')
    self.ws.git('config', 'core.repositoryformatversion', '1')
    result = self.ws.run('apply', plan, '--yes', '--no-commit', env={'CI': 'true'}, expect=harness.WAITING)
    self.assertIn('warning: cannot open the git repository', result.err)

  @unittest.skipIf(os.geteuid() != 0, 'only root can give a folder away')
  def test_a_checkout_of_another_user(self):
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    for path in [self.ws.repo, *self.ws.repo.rglob('*')]:
      os.lchown(path, 12345, 12345)
    self.unopened(twin, plan, 'belongs to another user', f"safe.directory '{self.ws.repo}'")
    self.ws.env['GIT_CONFIG_GLOBAL'] = str(self.ws.home / '.gitconfig')
    (self.ws.home / '.gitconfig').write_text('[safe]\n\tdirectory = *\n')
    self.unopened(twin, plan, 'belongs to another user', f"safe.directory '{self.ws.repo}'", "The '*' there is not enough")


class ApprovedBranch(looking.Looking):
  """Which commit is the approved branch's is never said by what is judged."""

  def begin(self, required=1):
    """A server with a plan that nobody has approved, and a clone of it as CI systems make one."""
    document = contoso.document(0)
    document['tenants'][0] = looking.tenant()
    self.server = self.twin(document)
    self.people = signing.People(self.ws.dir / 'keys')
    contoso.set_up(self.ws, self.server)
    self.ws.write('customers/contoso.yaml', looking.customer())
    self.ws.write('seatshift.yaml', signing.policy(required))
    self.ws.write('allowed_signers', self.people.signer(ADELE))
    self.ws.git_commit('policy')
    self.plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)['id']
    remote = self.ws.dir / 'remote.git'
    self.ws.git('clone', '-q', '--bare', '.', str(remote))
    self.ws.git('remote', 'add', 'origin', str(remote))
    self.ws.git('fetch', '-q', 'origin')

  def forge(self, branch, required, named=None):
    """A branch of the attacker's, where the attacker may approve, and has."""
    self.ws.git('switch', '-q', '-c', branch)
    policy = signing.policy(required, branch=named or branch, author_may_approve=True)
    self.ws.write('seatshift.yaml', policy)
    self.ws.write('allowed_signers', self.people.signer(ALEX))
    self.ws.git_commit('mine')
    self.forged = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)['id']
    if required:
      self.sign(self.forged, ALEX)

  def sign(self, plan, name):
    text = signing.approval({'digest': self.ws.run_json('show', plan)['digest']}, name)
    self.ws.write(f'plans/contoso/{plan}/approvals/{name}.txt', text)
    self.ws.write(f'plans/contoso/{plan}/approvals/{name}.txt.sig', self.people.sign(name, text))
    self.ws.git_commit('an approval')

  def refused(self, *options, plan=None, says='', **env):
    asked = len(self.server.log())
    for command in (['apply', plan or self.forged, '--yes', '--no-commit'], ['verify', plan or self.forged]):
      result = self.ws.run(*command, *options, env=env, expect=harness.UNAPPROVED)
      self.assertIn(says, ' '.join((result.err + result.out).split()))
    self.ws.run('step', plan or self.forged, 'redeem-key', '--show-key', *options, env=env, expect=harness.UNAPPROVED)
    self.assertEqual(len(self.server.log()), asked)

  def test_in_ci_it_is_said_from_outside(self):
    for required in (1, 0):
      with self.subTest(required=required):
        if required:
          self.begin()
        branch = f'evil{required}'
        self.forge(branch, required)
        self.ws.git('push', '-q', 'origin', branch)
        for checkout in (['--detach'], []):
          self.ws.git('switch', '-q', *checkout, branch)
          self.refused(CI='true', says=f"the checkout does not say that '{branch}'")
          self.refused(CI='true', SEATSHIFT_BRANCH='main')
          self.refused('--approved-branch', 'main', CI='true')
          self.refused('--approved-branch', 'main')
          self.refused('--approved-branch', 'nowhere', says='nowhere')
        self.ws.git('switch', '-q', 'main')

  def test_a_tag_is_no_branch(self):
    self.begin()
    self.ws.git('switch', '-q', '--detach')
    self.ws.git('branch', '-q', '-D', 'main')
    self.ws.git('update-ref', '-d', 'refs/remotes/origin/main')
    self.ws.git('tag', 'main')
    self.forge('evil', 1, named='main')
    self.ws.git('tag', '-f', 'main')
    self.refused(says="there is no branch 'main'")
    short = self.ws.git('rev-parse', '--short=10', 'HEAD').strip()
    self.ws.git('tag', short + 'x')
    for name in ('main', 'refs/tags/main', 'tags/main', short, f'{short}x', 'HEAD', 'HEAD~0', '@', 'evil~0', 'evil@{0}',
                 ':/mine', 'heads/evil', 'refs/remotes/../heads/evil'):
      with self.subTest(name):
        self.ws.write('seatshift.yaml', signing.policy(1, branch=f"'{name}'", author_may_approve=True))
        result = self.ws.run('apply', self.forged, '--yes', '--no-commit', '--approved-branch', name)
        self.assertIn(result.status, (harness.UNAPPROVED, harness.INVALID), result)
    self.assertEqual(self.server.writes(), 0)

  def test_the_remotes_tip_decides(self):
    self.begin()
    self.ws.write('allowed_signers', self.people.signer(MEGAN))
    self.ws.git_commit('mine')
    self.sign(self.plan, MEGAN)
    self.refused(plan=self.plan)
    self.assertIn('git push origin main', self.ws.run('apply', self.plan, '--yes', expect=harness.UNAPPROVED).err)
    # And the other way round: what the server has counts, before anybody has pulled it.
    self.ws.git('reset', '-q', '--hard', 'origin/main')
    self.ws.git('switch', '-q', '-c', 'approving')
    self.ws.run('plan', 'contoso', '--commit', expect=harness.OK)
    self.sign(self.plan, ADELE)
    self.ws.git('push', '-q', 'origin', 'approving:main')
    self.ws.git('switch', '-q', 'main')
    self.ws.run('apply', self.plan, '--no-commit', expect=harness.WAITING)

  def test_no_policy_there_is_a_refusal(self):
    self.begin(required=0)
    self.ws.git('rm', '-q', '--cached', 'seatshift.yaml')
    self.ws.git('commit', '-q', '-m', 'no policy')
    self.ws.git('push', '-q', 'origin', 'main')
    self.refused(plan=self.plan, says='there is no seatshift.yaml')
    self.ws.git('switch', '-q', '-c', 'side')
    self.ws.git('add', 'seatshift.yaml')
    self.ws.git('commit', '-q', '-m', 'policy')
    self.refused(plan=self.plan, says='there is no seatshift.yaml')
    self.refused(plan=self.plan, CI='true')
    self.ws.git('push', '-q', 'origin', 'side:main')
    self.ws.run('apply', self.plan, '--yes', '--no-commit', env={'CI': 'true'}, expect=harness.WAITING)


class Authors(looking.Looking):
  """Authors are all who shaped the plan; people are their keys."""

  def begin(self, required=1, signers=None, users='      - holders_of: advisor'):
    document = contoso.document(0)
    document['tenants'][0] = looking.tenant()
    self.server = self.twin(document)
    self.people = signing.People(self.ws.dir / 'keys')
    contoso.set_up(self.ws, self.server)
    self.ws.write('seatshift.yaml', signing.policy(required))
    self.ws.write('allowed_signers', signers or ''.join(map(self.people.signer, (ALEX, ADELE, MEGAN))))
    self.ws.write('customers/contoso-users.csv', 'upn\nadele.vance@contoso.com\n')
    self.ws.write('customers/contoso.yaml', looking.customer(users=users))
    self.commit(ADELE)

  def commit(self, name, message='a change'):
    self.ws.git('add', '-A')
    self.ws.git('-c', f'user.name={name.split("@")[0]}', '-c', f'user.email={name}', 'commit', '-q', '--allow-empty', '-m',
                message)

  def make(self):
    self.plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)

  def sign(self, name, key=None, commit=True, **other):
    text = signing.approval(self.plan, name, **other)
    path = f'plans/contoso/{self.plan["id"]}/approvals/{name}.txt'
    self.ws.write(path, text)
    self.ws.write(f'{path}.sig', self.people.sign(key or name, text))
    if commit:
      self.ws.git_commit('an approval')

  def verdicts(self):
    result = self.ws.run_json('verify', self.plan['id'])
    return {item['approver']: item['verdict'] for item in result['approvals']['items']}, result['ok']

  def judge(self, *expected):
    """Each of them has signed; `expected` are those who count."""
    for name in (ADELE, MEGAN):
      self.sign(name)
    verdicts, _ = self.verdicts()
    self.assertEqual({name for name, verdict in verdicts.items() if verdict == 'counts'}, set(expected), verdicts)
    self.assertLessEqual(set(verdicts.values()), {'counts', 'by-author'})

  def test_who_changed_the_customers_file_in_the_review(self):
    for how in ('--no-ff', '--ff-only', '--squash'):
      with self.subTest(how):
        self.begin()
        self.commit(ADELE, 'seen to be good')
        self.ws.git('switch', '-q', '-c', 'review')
        self.ws.write('customers/contoso.yaml', looking.customer(retire_by=looking.TERM_ENDS))
        self.commit(MEGAN)
        self.make()
        self.ws.git('switch', '-q', 'main')
        self.ws.git('merge', '-q', how, *(['-m', 'the review'] if how == '--no-ff' else []), 'review')
        if how == '--squash':
          self.commit(ALEX, f'the review\n\nCo-authored-by: Megan <{MEGAN}>')
        # What came before the review, the policy too, was changed by Adele. Where commits come one after the other,
        # nothing tells where a review of the first plan began.
        self.judge(*([ADELE] if how == '--no-ff' else []))
        self.ws.close()
        self.ws = harness.Workspace()

  def test_who_wrote_it_under_another_name(self):
    """Megan's list becomes the customer's by Alex's hand: renamed, copied, renamed with a change, in two steps."""
    people = 'upn\n' + ''.join(f'{name}@contoso.com\n' for name in ('adele.vance', 'alex.wilber', 'diego.siciliani'))
    def rename():
      self.ws.git('mv', '-f', 'lists/drafts.csv', 'customers/contoso-users.csv')
    def copy():
      self.ws.write('customers/contoso-users.csv', people)
    def change():
      rename()
      self.ws.write('customers/contoso-users.csv', people + 'grady.archie@contoso.com\n')
    def twice():
      self.ws.git('mv', 'lists/drafts.csv', 'lists/other.csv')
      self.commit(ALEX)
      self.ws.git('mv', '-f', 'lists/other.csv', 'customers/contoso-users.csv')
    def apart():
      self.ws.git('rm', '-q', 'lists/drafts.csv')
      self.commit(ALEX)
      self.ws.write('customers/contoso-users.csv', people)
    for how in (rename, copy, change, twice, apart):
      with self.subTest(how.__name__):
        self.begin(users=self.CSV)
        self.ws.git('rm', '-q', 'customers/contoso-users.csv')
        self.commit(ADELE, 'seen to be good')
        self.ws.git('switch', '-q', '-c', 'review')
        self.ws.write('lists/drafts.csv', people)
        self.commit(MEGAN)
        how()
        self.commit(ALEX)
        self.make()
        self.ws.git('switch', '-q', 'main')
        self.ws.git('merge', '-q', '--no-ff', '-m', 'the review', 'review')
        self.judge(ADELE)
        self.ws.close()
        self.ws = harness.Workspace()

  def change(self, name, people='adele.vance', **options):
    self.ws.write('customers/contoso-users.csv', f'upn\n{people}@contoso.com\n')
    self.commit(name, **options)

  CSV = '      - csv: contoso-users.csv\n      - holders_of: advisor'

  def test_no_file_begins_a_review(self):
    """Commits one after the other: whatever an author puts among the customer's records, their change stays theirs."""
    records = {'plans/contoso/notes.txt': 'seen\n', 'plans/contoso/0123456789ab/plan.json': '{}\n'}
    for path, text in {**records, 'a plan of theirs': None}.items():
      with self.subTest(path):
        self.begin(users=self.CSV)
        self.change(MEGAN, 'lidia.holloway')
        if text:
          self.ws.write(path, text)
          self.commit(MEGAN, 'a record')
          self.ws.git('rm', '-q', '-r', 'plans')
          self.commit(MEGAN, 'no record')
        else:
          # Made as it should be, and approved by whom it must not count of.
          self.make()
          self.sign(MEGAN)
          self.ws.write('customers/contoso.yaml', looking.customer(users=self.CSV, retire_by=looking.TERM_ENDS))
          self.commit(ALEX)
        self.make()
        self.judge()
        self.ws.close()
        self.ws = harness.Workspace()

  def test_what_others_approved_is_seen(self):
    """Commits one after the other: a review begins behind the last plan that enough others have approved."""
    self.begin(users=self.CSV)
    base = self.ws.git('rev-parse', 'HEAD').strip()
    self.make()
    self.sign(MEGAN)
    seen = self.plan
    self.change(ALEX, 'lidia.holloway')
    self.make()
    self.judge(ADELE, MEGAN)
    # The same, where that plan came when the file was another one already: it was made from what came before.
    self.ws.git('switch', '-q', '-c', 'late', base)
    self.assertFalse((self.ws.repo / 'plans/contoso' / seen['id']).exists())
    self.change(ADELE, 'lidia.holloway')
    self.ws.git('checkout', '-q', 'main', '--', f'plans/contoso/{seen["id"]}')
    self.commit(ALEX, 'an older plan')
    self.ws.git('branch', '-q', '-f', 'main', 'late')
    self.ws.git('switch', '-q', 'main')
    self.make()
    self.judge(MEGAN)

  def put_back(self):
    """An ordinary revert of the plan's commit, and the revert of that."""
    for commit in (self.added, 'HEAD'):
      self.ws.git('revert', '--no-edit', commit)

  def seen_by_all(self):
    """No command dies of it, and whoever shaped the plan is still its author."""
    for command in (['status', '--offline'], ['show', self.plan['id']]):
      self.ws.run(*command, expect=harness.OK)
    self.assertEqual(self.verdicts(), ({ALEX: 'by-author', MEGAN: 'counts'}, True))
    self.ws.run('apply', self.plan['id'], '--no-commit', expect=harness.WAITING)

  def add(self):
    self.make()
    self.added = self.ws.git('rev-parse', 'HEAD').strip()
    for name in (ALEX, MEGAN):
      self.sign(name)

  def test_a_plan_that_was_removed_and_put_back(self):
    """In a history of commits one after the other such a plan comes before itself."""
    self.begin(users=self.CSV)
    self.change(ALEX, 'lidia.holloway')
    self.add()
    self.put_back()
    self.seen_by_all()

  def test_plans_that_come_before_each_other(self):
    self.begin(users=self.CSV)
    self.change(ALEX, 'lidia.holloway')
    self.add()
    first, added = self.plan, self.added
    self.change(ALEX)
    self.add()
    self.put_back()
    self.added = added
    self.put_back()
    self.seen_by_all()
    self.plan = first
    self.ws.run('verify', first['id'], expect=harness.STALE)

  def test_who_committed_it(self):
    """Whoever applies somebody else's change shaped it as well; a server that does is nobody."""
    for name, email, counts in (('Megan', MEGAN, [ADELE]), ('GitHub', 'noreply@github.com', [ADELE, MEGAN])):
      with self.subTest(email):
        self.begin(users=self.CSV)
        self.ws.git('switch', '-q', '-c', 'review')
        self.ws.write('customers/contoso-users.csv', 'upn\nlidia.holloway@contoso.com\n')
        self.ws.git('add', '-A')
        self.ws.git('-c', f'user.name={name}', '-c', f'user.email={email}', 'commit', '-q', '-m', 'applied',
                    f'--author=Alex <{ALEX}>')
        self.make()
        self.ws.git('switch', '-q', 'main')
        self.ws.git('merge', '-q', '--no-ff', '-m', 'the review', 'review')
        self.judge(*counts)
        self.ws.close()
        self.ws = harness.Workspace()

  def test_a_server_is_under_no_pattern(self):
    people = signing.People(self.ws.dir / 'keys')
    self.begin(signers=f'*@github.com {people.public(MEGAN)}\n')
    self.ws.git('switch', '-q', '-c', 'review')
    self.make()
    self.ws.git('-c', 'user.name=GitHub', '-c', 'user.email=noreply@github.com', 'commit', '-q', '--amend', '--no-edit')
    self.ws.git('switch', '-q', 'main')
    self.ws.git('merge', '-q', '--no-ff', '-m', 'the review', 'review')
    self.sign('octocat@github.com', key=MEGAN)
    self.assertEqual(self.verdicts(), ({'octocat@github.com': 'counts'}, True))

  def test_every_input(self):
    self.begin(users='      - csv: contoso-users.csv\n      - holders_of: advisor')
    base = self.ws.git('rev-parse', 'HEAD').strip()
    changes = {'customers/contoso-users.csv': 'upn\nadele.vance@contoso.com\nlidia.holloway@contoso.com\n',
               'seatshift.yaml': signing.policy(1) + 'concurrency: 3\n', 'fleet.yaml': None}
    for path, text in changes.items():
      with self.subTest(path):
        self.ws.git('switch', '-q', '-c', path.replace('/', '-').replace('.', '-'), base)
        self.ws.write(path, text if text else 'version: 1\nwaves:\n  - {name: all}\n')
        self.commit(MEGAN)
        self.make()
        self.ws.git('switch', '-q', 'main')
        self.ws.git('reset', '-q', '--hard', base)
        self.ws.git('merge', '-q', '--no-ff', '-m', 'the review', '-')
        self.judge(ADELE)

  def test_whoever_added_the_plan_anywhere(self):
    self.begin()
    self.ws.git('switch', '-q', '-c', 'side')
    self.make()
    self.ws.git('-c', f'user.email={MEGAN}', 'commit', '-q', '--amend', '--reset-author', '--no-edit')
    self.ws.git('switch', '-q', 'main')
    self.commit(ADELE, 'meanwhile')
    self.make()
    self.ws.git('merge', '-q', '-X', 'ours', '-m', 'both', 'side')  # each has its own snapshot
    self.sign(MEGAN)
    self.assertEqual(self.verdicts(), ({MEGAN: 'by-author'}, False))

  def test_the_author_under_a_pattern(self):
    lines = {'a pattern': '*@example.com {alex}\n', 'a pattern for the name': 'al?x.*,boss@example.com {alex}\n',
             'two lines': 'boss@example.com {alex}\nalex.wilber@example.com {alex}\n',
             'in other letters': 'BOSS@example.com,boss@example.com,Alex.Wilber@Example.COM {alex}\n'}
    for name, line in lines.items():
      with self.subTest(name):
        people = signing.People(self.ws.dir / 'keys')
        self.begin(signers=line.format(alex=people.public(ALEX)))
        self.make()
        self.sign('boss@example.com', key=ALEX)
        self.assertEqual(self.verdicts(), ({'boss@example.com': 'by-author'}, False))
        self.assertEqual(self.ws.run('apply', self.plan['id'], '--yes', '--no-commit').status, harness.UNAPPROVED)
        self.ws.close()
        self.ws = harness.Workspace()

  def test_two_people_under_one_pattern(self):
    people = signing.People(self.ws.dir / 'keys')
    self.begin(required=2, signers=f'*@partner.example {people.public(ADELE)}\n*@partner.example {people.public(MEGAN)}\n')
    self.make()
    self.sign('one@partner.example', key=ADELE)
    self.sign('other@partner.example', key=ADELE)
    self.assertEqual(self.verdicts(), ({'one@partner.example': 'counts', 'other@partner.example': 'same-person'}, False))
    self.sign('third@partner.example', key=MEGAN)
    verdicts, ok = self.verdicts()
    self.assertTrue(ok, verdicts)
    self.assertEqual(verdicts['third@partner.example'], 'counts')
    self.ws.run('apply', self.plan['id'], '--no-commit', expect=harness.WAITING)


class Unauthorized(http.server.BaseHTTPRequestHandler):
  """A remote that wants to know who is there."""
  asked = 0

  def do_GET(self):
    Unauthorized.asked += 1
    self.send_response(401)
    self.send_header('WWW-Authenticate', 'Basic realm="git"')
    self.send_header('Content-Length', '0')
    self.end_headers()

  do_POST = do_GET

  def log_message(self, *_):
    pass


if __name__ == '__main__':
  harness.main()
