"""What every end-to-end test needs: the real binary, a twin, a customers' repository, a leak scanner.

Nothing here knows how seatshift works inside. Everything is started with an environment of its own,
everything printed is recorded, and `Workspace.scan` looks for secrets wherever a run could leave one.
"""

import contextlib
import dataclasses
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import selectors
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest
import urllib.error
import urllib.request

BINARY = os.environ.get('SEATSHIFT', 'seatshift')
TIMEOUT_S = 120  # for one command: long, since sanitizers and a busy machine are slow

# Exit statuses, by the names of the documentation.
OK, ERROR, CHANGES, INVALID, AUTH, WRONG_TENANT, STALE, DENIED = range(8)
UNAPPROVED, WAITING, PARTIAL, LOCKED, THROTTLED, INCOMPLETE = range(8, 14)

CAUGHT = re.compile(r'Sanitizer|runtime error:|^==\d+== ', re.M)  # the last is valgrind's
TOKEN = re.compile(rb'eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.')  # a JSON web token, as sign-in gives it


@dataclasses.dataclass
class Result:
  """What a finished command left."""
  args: list
  status: int
  out: str
  err: str

  @property
  def json(self):
    try:
      return json.loads(self.out)
    except ValueError as error:
      raise AssertionError(f'not JSON: {error}\n{self}') from None

  @property
  def said(self):
    """What stands on both streams, on one line: where lines end depends on how long names are."""
    return ' '.join((self.out + ' ' + self.err).split())

  def __str__(self):
    command = ' '.join(map(str, self.args))
    return f'$ {command}\nexit status {self.status}\n--- stdout\n{self.out}--- stderr\n{self.err}'


def clean_env(extra=None, home='/nonexistent'):
  """An environment that owes nothing to who runs the tests, except to a sanitizer's settings."""
  kept = ('PATH', 'TMPDIR', 'LD_LIBRARY_PATH', *(('FAKETIME', 'LD_PRELOAD') if 'FAKETIME' in os.environ else ()))
  env = {name: value for name, value in os.environ.items() if name in kept or name.endswith('SAN_OPTIONS')}
  env.update(HOME=str(home), LANG='C.UTF-8', TZ='UTC', GIT_CONFIG_NOSYSTEM='1',
             GIT_CONFIG_GLOBAL='/dev/null', no_proxy='127.0.0.1')
  env.update(extra or {})
  return env


def read_terminal(fd, enough=None, timeout_s=TIMEOUT_S):
  """What a terminal shows until `enough` says so of the text, or until nobody holds its other end any more."""
  shown, end = b'', time.monotonic() + timeout_s
  while time.monotonic() < end and not (enough and enough(shown.decode(errors='replace'))):
    if not select.select([fd], [], [], 1)[0]:
      continue
    try:
      chunk = os.read(fd, 65536)
    except OSError:  # Linux says so, where others give nothing
      break
    if not chunk:
      break
    shown += chunk
  return shown.decode(errors='replace')


NOWHERE = {name: 'http://127.0.0.1:9' for name in ('SEATSHIFT_GRAPH_URL', 'SEATSHIFT_LOGIN_URL')}  # nobody listens


