"""Every JSON document names its format, and has a schema that says all of it. The harness checks what any test
prints; here is every command once, the files of a plan, and what a schema must be."""

import json
import re

import contoso
import harness
from looking import HOLDERS, Looking, customer

if not harness.SCHEMAS.validator:
  harness.skip_file('jsonschema is not installed')


class Documents(Looking):

  def document(self, name, *args, **options):
    """What the command prints is a document of this name, checked against its schema."""
    result = self.ws.run(*args, '--format', 'json', **options)
    self.assertRegex(result.out, rf'"format":"seatshift-{name}/[0-9]"', result)
    self.assertTrue(harness.SCHEMAS.check(result.out), result)
    return result.json

  def test_every_command(self):
    twin = self.start()
    self.document('discover', 'discover', '--tenant', contoso.TENANT)
    plan = self.document('plan', 'plan', 'contoso')
    self.assertEqual(plan['plan'], plan['id'])
    name = plan['plan']
    self.assertEqual(self.document('apply', 'apply', name, '--yes', '--events', 'events')['plan'], name)
    self.ws.run('step', name, '1', '--done', '--case', '1', '--on', contoso.day(-23), expect=harness.OK)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.document('apply', 'apply', name, '--yes', '--events', 'events')
    self.ws.git_commit('the plan and its journal')
    for document, *args in [('plan', 'show', name), ('verify', 'verify', name), ('steps', 'step', name),
                            ('step', 'step', name, '1'), ('status', 'status'), ('status', 'status', 'contoso'),
                            ('drift', 'drift', 'contoso'), ('history', 'history', 'contoso'),
                            ('doctor', 'doctor', 'contoso'), ('validate', 'validate'), ('help', 'help'),
                            ('topic', 'help', 'events'), ('version', 'version'), ('skus', 'skus', 'contoso'), ('codes', 'explain'),
                            ('code', 'explain', 'SS306'), ('init', 'init', '../new'), ('new', 'new', 'contoso', '-C', '../new'),
                            ('manual', 'help', '--man', '../man'),
                            ('error', 'show', 'ffff'),
                            ('apply', 'apply', name, '--yes')]:
      with self.subTest(args):
        answer = self.document(document, *args)
        for key in ('plan', 'customer'):
          if key in answer:
            self.assertEqual(answer[key], {'plan': name, 'customer': 'contoso'}[key])
    self.assertEqual([row['plan'] for row in self.ws.run_json('history', 'contoso')['plans']], [name])
    self.lines('events', self.ws.repo / 'events')
    self.lines('journal', self.folder(plan) / 'journal.jsonl')
    for kind in ('plan', 'snapshot'):
      harness.SCHEMAS.of(kind).validate(json.loads((self.folder(plan) / f'{kind}.json').read_text()))

  def test_a_snapshot(self):
    """One person a line, and what people have alike stands once. Edited, or of another version, it is refused."""
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    path = self.folder(plan) / 'snapshot.json'
    text = path.read_text()
    people = [line for line in text.splitlines() if '"upn":' in line and '"shape":' in line]
    read = json.loads(text)
    self.assertEqual([json.loads(line.rstrip(',')) for line in people], read['users'])
    self.assertEqual(len(people), HOLDERS)
    self.assertEqual({user['shape'] for user in read['users']}, {0})
    self.assertEqual(len(read['shapes']), 1)
    for old, new, words in (
        ('seatshift-snapshot/3', 'seatshift-snapshot/2', 'the snapshot is in the format seatshift-snapshot/2; this version'),
        ('"shape":0', '"shape":1', "'shape' is not as it has to be"),
        ('"off":[0]', '"off":[7]', "'off' is not as it has to be"),
        ('"off":[0]', '"off":[]', "'off' is not as it has to be"),
        ('"off":0', '"off":7', "'off' is not as it has to be"),
        ('"guest":false,', '', "'shapes' is not as it has to be"),
        ('"usage_location":"US"', '"usage_location":"GB"', 'snapshot'),
        ('"user_count":', '"user_count" :', 'edited or damaged'),
        (people[0] + '\n', '', 'is not what the planner makes of its snapshot')):
      with self.subTest(new):
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1))
        self.assertIn(words, self.ws.run('verify', plan['id']).err)
        self.assertNotEqual(self.ws.run('apply', plan['id'], '--yes').status, harness.OK)
    path.write_text(text)
    self.ws.run('verify', plan['id'], expect=harness.OK)

  def test_choices_of_services(self):
    """Each of four people has others off: nothing else in what they share differs, and each choice stands once."""
    self.start(off=[[], ['SWAY'], ['SWAY', 'YAMMER_ENTERPRISE'], ['YAMMER_ENTERPRISE']])
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    written = json.loads((self.folder(plan) / 'plan.json').read_text())
    snapshot = json.loads((self.folder(plan) / 'snapshot.json').read_text())
    for shares, people in ((written, [action for action in written['actions'] if 'user' in action['subject']]),
                           (snapshot, [user for user in snapshot['users'] if user['off']])):
      self.assertEqual(len(people), HOLDERS)
      self.assertEqual(len({person['shape'] for person in people}), 1)
      self.assertEqual(len({json.dumps(choice) for choice in shares['switched_off']}), len(shares['switched_off']))
      self.assertEqual(sorted(len(choice) for choice in shares['switched_off']), [0, 1, 1, 2])
    for action in written['actions']:
      whole = next(other for other in plan['actions'] if other['id'] == action['id'])
      self.assertEqual(whole['why'], written['reasons'][action['reason']])
      self.assertEqual(whole['kind'], written['shapes'][action['shape']]['kind'])
      for license, given in zip(written['shapes'][action['shape']]['change'].get('add', []),
                                whole['change'].get('add', [])):
        numbers = written['switched_off'][action['off'][license['off']]]
        self.assertEqual([written['service_plans'][number] for number in numbers], given['disable'])
    self.ws.run('verify', plan['id'], expect=harness.OK)

  def lines(self, name, path):
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    self.assertGreater(len(rows), 5)
    for row in rows:
      harness.SCHEMAS.of(name).validate(row)

  def test_an_error_carries_every_diagnostic(self):
    self.start()
    self.ws.write('customers/contoso.yaml', customer().replace('version: 1', 'version: 2').replace('sku: STANDARDPACK', 'skoo: X'))
    error = self.document('error', 'plan', 'contoso', expect=harness.INVALID)['error']
    found = [(row['code'], row['line']) for row in error['diagnostics'] if row['severity'] == 'error']
    self.assertGreater(len(found), 1, error)
    for row in error['diagnostics']:
      self.assertEqual(row['file'], 'customers/contoso.yaml')
      self.assertTrue(row['message'] and row['line'] and row['column'])

  def test_a_refused_plan_carries_every_reason(self):
    self.start(users='      - nobody.one@contoso.com\n      - nobody.two@contoso.com')
    error = self.document('error', 'plan', 'contoso')['error']
    self.assertGreater(len([row for row in error['diagnostics'] if row['severity'] == 'error']), 1, error)

  def test_nothing_to_plan(self):
    twin = self.start()
    self.move_all(twin)
    harness.SCHEMAS.check(self.ws.run('plan', 'contoso', '--format', 'json').out)

  def test_each_schema(self):
    listed = self.ws.run('schema', 'nothing-like-it', expect=harness.INVALID).err
    names = re.search(r'There are: (.*)\.', listed)[1].split(', ')
    for name in ('customer', 'repository', 'twin', 'plan', 'snapshot', 'journal', 'events', 'apply', 'status', 'drift',
                 'history', 'verify', 'error'):
      self.assertIn(name, names)
    seen = set()
    for name in names:
      schema = json.loads(self.ws.run('schema', name, expect=harness.OK).out)
      harness.SCHEMAS.validator.check_schema(schema)
      self.assertRegex(schema['$id'], rf'^urn:seatshift:{name}:[0-9]$')
      seen.add(schema['$id'])
    self.assertEqual(len(seen), len(names))

  def test_the_twins_file(self):
    schema = harness.SCHEMAS.validator(json.loads(self.ws.run('schema', 'twin', expect=harness.OK).out))
    schema.validate(contoso.document(3))
    self.ws.run('init', '--example', '.', expect=harness.OK)
    schema.validate(json.loads((self.ws.repo / 'twin.json').read_text()))

  def test_a_member_that_no_schema_has(self):
    with self.assertRaisesRegex(AssertionError, 'surprise'):
      harness.SCHEMAS.check('{"codes":[],"format":"seatshift-codes/1","surprise":1}\n')
    with self.assertRaisesRegex(AssertionError, "'codes' is a required"):
      harness.SCHEMAS.check('{"format":"seatshift-codes/1"}\n')


if __name__ == '__main__':
  harness.main()
