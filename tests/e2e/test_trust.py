"""Whose tenant, whose journal, whose word: what a plan's record is trusted for, and by whom it could be forged."""

import base64
import hashlib
import http.server
import json
import os
import re
import shutil
import subprocess
import threading
import unittest

import contoso
import harness
import looking
import plan_file
import signing
from signing import ADELE, ALEX, MEGAN


class OneTenant(looking.Looking):
  """Wherever a plan and a tenant meet, the plan, the customer file and the token name the same one."""

  def prepare(self):
    twin = self.start()
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    return twin

  def pin(self, tenant_id, domain):
    text = looking.customer().replace(contoso.TENANT, tenant_id).replace('contoso.onmicrosoft.com', domain)
    self.ws.write('customers/contoso.yaml', text)

  def assertAllRefuse(self, twin, status):
    commands = (
      ['step', self.plan, 'redeem-key', '--show-key'], ['step', self.plan, 'redeem-key', '--look'],
      ['step', self.plan, 'redeem-key', '--open'], ['step', self.plan, 'redeem-key'], ['step', self.plan],
      ['step', self.plan, 'redeem-key', '--done', '--case', '4711'],
      ['status', 'contoso'], ['status', 'contoso', '--offline'], ['status'], ['drift', 'contoso'],
      ['apply', self.plan, '--yes'], ['undo', self.plan])
    asked = len(twin.log())
    journal = self.ws.repo / 'plans/contoso' / self.plan / 'journal.jsonl'
    before = journal.read_bytes()
    for command in commands:
      with self.subTest(command):
        result = self.ws.run(*command, expect=status)
        self.assertNotIn(contoso.KEY, result.out + result.err)
        self.assertNotIn('retired', result.out)
    self.assertEqual(len(twin.log()), asked, 'neither tenant was asked, and nobody had to sign in')
    self.assertEqual(journal.read_bytes(), before)

  def begin(self):
    twin = self.prepare()
    self.ws.run('apply', self.plan, '--yes', expect=harness.WAITING)
    return twin

  def test_the_file_names_another_tenant(self):
    twin = self.begin()
    self.pin(contoso.OTHER, 'litware.onmicrosoft.com')
    self.assertAllRefuse(twin, harness.STALE)
    says = self.ws.run('status', 'contoso', expect=harness.STALE).err
    self.assertIn(contoso.TENANT, says)
    self.assertIn(contoso.OTHER, says)
    # The right one again, in other letters: it is one tenant.
    self.pin(contoso.TENANT.upper(), 'contoso.onmicrosoft.com')
    self.ws.run('status', 'contoso', expect=harness.OK)

  def test_the_file_names_the_partners_own(self):
    twin = self.begin()
    self.pin(contoso.PARTNER, 'fabrikam.onmicrosoft.com')
    self.assertAllRefuse(twin, harness.WRONG_TENANT)

  def test_the_plans_tenant_is_the_partners_own(self):
    twin = self.begin()
    self.ws.write('seatshift.yaml', contoso.POLICY.replace(contoso.PARTNER, contoso.TENANT.upper()))
    self.assertAllRefuse(twin, harness.WRONG_TENANT)

  def test_one_customers_mistake_is_one_line(self):
    self.begin()
    self.ws.write('customers/litware.yaml', looking.customer().replace('customer: contoso', 'customer: litware'))
    self.pin(contoso.OTHER, 'litware.onmicrosoft.com')
    rows = {row['customer']: row for row in self.ws.run_json('status', expect=harness.STALE)['customers']}
    self.assertEqual(rows['contoso']['error']['code'], harness.STALE)
    self.assertNotIn('stages', rows['contoso'])
    self.assertIn('stages', rows['litware'])

  def test_a_key_is_for_a_plan_that_the_planner_makes(self):
    """A plan that somebody wrote about another tenant is no plan, even where its digest fits."""
    twin = self.prepare()
    folder = self.ws.repo / 'plans/contoso' / self.plan
    value = json.loads((folder / 'plan.json').read_text())
    value['tenant'] = {'id': contoso.OTHER, 'domain': 'litware.onmicrosoft.com', 'name': 'Litware Inc'}
    forged = plan_file.save(self.ws.repo, value, (folder / 'snapshot.json').read_bytes())
    self.pin(contoso.OTHER, 'litware.onmicrosoft.com')
    asked = len(twin.log())
    result = self.ws.run('step', forged, 'redeem-key', '--show-key')
    self.assertIn(result.status, (harness.STALE, harness.INVALID), result)
    self.assertIn('stays hidden', result.err)
    self.assertEqual(len(twin.log()), asked)


