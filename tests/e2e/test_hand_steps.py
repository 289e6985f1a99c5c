"""The hand steps: cards, the key, what redeeming did, where a key went, and the gate before cancelling."""

import base64
import datetime
import json
import os
import re
import subprocess

import contoso
import harness
from looking import Looking, customer, tenant


class Key(Looking):
  """The product key is shown last and only with proof."""

  def prepare(self, key='env: CONTOSO_OPEN_KEY', **document):
    twin = self.start()
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('customers/contoso.yaml', text.replace('env: CONTOSO_OPEN_KEY', key))
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    return twin, plan['id']

  def sign_in(self, twin, plan, tenant, decline=False, **env):
    process = self.ws.start('step', plan, 'redeem-key', '--show-key', env=env)
    shown = b''
    while b'code ' not in shown:
      line = process.stderr.readline()
      self.assertTrue(line, shown)
      shown += line
    code = shown.split(b'code ')[1].split()[0].decode()
    twin.control('device', user_code=code, tenant=tenant, decline=decline)
    return self.ws.finish(process)

  def test_shown_after_a_sign_in_to_the_tenant(self):
    twin, plan = self.prepare()
    result = self.sign_in(twin, plan, contoso.TENANT)
    self.assertEqual((result.status, result.out), (harness.OK, contoso.KEY + '\n'), result)
    self.assertNotIn(contoso.KEY, result.err)
    self.assertEqual(twin.writes(), 0)

  def test_hidden_otherwise(self):
    twin, plan = self.prepare()
    result = self.sign_in(twin, plan, contoso.OTHER)
    self.assertEqual(result.status, harness.WRONG_TENANT, result)
    self.assertIn('stays hidden', result.err)
    self.assertEqual(self.sign_in(twin, plan, contoso.TENANT, decline=True).status, harness.AUTH)
    self.ws.run('step', plan, 'redeem-key', '--show-key', '--format', 'json', expect=harness.INVALID)
    self.ws.run('step', plan, 'redeem-key', '--show-key', '--out', 'x.txt', expect=harness.INVALID)
    self.ws.run('step', plan, 'retire-subscription', '--show-key', expect=harness.INVALID)
    self.ws.run('step', plan, '--show-key', expect=harness.INVALID)
    self.ws.scan(contoso.KEY, contoso.SECRET, allowed=('twin.json',))

  def test_only_where_a_person_reads(self):
    """Whatever a job prints is kept; so is a file. Nobody is asked to sign in for that."""
    twin, plan = self.prepare()
    asked = len(twin.log())
    step = ('step', plan, 'redeem-key', '--show-key')
    for env in ({'CI': 'true'}, {'TF_BUILD': 'True'}, {'JENKINS_URL': 'https://ci.example/'}, {'TEAMCITY_VERSION': '2026.1'}):
      with self.subTest(env):
        refused = self.ws.run(*step, env=env, expect=harness.INVALID)
        self.assertIn(f'seatshift step {plan[:8]} redeem-key --show-key', refused.err)
    with (self.ws.dir / 'log').open('w') as log:
      done = subprocess.run([harness.BINARY, *step], cwd=self.ws.repo, stdout=log, stderr=subprocess.PIPE,
                            env=harness.clean_env(self.ws.env, self.ws.home), timeout=harness.TIMEOUT_S, check=False)
    self.assertEqual(done.returncode, harness.INVALID, done.stderr)
    self.assertEqual(len(twin.log()), asked)

  def test_a_key_that_is_not_it_asks_nobody(self):
    twin, plan = self.prepare()
    asked = len(twin.log())
    for value in (contoso.KEY[:-1] + 'J', contoso.KEY[:-1], '', 'Q7WX4'):
      result = self.ws.run('step', plan, 'redeem-key', '--show-key', env={'CONTOSO_OPEN_KEY': value},
                           expect=harness.INVALID)
      self.assertNotIn('CNRYB', result.out + result.err)
    self.assertEqual(len(twin.log()), asked)

  def test_from_a_file(self):
    self.ws.write('key.txt', f'  {contoso.KEY.lower()}\r\n')
    twin, plan = self.prepare('file: key.txt')
    self.assertEqual(self.sign_in(twin, plan, contoso.TENANT).out, contoso.KEY + '\n')
    (self.ws.repo / 'key.txt').unlink()
    asked = len(twin.log())
    self.ws.run('step', plan, 'redeem-key', '--show-key', expect=harness.INVALID)
    self.assertEqual(len(twin.log()), asked)

  def test_from_a_program_and_only_after_the_sign_in(self):
    program = self.ws.write('get-key', f'#!/bin/sh\n: >ran\necho {contoso.KEY}\n')
    program.chmod(0o755)
    twin, plan = self.prepare('command: [./get-key]')
    self.assertEqual(self.sign_in(twin, plan, contoso.OTHER).status, harness.WRONG_TENANT)
    self.assertFalse((self.ws.repo / 'ran').exists(), 'nobody had signed in to the right tenant')
    self.assertEqual(self.sign_in(twin, plan, contoso.TENANT).out, contoso.KEY + '\n')
    self.assertTrue((self.ws.repo / 'ran').exists())

  def test_where_the_key_is_comes_from_the_approved_branch(self):
    self.ws.write('get-key', '#!/bin/sh\n: >ran\n').chmod(0o755)
    twin, plan = self.prepare()
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('seatshift.yaml', contoso.POLICY.replace('required: 0', 'required: 1'))
    self.ws.git_commit('an approval is needed')
    self.ws.write('customers/contoso.yaml', text.replace('env: CONTOSO_OPEN_KEY', 'command: [./get-key]'))
    refused = self.ws.run('step', plan, 'redeem-key', '--show-key')
    self.assertIn(refused.status, (harness.STALE, harness.UNAPPROVED), refused)
    self.assertFalse((self.ws.repo / 'ran').exists())

  def test_unusual_letters_are_remarked_on(self):
    twin, plan = self.prepare()
    result = self.sign_in(twin, plan, contoso.TENANT, CONTOSO_OPEN_KEY=contoso.KEY.replace('Q7WX4', 'Q7W0I'))
    self.assertEqual(result.status, harness.OK, result)
    self.assertRegex(result.err, r'SS214.*\(0I\)')

  def test_a_private_window(self):
    twin, plan = self.prepare()
    browser = self.ws.dir / 'bin/firefox'
    browser.parent.mkdir()
    browser.write_text('#!/bin/sh\nfor word; do echo "$word"; done >"${0%/*}/opened.part"\nmv "${0%/*}/opened.part" "${0%/*}/opened"\n')
    browser.chmod(0o755)
    path = f'{browser.parent}:{os.environ["PATH"]}'
    result = self.ws.run('step', plan, 'redeem-key', '--open', env={'PATH': path}, expect=harness.OK)
    self.assertIn('STEP', result.out)
    opened = browser.parent / 'opened'
    self.assertTrue(harness.wait_until(opened.exists))
    option, link = opened.read_text().splitlines()
    self.assertEqual(option, '--private-window')
    self.assertEqual(link, f'https://portal.azure.com/{contoso.TENANT}')
    self.assertIn(link, result.out)
    self.assertIn('https://portal.office.com?domain_hint=contoso.onmicrosoft.com\n', result.out)
    self.ws.run('step', plan, 'redeem-key', '--open', env={'PATH': '/nonexistent'}, expect=harness.ERROR)


