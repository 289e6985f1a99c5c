"""`init --ci`: the pipelines parse and are pinned; their script carries a move from review to done."""

import http.server
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import threading
import unittest
import urllib.parse

import contoso
import harness
import signing
from signing import ADELE, ALEX

PIPELINES = {'github': '.github/workflows/seatshift.yml', 'gitlab': '.gitlab-ci.yml', 'azure': 'azure-pipelines.yml'}
# All that the service reads, and which of it belongs to a review.
ALL = {'github': ['.github/workflows/seatshift.yml'], 'gitlab': ['.gitlab-ci.yml'],
       'azure': ['azure-pipelines.yml', '.seatshift/azure-review.yml', 'azure-pipelines-apply.yml']}
COMMON = {'.seatshift/ci.sh', '.seatshift/Containerfile', '.seatshift/SETUP.md'}
TOKEN = 'canary-api-token-Kq81'
PUSH_TOKEN = 'canary-push-token-Rv52'
MARKER = '<!-- seatshift:plan contoso -->'


class Api(http.server.BaseHTTPRequestHandler):
  """The part of three services' APIs that comments need. Comments: {id, author, body}."""

  def answer(self, value, status=200):
    body = json.dumps(value).encode()
    self.send_response(status)
    self.send_header('Content-Length', str(len(body)))
    self.end_headers()
    self.wfile.write(body)

  def shown(self, comment):
    mine = comment['author'] == 'ci'
    return {'id': comment['id'], 'body': comment['body'], 'author': {'id': 7 if mine else 8},
            'user': {'type': 'Bot' if mine else 'User'},
            'comments': [{'id': 1, 'content': comment['body'], 'author': {'id': '7' if mine else '8'}}]}

  def handle_any(self):
    server = self.server
    url = urllib.parse.urlparse(self.path)
    data = self.rfile.read(int(self.headers.get('Content-Length') or 0))
    body = json.loads(data) if data else None
    token = self.headers.get('Authorization', '').removeprefix('Bearer ') or self.headers.get('PRIVATE-TOKEN')
    server.seen.append((self.command, url.path, body))
    if token != TOKEN:
      self.answer({}, 401)
    elif url.path.endswith(('/user', '/connectionData')):
      self.answer({'id': 7, 'authenticatedUser': {'id': '7'}})
    elif self.command == 'GET':
      page = int(urllib.parse.parse_qs(url.query).get('page', ['1'])[0])
      rows = [self.shown(comment) for comment in server.comments]
      self.answer({'value': rows} if '/threads' in url.path else rows[100 * (page - 1):100 * page])
    elif '/statuses/' in url.path:
      server.statuses[url.path.rpartition('/')[2]] = body['state']
      self.answer({}, 201)
    else:
      text = body.get('body') or body.get('content') or body['comments'][0]['content']
      if self.command == 'POST':
        server.comments.append({'id': len(server.comments) + 1, 'author': 'ci', 'body': text})
      else:
        number = int(re.search(r'/(\d+)(?:/comments/1)?$', url.path)[1])
        server.comments[number - 1]['body'] = text
      self.answer({}, 201)

  do_GET = do_POST = do_PATCH = do_PUT = handle_any

  def log_message(self, *_):
    pass


def yaml_or_skip():
  try:
    import yaml
    return yaml
  except ImportError:
    raise unittest.SkipTest('there is no YAML module for Python') from None


class Scaffold(harness.TestCase):
  """What `init --ci` writes, for each system."""

  def pipelines(self):
    for name, paths in ALL.items():
      if not (self.ws.repo / name).exists():
        self.ws.run('init', '--ci', name, name, expect=harness.OK)
      for path in paths:
        yield name, self.ws.repo / name / path

  def scripts(self, value, key=None):
    if isinstance(value, dict):
      for name, inner in value.items():
        yield from self.scripts(inner, name)
    elif isinstance(value, list):
      for inner in value:
        yield from self.scripts(inner, key)
    elif key in ('run', 'script', 'bash', 'before_script'):
      yield value