class Tokens(looking.Looking):
  """A token that can be read says for which tenant it is; one that does not is no way round the question."""

  def token(self, payload):
    def part(value):
      return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip('=')
    return f'{part({"alg": "none"})}.{part(payload)}.c2ln'

  def test_without_a_tenant(self):
    twin = self.start()
    graph = {'aud': 'https://graph.microsoft.com', 'appid': contoso.CLIENT, 'roles': ['Organization.Read.All']}
    for payload in (graph, {**graph, 'tid': None}, {**graph, 'tid': ''}, {**graph, 'tid': 7},
                    {**graph, 'tid': [contoso.TENANT]}, {**graph, 'tid': contoso.TENANT + ' '}, {}, [], 'text'):
      with self.subTest(payload):
        for command in (['plan', 'contoso'], ['status', 'contoso'], ['doctor', 'contoso']):
          result = self.ws.run(*command, env={'SEATSHIFT_ACCESS_TOKEN': self.token(payload)})
          if command[0] != 'doctor':
            self.assertEqual(result.status, harness.WRONG_TENANT, result)
          else:
            self.assertNotEqual(result.status, harness.OK, result)
    self.assertEqual([row['path'] for row in twin.log() if '/v1.0/' in row['path']], [])

  def test_one_that_cannot_be_read_is_left_to_the_service(self):
    twin = self.start()
    self.ws.run('plan', 'contoso', env={'SEATSHIFT_ACCESS_TOKEN': 'opaque'}, expect=harness.AUTH)
    self.assertTrue([row for row in twin.log() if '/v1.0/' in row['path']])