class KeyAtHand(Looking):
  """Whether the key is there is found out when planning, not with the customer on the phone; never by its value."""

  def notes(self, key='env: CONTOSO_OPEN_KEY', **env):
    self.start()
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('customers/contoso.yaml', text.replace('env: CONTOSO_OPEN_KEY', key))
    plan = self.ws.run('plan', 'contoso', env=env, expect=harness.OK)
    doctor = self.ws.run_json('doctor', 'contoso', env=env, expect=harness.OK)
    self.assertNotIn('CNRYB', plan.out + plan.err + str(doctor))
    found = [row for row in doctor['checks'] if row['check'] == 'key']
    self.assertEqual(bool(found), 'a0001 redeem-key' in plan.err, (found, plan.err))
    self.assertTrue(all(row['verdict'] == 'warn' for row in found))
    return plan.err + ''.join(row['detail'] for row in found)

  def test_all_is_well(self):
    self.assertNotIn('a0001 redeem-key', self.notes())

  def test_not_there(self):
    said = self.notes(CONTOSO_OPEN_KEY='')
    self.assertEqual(said.count("there is no key in the environment variable 'CONTOSO_OPEN_KEY'"), 2)

  def test_of_another_shape(self):
    for value in (contoso.KEY[:-1], contoso.KEY.replace('7QX2K', '7QX2J'), 'REPLACE-ME'):
      with self.subTest(value):
        self.setUp()
        self.assertIn('a0001 redeem-key', self.notes(CONTOSO_OPEN_KEY=value))

  def test_letters_that_keys_do_not_have(self):
    said = self.notes(CONTOSO_OPEN_KEY=contoso.KEY.replace('Q7WX4', 'Q7W0I'))
    self.assertEqual(said.count('letters or digits that keys seldom have (0I)'), 2)

  def test_in_a_pipeline_nothing_is_said(self):
    """Whoever wrote the file in a review reads the job's log: which files and variables are there is not theirs to know."""
    for ci in ('CI', 'TF_BUILD', 'GITHUB_ACTIONS'):
      said = set()
      for key in ('file: /etc/passwd', 'file: /etc/shadow', 'file: /nowhere', 'file: seatshift.yaml', 'env: PATH', 'env: NOT_SET',
                  'file: /etc', 'file: /dev/null'):
        with self.subTest(f'{ci} {key}'):
          self.setUp()
          notes = self.notes(key, **{ci: 'true'})
          self.assertNotIn('a0001 redeem-key', notes)
          said.add(re.sub(r'[0-9a-f]{8,}|\d+', '#', notes))
      self.assertEqual(len(said), 1, said)

  def test_files_and_programs(self):
    self.ws.write('key.txt', contoso.KEY + '\n')
    self.assertNotIn('a0001 redeem-key', self.notes('file: key.txt'))
    self.setUp()
    self.assertIn("cannot read the product key from 'key.txt'", self.notes('file: key.txt'))
    self.setUp()
    os.mkfifo(self.ws.repo / 'key.txt')
    self.assertIn('that is not a file', self.notes('file: key.txt'))
    self.setUp()
    self.ws.write('get-key', '#!/bin/sh\n: >ran\n').chmod(0o755)
    self.assertNotIn('a0001 redeem-key', self.notes('command: [./get-key]'))
    self.assertFalse((self.ws.repo / 'ran').exists(), 'a program runs after a sign-in alone')


