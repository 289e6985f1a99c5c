"""Patience with a service has an end, and whoever waits is told what for."""

import contextlib
import signal
import socket
import threading
import time

import contoso
import harness
from gateway import Gateway
from looking import Looking

SOON = 40  # seconds: far less than what is waited for without a signal or a deadline, on a busy machine too

# Each command that reads over the network, so that it has something to ask; PLAN stands for one that was begun.
READING = {'plan': ('contoso',), 'status': ('contoso',), 'drift': ('contoso',), 'doctor': ('contoso',),
           'discover': ('--tenant', contoso.TENANT), 'skus': ('contoso',), 'undo': ('PLAN',),
           'step': ('PLAN', 'redeem-key', '--show-key')}
CARRYING_OUT = {'apply': ('PLAN', '--yes'), 'fleet plan': (), 'fleet drift': ('FLEET',)}


@contextlib.contextmanager
def stubborn(answer):
  """A service that takes every connection, and then does with it what `answer` does, until the end."""
  listener = socket.create_server(('127.0.0.1', 0))
  over, taken = threading.Event(), []

  def serve():
    while True:
      try:
        connection = listener.accept()[0]
      except OSError:
        return
      taken.append(connection)
      threading.Thread(target=answer, args=(connection, over), daemon=True).start()

  thread = threading.Thread(target=serve, daemon=True)
  thread.start()
  try:
    yield f'http://127.0.0.1:{listener.getsockname()[1]}', taken
  finally:
    over.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()
    for connection in taken:
      connection.close()


def silent(connection, over):
  over.wait()


