"""`fleet generate`: each engine's file, held to that engine's own checker, and its steps really run.

The checkers come from npm, pinned by tests/engines/package-lock.json; where node, npm or its registry is not there,
those tests are skipped with a word. What the files say is checked in any case.
"""

import os
import pathlib
import re
import shutil
import subprocess

import git_server
import harness
import many
import npm
from test_fleet import FLEET, FleetCase

try:
  import yaml
except ImportError as error:
  harness.skip_file(error)

ENGINES = pathlib.Path(__file__).resolve().parent.parent / 'engines'
CHECKER = ENGINES, 'check.mjs', 'azure.schema.json'


class Generated(FleetCase):

  def setUp(self):
    super().setUp()
    self.start(3, FLEET)
    self.plan()

  def generate(self, engine, *words):
    text = self.ws.run('fleet', 'generate', engine, *words, expect=harness.OK).out
    self.assertNotRegex(text, '@[A-Z_]+@', 'a place that was not filled in')
    return text

  def both(self, engine):
    """For one fleet, and for whichever is named when it runs."""
    return self.generate(engine, self.fleet, '--shards', '4'), self.generate(engine)

  def checker(self):
    folder = npm.installed(*CHECKER)
    if isinstance(folder, str):
      self.skipTest(folder)
    return folder.name

  def held_to(self, kind, text):
    path = self.ws.dir / f'{kind}.file'
    path.write_text(text)
    done = subprocess.run(['node', 'check.mjs', kind, str(path)], cwd=self.checker(), capture_output=True, text=True,
                          timeout=120, env={'PATH': os.environ['PATH'], 'HOME': str(self.ws.home)})
    return done.returncode, done.stdout + done.stderr

  def good(self, kind, text, spoiled):
    self.assertEqual(self.held_to(kind, text)[0], 0, self.held_to(kind, text)[1][:2000])
    self.assertEqual(self.held_to(kind, spoiled)[0], 1, 'the checker sees nothing')

  def test_github(self):
    for text in self.both('github'):
      jobs = yaml.safe_load(text)['jobs']
      self.assertEqual(list(jobs), ['plan', 'wave-pilot', 'gate-pilot', 'wave-rest', 'gate-rest'])
      self.assertEqual((jobs['wave-rest']['needs'], jobs['gate-rest']['needs']), ('gate-pilot', 'wave-rest'))
      self.assertLessEqual(len(jobs['wave-rest']['strategy']['matrix']['shard']), 256)
      # An expression sees only the jobs that its own job needs.
      for job in jobs.values():
        for name in re.findall(r'needs\.([\w-]+)\.', str(job)):
          self.assertEqual(job['needs'], name)
      for use in re.findall(r'uses: (\S+)', text):
        self.assertRegex(use, r'@[0-9a-f]{40}$')
      self.good('github', text, text.replace('runs-on:', 'runson:', 1))

  def test_kubernetes(self):
    for text in self.both('kubernetes'):
      job = yaml.safe_load(text)['spec']
      rules = {rule['action']: rule['onExitCodes']['values'] for rule in job['podFailurePolicy']['rules']
               if 'onExitCodes' in rule}
      self.assertEqual(rules, {'FailIndex': [1, 3, 4, 5, 6, 7, 8, 13], 'Count': [10, 11, 12, 130]})
      self.assertEqual((job['completionMode'], job['completions']), ('Indexed', job['parallelism']))
      self.assertEqual(job['template']['spec']['restartPolicy'], 'Never')
      self.good('kubernetes', text, text.replace(f'completions: {job["completions"]}', 'completions: many'))

  def test_azure(self):
    for text in self.both('azure'):
      stages = {stage['stage']: stage for stage in yaml.safe_load(text)['stages']}
      self.assertEqual(list(stages), ['plan', 'wave_pilot', 'wave_rest'])
      self.assertEqual(stages['wave_rest']['dependsOn'], 'wave_pilot')
      self.assertIn("dependencies.wave_pilot.outputs['gate.gate.open']", stages['wave_rest']['condition'])
      self.assertEqual([job['job'] for job in stages['wave_rest']['jobs']], ['run', 'gate'])
      self.good('azure', text, text.replace('dependsOn: run', 'dependson: run', 1))
      for old, new in (('parallel: ', 'parallel: many'), ('- script: ', '- scripts: '), ('    jobs:', '  jobs:'),
                       ('always: true', 'always: maybe'), ('- job: gate', '- job: the gate')):
        self.assertIn(old, text)
        self.assertEqual(self.held_to('azure', text.replace(old, new, 1))[0], 1, new)

  def test_slurm(self):
    for text in self.both('slurm'):
      path = self.ws.dir / 'fleet.slurm.sh'
      path.write_text(text)
      subprocess.run(['sh', '-n', str(path)], check=True)
      if not shutil.which('shellcheck'):
        self.skipTest('shellcheck is not installed')
      done = subprocess.run(['shellcheck', str(path)], capture_output=True, text=True, check=False)
      self.assertEqual(done.returncode, 0, done.stdout)
    self.assertIn('--array=0-3\n', self.both('slurm')[0])

  def test_unknown_engine_and_no_fleet(self):
    self.ws.run('fleet', 'generate', 'jenkins', expect=harness.INVALID)
    self.ws.run('fleet', 'generate', 'github', 'ffff', expect=harness.INVALID)
    (self.ws.repo / 'fleet.yaml').unlink()
    self.ws.run('fleet', 'generate', 'github', expect=harness.INVALID)