class Redeemed(Looking):
  """What the key did in the right tenant is told apart by what Graph shows."""

  ENDS = contoso.day(92)
  OPEN = '9b1d7f3e-2a4c-4e6b-8d0f-5c7a9e1b3d24'

  def begin(self, open_seats=0, redeem_as=None, seats=10, same_sku=False):
    document = contoso.document(0)
    document['tenants'][0] = tenant()
    if open_seats:
      document['tenants'][0]['subscriptions'].append(
        {'id': self.OPEN, 'sku': 'ENTERPRISEPACK', 'seats': open_seats,
         'created': '2025-12-01T00:00:00Z', 'ends': f'{self.ENDS}T00:00:00Z'})
    twin = self.twin(document)
    contoso.set_up(self.ws, twin)
    text = customer().replace('seats: 10', f'seats: {seats}')
    if redeem_as:
      text = text.replace('      order:', f'      redeem_as: {redeem_as}\n      order:')
    self.ws.write('customers/contoso.yaml', text)
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.ws.run('apply', self.plan['id'], '--yes', expect=harness.WAITING)
    return twin

  def again(self, expect=harness.WAITING):
    return self.ws.run('apply', self.plan['id'], '--yes', expect=expect)

  def journal(self):
    return [json.loads(line) for line in (self.folder(self.plan) / 'journal.jsonl').read_text().splitlines()]

  def redeemed(self):
    action = next(row['id'] for row in self.plan['actions'] if row['kind'] == 'redeem-key')
    return [row for row in self.journal() if row['event'] == 'ended' and row.get('actions') == [action]]

  def ids(self, entry):
    return [row['id'] for row in entry['found']['subscriptions']]

  def test_seats_are_there(self):
    twin = self.begin()
    made = twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)['subscription']
    self.again()
    (ended,) = self.redeemed()
    self.assertEqual((ended['outcome'], self.ids(ended)), ('verified', [made]))
    self.assertIn(f'subscription {made} with 10 seats is there', ended['detail'])
    # No snapshot knows what the key brought; the card for cancelling must.
    card = self.ws.run('step', self.plan['id'], 'retire-subscription', expect=harness.OK).out
    kept = card[card.index('DO NOT CANCEL'):]
    self.assertIn(made, kept)
    self.assertNotIn(contoso.SUBSCRIPTION, kept)
    self.ws.git_commit('the run')
    (told,) = [row for plan in self.ws.run_json('history', 'contoso', expect=harness.OK)['plans']
               for row in plan['events'] if row.get('found')]
    self.assertEqual(self.ids(told), [made])

  def test_another_key(self):
    twin = self.begin()
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 7)
    self.assertIn('only 7 seats are there, planned were 10', self.again().err)
    self.assertEqual(self.redeemed(), [])
    self.assertEqual(twin.writes(), 0)

  def test_another_product(self):
    twin = self.begin()
    twin.redeem(contoso.TENANT, 'SPE_E3', 10)
    self.again()
    self.assertEqual(self.redeemed(), [])
    self.assertEqual(twin.writes(), 0)

  def test_seats_that_went_to_the_advisor_subscription_prove_nothing(self):
    twin = self.begin()
    twin.control('redeem', tenant=contoso.TENANT, sku='STANDARDPACK', seats=10, subscription=contoso.SUBSCRIPTION,
                 **{'as': 'add-seats'})
    self.assertIn(f'the Advisor subscription {contoso.SUBSCRIPTION} has 170 seats instead of 160', self.again().err)
    self.assertEqual(twin.writes(), 0)

  def test_extended_where_seats_were_to_come(self):
    twin = self.begin(open_seats=4, redeem_as='add-seats', seats=14)
    twin.control('redeem', tenant=contoso.TENANT, sku='ENTERPRISEPACK', seats=10, subscription=self.OPEN,
                 **{'as': 'extend-term'})
    self.assertRegex(self.again().err, f'no seats came, but the term now ends {contoso.day(92 + 365)}')
    self.assertEqual((self.redeemed(), twin.writes()), ([], 0))

  def test_added_to_what_is_there(self):
    twin = self.begin(open_seats=4, redeem_as='add-seats', seats=14)
    twin.control('redeem', tenant=contoso.TENANT, sku='ENTERPRISEPACK', seats=10, subscription=self.OPEN,
                 **{'as': 'add-seats'})
    self.again()
    (ended,) = self.redeemed()
    self.assertEqual((ended['outcome'], self.ids(ended)), ('verified', [self.OPEN]))

  def test_an_extension(self):
    twin = self.begin(open_seats=10, redeem_as='extend-term')
    new = twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)['subscription']
    self.assertIn(f'subscription {new} with 10 seats is new, and the end date of the others did not move',
                  self.again().err)
    self.assertEqual(self.redeemed(), [])
    twin.cancel(contoso.TENANT, new, 'Deleted')
    twin.control('redeem', tenant=contoso.TENANT, sku='ENTERPRISEPACK', seats=10, subscription=self.OPEN,
                 **{'as': 'extend-term'})
    self.again()
    self.assertEqual([row['outcome'] for row in self.redeemed()], ['verified'])