class Twin:
  """`seatshift twin FILE --port 0`, stopped on exit; also its control endpoint."""

  def __init__(self, document, workspace, clock=None):
    self.workspace = workspace
    self.clock = clock  # the time at which its own begins; None: the machine's
    self.path = document if isinstance(document, pathlib.Path) else workspace.dir / 'twin.json'
    if self.path is not document:
      self.path.write_text(json.dumps(document))
    self.process = None
    self.port = None

  def __enter__(self):
    self.stderr = tempfile.TemporaryFile(dir=self.workspace.dir)
    self.process = subprocess.Popen(
      [BINARY, 'twin', str(self.path), '--port', '0'], stdin=subprocess.DEVNULL,
      stdout=subprocess.PIPE, stderr=self.stderr,
      env=clean_env({**NOWHERE, 'SEATSHIFT_CLOCK': self.clock} if self.clock else None))
    line = self._first_line(30)
    found = re.search(r'(?:^|[:\s])(\d{2,5})\b/?\s*$', line)
    if not found:
      self.__exit__(None, None, None)
      raise AssertionError(f'the twin did not tell its port: {line!r}\n{self._messages()}')
    self.port = int(found[1])
    return self

  def _first_line(self, timeout_s):
    with selectors.DefaultSelector() as selector:
      selector.register(self.process.stdout, selectors.EVENT_READ)
      return self.process.stdout.readline().decode() if selector.select(timeout_s) else ''

  def _messages(self):
    self.stderr.seek(0)
    return self.stderr.read().decode(errors='replace')

  def __exit__(self, *_):
    self.process.terminate()
    try:
      self.process.wait(15)
    except subprocess.TimeoutExpired:
      self.process.kill()
      self.process.wait()
    rest = self.process.stdout.read()
    self.process.stdout.close()
    messages = self._messages()
    self.stderr.close()
    self.workspace.record('twin', rest.decode(errors='replace') + messages)
    if CAUGHT.search(messages):
      raise AssertionError(f'the twin was caught by a sanitizer:\n{messages}')

  @property
  def url(self):
    return f'http://127.0.0.1:{self.port}'

  def env(self, **extra):
    """The environment in which seatshift talks to this twin and to nothing else."""
    return {'SEATSHIFT_GRAPH_URL': self.url, 'SEATSHIFT_LOGIN_URL': self.url, **extra}

  def request(self, method, path, body=None, headers=None):
    """One plain HTTP request: (status, parsed JSON or text)."""
    data = None
    headers = dict(headers or {})
    if isinstance(body, bytes):
      data = body
    elif body is not None:
      data = json.dumps(body).encode()
      headers.setdefault('Content-Type', 'application/json')
    request = urllib.request.Request(self.url + path, data, headers, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
      with opener.open(request, timeout=30) as answer:
        status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
      status, text = error.code, error.read().decode()
    try:
      return status, json.loads(text)
    except ValueError:
      return status, text

  def control(self, what, **body):
    """POST /twin/WHAT: plays the person, or the weather."""
    status, answer = self.request('POST', f'/twin/{what}', body)
    if status >= 300:
      raise AssertionError(f'twin control {what} {body}: {status} {answer}')
    return answer

  def look(self, what):
    """GET /twin/WHAT: counters, state or log."""
    status, answer = self.request('GET', f'/twin/{what}')
    if status != 200:
      raise AssertionError(f'twin {what}: {status} {answer}')
    return answer

  def counters(self):
    return self.look('counters')

  def writes(self):
    """Requests that changed, or tried to change, a tenant; parts of batches included."""
    return self.counters()['writes']

  def state(self, tenant):
    return self.look(f'state?tenant={tenant}')

  def log(self):
    return self.look('log')['requests']

  def assigns(self):
    """UPN -> (attempts, successes) of assignLicense, of everyone for whom it was tried."""
    return {row['upn']: (row['attempts'], row['successes']) for row in self.counters()['assignLicense']}

  def licenses(self, tenant):
    """UPN -> {SKU id: sorted ids of the services that are off}, of direct licences."""
    return {user['upn']: {license['sku']: sorted(license['disabled'])
                          for license in user['licenses'] if not license['group']}
            for user in self.state(tenant)['users']}

  def redeem(self, tenant, sku, seats):
    return self.control('redeem', tenant=tenant, sku=sku, seats=seats)

  def cancel(self, tenant, subscription, status='Suspended'):
    return self.control('cancel', tenant=tenant, subscription=subscription, status=status)


class Schemas:
  """Every document that seatshift prints, against the schema that it names: no member is missing, none unsaid."""

  def __init__(self):
    self.known = {}
    try:
      import jsonschema
      self.validator = jsonschema.Draft202012Validator
    except ImportError:  # .ci/setup test installs it
      self.validator = None

  def closed(self, schema):
    """Readers ignore members that they do not know; a test wants to hear of them."""
    if isinstance(schema, list):
      return [self.closed(part) for part in schema]
    if not isinstance(schema, dict):
      return schema
    schema = {key: self.closed(value) for key, value in schema.items()}
    return {'additionalProperties': False, **schema} if 'required' in schema else schema

  def of(self, name):
    if name not in self.known:
      text = subprocess.run([BINARY, 'schema', name], capture_output=True, check=True, env=clean_env()).stdout
      self.known[name] = self.validator(self.closed(json.loads(text)))
    return self.known[name]

  def check(self, text):
    """Whether there was a document to check."""
    named = re.search(r'"format":"seatshift-([a-z]+)/[0-9]+"', text)
    if not self.validator or not named or not text.startswith('{') or text.count('\n') != 1:
      return False
    errors = [f'{error.json_path}: {error.message[:300]}' for error in self.of(named[1]).iter_errors(json.loads(text))]
    if errors:
      raise AssertionError('\n'.join([f'not as `seatshift schema {named[1]}` says:', *errors[:5], text[:2000]]))
    return True


SCHEMAS = Schemas()


class Workspace:
  """A temporary folder with a customers' repository in `repo`; everything run in it is recorded."""

  def __init__(self):
    self._folder = tempfile.TemporaryDirectory(prefix='seatshift-test-')
    self.dir = pathlib.Path(self._folder.name)
    self.repo = self.dir / 'repo'
    self.repo.mkdir()
    self.home = self.dir / 'home'
    self.home.mkdir()
    self.env = {}
    self.recorded = []

  def close(self):
    self._folder.cleanup()

  def record(self, name, text):
    self.recorded.append((name, text.encode() if isinstance(text, str) else text))

  def start(self, *args, env=None, cwd=None, under=()):
    """Starts seatshift and leaves it running, with pipes; give it to `finish`. `under`: a tracer's command."""
    return subprocess.Popen(
      [*map(str, under), BINARY, *map(str, args)], cwd=cwd or self.repo, stdin=subprocess.DEVNULL,
      stdout=subprocess.PIPE, stderr=subprocess.PIPE,
      env=clean_env({**self.env, **(env or {})}, self.home))

  def at_terminal(self, *args, streams=('stderr',), columns=80, env=None, under=()):
    """Starts seatshift with these streams on a terminal, and leaves it running: (process, our end of the terminal)."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    ends = {'stdin': subprocess.DEVNULL, 'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE,
            **{stream: theirs for stream in streams}}
    process = subprocess.Popen([*map(str, under), BINARY, *map(str, args)], cwd=self.repo,
                               env=clean_env({**self.env, **(env or {})}, self.home), **ends)
    os.close(theirs)
    return process, ours

  def on_terminal(self, *args, streams=('stdout', 'stderr'), expect=None, **options):
    """Runs seatshift to its end, and gives all that the terminal was shown, as it came."""
    process, ours = self.at_terminal(*args, streams=streams, **options)
    shown = read_terminal(ours)
    os.close(ours)
    for stream in (process.stdout, process.stderr):
      if stream:
        stream.close()  # whoever wants it has it on the terminal
    status = process.wait(TIMEOUT_S)
    self.record('terminal', shown)
    if CAUGHT.search(shown) or (expect is not None and status != expect):
      raise AssertionError(f'$ {args}: exit status {status}, expected {expect}:\n{shown}')
    return shown

  def finish(self, process, timeout=TIMEOUT_S):
    try:
      out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
      process.kill()
      out, err = process.communicate()
      raise AssertionError(f'{process.args} took more than {timeout} s\n{out!r}\n{err!r}') from None
    result = Result(process.args, process.returncode, out.decode(), err.decode())
    self.record(f'stdout of {process.args[1:]}', out)
    self.record(f'stderr of {process.args[1:]}', err)
    if CAUGHT.search(result.err):
      raise AssertionError(f'caught by a sanitizer:\n{result}')
    SCHEMAS.check(result.out)
    return result

  def run(self, *args, expect=None, env=None, cwd=None, timeout=TIMEOUT_S):
    """Runs seatshift to its end. `expect`: the exit status that it must have."""
    result = self.finish(self.start(*args, env=env, cwd=cwd), timeout)
    if expect is not None and result.status != expect:
      raise AssertionError(f'expected exit status {expect}:\n{result}')
    return result

  def run_json(self, *args, **options):
    return self.run(*args, '--format', 'json', **options).json

  # Files and git.

  def write(self, path, text):
    target = self.repo / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target

  def git(self, *args, check=True):
    done = subprocess.run(['git', *args], cwd=self.repo, capture_output=True, check=False,
                          env=clean_env(home=self.home), timeout=60)
    if check and done.returncode:
      raise AssertionError(f'git {args}: {done.stderr.decode()}')
    return done.stdout.decode(errors='replace')

  def git_init(self, branch='main'):
    self.git('init', '-q', '-b', branch)
    self.git('config', 'user.name', 'Alex Wilber')
    self.git('config', 'user.email', 'alex.wilber@example.com')

  def git_commit(self, message):
    self.git('add', '-A')
    self.git('commit', '-q', '--allow-empty', '-m', message)

  # Secrets.

  def _places(self):
    """Everything a run could have left a secret in: (name, bytes)."""
    yield from self.recorded
    for path in self.dir.rglob('*'):
      if path.is_file() and not path.is_symlink():
        yield str(path.relative_to(self.dir)), path.read_bytes()
        yield f'the name of {path.name}', path.name.encode()
    if (self.repo / '.git').exists():
      objects = subprocess.run(
        ['git', 'cat-file', '--batch-all-objects', '--batch'], cwd=self.repo, check=True,
        capture_output=True, env=clean_env(home=self.home), timeout=60)
      yield 'a git object', objects.stdout

  def scan(self, *secrets, tokens=True, allowed=()):
    """Fails when one of `secrets`, or any access token, is anywhere. `allowed`: files put there on purpose."""
    places = 0
    for name, data in self._places():
      places += 1
      if name in allowed:
        continue
      for secret in secrets:
        bare = secret.replace('-', '')
        for form in {secret, bare, secret.lower(), bare.lower()}:
          if form.encode() in data:
            raise AssertionError(f'a secret that begins with {secret[:3]!r} is in {name}')
      if tokens and TOKEN.search(data):
        raise AssertionError(f'an access token is in {name}')
    return places


class TestCase(unittest.TestCase):
  """A test with a workspace `self.ws`, and twins that stop with it."""

  maxDiff = None

  def setUp(self):
    self.ws = Workspace()
    self.addCleanup(self.ws.close)

  def twin(self, document, clock=None):
    stack = contextlib.ExitStack()
    self.addCleanup(stack.close)
    return stack.enter_context(Twin(document, self.ws, clock))


def wait_until(condition, timeout_s=60, pause_s=0.005):
  """Polls; False when the time is over."""
  end = time.monotonic() + timeout_s
  while time.monotonic() < end:
    if condition():
      return True
    time.sleep(pause_s)
  return False


def kill(process):
  """SIGKILL, as a power cut would be for the process."""
  process.send_signal(signal.SIGKILL)


class _SaysWhatIsSkipped(unittest.TextTestResult):
  """A test that is skipped without a word looks like one that passed: .ci/summary.py reads these lines."""

  def addSkip(self, test, reason):
    super().addSkip(test, reason)
    print(f'skipped: {reason}', flush=True)


def main():
  unittest.main(testRunner=unittest.TextTestRunner(resultclass=_SaysWhatIsSkipped))


def skip_file(reason):
  """Ends the whole file, as meson's runner understands it."""
  print(f'skipped: {reason}')
  sys.exit(77)
