"""The main story, told by the program alone: each command that it prints as the next one is typed as it is printed,
and works; and whatever it prints on the way fits into 80 columns."""

import json
import re

import contoso
import harness
import signing

COLUMNS = 80
KEY = 'ABCDE-FGHJK-LMNPQ-RSTVW-7QX2K'
SUBSCRIPTION = '6f2d8a4c-51b7-4e0e-9c3d-2b8e7f6a1d90'
NEXT = re.compile(r'(?:^|: |  )(seatshift (?!twin)[a-z][^\n]*)$', re.M)
# What cannot be broken: one word, such as a digest, and a command that is to be copied.
COPIED = re.compile(r'[0-9a-f]{12}|sha256:|SHA256:|\.(jsonl?|yaml|txt)\b')  # digests, ids, paths
UNBROKEN = re.compile(r' *\S+|.*[:(\'] ?(seatshift|export) .*| +(seatshift|export) .*')


def wide(text, columns=COLUMNS):
  return [line for line in text.splitlines() if len(line) > columns and not UNBROKEN.fullmatch(line)]


class Told(harness.TestCase):

  def start(self, approvals, clock=None):
    moved = {'SEATSHIFT_CLOCK': clock} if clock else {}
    self.ws.run('init', '--example', '.', env={**harness.NOWHERE, **moved}, expect=harness.OK)
    self.twin_now = self.twin(json.loads((self.ws.repo / 'twin.json').read_text()), clock=clock)
    self.ws.env = self.twin_now.env(AZURE_CLIENT_SECRET='twin-client-secret', CONTOSO_OPEN_KEY=KEY, **moved)
    self.people = signing.People(self.ws.dir / 'keys')
    self.ws.write('allowed_signers', self.people.signer(signing.ADELE))
    policy = (self.ws.repo / 'seatshift.yaml').read_text()
    self.ws.write('seatshift.yaml', re.sub(r'required: \d', f'required: {approvals}', policy))
    self.ws.git('config', 'user.name', 'Alex Wilber')
    self.ws.git('config', 'user.email', signing.ALEX)
    self.ws.git_commit('contoso: to be moved')

  def type(self, command, expect=harness.OK, **options):
    """As it stands, without a terminal; the key is the one thing that only a person knows."""
    command = command.replace('--key FILE', f'--key {self.people.key(signing.ADELE)}')
    with self.subTest(command):
      return self.ws.run(*command.split()[1:], expect=expect, **options)

  def next(self, result, stream='out'):
    """The last command that it names."""
    commands = NEXT.findall(getattr(result, stream))
    self.assertTrue(commands, result)
    return commands[-1].strip()

  def commit_line(self, result):
    return re.search(r'commit it, when no run is under way: (.*)', result.out)[1]