class Evidence(Looking):

  def test_committed_and_pushed(self):
    self.start()
    remote = self.ws.dir / 'remote.git'
    self.ws.git('init', '--quiet', '--bare', '-b', 'main', remote)
    self.ws.git('remote', 'add', 'origin', remote)
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    self.ws.git_commit('the plan')
    self.ws.git('push', '--quiet', '-u', 'origin', 'main')
    self.ws.run('step', plan, 'redeem-key', '--done', '--case', '4711', '--commit', expect=harness.OK)
    self.assertEqual(self.ws.git('log', '-1', '--format=%s', 'main'),
                     self.ws.git('--git-dir', remote, 'log', '-1', '--format=%s', 'main'))
    self.assertIn('step contoso: journal of', self.ws.git('log', '-1', '--format=%s'))
    self.assertEqual(self.ws.git('show', '--format=', '--name-only', 'HEAD').split(),
                     [f'plans/contoso/{plan}/journal.jsonl'])
    self.ws.git('fsck', '--strict')

  def test_a_secret_is_no_evidence(self):
    """What the environment holds for signing in, in whatever form, and whatever looks like an access token."""
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    secret = 'canary-secret-of-an-application'
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip('=')
                  for part in ({'alg': 'PS256', 'typ': 'JWT'}, {'tid': contoso.TENANT, 'roles': ['User.ReadWrite.All']}))
    token = f'{head}.{body}.' + 'c2lnbmF0dXJl' * 12
    env = {'AZURE_CLIENT_SECRET': secret}
    for option, text in (('--note', secret), ('--case', f'C1 {secret}'), ('--agent', secret.replace('-', '%2D')),
                         ('--note', base64.b64encode(secret.encode()).decode()), ('--agent', token)):
      with self.subTest(f'{option} {text[:20]}'):
        result = self.ws.run('step', plan['id'], 'redeem-key', '--done', option, text, env=env, expect=harness.INVALID)
        self.assertRegex(result.err, f"error: (option '{option}': that holds a secret|that looks like an access token)")
        self.assertNotIn(text, result.out + result.err)
        self.assertFalse((self.ws.repo / 'plans/contoso' / plan['id'] / 'journal.jsonl').exists())
    # One that got there without the variable is hidden wherever it is set.
    self.ws.run('step', plan['id'], 'redeem-key', '--done', '--note', f'ask {secret}', env={'AZURE_CLIENT_SECRET': ''},
                expect=harness.OK)
    self.assertNotIn(secret, self.ws.run('history', 'contoso', env=env, expect=harness.OK).out)

  def test_what_is_no_evidence(self):
    """A day that has not come, and the words of help that only show where something goes."""
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    today = datetime.datetime.now(datetime.timezone.utc).date()
    step = ['step', plan['id'], 'redeem-key']
    for option, text, says in [('--on', f'{today + datetime.timedelta(days=3)}', 'is still to come'),
                               ('--on', '2009-12-31', 'is too long ago'), ('--on', 'YYYY-MM-DD', 'takes a date'),
                               ('--on', '2026-02-30', 'a day that exists'),
                               *((option, text, 'says nothing') for option, text in (
                                 ('--case', 'NUMBER'), ('--agent', 'NAME'), ('--note', 'TEXT'), ('--case', '<case number>'),
                                 ('--note', '...'), ('--note', ' … '), ('--agent', ''), ('--agent', ' ')))]:
      with self.subTest(f'{option} {text}'):
        refused = self.ws.run(*step, '--done', option, text, expect=harness.INVALID).err
        self.assertIn(says, refused)
        self.assertIn('hint', refused)
    # Evidence without --done would be lost.
    self.assertIn('go with --done', self.ws.run(*step, '--case', '4711', expect=harness.INVALID).err)
    self.assertFalse((self.folder(plan) / 'journal.jsonl').exists())
    # Somewhere it is tomorrow already, and a name may be in capitals.
    self.ws.run(*step, '--done', '--on', f'{today + datetime.timedelta(days=1)}', '--agent', 'ADELE', expect=harness.OK)

  def test_outside_git_nothing_is_recorded(self):
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    (self.ws.repo / '.git').rename(self.ws.dir / 'away')
    self.ws.run('step', plan['id'], 'redeem-key', '--done', '--commit', expect=harness.ERROR)
    self.assertFalse((self.folder(plan) / 'journal.jsonl').exists())