def dripping(connection, over):
  """An answer that never stalls and never ends."""
  with contextlib.suppress(OSError):
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{')
    while not over.is_set():
      connection.sendall(b' ')
      time.sleep(0.2)


class Deadline(Looking):

  def begun(self):
    """A plan that was begun, so that every command has something to look at."""
    twin = self.start()
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    self.ws.run('apply', self.plan, '--yes', expect=harness.WAITING)
    return twin

  def reading(self, *names):
    """The command lines of all that read, or of these, in the order of the table."""
    for command in self.ws.run_json('help')['commands']:
      if command['network'] == 'reads' and (not names or command['name'] in names):
        yield command['name'], *(self.plan if word == 'PLAN' else word for word in READING[command['name']])

  def gives_up(self, *args, env=None, statuses=None):
    began = time.monotonic()
    result = self.ws.run(*args, '--deadline', '1s', env=env)
    self.assertLess(time.monotonic() - began, SOON)
    self.assertIn(result.status, statuses or (harness.ERROR, harness.AUTH, harness.INCOMPLETE, harness.THROTTLED), result)
    return result

  def test_a_service_that_is_unavailable_for_ever(self):
    twin = self.begun()
    for path in ('*', '*/organization*'):  # the sign-in too, or Graph alone
      twin.control('clear')
      twin.control('fault', kind='503', match={'path': path, 'count': 0})
      for args in self.reading() if path == '*' else self.reading('plan'):
        with self.subTest(args):
          asked = len(twin.log())
          result = self.gives_up(*args)
          self.assertIn('503', result.out + result.err)
          self.assertLess(len(twin.log()) - asked, 20)
          if path != '*':
            self.assertIn('--deadline TIME gives it more', result.err)

  def test_a_service_that_never_answers(self):
    self.begun()
    for answer in (silent, dripping):
      with stubborn(answer) as (url, _):
        for args in self.reading(*(() if answer is silent else ('plan',))):
          with self.subTest(args, answer=answer.__name__):
            self.gives_up(*args, env={'SEATSHIFT_GRAPH_URL': url, 'SEATSHIFT_LOGIN_URL': url})

  def test_every_command_that_asks_a_service_takes_it(self):
    """Whoever adds one adds it here; one that the table does not name as such cannot sign in."""
    commands = {command['name']: command for command in self.ws.run_json('help')['commands']}
    asking = {name for name, command in commands.items() if command['network'] != 'none'}
    self.assertEqual(asking, {*READING, *(name.split()[0] for name in CARRYING_OUT)})
    for name in asking:
      self.assertIn('deadline', [option['name'] for option in commands[name]['options']], name)

  def test_a_fleet(self):
    self.begun()
    self.ws.write('fleet.yaml', 'version: 1\nwaves: [{name: all}]\n')
    fleet = self.ws.run_json('fleet', 'plan')['id']
    with stubborn(silent) as (url, _):
      for name, words in CARRYING_OUT.items():
        named = [self.plan if word == 'PLAN' else fleet if word == 'FLEET' else word for word in words]
        with self.subTest(name):
          self.gives_up(*name.split(), *named, env={'SEATSHIFT_GRAPH_URL': url, 'SEATSHIFT_LOGIN_URL': url})

  def test_nobody_signs_in(self):
    """The key's last check waits for a person: no longer than it was told to."""
    self.begun()
    self.assertIn('nobody has signed in', self.gives_up('step', self.plan, 'redeem-key', '--show-key').err)

  def test_a_pause_beyond_the_deadline_is_not_waited_for(self):
    twin = self.begun()
    twin.control('fault', kind='429', retry_after=300, match={'path': '*/subscribedSkus*', 'count': 0})
    for more in ((), ('--deadline', '1h')):
      process = self.ws.start('plan', 'contoso', *more)
      if more:
        with self.assertRaises(AssertionError):
          self.ws.finish(process, 4)
      else:  # two minutes without an answer of use
        result = self.ws.finish(process, SOON)
        self.assertIn('429', result.err)
        self.assertNotEqual(result.status, harness.OK)

  def test_what_is_of_use_is_waited_for(self):
    """Slow is not stuck: the deadline that nobody gave counts from the last answer."""
    twin = self.begun()
    twin.control('fault', kind='latency', latency_ms=600, match={'path': '*', 'count': 0})
    self.ws.run('plan', 'contoso', expect=harness.OK)

  def test_a_word_after_three_seconds(self):
    twin = self.begun()
    twin.control('fault', kind='503', match={'path': '*/subscribedSkus*', 'count': 0}, retry_after=60)
    process = self.ws.start('drift', 'contoso')
    line = process.stderr.readline().decode()
    process.send_signal(signal.SIGTERM)
    self.ws.finish(process, SOON)
    self.assertRegex(line, r'waiting for http://127.0.0.1:\d+: it answered 503 to GET /v1.0/\w+; try 2 in \d+ s')
    process = self.ws.start('drift', 'contoso', '--quiet', '--deadline', '4s')
    self.assertNotIn('waiting for', self.ws.finish(process).err)

  def test_the_word_when_no_connection_is_answered(self):
    self.begun()
    with stubborn(silent) as (url, _):
      process = self.ws.start('plan', 'contoso', env={'SEATSHIFT_GRAPH_URL': url, 'SEATSHIFT_LOGIN_URL': url})
      lines = []  # what there is to say of the file comes before it
      while not lines or (lines[-1] and 'waiting' not in lines[-1]):
        lines.append(process.stderr.readline().decode())
      self.assertRegex(lines[-1], f'waiting for an answer from {url} to ')
      process.send_signal(signal.SIGINT)
      self.assertEqual(self.ws.finish(process, SOON).status, 130)


class Alive(Looking):
  """A service that always answers, and never with anything new."""

  def through(self, alter, *args, **options):
    twin = self.start()
    with Gateway(twin, alter) as gateway:
      began = time.monotonic()
      result = self.ws.run(*args, env=gateway.env(), **options)
      self.assertLess(time.monotonic() - began, SOON)
      return result, gateway.count

  def pages(self, keep):
    """Every list of users goes on for ever; `keep`: with the same people on each page."""
    first = {}

    def alter(exchange):
      path, _, number = exchange.path.partition('&page=')
      if '/users?' in path:
        body = first.setdefault(path, exchange.json())
        link = f'http://{exchange.host}{path}&page={int(number or 1) + 1}'
        exchange.status = 200
        exchange.put({**body, 'value': body['value'] if keep else [], '@odata.nextLink': link})
    return alter

  def test_empty_pages(self):
    for keep in (False, True):
      with self.subTest(same_people=keep):
        result, count = self.through(self.pages(keep), 'plan', 'contoso', expect=harness.INCOMPLETE)
        self.assertIn('page after page brings nothing new', result.err)
        self.assertLess(count, 400)
        self.assertFalse((self.ws.repo / 'plans').exists())

  def test_a_part_that_is_put_off_for_ever(self):
    def alter(exchange):
      if exchange.is_batch:
        answer = exchange.json()
        answer['responses'][0] = {'id': answer['responses'][0]['id'], 'status': 429, 'headers': {'Retry-After': '1'}}
        exchange.put(answer)
    twin = self.start(users='      - lidia.holloway@contoso.com')  # who holds nothing, and is asked for by name
    with Gateway(twin, alter) as gateway:
      result = self.ws.run('plan', 'contoso', '--deadline', '5s', env=gateway.env())
    self.assertNotEqual(result.status, harness.OK, result)
    self.assertIn('the service put a part of a batch off', result.err)

  def test_nobody_waits_in_silence_while_answers_come(self):
    """Slow is not stuck, and is said all the same: by commands that read, that write, and that start others."""
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    self.ws.write('fleet.yaml', 'version: 1\nwaves: [{name: all}]\n')
    twin.control('fault', kind='latency', latency_ms=1500, match={'path': '*', 'count': 0})
    for args, word in ((('plan', 'contoso'), r'reading from http://\S+: \d+ answers? in \d+ s, now GET /v1.0/\w+'),
                       (('doctor', 'contoso'), 'reading from http://'), (('apply', plan, '--yes'), 'reading from http://'),
                       (('fleet', 'plan'), 'planning: 0 of 1 customers so far, 1 under way')):
      with self.subTest(args):
        self.assertRegex(self.ws.run(*args).err, word)
        self.assertNotRegex(self.ws.run(*args, '--quiet').err, word)

  def test_counts_that_never_agree(self):
    """Asked again for some seconds: whoever waits is told why."""
    def alter(exchange):
      if '/subscribedSkus' in exchange.path:
        body = exchange.json()
        for sku in body['value']:
          sku['consumedUnits'] += 1
        exchange.put(body)
    result, _ = self.through(alter, 'plan', 'contoso', expect=harness.INCOMPLETE)
    self.assertRegex(result.err, r"waiting, \d+ s so far: the tenant counts 5 holders of 'STANDARDPACK', and 4 could be read")


if __name__ == '__main__':
  harness.main()
