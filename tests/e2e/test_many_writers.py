"""Many runs at once, each in a clone of its own, one branch: every journal lands, and nothing else changes.

The number of writers is 8; SEATSHIFT_WRITERS=64 is what a big fleet does (`many_writers_64`, in the suite sweep).
"""

import os
import subprocess
import unittest

import git_server
import harness
import many

WRITERS = int(os.environ.get('SEATSHIFT_WRITERS', '8'))


class ManyWriters(harness.TestCase):

  def setUp(self):
    super().setUp()
    self.server = self.twin(many.document(WRITERS))
    many.set_up(self.ws, self.server, WRITERS)
    self.plans = [self.ws.run_json('plan', many.name(number), '--commit', expect=harness.OK)['id']
                  for number in range(WRITERS)]
    self.bare = git_server.bare(self.ws.dir / 'srv' / 'moves.git', self.ws.repo, harness.clean_env())

  def clones(self, url):
    for number in range(WRITERS):
      where = self.ws.dir / f'clone{number}'
      for words in (['clone', '-q', url, str(where)], ['-C', str(where), 'config', 'user.name', 'Alex Wilber'],
                    ['-C', str(where), 'config', 'user.email', 'alex.wilber@example.com']):
        subprocess.run(['git', *words], check=True, env=harness.clean_env(home=self.ws.home), timeout=60)
      yield where

  def check(self, url):
    clones = list(self.clones(url))
    runs = [self.ws.start('apply', plan, '--yes', '--commit', cwd=where)
            for plan, where in zip(self.plans, clones)]
    for run in runs:
      result = self.ws.finish(run, timeout=330)
      self.assertEqual(result.status, harness.WAITING, result)
    subjects = self.ws.git('--git-dir', str(self.bare), 'log', '--format=%s', 'main').splitlines()
    wanted = sorted(f'apply {many.name(number)}: journal of {plan}' for number, plan in enumerate(self.plans))
    self.assertEqual(sorted(line for line in subjects if line.startswith('apply ')), wanted)
    self.assertEqual(self.ws.git('--git-dir', str(self.bare), 'rev-list', '--merges', 'main'), '')
    for number, plan in enumerate(self.plans):
      path = f'plans/{many.name(number)}/{plan}/journal.jsonl'
      there = self.ws.git('--git-dir', str(self.bare), 'show', f'main:{path}')
      self.assertEqual(there, (clones[number] / path).read_text())
    for where in (self.bare, *(clone / '.git' for clone in clones[:2])):
      self.ws.git('--git-dir', str(where), 'fsck', '--strict')
    refs = self.ws.git('--git-dir', str(self.bare), 'for-each-ref', '--format=%(refname)').split()
    self.assertEqual(refs, ['refs/heads/main'])

  def test_in_a_folder(self):
    self.check(f'file://{self.bare}')

  @unittest.skipUnless(git_server.installed(), 'there is no git http-backend')
  def test_over_http(self):
    self.check(git_server.GitServer(self, self.ws.dir / 'srv').url('moves.git'))


@unittest.skipUnless(git_server.installed(), 'there is no git http-backend')
class OneWriter(harness.TestCase):
  """What a run does while the branch does not stand still, or the server does not answer."""

  def setUp(self):
    super().setUp()
    self.server = self.twin(many.document(1))
    many.set_up(self.ws, self.server, 1)
    self.plan = self.ws.run_json('plan', many.name(0), '--commit', expect=harness.OK)['id']
    self.bare = git_server.bare(self.ws.dir / 'srv' / 'moves.git', self.ws.repo, harness.clean_env())
    self.http = git_server.GitServer(self, self.ws.dir / 'srv')
    self.ws.git('remote', 'add', 'origin', self.http.url('moves.git'))
    self.other = self.ws.dir / 'other'
    self.at(self.ws.dir, 'clone', '-q', self.bare, self.other)

  def at(self, where, *words):
    subprocess.run(['git', '-c', 'user.name=Megan Bowen', '-c', 'user.email=megan.bowen@example.com',
                    *map(str, words)], cwd=where, check=True, env=harness.clean_env(home=self.ws.home), timeout=60)

  def overtake(self):
    self.at(self.other, 'commit', '-q', '--allow-empty', '-m', 'notes: one more')
    self.at(self.other, 'push', '-q', 'origin', 'HEAD:main')

  def apply(self, *words, expect):
    return self.ws.run('apply', self.plan, '--yes', '--commit', *words, expect=expect)

  def subject(self):
    return self.ws.git('--git-dir', str(self.bare), 'log', '-1', '--format=%s', 'main').strip()

  def test_a_race_lost_many_times(self):
    # The lock's own push comes first.
    self.http.before_push = [lambda: None] + [self.overtake] * 7
    self.apply(expect=harness.WAITING)
    self.assertEqual(self.subject(), f'apply {many.name(0)}: journal of {self.plan}')

  def test_a_race_lost_until_the_deadline(self):
    self.http.before_push = [lambda: None] + [self.overtake] * 1000
    result = self.apply('--push-deadline', '1s', expect=harness.ERROR)
    self.assertIn('the journal is committed here, but cannot be pushed', result.err)
    self.assertIn(f'journal of {self.plan}', self.ws.git('log', '-1', '--format=%s'))
    self.http.before_push = []
    self.apply(expect=harness.WAITING)
    self.assertEqual(self.subject(), f'apply {many.name(0)}: journal of {self.plan}')

  def test_a_server_that_fails_for_a_while(self):
    failing = [503] * 4  # from the journal's push on: the lock's was before

    def before_answer(_):
      self.http.status = failing.pop() if failing and self.journal_is_there() else None

    self.http.before_answer = before_answer
    self.apply(expect=harness.WAITING)
    self.assertEqual(failing, [], 'the server never failed')
    self.assertEqual(self.subject(), f'apply {many.name(0)}: journal of {self.plan}')

  def journal_is_there(self):
    return (self.ws.repo / f'plans/{many.name(0)}/{self.plan}/journal.jsonl').exists()


if __name__ == '__main__':
  harness.main()