class OnGitLab(FleetCase):
  """The generated pipeline, run by gitlab-ci-local: parallel workers, a gate, a person, a resume."""

  def setUp(self):
    super().setUp()
    folder = npm.installed(*CHECKER)
    if isinstance(folder, str):
      self.skipTest(folder)
    if not shutil.which('rsync'):
      self.skipTest('rsync is not installed')
    self.tool = pathlib.Path(folder.name) / 'node_modules' / '.bin' / 'gitlab-ci-local'

  def pipeline(self, job):
    """One job of a pipeline on main, as a runner has it: the shell executor, in a copy of the checkout."""
    env = harness.clean_env({**self.ws.env, 'GCL_IGNORE_PREDEFINED_VARS': 'CI_COMMIT_BRANCH',
                             'PATH': f'{self.tools}:{os.environ["PATH"]}'}, self.ws.home)
    done = subprocess.run(
      [str(self.tool), '--force-shell-executor', '--shell-isolation', '--no-artifacts-to-source', '--variable', 'CI_COMMIT_BRANCH=main',
       job], cwd=self.ws.repo, env=env, capture_output=True, text=True, timeout=200, stdin=subprocess.DEVNULL)
    self.ws.record(job, done.stdout + done.stderr)
    return done

  def test_waves_gate_and_resume(self):
    self.start(5, FLEET, hand=[0])
    self.plan()
    text = self.ws.run('fleet', 'generate', 'gitlab', self.fleet, '--shards', '2', expect=harness.OK).out
    self.ws.write('.gitlab-ci.yml', text)
    self.ws.git_commit('the pipeline')
    bare = git_server.bare(self.ws.dir / 'moves.git', self.ws.repo, harness.clean_env())
    self.ws.git('remote', 'add', 'origin', str(bare))
    self.ws.git('fetch', '-q', 'origin')
    self.ws.git('branch', '-q', '--set-upstream-to=origin/main')
    self.ws.git('remote', 'set-head', 'origin', 'main')
    self.tools = self.ws.dir / 'bin'
    self.tools.mkdir()
    (self.tools / 'seatshift').symlink_to(pathlib.Path(harness.BINARY).resolve())
    listing = self.pipeline('--list')
    for name in ('wave-pilot', 'gate-pilot', 'wave-rest', 'gate-rest'):
      self.assertIn(name, listing.stdout, listing)
    self.assertIn('json schema validated', listing.stdout + listing.stderr)
    # A person is waited for: the workers end well, the gate says 9, and the next wave begins nothing.
    first = self.pipeline('wave-pilot')
    self.assertEqual(first.returncode, 0, first)
    gate = self.pipeline('gate-pilot')
    self.assertIn('0 of 1 are moved', gate.stdout + gate.stderr)
    self.assertEqual(self.pipeline('wave-rest').returncode, 0)
    self.assertEqual(self.server.writes(), 0)
    # The next pipeline resumes.
    self.server.redeem(many.tenant_id(0), 'ENTERPRISEPACK', many.HOLDERS)
    for job in ('wave-pilot', 'gate-pilot', 'wave-rest', 'gate-rest'):
      done = self.pipeline(job)
      self.assertEqual(done.returncode, 0, done)
    self.one_write_each(5)
    log = self.ws.git('--git-dir', str(bare), 'log', '--format=%s', 'main').splitlines()
    self.assertTrue(any('journals of 2 customers' in line for line in log), log)


del FleetCase

if __name__ == '__main__':
  harness.main()