class Templates(Scaffold):

  def test_files(self):
    for name, pipeline in PIPELINES.items():
      with self.subTest(name):
        answer = self.ws.run_json('init', '--ci', name, name, expect=harness.OK)
        self.assertLessEqual({pipeline, *ALL[name]} | COMMON, set(answer['written']))
        self.assertEqual(set(PIPELINES.values()) & set(answer['written']), {pipeline})
        self.ws.run('validate', '-C', name, expect=harness.OK)
    self.ws.run('init', 'none', expect=harness.OK)
    self.assertFalse((self.ws.repo / 'none/.seatshift/ci.sh').exists())
    result = self.ws.run('init', '--ci', 'jenkins', 'other', expect=harness.INVALID)
    self.assertIn('github, gitlab or azure', result.err)
    self.assertFalse((self.ws.repo / 'other').exists())

  def test_they_parse(self):
    for name, path in self.pipelines():
      with self.subTest(name):
        # Strict reading with libyaml: the keys are not a customer's, but the YAML is in order.
        answer = self.ws.run_json('validate', path, expect=harness.INVALID)
        codes = {diag['code'] for diag in answer['files'][0]['diagnostics']}
        self.assertIn('SS106', codes)
        self.assertFalse(codes & {f'SS{code}' for code in (101, 102, 103, 104, 105, 107, 117)})

  def test_shell_parts(self):
    yaml = yaml_or_skip()
    found = [text for _, path in self.pipelines() for text in self.scripts(yaml.safe_load(path.read_text()))]
    self.assertEqual(len(found), 12)
    for text in found + [(self.ws.repo / 'github/.seatshift/ci.sh').read_text()]:
      for shell in ('bash', 'sh'):
        subprocess.run([shell, '-n', '-c', text], check=True, timeout=30)
      self.assertNotIn('${{', text, 'what a person chose is never pasted into a script')
      self.assertNotRegex(text, r'\$\((?:System|Build)\.')
      self.assertNotIn('set -x', text)
      self.assertNotIn('--global', text, 'the settings of an account are not this repository\'s')

  @unittest.skipUnless(shutil.which('shellcheck'), 'shellcheck is not installed')
  def test_shellcheck(self):
    self.ws.run('init', '--ci', 'github', expect=harness.OK)
    done = subprocess.run(['shellcheck', '-s', 'sh', '.seatshift/ci.sh'], cwd=self.ws.repo, capture_output=True,
                          text=True, check=False, timeout=60)
    self.assertEqual(done.stdout, '')