class Story(Told):

  def test_without_approvals(self):
    self.start(0)
    shown = self.ws.run('plan', 'contoso', expect=harness.OK)
    self.assertRegex(self.next(shown), r'^seatshift apply [0-9a-f]{8} --yes$')
    waits = self.type(self.next(shown), harness.WAITING)
    listed = self.ws.run('step', 'contoso', expect=harness.OK)
    self.assertRegex(listed.out, r'redeem-key .* 25 seats of ENTERPRISEPACK\n')
    self.type(re.search(r'seatshift step \w+ \w+', waits.out)[0])
    self.assertIn('redeem-key', listed.out)
    self.twin_now.redeem(contoso.TENANT, 'ENTERPRISEPACK', 25)
    waits = self.type(self.next(waits), harness.WAITING)
    # Elsewhere the same is said, and works: by the page, status and drift.
    for command in (['show', 'contoso'], ['drift', 'contoso']):
      self.assertEqual(self.next(self.ws.run(*command, expect=harness.OK)), self.next(waits))
    recorded = self.type(re.search(r'WRITE DOWN +(.*)', waits.err)[1].replace('NUMBER', '4711').replace('NAME', 'Megan'))
    self.twin_now.cancel(contoso.TENANT, SUBSCRIPTION)
    done = self.type(self.next(recorded))
    self.assertIn('done: everything is verified', done.out)
    self.type(self.commit_line(done))
    self.assertEqual(self.ws.git('status', '--porcelain', 'plans/contoso/*/journal.jsonl'), '')
    self.type(self.next(done))
    undo = self.ws.run('undo', 'contoso', expect=harness.OK)
    waits = self.type(self.next(undo), harness.WAITING)
    self.twin_now.cancel(contoso.TENANT, SUBSCRIPTION, status='Enabled')
    self.assertIn('done: everything is verified', self.type(self.next(waits)).out)

  def carried_out(self, clock):
    """The example is as good years from now: nothing to warn about, and its move is carried out."""
    self.start(0, clock)
    valid = self.ws.run('validate', expect=harness.OK)
    self.assertNotIn('warning', valid.out + valid.err)
    planned = self.ws.run('plan', 'contoso', expect=harness.OK)
    saved = json.loads(next((self.ws.repo / 'plans/contoso').glob('*/plan.json')).read_text())
    # Of every plan with prepaid seats: that they stay.
    self.assertEqual([warning['code'] for warning in saved['warnings']], ['SS204'])
    waits = self.type(self.next(planned), harness.WAITING)
    self.twin_now.redeem(contoso.TENANT, 'ENTERPRISEPACK', 25)
    waits = self.type(self.next(waits), harness.WAITING)
    recorded = self.type(re.search(r'WRITE DOWN +(.*)', waits.err)[1].replace('NUMBER', '4711').replace('NAME', 'Megan'))
    self.twin_now.cancel(contoso.TENANT, SUBSCRIPTION)
    self.assertIn('done: everything is verified', self.type(self.next(recorded)).out)

  def test_years_from_now(self):
    self.carried_out('2029-03-01T09:00:00Z')

  def test_on_a_leap_day_long_from_now(self):
    self.carried_out('2048-02-29T23:00:00Z')

  def test_with_an_approval(self):
    self.start(1)
    result = self.ws.run('plan', 'contoso', expect=harness.OK)
    self.assertEqual(self.next(result), 'seatshift plan contoso --commit')
    self.assertEqual(self.next(self.ws.run('status', expect=harness.OK)), self.next(result))
    result = self.type(self.next(result))
    self.assertRegex(self.next(result), r'^seatshift approve [0-9a-f]{8} --key FILE --commit --yes$')
    self.assertEqual(self.next(self.ws.run('show', 'contoso', expect=harness.OK)), self.next(result))
    self.assertEqual(self.next(self.ws.run('status', expect=harness.OK)), self.next(result))
    self.ws.git('config', 'user.email', signing.ADELE)
    approved = self.type(self.next(result))
    result = self.ws.run('show', 'contoso', expect=harness.OK)
    self.assertRegex(self.next(result), r'^seatshift apply [0-9a-f]{8}$')
    self.assertEqual(self.next(approved), self.next(result))
    self.type(self.next(result), harness.WAITING)
    self.twin_now.redeem(contoso.TENANT, 'ENTERPRISEPACK', 25)
    waits = self.type(self.next(result), harness.WAITING)
    self.assertIn('; with --commit the next apply commits it', waits.said)
    self.twin_now.cancel(contoso.TENANT, SUBSCRIPTION)
    done = self.type(self.next(waits))
    self.type(self.commit_line(done))
    undo = self.ws.run('undo', 'contoso', expect=harness.OK)
    self.assertRegex(self.next(undo), r'^seatshift undo [0-9a-f]{8} --commit$')
    self.assertRegex(self.next(self.type(self.next(undo))), r'^seatshift approve ')

  def test_of_a_fleet(self):
    self.start(1)
    self.ws.write('fleet.yaml', 'version: 1\nwaves:\n  - {name: all}\n')
    policy = (self.ws.repo / 'seatshift.yaml').read_text()
    self.ws.write('seatshift.yaml', policy.replace('required: 1', 'required: 1\n  fleet: true'))
    self.ws.git_commit('a fleet')
    planned = self.ws.run('fleet', 'plan', expect=harness.OK)
    self.assertEqual(self.next(planned), 'seatshift fleet plan --commit')
    planned = self.type(self.next(planned))
    refused = self.ws.run('fleet', 'apply', next((self.ws.repo / 'fleets').iterdir()).name, '--yes', expect=harness.UNAPPROVED)
    self.assertEqual(self.next(planned), self.next(refused))
    self.ws.git('config', 'user.email', signing.ADELE)
    approved = self.type(self.next(planned))
    self.assertRegex(self.next(approved), r'^seatshift fleet apply [0-9a-f]{8}$')
    self.assertEqual(self.next(self.ws.run('fleet', 'plan', expect=harness.OK)), self.next(approved))
    self.type(self.next(approved), harness.WAITING)

  def test_a_key_that_nobody_knows(self):
    """What is missing is a line in a file, and it is said which; without a terminal the hint says yes."""
    self.start(1)
    plan = self.ws.run('plan', 'contoso', '--commit', expect=harness.OK)
    key = self.people.key(signing.MEGAN)
    refused = self.ws.run('approve', 'contoso', '--key', key, '--yes', expect=harness.UNAPPROVED).err
    self.assertIn(f'namespaces="seatshift-approval" {self.people.public(signing.MEGAN)}', refused)
    asked = self.ws.run('approve', 'contoso', '--key', self.people.key(signing.ADELE), expect=harness.UNAPPROVED).err
    self.assertIn(self.next(plan), asked)
    self.assertIn(f"'{self.next(plan)}'", self.ws.run('apply', 'contoso', expect=harness.UNAPPROVED).err)

  def test_on_another_branch(self):
    """What is committed where it cannot be approved is not to be committed once more."""
    self.start(1)
    self.ws.git('checkout', '-q', '-b', 'review')
    result = self.ws.run('plan', 'contoso', '--commit', expect=harness.OK)
    self.assertIn('\nWhen the approved branch has it, approve it with: seatshift approve ', result.out)

  def test_where_it_has_to_be_rehearsed(self):
    self.start(0)
    policy = (self.ws.repo / 'seatshift.yaml').read_text()
    self.ws.write('seatshift.yaml', policy.replace('required: 0', 'rehearsed: true\n  required: 0'))
    result = self.ws.run('plan', 'contoso', expect=harness.OK)
    self.assertRegex(self.next(result), r'^seatshift rehearse [0-9a-f]{8} --save$')
    # A hundred runs under a sanitizer that unwinds slowly take minutes; there is no remote here to unwind for.
    self.type(self.next(result) + ' --runs 100', env={'ASAN_OPTIONS': 'fast_unwind_on_malloc=1'}, timeout=600)
    result = self.ws.run('show', 'contoso', expect=harness.OK)
    self.type(self.next(result), harness.WAITING)

  def test_a_page_for_people_elsewhere(self):
    """Whoever reads it can be asked, so nothing there says yes for them."""
    self.start(0)
    self.ws.run('plan', 'contoso', '--also', 'html=p.html', '--also', 'markdown=p.md', expect=harness.OK)
    for name in ('p.html', 'p.md'):
      self.assertNotIn('--yes', (self.ws.repo / name).read_text())