class Cards(Looking):

  def cards(self, **changes):
    twin = self.start(**changes)
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    return twin, {step['kind']: self.ws.run('step', plan['id'], step['id'], expect=harness.OK).out
                  for step in self.ws.run_json('step', plan['id'], expect=harness.OK)['steps']}

  def test_what_a_caller_needs(self):
    twin, cards = self.cards()
    card = ' '.join(cards['retire-subscription'].split())  # where lines end depends on the terminal
    for words in ('866-676-6546', '800-676-7658', 'cloud services', 'contoso.onmicrosoft.com', contoso.TENANT,
                  contoso.SUBSCRIPTION, '160 × STANDARDPACK', 'purchased through Open', 'no early-cancellation fee',
                  'case number', 'DO NOT CANCEL', contoso.KEPT_SUBSCRIPTION, 'two reads'):
      self.assertIn(words, card)
    self.assertEqual(twin.writes(), 0)

  def test_not_before_its_turn(self):
    """Whoever is told to cancel too early takes people's mail away."""
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    step = ['step', plan['id'], 'retire-subscription']

    def look(first):
      card = self.ws.run(*step, expect=harness.OK).out
      self.assertRegex(card, '^DO NOT CANCEL YET: people would lose what they work with.\n'
                             f'  First: {first}')
      self.assertNotIn('WRITE DOWN', card)
      listed = ' '.join(self.ws.run('step', plan['id'], expect=harness.OK).out.split())
      self.assertRegex(listed, f'retire-subscription blocked .* not yet: first {first}')
      rows = self.ws.run_json('step', plan['id'], expect=harness.OK)['steps']
      states = {row['kind']: row['state'] for row in rows}
      before = {row['kind']: row['not_yet'] for row in rows}
      self.assertRegex(before['retire-subscription'], first)
      self.assertIsNone(before['redeem-key'])
      self.assertRegex(self.ws.run_json(*step, expect=harness.OK)['not_yet'], first)
      self.assertEqual(states['retire-subscription'], 'blocked')
      self.assertNotEqual(states['redeem-key'], 'blocked')
      (waits,) = [line for line in self.ws.run_json('status', expect=harness.OK)['customers'][0]['waiting_for']
                  if 'retire-subscription' in line]
      self.assertRegex(waits, f'not yet: first {first}')
      refused = self.ws.run(*step, '--done', '--case', '1', '--agent', 'Adele', expect=harness.DENIED).err
      self.assertRegex(refused, f'has not come: first {first}')
      self.assertIn('Do not cancel yet', refused)

    look('redeem-key, [0-9]+ p(erson|eople)')
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    card = self.ws.run(*step, expect=harness.OK).out
    self.assertTrue(card.startswith('STEP '), card)
    self.assertIn('WRITE DOWN', card)
    self.assertRegex(self.ws.run('step', plan['id'], expect=harness.OK).out, 'retire-subscription +waiting [^;]*\n')
    self.ws.run(*step, '--done', '--case', '1', '--agent', 'Adele', expect=harness.OK)

  def test_cancelled_before_its_turn(self):
    """Nobody is moved, and what everybody stands on is gone: the first thing that anybody has to hear."""
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.alarm(plan, None)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    rescue = (f'4 people stand on subscription {contoso.SUBSCRIPTION}, which is cancelled before its turn: '
              f'have it reactivated by {contoso.day(90)}, by a Global or Billing Administrator of '
              'contoso.onmicrosoft.com in the admin centre')
    self.alarm(plan, rescue)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'Deleted')
    self.alarm(plan, 'and deleted: nothing brings it back')
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'Enabled')
    self.alarm(plan, None)
    # Of the tenant as it is: one of them has left the licence meanwhile.
    twin.control('user', tenant=contoso.TENANT, upn='adele.vance@contoso.com', set={'remove': ['STANDARDPACK']})
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.assertIn('ALARM: 3 people stand on', self.ws.run_json('status', 'contoso', expect=harness.OK)['waiting_for'][0])

  def alarm(self, plan, words):
    """What status, drift and apply say of people who stand on what is cancelled; None: nothing."""
    status = self.ws.run_json('status', 'contoso', expect=harness.OK)
    self.assertEqual(status['stages']['retired'], 'no')
    drift = self.ws.run_json('drift', 'contoso', '--detailed-exitcode', expect=None)
    early = [item for item in drift['differences'] if item['kind'] == 'cancelled-early']
    apply = self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING).err
    if not words:
      self.assertEqual((early, 'ALARM' in str(status), 'ALARM' in apply), ([], False, False))
      return
    self.assertIn(words, early[0]['what'])
    for command in ('status', 'drift'):
      said = self.ws.run(command, 'contoso', expect=harness.OK).said
      self.assertIn('the Advisor subscription is cancelled, and people still stand on it', said)
      self.assertNotIn('is gone', said)
    self.assertTrue(status['waiting_for'][0].startswith('ALARM: '), status)
    self.assertIn(words, status['waiting_for'][0])
    self.assertNotIn('to be cancelled', str(status['waiting_for']))
    self.assertRegex(apply, f'ALARM: .*{re.escape(words)}')
    self.ws.run('drift', 'contoso', '--detailed-exitcode', expect=harness.CHANGES)

  def test_not_of_a_plan_that_was_undone(self):
    """Everybody is back on what the card says is to be cancelled."""
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    undo = self.ws.run_json('undo', plan['id'], expect=harness.OK)
    self.ws.run('apply', undo['id'], '--yes', expect=harness.OK)
    for step in (['retire-subscription'], ['retire-subscription', '--done', '--case', '1']):
      refused = self.ws.run('step', plan['id'], *step, expect=harness.UNAPPROVED)
      self.assertIn(f'was undone by plan {undo["id"]}', refused.err)
      self.assertEqual(refused.out, '')
    listed = self.ws.run('step', plan['id'], expect=harness.OK)
    self.assertRegex(listed.out, 'retire-subscription +undone ')
    self.assertIn(f'was undone by plan {undo["id"]}', listed.err)

  def test_they_fit_a_terminal(self):
    _, cards = self.cards()
    for kind, card in cards.items():
      for line in card.splitlines():
        self.assertLessEqual(len(line), 80, (kind, line))

  def test_other_clouds_have_their_own_pages(self):
    portals = {'usgov': 'https://portal.azure.us/', 'usgov-dod': 'https://portal.azure.us/',
               'china': 'https://portal.azure.cn/'}
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    policy = (self.ws.repo / 'seatshift.yaml').read_text()
    for cloud, portal in portals.items():
      with self.subTest(cloud):
        self.ws.write('seatshift.yaml', policy.replace('cloud: global', f'cloud: {cloud}'))
        card = self.ws.run('step', plan, 'redeem-key', expect=harness.OK).out
        self.assertIn(portal + contoso.TENANT, card)
        self.assertNotIn('office.com', card)
        self.assertNotIn('portal.azure.com', card)
    self.assertEqual(twin.writes(), 0)


if __name__ == '__main__':
  harness.main()