class Rights(Scaffold):
  """Who may do what, as rules over the text of the templates. `review` and `protected` are the jobs of each system."""

  def setUp(self):
    super().setUp()
    yaml = yaml_or_skip()
    self.text = {name: '' for name in ALL}
    files = {}
    for name, path in self.pipelines():
      self.text[name] += path.read_text()
      files[path.name] = yaml.safe_load(path.read_text())
    github, gitlab = files['seatshift.yml']['jobs'], files['.gitlab-ci.yml']
    review, = files['azure-review.yml']['stages']
    self.files = files
    self.review = {
      'github': {name: github[name] for name in ('validate', 'plan')},
      'gitlab': {name: {**gitlab[gitlab[name]['extends']], **gitlab[name]} for name in ('validate', 'plan')},
      'azure': {job['job']: job for job in review['jobs']}}
    apply_stage, = files['azure-pipelines-apply.yml']['stages']
    deployment, = apply_stage['jobs']
    self.protected = {'github': github['apply'], 'gitlab': gitlab['apply'], 'azure': {**apply_stage, **deployment}}

  def setup_of(self, name):
    return (self.ws.repo / name / '.seatshift/SETUP.md').read_text()

  def test_a_review_runs_the_protected_branchs_script(self):
    for name, jobs in self.review.items():
      for job, what in jobs.items():
        with self.subTest(name, job=job):
          ran = re.findall(r'(?m)(?:^|[\s;])sh +(\S+)', '\n'.join(self.scripts(what)))
          self.assertEqual(ran, ['"$SEATSHIFT_SCRIPT"' if name == 'gitlab' else '../protected/.seatshift/ci.sh'])
    for job in self.review['github'].values():
      first, second, run = job['steps']
      self.assertEqual((first['with']['ref'], first['with']['path']), ('main', 'protected'))
      self.assertEqual((second['with']['path'], run['working-directory']), ('review', 'review'))
    for job in self.review['gitlab'].values():
      self.assertIn('git show refs/remotes/origin/main:.seatshift/ci.sh >"$SEATSHIFT_SCRIPT"', job['before_script'])
    for job in self.review['azure'].values():
      self.assertEqual([step.get('checkout') for step in job['steps'][:2]], ['protected', 'self'])
      self.assertEqual(job['steps'][0]['path'], 's/protected')

  def test_a_reviews_pipeline_is_the_protected_branchs(self):
    events = self.files['seatshift.yml'][True]  # "on", to YAML 1.1
    self.assertIn('pull_request_target', events)
    self.assertNotIn('pull_request', events)
    azure = self.files['azure-pipelines.yml']
    self.assertEqual(set(azure), {'trigger', 'resources', 'extends'})
    self.assertEqual(azure['extends'], {'template': '.seatshift/azure-review.yml@protected'})
    protected, = azure['resources']['repositories']
    self.assertEqual((protected['repository'], protected['ref']), ('protected', 'refs/heads/main'))
    # On GitLab it is a setting of the project.
    self.assertIn('.gitlab-ci.yml@GROUP/NAME:main', self.setup_of('gitlab'))
    self.assertIn('required template', self.setup_of('azure'))
    self.assertIn('Never `repo:OWNER/NAME:pull_request`', self.setup_of('github'))

  def test_what_a_reviews_identity_can_do_is_said(self):
    """Whoever may push somewhere may push elsewhere: what it reaches, how to narrow it, and where that is written."""
    narrowed = {'github': ('contents: write', 'restrict updates', 'moves/**'),
                'gitlab': ('write_repository', 'Protected branches', 'release/*'),
                'azure': ('build service', 'branch security', 'force push')}
    for name, words in narrowed.items():
      text = ' '.join(self.setup_of(name).split())
      said = text.partition("## What the review's identity can do beyond its review")[2]
      with self.subTest(name):
        for word in (*words, 'To narrow it:', 'Sources:'):
          self.assertIn(word, said)

  def test_a_review_has_nothing_that_writes_to_tenants_or_to_the_protected_branch(self):
    for name, jobs in self.review.items():
      for job, what in jobs.items():
        with self.subTest(name, job=job):
          self.assertNotRegex(json.dumps(what), r'(?i)apply|tenants|JOURNAL|secrets\.|CI_JOB_TOKEN')
    self.assertEqual(self.review['github']['validate']['permissions'], {'contents': 'read'})
    self.assertNotIn('env', self.review['github']['validate']['steps'][2])
    self.assertNotIn('id_tokens', self.review['gitlab']['validate'])
    self.assertNotIn('variables', self.review['azure']['validate'])
    self.assertIn('head.repo.full_name == github.repository', self.review['github']['plan']['if'])
    self.assertIn('SOURCE_PROJECT_ID == $CI_PROJECT_ID', self.review['gitlab']['plan']['rules'][0]['if'])
    for system in ('github', 'gitlab'):
      environment = self.review[system]['plan']['environment']
      self.assertIn('reviews', (environment, environment['name'] if isinstance(environment, dict) else None))

  def test_only_the_protected_branch_may_change_tenants(self):
    for name, job in self.protected.items():
      with self.subTest(name):
        environment = job['environment']
        self.assertIn('tenants', (environment, environment['name'] if isinstance(environment, dict) else None))
        self.assertIn('JOURNAL', json.dumps(job))
        self.assertNotRegex(json.dumps(job), 'PLAN_CLIENT|REVIEW_TOKEN|seatshift-plan')
    self.assertIn("github.ref == 'refs/heads/main'", self.protected['github']['if'])
    self.assertEqual(self.protected['github']['permissions'], {'contents': 'read', 'id-token': 'write'})
    self.assertEqual([rule['if'] for rule in self.protected['gitlab']['rules']],
                     ['$CI_COMMIT_BRANCH == "main" && $CI_COMMIT_REF_PROTECTED == "true"'])
    self.assertIn("eq(variables['Build.SourceBranch'], 'refs/heads/main')", self.protected['azure']['condition'])
    self.assertEqual(self.files['azure-pipelines-apply.yml']['pr'], 'none')

  def test_no_checkout_keeps_a_credential(self):
    for name in ('github', 'azure'):
      checkouts = len(re.findall(r'uses: actions/checkout|- checkout: ', self.text[name]))
      self.assertEqual(len(re.findall(r'persist-?[cC]redentials: false', self.text[name])), checkouts, name)
      self.assertNotRegex(self.text[name], r'persist-?[cC]redentials: true')

  def test_pins_and_secrets(self):
    uses = re.findall(r'- uses: (\S+)(.*)', self.text['github'])
    self.assertTrue(uses)
    for action, comment in uses:
      self.assertRegex(action, r'^actions/checkout@[0-9a-f]{40}$')
      self.assertRegex(comment, r'^ # v\d')
    self.assertEqual(self.files['seatshift.yml']['permissions'], {})
    for text in self.text.values():
      self.assertNotRegex(text, 'AZURE_CLIENT_SECRET|password')
    self.assertEqual(re.findall(r'secrets\.(\w+)', self.text['github']), ['SEATSHIFT_JOURNAL_TOKEN'])
    gitlab = self.files['.gitlab-ci.yml']
    for job in ('plan', 'apply'):
      self.assertEqual(gitlab[job]['id_tokens']['SEATSHIFT_ID_TOKEN']['aud'], 'api://AzureADTokenExchange')

  def test_the_text_of_the_setup(self):
    """Names what the pipelines use, all of it, and how to try that it holds."""
    for name, text in self.text.items():
      setup = self.setup_of(name)
      for word in set(re.findall(r'SEATSHIFT_(?:IMAGE|\w+_CLIENT_ID|REVIEW_TOKEN|JOURNAL_TOKEN)|seatshift-(?:plan|apply)$', text)):
        self.assertIn(word, setup, name)
      for word in ('**Branch `main`**', '`tenants`', 'To check it'):
        self.assertIn(word, setup, name)