class Journals(harness.TestCase):
  """A journal belongs to its plan, and no commit takes back what it says."""

  def start(self, required=1):
    document = contoso.document(signing.USERS)
    for user in document['tenants'][0]['users']:
      user.pop('licenses', None)
    self.server = self.twin(document)
    self.people = signing.People(self.ws.dir / 'keys')
    contoso.set_up(self.ws, self.server, seats=20)
    text = contoso.customer(seats=20)  # nothing is retired: a run ends sooner
    text = text.replace(text[text.index('    advisor:'):text.index('    users:')], '')
    self.ws.write('customers/contoso.yaml', text.replace('holders_of: advisor', 'user001@contoso.com'))
    self.ws.write('seatshift.yaml', signing.policy(required) if required else contoso.POLICY)
    self.ws.write('allowed_signers', self.people.signer(ADELE) + self.people.signer(ALEX))
    self.ws.git_commit('policy')
    self.required = required
    self.plan = self.make()

  def make(self):
    plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    self.approve(plan)
    return plan

  def approve(self, plan):
    if self.required:
      self.ws.run('approve', plan['id'], '--key', self.people.key(ADELE), '--yes', '--commit', expect=harness.OK)

  def folder(self, plan):
    return self.ws.repo / 'plans/contoso' / plan['id']

  def journal(self, plan):
    return self.folder(plan) / 'journal.jsonl'

  def apply(self, plan, expect=harness.OK):
    return self.ws.run('apply', plan['id'], '--yes', '--commit', expect=expect)

  def finish(self):
    self.apply(self.plan, harness.WAITING)
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', 20)
    self.apply(self.plan)

  def refused(self, plan, *says):
    """By every reader, before anything is asked of the tenant."""
    asked, journal = len(self.server.log()), self.journal(plan)
    before = journal.read_bytes() if journal.exists() else None
    results = [self.ws.run('apply', plan['id'], '--yes', '--no-commit'), self.ws.run('verify', plan['id']),
               self.ws.run('show', plan['id'], '--evidence', self.ws.dir / 'evidence'),
               self.ws.run('step', plan['id'], 'redeem-key', '--show-key')]
    for result in results:
      self.assertIn(result.status, (harness.INVALID, harness.UNAPPROVED), result)
      for text in says:
        self.assertIn(text, result.err)
    self.assertFalse((self.ws.dir / 'evidence').exists())
    self.assertEqual(len(self.server.log()), asked)
    self.assertEqual(journal.read_bytes() if journal.exists() else None, before)
    self.ws.run('history', 'contoso', expect=harness.INVALID)

  def rechain(self, lines):
    previous, text = None, ''
    for number, line in enumerate(lines, 1):
      line = plan_file.line({**line, 'prev': previous, 'seq': number})
      previous = 'sha256:' + hashlib.sha256(line.encode()).hexdigest()
      text += line + '\n'
    return text

  def lines(self, plan):
    return [json.loads(line) for line in self.journal(plan).read_text().splitlines()]

  def test_the_first_line_says_whose_it_is(self):
    self.start()
    self.ws.run('step', self.plan['id'], 'redeem-key', '--done', '--case', '4711', expect=harness.OK)
    self.apply(self.plan, harness.WAITING)
    lines = self.lines(self.plan)
    self.assertEqual(lines[0]['event'], 'evidence')
    self.assertEqual([lines[0][name] for name in ('customer', 'digest', 'tenant', 'format')],
                     ['contoso', self.plan['digest'], contoso.TENANT, 'seatshift-journal/1'])
    for line in lines[1:]:
      self.assertFalse({'customer', 'digest', 'tenant', 'format'} & line.keys(), line)
    for change in ({'digest': 'sha256:' + '0' * 64}, {'customer': 'litware'}, {'tenant': contoso.OTHER}):
      self.journal(self.plan).write_text(self.rechain([{**lines[0], **change}, *lines[1:]]))
      self.assertIn('not of plan', self.ws.run('verify', self.plan['id'], expect=harness.INVALID).err)
      self.ws.run('status', 'contoso', '--offline', expect=harness.INVALID)
    head = ('customer', 'digest', 'tenant', 'format')
    self.journal(self.plan).write_text(
      self.rechain([{name: lines[0][name] for name in lines[0] if name not in head}, *lines[1:]]))
    self.assertIn('does not say', self.ws.run('verify', self.plan['id'], expect=harness.INVALID).err)

  def test_git_moves_it_into_another_plans_folder(self):
    self.start()
    self.ws.git('switch', '-q', '-c', 'run')
    self.finish()
    self.ws.git('switch', '-q', 'main')
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('customers/contoso.yaml', text.replace('    users:\n', '    users:\n      - user002@contoso.com\n'))
    other = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertNotEqual(other['id'], self.plan['id'])
    self.ws.git('rm', '-q', '-r', f'plans/contoso/{self.plan["id"]}')
    self.ws.git_commit('plan again')
    self.ws.git('-c', 'merge.directoryRenames=true', '-c', 'merge.renames=true', '-c', 'diff.renames=true',
                'merge', '-q', '-X', 'find-renames=1%', '-m', 'the run', 'run', check=False)
    self.assertTrue(self.journal(other).exists(), 'git took the one folder for the other, renamed')
    self.ws.git_commit('the run')
    self.approve_anyway(other)
    self.refused(other, f'is of plan {self.plan["id"]}')

  def approve_anyway(self, plan):
    text = signing.approval(plan, ADELE)
    path = self.folder(plan) / f'approvals/{ADELE}.txt'
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    (path.parent / f'{ADELE}.txt.sig').write_text(self.people.sign(ADELE, text))
    self.ws.git_commit('an approval')

  def test_a_finished_plan_whose_journal_a_commit_cut(self):
    self.start()
    self.finish()
    whole = self.journal(self.plan).read_text()
    lines = whole.splitlines(keepends=True)
    for kept in (0, 1, len(lines) // 2, len(lines) - 1):
      with self.subTest(kept=kept):
        self.journal(self.plan).write_text(''.join(lines[:kept]))
        self.ws.git_commit('tidy up')
        self.refused(self.plan, 'was finished at')
    self.journal(self.plan).unlink()
    self.ws.git_commit('tidy up more')
    self.refused(self.plan, 'was finished at')
    self.assertIn('was finished at', self.ws.run('approve', self.plan['id'], '--key', self.people.key(ADELE), '--yes',
                                                 expect=harness.UNAPPROVED).err)
    self.journal(self.plan).write_text(whole)
    self.ws.git_commit('put back')
    self.ws.run('verify', self.plan['id'], expect=harness.OK)
    self.apply(self.plan)

  def test_a_whole_chain_that_tells_another_story(self):
    self.start()
    self.apply(self.plan, harness.WAITING)
    self.journal(self.plan).write_text(self.rechain([{**line, 'by': 'somebody'} for line in self.lines(self.plan)]))
    self.ws.git_commit('nothing to see')
    self.refused(self.plan, 'says something else')

  def test_a_merge_that_left_it_out(self):
    """Git's own log of the file shows nothing of it."""
    self.start()
    self.ws.git('switch', '-q', '-c', 'run')
    self.finish()
    self.ws.git('switch', '-q', 'main')
    self.ws.git('merge', '-q', '-s', 'ours', '-m', 'the run', 'run')
    self.assertNotIn('journal', self.ws.git('log', '--format=', '--name-only', '--', f'plans/contoso/{self.plan["id"]}'))
    self.refused(self.plan, 'was finished at')

  def test_evidence_ties_the_signers_to_git(self):
    """Whoever writes another signer into the folder, and sums that fit, is found out by its own commands."""
    self.start()
    self.ws.write('keys/who', self.people.signer(ADELE))
    self.ws.write('keys/revoked_signers', self.people.public(ALEX) + '\n')
    self.ws.write('seatshift.yaml', signing.policy(signers='keys/who'))
    self.ws.git_commit('signers elsewhere')
    self.plan = self.make()
    where = self.ws.dir / 'evidence'
    self.ws.run('show', self.plan['id'], '--evidence', where, expect=harness.OK)
    commands = '\n'.join(line[3:] for line in (where / 'README.txt').read_text().splitlines() if line.startswith('   '))
    self.assertEqual(self.check(where, commands), '')
    for name in ('allowed_signers', 'revoked_signers'):
      with self.subTest(name):
        forged = self.ws.dir / f'forged-{name}'
        shutil.copytree(where, forged)
        shutil.rmtree(forged / 'repository')
        (forged / name).write_text((forged / name).read_text() + self.people.signer(ALEX))
        sums = [line.split('  ', 1)[1] for line in (forged / 'SHA256SUMS').read_text().splitlines()]
        (forged / 'SHA256SUMS').write_text(''.join(
          f'{hashlib.sha256((forged / sum).read_bytes()).hexdigest()}  {sum}\n' for sum in sums))
        self.assertNotEqual(self.check(forged, commands), '')

  def check(self, folder, commands):
    """What an auditor is told that does not fit."""
    done = subprocess.run(['sh', '-c', commands], cwd=folder, capture_output=True, check=False, timeout=60,
                          env=harness.clean_env(home=self.ws.home))
    return '\n'.join(line for line in (done.stdout + done.stderr).decode().splitlines() if 'differ' in line or 'EOF' in line)

  def test_where_nobody_has_to_approve(self):
    self.start(required=0)
    self.finish()
    self.journal(self.plan).unlink()
    refused = self.ws.run('apply', self.plan['id'], '--yes', expect=harness.INVALID)
    self.assertIn('was finished at', refused.err)
    self.ws.git_commit('tidy up')
    self.refused(self.plan, 'was finished at')


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
      self.assertIn(says, result.err + result.out)
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


class Newest(looking.Looking):
  """Which plan counts is said by git and the journals; a copy of one says nothing."""

  def make(self, retire_by=looking.RETIRE_BY):
    self.ws.write('customers/contoso.yaml', looking.customer(retire_by=retire_by))
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    return plan, self.ws.repo / 'plans/contoso' / plan

  def newest(self):
    return self.ws.run_json('status', 'contoso', '--offline', expect=harness.OK)['plan']

  def test_a_date_in_a_snapshot_or_a_commit_says_nothing(self):
    self.start()
    first, folder = self.make()
    snapshot = folder / 'snapshot.json'
    snapshot.write_text(re.sub(r'"read":{"at":"20\d\d', '"read":{"at":"2099', snapshot.read_text()))
    self.assertIn('2099', snapshot.read_text())
    self.ws.git('add', '-A')
    self.ws.git('commit', '-q', '-m', 'the first', '--date', '2098-01-01T00:00:00Z')
    self.assertEqual(self.newest(), first)
    second, _ = self.make(looking.TERM_ENDS)
    self.assertNotEqual(first, second)
    self.assertEqual(self.newest(), second, 'what is not committed is newer than what is')
    self.ws.git_commit('the second')
    self.assertEqual(self.newest(), second)
    self.assertIn(second, self.ws.run('show', 'contoso', expect=harness.OK).out)
    # What is gone on with counts from then on: uncommitted, and as git has it.
    self.make()
    self.ws.run('apply', first, '--yes', '--no-commit', expect=harness.WAITING)
    self.assertEqual(self.newest(), first)
    self.ws.git_commit('the journal')
    self.assertEqual(self.newest(), first)
    self.assertIn(first, self.ws.run('drift', 'contoso', expect=harness.OK).out)

  def test_a_copy_under_another_customer(self):
    twin = self.start()
    plan, folder = self.make()
    self.ws.write('customers/litware.yaml', looking.customer().replace('customer: contoso', 'customer: litware'))
    shutil.copytree(folder, self.ws.repo / 'plans/litware' / plan)
    self.ws.git_commit('a copy')
    self.ws.run('show', plan, expect=harness.OK)
    self.ws.run('verify', plan[:6], expect=harness.OK)
    self.ws.run('apply', plan, '--yes', '--no-commit', expect=harness.WAITING)
    shutil.copy(folder / 'journal.jsonl', self.ws.repo / 'plans/litware' / plan)
    rows = {row['customer']: row for row in self.ws.run_json('status', '--offline', expect=harness.OK)['customers']}
    self.assertEqual((rows['contoso']['plan'], rows['litware']['plan']), (plan, None))
    self.ws.run('discover', '--tenant', contoso.OTHER, '--out', 'customers/other.yaml', expect=harness.OK)
    self.ws.run('show', f'plans/litware/{plan}', expect=harness.INVALID)
    self.ws.run('apply', plan, '--yes', '--no-commit', expect=harness.WAITING)
    self.assertEqual(twin.writes(), 0)


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
