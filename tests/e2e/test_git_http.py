"""Remotes over http, as CI systems and people have them: who is let in, how, and what is never shown.

The server is stock `git http-backend` behind a check of the Authorization header. Each test runs the
whole `apply --commit`: the lock on the remote, the journal at a hand step, its push.
"""

import stat
import unittest

import contoso
import git_server
import harness
import signing

TOKEN = 'canary-git-token-W7p2Zq'
CI = {'CI': 'true'}


@unittest.skipUnless(git_server.installed(), 'there is no git http-backend')
class GitHttp(harness.TestCase):

  def setUp(self):
    super().setUp()
    self.server = self.twin(contoso.document(signing.USERS))
    contoso.set_up(self.ws, self.server)
    self.plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    self.folder = f'plans/contoso/{self.plan["id"]}'
    self.bare = git_server.bare(self.ws.dir / 'srv' / 'moves.git', self.ws.repo, harness.clean_env())
    self.http = git_server.GitServer(self, self.ws.dir / 'srv')

  def remote(self, url=None):
    self.ws.git('remote', 'add', 'origin', url or self.http.url('moves.git'))

  def apply(self, expect=harness.WAITING, **env):
    return self.ws.run('apply', self.plan['id'], '--yes', env={**CI, **env}, expect=expect)

  def subjects(self):
    return self.ws.git('--git-dir', str(self.bare), 'log', '--format=%s', 'main').splitlines()

  def pushed(self, allowed=()):
    """The journal is on the remote, nothing was forced, no lock is left, and no secret anywhere."""
    self.assertEqual(self.subjects()[0], f'apply contoso: journal of {self.plan["id"]}')
    for where in (self.bare, self.ws.repo / '.git'):
      self.ws.git('--git-dir', str(where), 'fsck', '--strict')
    refs = self.ws.git('--git-dir', str(self.bare), 'for-each-ref', '--format=%(refname)').split()
    self.assertEqual(refs, ['refs/heads/main'])
    self.ws.scan(TOKEN, allowed=allowed)

  def refused(self, *messages, expect=harness.ERROR, allowed=(), **env):
    result = self.apply(expect=expect, **env)
    for message in messages:
      self.assertIn(message, result.err)
    self.assertEqual(self.server.writes(), 0)
    self.assertNotIn('apply contoso', self.subjects()[0])
    self.ws.scan(TOKEN, allowed=allowed)
    return result

  # As the CI systems leave it.

  def test_github_checkout(self):
    """actions/checkout: http.https://HOST/.extraheader = AUTHORIZATION: basic ..."""
    self.http.wants = git_server.basic('x-access-token', TOKEN)
    self.remote()
    self.ws.git('config', f'http.http://{self.http.host}/.extraheader', f'AUTHORIZATION: {self.http.wants}')
    self.apply()
    self.pushed()
    self.assertEqual(self.http.given(), [self.http.wants])

  def test_github_checkout_with_the_token_in_another_file(self):
    """Newer ones keep it out of .git/config, in a file that is included."""
    self.http.wants = git_server.basic('x-access-token', TOKEN)
    self.remote()
    other = self.ws.dir / 'credentials.config'
    other.write_text(f'[http "http://{self.http.host}/"]\n\textraheader = AUTHORIZATION: {self.http.wants}\n')
    self.ws.git('config', f'includeIf.gitdir:{self.ws.repo}/.git.path', str(other))
    self.apply()
    self.pushed()

  def test_azure_checkout(self):
    """persistCredentials: http.REPOSITORY-URL.extraheader = AUTHORIZATION: bearer ...; the url has a user."""
    self.http.wants = f'bearer {TOKEN}'
    self.remote(self.http.url('moves.git', 'fabrikam'))
    self.ws.git('config', f'http.{self.http.url("moves.git", "fabrikam")}.extraheader',
                f'AUTHORIZATION: {self.http.wants}')
    self.apply()
    self.pushed(allowed=('repo/.git/config',))

  def test_gitlab_clone(self):
    """GitLab's runner leaves the job token in the url."""
    self.http.wants = git_server.basic('gitlab-ci-token', TOKEN)
    self.remote(self.http.url('moves.git', f'gitlab-ci-token:{TOKEN}'))
    self.apply()
    self.pushed(allowed=('repo/.git/config',))
    self.http.wants = git_server.basic('gitlab-ci-token', 'another')
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    result = self.apply(expect=harness.ERROR)
    self.assertIn("the git remote 'origin'", result.err)
    self.ws.scan(TOKEN, allowed=('repo/.git/config',))

  # As people have it.

  def helper(self, answer):
    script = self.ws.dir / 'helper'
    script.write_text(f'#!/bin/sh\ncat >>{self.ws.dir}/asked\n{answer}')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    self.ws.git('config', 'credential.helper', str(script))

  def test_credential_helper(self):
    self.http.wants = git_server.basic('adele', TOKEN)
    self.remote()
    self.helper(f'echo username=adele\necho password={TOKEN}\n')
    self.apply()
    self.pushed(allowed=('helper',))
    self.assertIn(f'host={self.http.host}', (self.ws.dir / 'asked').read_text())

  def test_credential_helper_that_is_wrong_or_hangs_on(self):
    """Asked once a connection: a server that goes on refusing is not asked for ever."""
    self.http.wants = git_server.basic('adele', TOKEN)
    self.remote()
    self.helper('echo username=adele\necho password=canary-wrong-Yw3\n')
    self.refused("cannot reach the git remote 'origin'", 'let in')
    self.assertLess(len(self.http.seen), 20)
    self.ws.scan('canary-wrong-Yw3', allowed=('helper',))
    self.helper('exit 1\n')
    self.refused("cannot reach the git remote 'origin'", 'credential helper')

  def test_nobody_is_asked_at_a_terminal(self):
    self.http.wants = 'bearer ' + TOKEN
    self.remote()
    self.refused("cannot reach the git remote 'origin'", 'extraHeader')

  # What is sent to whom.

  def test_a_header_for_another_place_is_not_sent(self):
    self.http.wants = f'bearer {TOKEN}'
    self.remote()
    host, port = self.http.host, self.http.server_port
    for pattern in (f'http://127.0.0.1:{str(port)[:-1]}', f'https://{host}/', 'http://127.0.0.1/', f'http://{host}/move',
                    f'http://{host}/moves.git/more', f'http://adele@{host}/', 'http://127.0.0:' + str(port),
                    f'http://*:{port}', f'http://{host}x'):
      with self.subTest(pattern):
        self.ws.git('config', f'http.{pattern}.extraheader', f'AUTHORIZATION: bearer {TOKEN}')
        self.refused('cannot reach', allowed=('repo/.git/config',))
        self.assertEqual(self.http.given(), [])
        self.ws.git('config', '--unset-all', f'http.{pattern}.extraheader')

  def test_the_header_that_fits_best(self):
    self.http.wants = f'bearer {TOKEN}'
    self.remote()
    place = f'http://{self.http.host}'
    self.ws.git('config', f'http.{place}/moves.git.extraheader', 'AUTHORIZATION: bearer of-no-use')
    self.ws.git('config', '--add', f'http.{place}/moves.git.extraheader', '')
    self.ws.git('config', '--add', f'http.{place}/moves.git.extraheader', f'AUTHORIZATION: bearer {TOKEN}')
    self.ws.git('config', 'http.extraheader', 'AUTHORIZATION: bearer fits-less')
    self.apply()
    self.assertEqual(self.http.given(), [f'bearer {TOKEN}'])
    self.pushed(allowed=('repo/.git/config',))

  def test_no_token_goes_along_with_a_redirect(self):
    other = git_server.GitServer(self, self.ws.dir / 'srv')
    self.remote()
    self.ws.git('config', f'http.http://{self.http.host}/.extraheader', f'AUTHORIZATION: bearer {TOKEN}')
    self.http.redirect = f'http://localhost:{other.server_port}'
    self.refused("cannot reach the git remote 'origin'", 'has moved', 'set-url', allowed=('repo/.git/config',))
    self.assertEqual(other.seen, [])

  def test_another_url_to_push_to(self):
    """remote.origin.pushurl: everything is read and written there; the token for it goes nowhere else."""
    other = git_server.GitServer(self, self.ws.dir / 'srv')
    self.http.wants = f'bearer {TOKEN}'
    self.remote(other.url('moves.git'))
    self.ws.git('config', 'remote.origin.pushurl', self.http.url('moves.git'))
    self.ws.git('config', f'http.http://{self.http.host}/.extraheader', f'AUTHORIZATION: bearer {TOKEN}')
    self.apply()
    self.assertEqual(other.seen, [])
    self.pushed(allowed=('repo/.git/config',))

  # What the server may say.

  def test_servers_that_refuse(self):
    self.remote()
    for status, message in ((403, 'right to push'), (404, '404'), (500, '500')):
      with self.subTest(status):
        self.http.status = status
        self.refused('cannot reach the git remote', message)

  def hook(self, text):
    hook = self.bare / 'hooks' / 'pre-receive'
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\n' + text)
    hook.chmod(0o755)

  def test_a_protected_branch(self):
    """The lock may be taken, the branch may not be pushed to: what was done is committed here, and told."""
    self.remote()
    self.hook('while read old new ref; do case $ref in refs/heads/*) echo "GH006: Protected branch" >&2; exit 1;; '
              'esac; done\n')
    result = self.apply(expect=harness.ERROR)
    self.assertIn('the journal is committed here, but cannot be pushed', result.err)
    self.assertIn('pre-receive hook declined', result.err)
    self.assertIn('protected', result.err)
    self.assertIn(f'journal of {self.plan["id"]}', self.ws.git('log', '-1', '--format=%s'))
    self.assertNotIn('apply contoso', self.subjects()[0])
    refs = self.ws.git('--git-dir', str(self.bare), 'for-each-ref', '--format=%(refname)').split()
    self.assertEqual(refs, ['refs/heads/main'], 'the lock is given back')
    self.hook('exit 0\n')
    self.apply()
    self.pushed()

  # Races.

  def push_something_else(self, name):
    other = self.ws.dir / name
    self.ws.git('clone', '-q', str(self.bare), str(other))
    (other / name).write_text('x\n')
    for args in (('add', name), ('-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '-q', '-m', name),
                 ('push', '-q', 'origin', 'main')):
      self.ws.git('-C', str(other), *args)

  def test_a_lost_race(self):
    """Somebody pushes between what the server advertised and what it is sent; twice in a row."""
    self.http.wants = f'bearer {TOKEN}'
    self.remote()
    self.ws.git('config', 'http.extraheader', f'AUTHORIZATION: bearer {TOKEN}')
    take_lock = lambda: None
    self.http.before_push = [take_lock, lambda: self.push_something_else('one'),
                             lambda: self.push_something_else('two')]
    self.apply()
    self.assertEqual(self.http.before_push, [])
    self.assertEqual(self.subjects()[:3], [f'apply contoso: journal of {self.plan["id"]}', 'two', 'one'])
    self.pushed(allowed=('repo/.git/config',))

  def second(self):
    """Another clone, made now."""
    second = self.ws.dir / 'second'
    self.ws.git('clone', '-q', self.http.url('moves.git'), str(second))
    for name, value in (('name', 'Adele Vance'), ('email', 'adele.vance@example.com')):
      self.ws.git('-C', str(second), 'config', f'user.{name}', value)
    return second

  def journal(self):
    return self.ws.git('--git-dir', str(self.bare), 'show', f'main:{self.folder}/journal.jsonl')

  def test_a_checkout_that_another_run_has_overtaken(self):
    """Made before the other run, applied after it: the record of that one is never written over."""
    self.remote()
    second = self.second()
    self.apply()
    recorded, asked = self.journal(), len(self.server.log())
    for options in ((), ('--no-commit',)):
      result = self.ws.run('apply', self.plan['id'], '--yes', *options, env=CI, cwd=second, expect=harness.LOCKED)
      self.assertIn('another run has gone on', result.err)
      self.assertIn('git pull', result.err)
    self.assertFalse((second / self.folder / 'journal.jsonl').exists())
    self.assertEqual(self.journal(), recorded)
    self.assertEqual(self.server.writes(), 0)
    self.ws.git('-C', str(second), 'pull', '-q')
    self.ws.run('apply', self.plan['id'], '--yes', env=CI, cwd=second, expect=harness.WAITING)
    self.assertTrue(self.journal().startswith(recorded))
    self.assertGreater(len(self.server.log()), asked)
    self.pushed()

  def test_two_journals_that_tell_different_stories(self):
    """One was begun without a remote: neither is lost, and nothing is done."""
    second = self.ws.dir / 'second'
    self.ws.git('clone', '-q', str(self.bare), str(second))
    self.apply()
    mine = (self.ws.repo / self.folder / 'journal.jsonl').read_text()
    for name, value in (('name', 'Adele Vance'), ('email', 'adele.vance@example.com')):
      self.ws.git('-C', str(second), 'config', f'user.{name}', value)
    self.ws.run('apply', self.plan['id'], '--yes', env=CI, cwd=second, expect=harness.WAITING)
    recorded = self.journal()
    self.assertNotEqual(mine, recorded)
    self.remote()
    result = self.apply(expect=harness.ERROR)
    self.assertIn('something else than the one on the remote', result.err)
    self.assertIn('git checkout REMOTE/BRANCH', result.err)
    self.assertEqual(self.journal(), recorded)
    self.assertEqual((self.ws.repo / self.folder / 'journal.jsonl').read_text(), mine)
    self.ws.git('fsck', '--strict')

  def test_a_journal_that_appears_meanwhile(self):
    """Pushed by somebody without a lock, between the first look and the push: not written over either."""
    self.remote()
    def push():
      other = self.ws.dir / 'other'
      self.ws.git('clone', '-q', str(self.bare), str(other))
      (other / self.folder).mkdir(parents=True, exist_ok=True)
      (other / self.folder / 'journal.jsonl').write_text('{"not":"ours"}\n')
      for args in (('add', '-A'), ('-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '-q', '-m', 'x'),
                   ('push', '-q', 'origin', 'main')):
        self.ws.git('-C', str(other), *args)
    self.http.before_push = [lambda: None, push]
    result = self.apply(expect=harness.ERROR)
    self.assertIn('is not written over', result.err)
    self.assertEqual(self.journal(), '{"not":"ours"}\n')
    self.assertIn(f'journal of {self.plan["id"]}', self.ws.git('log', '-1', '--format=%s'))

  def test_two_clones_at_once(self):
    """Two runs of one customer: one is locked out, or overtaken; each user is written once, one journal."""
    self.remote()
    second = self.second()
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    runs = [self.ws.start('apply', self.plan['id'], '--yes', env=CI, cwd=where) for where in (self.ws.repo, second)]
    ends = sorted(self.ws.finish(run).status for run in runs)
    self.assertEqual(ends, [harness.WAITING, harness.LOCKED])
    for upn, (_, successes) in self.server.assigns().items():
      self.assertEqual(successes, 1, upn)
    self.pushed()


if __name__ == '__main__':
  harness.main()