@unittest.skipUnless(shutil.which('jq') and shutil.which('curl'), 'jq or curl is not installed')
class Pipeline(harness.TestCase):
  """The script, as the jobs run it, with a bare repository as the remote and a twin as the tenant."""

  def setUp(self):
    super().setUp()
    self.server = self.twin(contoso.document(signing.USERS))
    self.people = signing.People(self.ws.dir / 'keys')
    self.api = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Api)
    self.api.comments, self.api.statuses, self.api.seen = [], {}, []
    thread = threading.Thread(target=self.api.serve_forever, daemon=True)
    thread.start()
    self.addCleanup(thread.join)
    self.addCleanup(self.api.server_close)
    self.addCleanup(self.api.shutdown)
    self.ws.env = self.server.env(AZURE_CLIENT_SECRET=contoso.SECRET, CONTOSO_OPEN_KEY=contoso.KEY)

  def start(self, system='github', **customer):
    self.system = system
    self.ws.run('init', '--ci', system, expect=harness.OK)
    self.ws.write('seatshift.yaml', signing.policy())
    self.ws.write('allowed_signers', ''.join(map(self.people.signer, (ALEX, ADELE))))
    self.ws.git_init()
    self.ws.git_commit('the repository')
    self.ws.git('branch', '-M', 'main')
    self.ws.git('init', '-q', '--bare', '-b', 'main', str(self.ws.dir / 'remote.git'))
    self.ws.git('remote', 'add', 'origin', str(self.ws.dir / 'remote.git'))
    self.ws.git('push', '-q', 'origin', 'main')
    self.ws.git('checkout', '-q', '-b', 'contoso')
    self.ws.write('customers/contoso.yaml', contoso.customer(**customer))
    self.ws.git_commit('contoso: move to Open License')
    self.ws.git('push', '-q', 'origin', 'contoso')

  def environment(self):
    url = f'http://127.0.0.1:{self.api.server_port}'
    return {
      'github': {'GITHUB_ACTIONS': 'true', 'GITHUB_API_URL': url, 'GITHUB_REPOSITORY': 'fabrikam/moves',
                 'GITHUB_STEP_SUMMARY': str(self.ws.dir / 'summary.md')},
      'gitlab': {'GITLAB_CI': 'true', 'CI_API_V4_URL': url, 'CI_PROJECT_ID': '3', 'CI_JOB_TOKEN': 'job-token-canary',
                 'CI_PROJECT_URL': str(self.ws.dir / 'remote')},
      'azure': {'TF_BUILD': 'True', 'SYSTEM_COLLECTIONURI': url + '/', 'SYSTEM_TEAMPROJECTID': 'p',
                'BUILD_REPOSITORY_ID': 'r', 'BUILD_REPOSITORY_PROVIDER': 'TfsGit'},
    }[self.system]

  def job(self, what, branch, expect=harness.OK, owner=None, **env):
    """One job on a fresh clone, as a runner has it: detached, nobody's name configured."""
    folder = self.ws.dir / 'runner'
    shutil.rmtree(folder, ignore_errors=True)
    self.ws.git('clone', '-q', str(self.ws.dir / 'remote.git'), str(folder))
    self.ws.git('-C', str(folder), 'checkout', '-q', '--detach', f'origin/{branch}')
    environment = harness.clean_env({**self.ws.env, **self.environment(), 'CI': 'true', **env}, self.ws.home)
    environment['PATH'] = str(pathlib.Path(harness.BINARY).resolve().parent) + os.pathsep + environment['PATH']
    if owner is not None:
      for path in (folder, *folder.rglob('*')):
        os.chown(path, owner, owner, follow_symlinks=False)
    script = '.seatshift/ci.sh'
    if what != 'apply':  # in a review, as main has it
      script = '../protected/.seatshift/ci.sh'
      shutil.rmtree(self.ws.dir / 'protected', ignore_errors=True)
      self.ws.git('clone', '-q', '-b', 'main', str(self.ws.dir / 'remote.git'), str(self.ws.dir / 'protected'))
    done = subprocess.run(['sh', script, what], cwd=folder, env=environment, capture_output=True,
                          text=True, check=False, timeout=harness.TIMEOUT_S, stdin=subprocess.DEVNULL)
    self.ws.record(f'job {what}', done.stdout + done.stderr)
    self.assertEqual(done.returncode, expect, f'{done.stdout}\n---\n{done.stderr}')
    return done.stdout + done.stderr

  def plan(self, expect=harness.OK):
    return self.job('plan', 'contoso', expect, SEATSHIFT_HEAD='contoso', SEATSHIFT_REVIEW='12',
                    SEATSHIFT_API_TOKEN=TOKEN, SEATSHIFT_PUSH_TOKEN=PUSH_TOKEN)

  def tip(self, branch):
    return self.ws.git('--git-dir', str(self.ws.dir / 'remote.git'), 'rev-parse', branch).strip()

  def update(self, branch):
    self.ws.git('fetch', '-q', 'origin')
    self.ws.git('checkout', '-q', '-B', branch, f'origin/{branch}')

  def approve_and_merge(self):
    self.update('contoso')
    plan, = os.listdir(self.ws.repo / 'plans/contoso')
    self.ws.run('approve', plan, '--key', self.people.key(ADELE), '--yes', '--commit', expect=harness.OK)
    self.update_main('contoso')
    return plan

  def update_main(self, merged):
    self.ws.git('checkout', '-q', 'main')
    self.ws.git('merge', '-q', '--no-ff', '-m', 'reviewed', merged)
    self.ws.git('push', '-q', 'origin', 'main')

  def test_from_review_to_done(self):
    self.start()
    self.api.comments.append({'id': 1, 'author': 'somebody', 'body': f'{MARKER}\nNothing to see here.'})
    self.job('validate', 'main')
    said = self.plan()
    self.assertIn('::notice title=seatshift::committed the plans to contoso', said)
    # The plan is in the branch under review, in the name of who wrote the customer's file.
    self.update('contoso')
    plan, = os.listdir(self.ws.repo / 'plans/contoso')
    self.assertEqual(self.ws.git('log', '-1', '--format=%ae').strip(), ALEX)
    self.assertEqual(self.api.statuses, {self.tip('contoso'): 'success'})
    # Told once, in a comment of its own, and then updated; nobody else's is touched.
    self.assertEqual([comment['author'] for comment in self.api.comments], ['somebody', 'ci'])
    self.assertTrue(self.api.comments[1]['body'].startswith(MARKER + '\n'))
    self.assertIn(plan, self.api.comments[1]['body'])
    self.assertIn(plan, (self.ws.dir / 'summary.md').read_text())
    before = self.tip('contoso')
    self.plan()
    self.assertEqual(self.tip('contoso'), before, 'the same plan is not committed twice')
    self.assertEqual(len(self.api.comments), 2)
    # Merged without an approval: refused, and nothing is written.
    self.update_main('contoso')
    self.assertIn('exit status 8', self.job('apply', 'main', harness.UNAPPROVED))
    self.assertEqual(self.server.writes(), 0)
    self.ws.git('push', '-q', '-f', 'origin', 'main~1:main')
    self.update('main')
    self.approve_and_merge()
    # A job per stage; each ends well at the step for a person.
    self.assertIn('waits for a person', self.job('apply', 'main'))
    self.assertEqual(self.server.writes(), 0)
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    self.assertIn('waits for a person', self.job('apply', 'main'))
    self.server.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.assertIn('is done', self.job('apply', 'main'))
    self.update('main')
    self.assertIn(f'plans/contoso/{plan}/journal.jsonl', self.ws.git('ls-files'))
    writes, log = self.server.writes(), len(self.server.log())
    self.assertNotIn('contoso', self.job('apply', 'main').replace('origin/contoso', ''))
    self.assertEqual((self.server.writes(), len(self.server.log())), (writes, log), 'done is done')
    self.ws.git('fsck', '--strict')
    self.ws.scan(TOKEN, PUSH_TOKEN, contoso.SECRET, contoso.KEY, allowed=('twin.json',))

  def test_what_a_review_brings_along_is_not_run(self):
    self.start()
    for path in ('.seatshift/ci.sh', 'seatshift', 'jq', 'git', 'customers/-rf.yaml', 'customers/--out=x.yaml'):
      self.ws.write(path, f'#!/bin/sh\ntouch {self.ws.dir}/pwned\n').chmod(0o755)
    self.ws.git_commit('more')
    self.ws.git('push', '-q', 'origin', 'contoso')
    self.plan(harness.INVALID)  # one customer's file is no such thing; the other's plan is made
    self.assertFalse((self.ws.dir / 'pwned').exists())

  def test_a_review_pushes_to_its_own_branch_only(self):
    self.start()
    before = {branch: self.tip(branch) for branch in ('main', 'contoso')}
    for head in ('main', '-x', '--all', 'a:main', 'contoso:refs/heads/main', '../main', 'refs/heads/main ', 'a..b',
                 '$(touch pwned)', '@{-1}'):
      with self.subTest(head):
        said = self.job('plan', 'contoso', harness.INVALID, SEATSHIFT_HEAD=head, SEATSHIFT_PUSH_TOKEN=PUSH_TOKEN)
        self.assertIn('is not a branch under review', said)
        self.assertEqual({branch: self.tip(branch) for branch in before}, before)
    self.assertEqual(self.server.log(), [])

  @unittest.skipUnless(os.geteuid() == 0, 'only root can give a folder away')
  def test_a_checkout_of_somebody_else(self):
    """As runners with containers have it: git is told so in a file of the job, and no other file is touched."""
    self.start()
    for where in ({'GIT_CONFIG_GLOBAL': '/dev/null'}, {}):
      self.job('plan', 'contoso', owner=12345, SEATSHIFT_HEAD='contoso', SEATSHIFT_PUSH_TOKEN=PUSH_TOKEN, **where)
      self.assertTrue(stat.S_ISCHR(os.stat('/dev/null').st_mode))
      self.assertEqual(list(self.ws.home.iterdir()), [])
    self.update('contoso')
    self.assertTrue((self.ws.repo / 'plans/contoso').is_dir())

  def test_refused(self):
    self.start(seats=10)
    said = self.plan(harness.DENIED)
    self.assertRegex(said, r'(?m)^::error file=customers/contoso\.yaml,line=\d+,col=\d+,title=SS304 ')
    comment, = self.api.comments
    self.assertTrue(comment['body'].startswith(MARKER + '\n## No plan for contoso (exit status 7)\n'))
    self.assertIn('SS304', comment['body'])
    self.assertEqual(self.api.statuses, {self.tip('contoso'): 'failure'})

  def test_a_broken_customer_does_not_stop_the_others(self):
    self.start()
    self.plan()
    self.approve_and_merge()
    self.ws.write('customers/fabrikam.yaml', 'version: 1\ncustomer: fabrikam\n')
    self.ws.git_commit('fabrikam: begun')
    self.ws.git('push', '-q', 'origin', 'main')
    said = self.job('apply', 'main', harness.INVALID)
    self.assertRegex(said, r'(?m)^::error title=seatshift::fabrikam: ')
    self.assertIn('waits for a person', said)

  def test_invalid(self):
    self.start(seats='many')
    self.assertIn('::error file=customers/contoso.yaml,', self.job('validate', 'contoso', harness.INVALID))

  def test_other_systems(self):
    for system in ('gitlab', 'azure'):
      with self.subTest(system):
        shutil.rmtree(self.ws.repo)
        self.ws.repo.mkdir()
        shutil.rmtree(self.ws.dir / 'remote.git', ignore_errors=True)
        self.api.comments[:] = [{'id': 1, 'author': 'somebody', 'body': MARKER}]
        self.start(system)
        self.plan()
        self.plan()
        self.assertEqual([comment['author'] for comment in self.api.comments], ['somebody', 'ci'])
        self.assertTrue(self.api.comments[1]['body'].startswith(MARKER + '\n'))
        self.assertEqual(self.api.comments[0]['body'], MARKER)
        self.assertNotIn('extraHeader', (self.ws.dir / 'runner/.git/config').read_text(), 'no token is left behind')
        self.assertIn({'gitlab': 'PUT', 'azure': 'PATCH'}[system], [method for method, _, _ in self.api.seen])
    self.ws.scan(TOKEN, PUSH_TOKEN, 'job-token-canary', contoso.SECRET, allowed=('twin.json',))

  def test_image_must_be_pinned(self):
    self.start()
    said = self.job('validate', 'main', harness.INVALID, SEATSHIFT_IMAGE='registry.example.com/seatshift:latest')
    self.assertIn('pinned by digest', said)
    self.job('validate', 'main', SEATSHIFT_IMAGE='registry.example.com/seatshift@sha256:' + '0' * 64)
    self.job('everything', 'main', harness.INVALID)

  def test_no_token_no_comment(self):
    self.start()
    said = self.job('plan', 'contoso')
    self.assertIn('no token to comment with', said)
    self.assertEqual(self.api.seen, [])
    self.update('contoso')
    self.assertFalse((self.ws.repo / 'plans').exists(), 'without a branch to commit to it is only shown')


if __name__ == '__main__':
  harness.main()
