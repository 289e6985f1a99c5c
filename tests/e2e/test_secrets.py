"""No secret of any way of signing in is found anywhere: canaries are handed over as the real ones would be, and
looked for in streams, files, git objects, arguments and environments of children, crashes, and (by strace, where
it is installed) in everything written to anything but the sockets.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import unittest

import contoso
import harness
import signing
import ways
from gateway import Gateway

STRACE = shutil.which('strace')
TRACED = ('write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,execve,execveat,open,openat,creat,link,linkat,'
          'symlink,symlinkat,rename,renameat,renameat2,mkdir,mkdirat,connect,setxattr,fsetxattr')

VAULT = 'canary-vault-Jt2-token'


class Secrets(ways.TestCase):

  def secrets(self, way):
    """What must not be found, and the forms in which a product key could be written."""
    values = [contoso.KEY, contoso.KEY.replace('-', ''), *ways.CANARIES.values(), *way.secrets, *way.env.values()]
    return [value for value in values if len(value) > 16 and not value.startswith(('/', 'http')) and
            value != contoso.CLIENT and value != ways.MANAGED]

  def scan_way(self, way, *more, allowed=()):
    self.ws.scan(contoso.KEY, ways.REFRESH, *self.secrets(way), *more, allowed=('twin.json', *way.allowed, *allowed))

  def commands(self, way, **options):
    """A day's work, with what goes wrong; each as talkative as it gets."""
    status, text = self.run_way(way, 'plan', 'contoso', '--commit', '-vv', **options)
    self.assertEqual(status, harness.OK, text)
    plan = self.plan_id(text)
    self.assertEqual(self.run_way(way, 'apply', plan, '--yes', '--commit', '-vv', **options)[0], harness.WAITING)
    self.assertEqual(self.run_way(way, 'doctor', 'contoso', '-vv', **options)[0], harness.OK)
    for kind, path in (('401', '*/organization*'), ('malformed', '*/subscribedSkus*')):
      way.twin.control('fault', kind=kind, match={'path': path, 'count': 0}, retry_after=3600)
      status, text = self.run_way(way, 'drift', 'contoso', '--format', 'json', '-vv', **options)
      self.assertNotEqual(status, harness.OK, text)
      way.twin.control('clear')

  def test_streams_files_and_git_objects(self):
    def check(way):
      self.commands(way)
      self.scan_way(way)
    self.each(check)

  def test_nothing_is_kept_on_disk(self):
    """No cache of tokens, for any way: no file appears but the plan's, and the next run signs in anew."""
    def check(way):
      def files():
        return {str(path.relative_to(self.ws.dir)) for path in self.ws.dir.rglob('*')
                if path.is_file() and '/.git/' not in str(path)}
      before, tokens = files(), []
      for _ in range(2):
        given = way.twin.counters().get('tokens', 0)
        self.assertEqual(self.run_way(way, 'plan', 'contoso', '-vv')[0], harness.OK)
        tokens.append(way.twin.counters().get('tokens', 0) - given)
      self.assertEqual({path.split('/')[1] for path in files() - before}, {'plans'})
      self.assertEqual(tokens, [1, 1] if way.renews else [0, 0])
      self.assertEqual(list(self.ws.home.iterdir()), [])
    self.each(check)

  # Every write of the process.

  def judge_trace(self, way, path):
    """Each line that holds a secret has to be one that sends it through a TCP socket: how many there are."""
    lines = path.read_text(errors='replace').splitlines()
    path.unlink()
    children = {line.split()[0] for line in lines if re.match(r'\d+ +execve', line) and f'"{harness.BINARY}"' not in line}
    codes = {code for line in lines for code in re.findall(r'device_code=([0-9a-f-]{36})', line)}
    self.assertEqual(bool(codes), way.person)
    words = [word.encode() for word in (*self.secrets(way), *codes, ways.REFRESH)]
    sent = 0
    for line in lines:
      data = line.encode()
      if not harness.TOKEN.search(data) and not any(word in data for word in words):
        continue
      process, call = line.split(None, 1)
      if call.startswith('execve(') and f'"{harness.BINARY}"' in call:
        continue  # what the test itself handed over
      if process in children and not call.startswith('execve'):
        continue  # what another program does with its own
      self.assertRegex(call, r'^(write|writev|sendto|sendmsg)\(\d+<TCP:\[', 'a secret was written elsewhere')
      sent += 1
    return sent

  @unittest.skipUnless(STRACE, 'strace is not installed')
  def test_writes_other_than_to_a_socket(self):
    def check(way):
      trace = self.ws.dir / 'trace'
      # The sanitizers' search for leaks cannot be traced.
      under = (STRACE, '-E', 'ASAN_OPTIONS=detect_leaks=0', '-f', '-v', '-yy', '-s', '100000', '-o', trace, '-e', f'trace={TRACED}', '-e', 'signal=none')
      status, text = self.run_way(way, 'plan', 'contoso', '--commit', '-vv', under=under)
      self.assertEqual(status, harness.OK, text)
      self.assertGreater(self.judge_trace(way, trace), 3, 'the search sees what is sent')
      status, text = self.run_way(way, 'apply', self.plan_id(text), '--yes', '--commit', '-vv', under=under)
      self.assertEqual(status, harness.WAITING, text)
      self.assertGreater(self.judge_trace(way, trace), 3)
    self.each(check)

  # Crashes.

  def crash(self, way, number):
    """Half way through a run, with cores allowed: how it ended."""
    way.twin.control('clear')
    way.twin.control('fault', kind='latency', latency_ms=60000, match={'path': '*/subscribedSkus*'})
    process, fd = self.start_way(way, 'plan', 'contoso', '-vv',
                                 under=('/bin/sh', '-c', 'ulimit -c unlimited; exec "$0" "$@"'))
    self.assertTrue(harness.wait_until(lambda: any('organization' in path for path in self.paths(way.twin))))
    process.send_signal(number)
    end = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    if fd is not None:
      self.end(process, fd)
    else:
      out, err = process.communicate(timeout=harness.TIMEOUT_S)
      self.ws.record('stdout', out)
      self.ws.record('stderr', err)
    return end

  def test_crashes(self):
    here = self.ws.dir / 'dump'
    here.mkdir()
    control = subprocess.Popen(['/bin/sh', '-c', 'ulimit -c unlimited; kill -ABRT $$'], cwd=here, env=harness.clean_env())
    dumped = os.waitid(os.P_PID, control.pid, os.WEXITED | os.WNOWAIT).si_code == os.CLD_DUMPED
    control.wait()
    if not dumped:
      self.skipTest('no program dumps core here')

    def check(way):
      for number in (signal.SIGABRT, signal.SIGSEGV):
        end = self.crash(way, number)
        self.assertIn(end.si_code, (os.CLD_KILLED, os.CLD_EXITED), 'no core was dumped')
        self.assertNotEqual((end.si_code, end.si_status), (os.CLD_EXITED, 0))
      self.scan_way(way)
    self.each(check)

  # Children.

  def spy(self, name, then):
    """A program in front of the real one, that keeps its arguments and environment."""
    tools = self.ws.dir / 'tools'
    tools.mkdir(exist_ok=True)
    path = tools / name
    path.write_text(f'#!/bin/sh\n{{ env; printf "%s\\n" "$0" "$@"; }} >> {self.ws.dir}/spied.{name}\n{then}\n')
    path.chmod(0o755)

  def test_children_are_told_nothing(self):
    """ssh-keygen and the browser: no secret of ours, and none of a password manager."""
    people = signing.People(self.ws.dir / 'people')
    key = people.key(signing.ADELE)
    way = self.client_secret()
    real = shutil.which('ssh-keygen')
    self.spy('ssh-keygen', f'exec {real} "$@"')
    self.spy('firefox', 'exit 0')
    way.env['PATH'] = f'{self.ws.dir / "tools"}:/usr/bin:/bin'
    way.env['VAULT_TOKEN'] = VAULT
    self.ws.write('seatshift.yaml', signing.policy())
    self.ws.write('allowed_signers', people.signer(signing.ADELE))
    self.ws.git_commit('policy')
    status, text = self.run_way(way, 'plan', 'contoso', '--commit')
    self.assertEqual(status, harness.OK, text)
    plan = self.plan_id(text)
    status, text = self.run_way(way, 'approve', plan, '--key', key, '--yes', '--commit', '-vv')
    self.assertEqual(status, harness.OK, text)
    self.assertEqual(self.run_way(way, 'apply', plan, '-vv')[0], harness.WAITING)
    self.assertEqual(self.run_way(way, 'step', plan, 'redeem-key', '--open', '-vv')[0], harness.OK)
    told = self.ws.dir / 'spied.firefox'
    self.assertTrue(harness.wait_until(lambda: told.exists() and contoso.TENANT in told.read_text()))
    self.assertIn('seatshift-approval', (self.ws.dir / 'spied.ssh-keygen').read_text())
    self.scan_way(way, VAULT)

  def test_the_program_that_gives_the_key_is_told_nothing(self):
    """A password manager: it gets its own token, and no other."""
    way = self.client_secret()
    self.spy('give-key', f'echo {contoso.KEY}')
    way.env['PATH'] = f'{self.ws.dir / "tools"}:/usr/bin:/bin'
    way.env['VAULT_TOKEN'] = VAULT
    customer = contoso.customer().replace('env: CONTOSO_OPEN_KEY', 'command: [give-key]')
    self.ws.write('customers/contoso.yaml', customer)
    self.ws.git_commit('the key is kept in a vault')
    _, text = self.run_way(way, 'plan', 'contoso')
    process, fd = self.at_terminal('step', self.plan_id(text), 'redeem-key', '--show-key', '-vv', env=way.env)
    found, _ = self.read_until(fd, r'enter the code (\S+)')
    way.twin.control('device', user_code=found[1], tenant=contoso.TENANT, user='adele.vance@contoso.com')
    shown, _ = process.communicate(timeout=harness.TIMEOUT_S)
    self.assertEqual((process.returncode, shown.decode().strip()), (harness.OK, contoso.KEY))
    spied = self.ws.dir / 'spied.give-key'
    self.assertIn(f'VAULT_TOKEN={VAULT}', spied.read_text())
    self.ws.record('what it was told', spied.read_text().replace(VAULT, ''))
    spied.unlink()
    self.scan_way(way, VAULT, allowed=('tools/give-key',))

  # Answers that bring a secret back.

  def test_a_service_that_quotes_what_it_was_sent(self):
    """Known values are taken out of others' texts, in a refusal and in an answer that is no answer."""
    quoted = ' '.join(ways.CANARIES.values())
    description = f'AADSTS7000215: Invalid client secret provided: {quoted} (end).'
    for body in ({'error': 'invalid_client', 'error_description': description, 'error_codes': [7000215]},
                 {'error': quoted, 'error_description': description}, {'error': {'message': description}}):
      with self.subTest(body=list(body)):
        self.fresh()
        way = self.way('client secret', 'client-secret', {
          'secret': contoso.SECRET, 'refused': {'number': 7000215, 'status': 401, 'body': json.dumps(body)}})
        for more in ((), ('--format', 'json')):
          status, text = self.run_way(way, 'plan', 'contoso', '-vv', *more)
          self.assertEqual(status, harness.AUTH, text)
        if isinstance(body['error'], str):
          self.assertIn('<redacted>', text)
        self.scan_way(way)

  def both(self, gateway):
    return {**gateway.env(), 'SEATSHIFT_LOGIN_URL': gateway.url}

  def test_a_secret_where_a_long_text_is_cut(self):
    """It is taken out before the cut, so that no piece of it is left at the end; at every place of the cut."""
    twin = self.twin(contoso.document(2))
    contoso.set_up(self.ws, twin)
    secret, piece = contoso.SECRET, contoso.SECRET[:12]

    def quoting(pad):
      def alter(exchange):
        if '/oauth2/' in exchange.path and where == 'sign-in':
          exchange.status = 400
          exchange.put({'error': 'invalid_client', 'error_description': f'AADSTS7000215: {"x" * pad} {secret} end'})
        if 'subscribedSkus' in exchange.path and where == 'Graph':
          exchange.status = 400
          exchange.put({'error': {'code': 'Bad', 'message': f'{"x" * pad} {secret} end'}})
      return alter

    for where, most in (('sign-in', 485), ('Graph', 600)):
      for pad in range(most - len(secret) - 2, most, 5):
        with self.subTest(where=where, pad=pad), Gateway(twin, quoting(pad)) as gateway:
          result = self.ws.run('plan', 'contoso', '-vv', env=self.both(gateway))
          self.assertIn('x' * 400, result.err)
          self.assertNotIn(piece, result.out + result.err)

  def test_a_service_that_quotes_the_token(self):
    """Whole, without its signature, cut off, or as a URL has it: nothing of it is printed."""
    twin = self.twin(contoso.document(2))
    contoso.set_up(self.ws, twin)
    for name, form in (('whole', str), ('no signature', lambda token: token.rsplit('.', 1)[0]),
                       ('one character less', lambda token: token[:-1]), ('claims', lambda token: token.split('.', 1)[1]),
                       ('URL', lambda token: token.replace('.', '%2E')), ('behind much', lambda token: 'x ' * 250 + token)):
      tokens = []

      def alter(exchange):
        if '/oauth2/' in exchange.path:
          tokens.append(exchange.json()['access_token'])
        if 'subscribedSkus' in exchange.path:
          exchange.status = 400
          exchange.put({'error': {'code': 'Bad', 'message': f'not accepted: {form(tokens[-1])}'}})

      with self.subTest(form=name), Gateway(twin, alter) as gateway:
        result = self.ws.run('plan', 'contoso', '-vv', env=self.both(gateway))
        self.assertIn('<redacted>', result.err)
        for part in tokens[-1].split('.')[:2]:
          self.assertNotIn(part[:20], result.out + result.err)


if __name__ == '__main__':
  harness.main()