class Width(Told):
  """Results everywhere, and messages on a terminal."""

  def on_terminal(self, *args, columns=COLUMNS):
    """All that a terminal shows."""
    shown = self.ws.on_terminal(*args, env={'TERM': 'dumb'}, columns=columns)
    return re.sub(r'\x1b\[[0-9;]*[mK]', '', shown.replace('\r\n', '\n'))

  def look(self, *args):
    result = self.ws.run(*args)
    # A message in a log is one line, for whoever searches it; cards, plans and lines of files are laid out there too.
    laid_out = '\n'.join(line for line in result.err.splitlines() if line.startswith('  '))
    for text in (result.out, laid_out, self.on_terminal(*args)):
      with self.subTest(args=args):
        self.assertEqual(wide(text), [])

  def look_at_all_widths(self, *args):
    """Of what changes nothing: by COLUMNS too, on a terminal or not. What is copied is whole in all of them."""
    self.look(*args)
    copied = None
    for columns in (60, 120):
      text = self.ws.run(*args, env={'COLUMNS': str(columns)}).out
      with self.subTest(args=args, columns=columns):
        self.assertEqual(wide(text, columns), [])
        words = [word.strip('.,;()') for word in text.split() if COPIED.search(word)]
        copied = copied or sorted(words)
        self.assertEqual(sorted(words), copied)

  def test_what_needs_no_customer(self):
    help_text = self.ws.run_json('help', expect=harness.OK)
    for name in [row['name'] for row in help_text['commands']] + re.findall(
        r'[a-z][a-z-]+', self.ws.run('help', expect=harness.OK).out.partition('seatshift help TOPIC: ')[2]):
      self.look('help', name)
    for args in (['help'], ['skus'], ['skus', 'teams', '--plans'], ['explain'], ['explain', 'SS306'], ['version'],
                 ['status'], ['aply'], ['show', 'ffff'], ['apply', 'nobody'], ['explain', 'SS999']):
      self.look(*args)

  def test_the_way_of_a_customer(self):
    self.start(0)
    self.look('new', 'fabrikam')
    self.look('validate')
    (self.ws.repo / 'customers/fabrikam.yaml').unlink()
    for args in (['doctor', 'contoso'], ['skus', 'contoso'], ['status', 'contoso'], ['drift', 'contoso'],
                 ['plan', 'contoso', '--commit'], ['show', 'contoso', '--full'], ['verify', 'contoso'],
                 ['step', 'contoso'], ['step', 'contoso', '1'], ['step', 'contoso', 'retire-subscription'],
                 ['rehearse', 'contoso', '--runs', '3'], ['apply', 'contoso'], ['apply', 'contoso', '--yes']):
      self.look(*args)
    self.twin_now.redeem(contoso.TENANT, 'ENTERPRISEPACK', 25)
    again = [['show', 'contoso'], ['status'], ['status', 'contoso'], ['drift', 'contoso'], ['step', 'contoso'],
             ['step', 'contoso', '1'], ['history', 'contoso'], ['verify', 'contoso'], ['validate'],
             ['discover', '--tenant', contoso.TENANT]]
    self.look('apply', 'contoso', '--yes')
    for args in again:
      self.look_at_all_widths(*args)
    self.ws.run('step', 'contoso', 'retire-subscription', '--done', '--case', '4711', '--note', 'a note that is longer ' * 5,
                expect=harness.OK)
    self.twin_now.cancel(contoso.TENANT, SUBSCRIPTION)
    plan = next((self.ws.repo / 'plans/contoso').iterdir()).name
    self.look('apply', 'contoso', '--yes')
    for args in [*again, ['undo', plan], ['show', plan, '--against', plan]]:
      self.look_at_all_widths(*args)

  def test_a_fleet(self):
    self.start(1)
    contoso_file = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('customers/fabrikam-northwind-and-litware-together.yaml', contoso_file.replace(
      'customer: contoso', 'customer: fabrikam-northwind-and-litware-together').replace(contoso.TENANT, contoso.TENANT[:-1] + '0').replace('contoso.onmicrosoft.com', 'fabrikam.onmicrosoft.com'))
    self.ws.write('fleet.yaml', 'version: 1\nwaves:\n  - {name: those-who-asked-to-be-first, customers: [contoso],'
                  ' until: moved, soak: 24h}\n  - {name: rest}\n')
    policy = (self.ws.repo / 'seatshift.yaml').read_text()
    self.ws.write('seatshift.yaml', policy.replace('required: 1', 'required: 1\n  fleet: true'))
    self.ws.git_commit('a fleet')
    self.look('fleet', 'plan', '--commit')
    fleet = next((self.ws.repo / 'fleets').iterdir()).name
    self.ws.git('config', 'user.email', signing.ADELE)
    self.look('approve', fleet, '--key', self.people.key(signing.ADELE), '--yes', '--commit')
    faces = [['fleet', 'status', fleet], ['fleet', 'report', fleet], ['fleet', 'drift', fleet], ['verify', fleet],
             ['verify', 'contoso'], ['show', 'contoso'], ['history', 'contoso'],
             ['fleet', 'gate', fleet, 'rest']]
    for args in faces:
      self.look(*args)
    self.look('fleet', 'apply', fleet)
    self.look('fleet', 'apply', fleet, '--yes')
    for args in faces:
      self.look_at_all_widths(*args)

  def test_what_is_wrong_in_a_file(self):
    """The line is shown around what is marked in it, however long it is."""
    self.start(0)
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('customers/contoso.yaml', text + '# ' + 'x' * 120 + '\n' + 'limits: {users_changed: 100%,' + ' ' * 60 +
                  'licenses_taken: many, and_more: ' + '1' * 60 + '}\n')
    for columns in (60, 80, 120):
      shown = self.on_terminal('validate', columns=columns)
      self.assertEqual(wide(shown, columns), [])
      marked = [(above, marks) for above, marks in zip(shown.splitlines(), shown.splitlines()[1:]) if re.fullmatch(r' *\^+', marks)]
      self.assertTrue(any(above[marks.index('^'):len(marks)] == 'many' for above, marks in marked), shown)
    self.look('validate')

  def test_wider_and_narrower(self):
    """The terminal's own width, and what COLUMNS says of it."""
    self.start(0)
    self.ws.run('plan', 'contoso', expect=harness.OK)
    self.ws.env['COLUMNS'] = '60'
    shown = self.on_terminal('show', 'contoso')
    lines = [line for line in shown.splitlines() if len(line) > 60 and not UNBROKEN.fullmatch(line)]
    self.assertEqual(lines, [])
    self.ws.env['COLUMNS'] = '200'
    self.assertGreater(max(map(len, self.on_terminal('show', 'contoso').splitlines())), COLUMNS)
    self.assertGreater(max(map(len, self.ws.run('show', 'contoso').out.splitlines())), COLUMNS, 'not a terminal')
    del self.ws.env['COLUMNS']
    self.assertEqual(wide(self.ws.run('show', 'contoso').out), [], 'not a terminal')


if __name__ == '__main__':
  harness.main()
