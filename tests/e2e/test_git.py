"""Repositories in every state: what plan, approve and apply leave in them, seen by git itself.

Whatever the state: only the plan's own paths are committed, nothing that the user has staged or changed
is touched, `git fsck --strict` is clean, and what cannot be done is told and loses nothing.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import unittest

import contoso
import harness
import signing
from signing import ADELE


class Git(harness.TestCase):

  def setUp(self):
    super().setUp()
    self.server = self.twin(contoso.document(signing.USERS))
    contoso.set_up(self.ws, self.server)

  def git(self, where, *args, check=True):
    done = subprocess.run(['git', *map(str, args)], cwd=where, capture_output=True, check=False, timeout=60,
                          env=harness.clean_env(home=self.ws.home))
    if check:
      self.assertEqual(done.returncode, 0, (args, done.stderr.decode()))
    return done.stdout.decode()

  def identity(self, where):
    self.git(where, 'config', 'user.name', 'Alex Wilber')
    self.git(where, 'config', 'user.email', signing.ALEX)

  def plan(self, where, *args, expect=harness.OK, **options):
    """`plan --commit`; the user's own staged, changed and new files stay as they are."""
    before = self.dirty(where)
    result = self.ws.run('plan', 'contoso', '--commit', *args, '--format', 'json', cwd=where, expect=expect,
                         **options)
    if expect == harness.OK:
      self.assertEqual(self.dirty(where), before)
      self.git(where, 'fsck', '--strict')
    return result

  def dirty(self, where):
    """What is staged, changed or new, except for plans."""
    (pathlib.Path(where) / 'draft.txt').write_text('draft\n')
    if not (pathlib.Path(where) / 'staged.txt').exists():
      (pathlib.Path(where) / 'staged.txt').write_text('staged\n')
      self.git(where, 'add', 'staged.txt')
    status = self.git(where, 'status', '--porcelain', '--untracked-files=all').splitlines()
    return [line for line in status if 'plans/' not in line]

  def committed(self, where, revision='HEAD'):
    return self.git(where, '-c', 'core.quotePath=false', 'show', '--name-only', '--format=', revision).splitlines()

  def check_committed(self, where, plan, revision='HEAD', prefix=''):
    folder = f'{prefix}plans/contoso/{plan["id"]}'
    self.assertEqual(self.committed(where, revision), [f'{folder}/plan.json', f'{folder}/snapshot.json'])

  def clone(self, *options, source=None):
    path = self.ws.dir / 'clone'
    self.git(self.ws.dir, 'clone', '-q', *options, f'file://{source or self.ws.repo}', path)
    self.identity(path)
    return path

  def test_shallow_clone(self):
    self.ws.git_commit('one more')
    where = self.clone('--depth', '1')
    self.check_committed(where, self.plan(where).json)

  def test_detached_head(self):
    self.ws.git('checkout', '-q', '--detach')
    tip = self.ws.git('rev-parse', 'HEAD')
    result = self.plan(self.ws.repo, expect=harness.ERROR)
    self.assertIn('detached', result.err)
    self.assertIn('--branch', result.err)
    plan = self.plan(self.ws.repo, '--branch', 'main').json
    self.check_committed(self.ws.repo, plan, 'main')
    self.assertEqual(self.ws.git('rev-parse', 'HEAD'), tip)

  def test_worktree(self):
    where = self.ws.dir / 'tree'
    self.ws.git('worktree', 'add', '-q', '-b', 'side', str(where))
    self.check_committed(where, self.plan(where).json)
    result = self.plan(where, '--branch', 'main', expect=harness.ERROR)
    self.assertIn('checked out', result.err)

  def test_branch_that_is_not_there_and_into_another(self):
    tip = self.ws.git('rev-parse', 'main')
    plan = self.plan(self.ws.repo, '--branch', 'plan/contoso').json
    self.check_committed(self.ws.repo, plan, 'plan/contoso')
    self.assertEqual(self.ws.git('rev-parse', 'main'), tip)
    self.assertEqual(self.ws.git('rev-parse', 'plan/contoso~1'), tip)
    # Again into the same: nothing to commit.
    self.plan(self.ws.repo, '--branch', 'plan/contoso')
    self.assertEqual(self.ws.git('rev-parse', 'plan/contoso~1'), tip)

  def test_bad_name_for_a_branch(self):
    for name in ('a..b', '-x', 'a b', 'refs/tags/x^'):
      with self.subTest(name):
        result = self.ws.run('plan', 'contoso', '--commit', f'--branch={name}')
        self.assertIn(result.status, (harness.INVALID, harness.ERROR), result)
    self.assertEqual(self.ws.git('for-each-ref', '--format=%(refname)').split(), ['refs/heads/main'])

  def test_unborn_branch(self):
    shutil.rmtree(self.ws.repo / '.git')
    self.ws.git_init()
    plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    self.check_committed(self.ws.repo, plan)
    self.assertEqual(self.ws.git('rev-list', '--count', 'HEAD').strip(), '1')
    self.ws.git('fsck', '--strict')

  def test_bare_repository(self):
    bare = self.ws.dir / 'bare.git'
    self.git(self.ws.dir, 'clone', '-q', '--bare', self.ws.repo, bare)
    self.identity(bare)
    result = self.ws.run('-C', bare, 'plan', 'contoso', '--commit', expect=harness.INVALID)
    self.assertIn('--from', result.err)
    plan = self.ws.run_json('-C', bare, 'plan', 'contoso', '--from', 'main', '--commit', expect=harness.OK)
    self.check_committed(bare, plan, 'main')
    self.assertFalse((bare / 'plans').exists())
    self.git(bare, 'fsck', '--strict')

  def test_from_the_approved_branch(self):
    """What is checked out, and edited, does not count."""
    self.ws.git('checkout', '-q', '-b', 'side')
    self.ws.write('customers/contoso.yaml', 'version: 1\n')
    result = self.plan(self.ws.repo, '--from', 'main', '--branch', 'main')
    self.check_committed(self.ws.repo, result.json, 'main')
    self.assertIn('M customers/contoso.yaml', self.ws.git('status', '--porcelain'))
    result = self.ws.run('plan', 'contoso', '--from', 'nowhere', expect=harness.ERROR)
    self.assertIn("'nowhere'", result.err)

  def test_submodule_and_folder_within(self):
    """The customers' repository as a submodule, and as a folder of a larger repository."""
    outer = self.ws.dir / 'outer'
    self.git(self.ws.dir, 'init', '-q', '-b', 'main', outer)
    self.identity(outer)
    self.git(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', self.ws.repo, 'moves')
    self.identity(outer / 'moves')
    self.git(outer, 'commit', '-q', '-m', 'with a submodule')
    tip = self.git(outer, 'rev-parse', 'HEAD')
    self.check_committed(outer / 'moves', self.plan(outer / 'moves').json)
    self.assertEqual(self.git(outer, 'rev-parse', 'HEAD'), tip)

    inner = outer / 'teams' / 'Köln ☃'
    shutil.copytree(self.ws.repo / 'customers', inner / 'customers')
    shutil.copy(self.ws.repo / 'seatshift.yaml', inner)
    self.git(outer, 'add', 'teams')
    self.git(outer, 'commit', '-q', '-m', 'a folder')
    self.check_committed(outer, self.plan(inner).json, prefix='teams/Köln ☃/')
    self.git(outer, 'fsck', '--strict')

  def test_crlf_settings(self):
    """Whatever git does to lines: the bytes in git have the plan's digest, and the plan can be used."""
    for value in ('true', 'input'):
      with self.subTest(value):
        where = self.ws.dir / f'crlf-{value}'
        self.git(self.ws.dir, '-c', f'core.autocrlf={value}', 'clone', '-q', self.ws.repo, where)
        self.identity(where)
        self.git(where, 'config', 'core.autocrlf', value)
        plan = self.plan(where).json
        data = self.git(where, 'show', f'HEAD:plans/contoso/{plan["id"]}/plan.json')
        self.assertNotIn('\r', data)
        self.ws.run('verify', plan['id'], cwd=where, expect=harness.OK)
        self.assertEqual(self.git(where, 'diff', '--name-only', 'HEAD', '--', 'plans'), '')

  def test_crlf_by_attributes(self):
    """The attributes that `init` writes keep git's hands off; where they are missing, that is what is told."""
    self.ws.run('init', cwd=self.started_anew(), expect=harness.OK)
    ours = (self.ws.dir / 'anew' / '.gitattributes').read_text()
    for name, rules in {'lines': '* text=auto eol=crlf\n', 'json': '*.json text eol=crlf\n'}.items():
      with self.subTest(name):
        where, plan = self.plan_with_attributes(f'ours-{name}', rules + ours)
        self.ws.run('verify', plan['id'], cwd=where, expect=harness.OK)
        where, plan = self.plan_with_attributes(f'without-{name}', rules)
        result = self.ws.run('verify', plan['id'], cwd=where, expect=harness.INVALID)
        self.assertIn("'plans/** -text'", result.err)

  def started_anew(self):
    path = self.ws.dir / 'anew'
    path.mkdir()
    self.git(path, 'init', '-q')
    return path

  def plan_with_attributes(self, name, rules):
    """What is committed has the plan's bytes; what a clone of it gets on disk is up to the rules."""
    where = self.ws.dir / name
    self.git(self.ws.dir, 'clone', '-q', self.ws.repo, where)
    self.identity(where)
    (where / '.gitattributes').write_text(rules)
    self.git(where, 'add', '.gitattributes')
    self.git(where, 'commit', '-q', '-m', 'attributes', '--', '.gitattributes')
    plan = self.plan(where).json
    data = self.git(where, 'show', f'HEAD:plans/contoso/{plan["id"]}/plan.json')
    self.assertEqual('sha256:' + hashlib.sha256(data.encode()).hexdigest(), plan['digest'])
    other = self.ws.dir / f'{name}-clone'
    self.git(self.ws.dir, 'clone', '-q', where, other)
    return other, plan

  def test_no_identity(self):
    self.ws.git('config', '--unset', 'user.name')
    self.ws.git('config', '--unset', 'user.email')
    tip = self.ws.git('rev-parse', 'HEAD')
    result = self.plan(self.ws.repo, expect=harness.ERROR)
    self.assertIn('user.name', result.err)
    self.assertEqual(self.ws.git('rev-parse', 'HEAD'), tip)
    self.assertTrue(list((self.ws.repo / 'plans/contoso').iterdir()), 'the plan itself is not lost')
    plan = self.plan(self.ws.repo, env={'GIT_AUTHOR_NAME': 'A', 'GIT_AUTHOR_EMAIL': 'a@example.com',
                                        'GIT_COMMITTER_NAME': 'C', 'GIT_COMMITTER_EMAIL': 'c@example.com'}).json
    self.check_committed(self.ws.repo, plan)
    self.assertEqual(self.ws.git('log', '-1', '--format=%ae %ce').strip(), 'a@example.com c@example.com')

  def test_signing_that_is_asked_of_git(self):
    """commit.gpgSign is told and not obeyed; no program of the configuration is run, and no hook."""
    trap = self.ws.dir / 'trap'
    trap.write_text(f'#!/bin/sh\ntouch {self.ws.dir}/sprung\nexit 1\n')
    trap.chmod(0o755)
    hooks = self.ws.repo / '.git' / 'hooks'
    hooks.mkdir(exist_ok=True)
    for name in ('pre-commit', 'commit-msg', 'post-commit', 'prepare-commit-msg', 'reference-transaction'):
      shutil.copy(trap, hooks / name)
    for key, value in (('commit.gpgSign', 'true'), ('gpg.program', trap), ('gpg.ssh.program', trap),
                       ('core.fsmonitor', trap), ('filter.evil.clean', trap), ('filter.evil.required', 'true')):
      self.ws.git('config', key, str(value))
    (self.ws.repo / '.git' / 'info' / 'attributes').write_text('* filter=evil\n')
    result = self.ws.run('plan', 'contoso', '--commit', expect=harness.OK)
    self.assertIn('commit.gpgSign is set', result.err)
    self.assertFalse((self.ws.dir / 'sprung').exists())
    shutil.rmtree(hooks)
    for key in ('gpg.program', 'core.fsmonitor', 'filter.evil.clean'):
      self.ws.git('config', '--unset', key)
    self.ws.git('cat-file', '-e', 'HEAD:plans/contoso')
    self.ws.git('fsck', '--strict')

  def test_locked_ref_and_index(self):
    for lock in ('refs/heads/main.lock', 'index.lock'):
      with self.subTest(lock):
        path = self.ws.repo / '.git' / lock
        path.write_text('')
        result = self.plan_locked()
        self.assertIn('lock', result.err.lower())
        path.unlink()
    plan = self.plan(self.ws.repo).json
    self.assertIn(f'plans/contoso/{plan["id"]}/plan.json', self.ws.git('ls-tree', '-r', '--name-only', 'HEAD'))

  def plan_locked(self):
    result = self.ws.run('plan', 'contoso', '--commit', expect=harness.ERROR)
    self.ws.git('fsck', '--strict')
    return result

  def test_diverged_branch(self):
    """The remote has gone on, and so has the clone: apply's journal gets there, nothing is forced."""
    bare = self.ws.dir / 'bare.git'
    self.git(self.ws.dir, 'clone', '-q', '--bare', self.ws.repo, bare)
    where = self.clone(source=bare)
    plan = self.plan(where).json
    other = self.ws.dir / 'other'
    self.git(self.ws.dir, 'clone', '-q', bare, other)
    self.identity(other)
    (other / 'notes').write_text('x\n')
    self.git(other, 'add', 'notes')
    self.git(other, 'commit', '-q', '-m', 'notes')
    self.git(other, 'push', '-q', 'origin', 'main')
    theirs = self.git(bare, 'rev-parse', 'main').strip()
    self.ws.run('apply', plan['id'], '--yes', '--commit', cwd=where, expect=harness.WAITING)
    self.git(bare, 'merge-base', '--is-ancestor', theirs, 'main')
    self.assertIn('journal.jsonl', self.git(bare, 'ls-tree', '-r', '--name-only', 'main'))
    self.assertIn('journal.jsonl', self.git(where, 'ls-tree', '-r', '--name-only', 'main'))
    for path in (bare, where):
      self.git(path, 'fsck', '--strict')

  def test_folder_with_other_letters(self):
    bare = self.ws.dir / 'entfernt für alle.git'
    self.git(self.ws.dir, 'clone', '-q', '--bare', self.ws.repo, bare)
    where = self.ws.dir / 'Kunden von Müller & Söhne'
    self.git(self.ws.dir, 'clone', '-q', bare, where)
    self.identity(where)
    people = signing.People(self.ws.dir / 'schlüssel')
    (where / 'seatshift.yaml').write_text(signing.policy())
    (where / 'allowed_signers').write_text(people.signer(ADELE))
    self.git(where, 'commit', '-q', '-a', '-m', 'policy')
    self.git(where, 'add', 'allowed_signers')
    self.git(where, 'commit', '-q', '-m', 'signers')
    self.git(where, 'push', '-q')
    plan = self.plan(where).json
    self.ws.run('approve', plan['id'], '--key', people.key(ADELE), '--yes', '--commit', cwd=where,
                expect=harness.OK)
    refused = self.ws.run('apply', plan['id'], '--commit', cwd=where, expect=harness.UNAPPROVED)
    self.assertIn('git push origin main', refused.err)
    self.git(where, 'push', '-q')
    self.ws.run('apply', plan['id'], '--commit', cwd=where, expect=harness.WAITING)
    self.git(where, 'fsck', '--strict')

  @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
  def test_repository_of_another_user(self):
    for path in [self.ws.repo / '.git', *(self.ws.repo / '.git').rglob('*'), self.ws.repo]:
      os.lchown(path, 12345, 12345)
    result = self.ws.run('plan', 'contoso', '--commit', expect=harness.ERROR)
    self.assertIn('belongs to another user', result.err)
    self.assertIn('safe.directory', result.err)

  def test_no_repository(self):
    shutil.rmtree(self.ws.repo / '.git')
    result = self.ws.run('plan', 'contoso', '--commit', expect=harness.ERROR)
    self.assertIn('git init', result.err)
    result = self.ws.run('history', 'contoso', expect=harness.ERROR)
    self.assertIn('there is no history', result.err)


if __name__ == '__main__':
  harness.main()
