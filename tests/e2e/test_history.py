"""`history`: what is told, and that a record which was tampered with is found out."""

import hashlib
import json

import contoso
import harness
import signing
from signing import ADELE, ALEX


class History(harness.TestCase):

  def setUp(self):
    super().setUp()
    self.server = self.twin(contoso.document(signing.USERS))
    self.people = signing.People(self.ws.dir / 'keys')
    contoso.set_up(self.ws, self.server)
    self.ws.write('seatshift.yaml', signing.policy())
    self.ws.write('allowed_signers', self.people.signer(ADELE) + self.people.signer(ALEX))
    self.ws.git_commit('policy')
    self.plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    self.folder = f'plans/contoso/{self.plan["id"]}'
    self.journal = self.ws.repo / self.folder / 'journal.jsonl'

  def go(self):
    self.ws.run('approve', self.plan['id'], '--key', self.people.key(ADELE), '--yes', '--commit', expect=harness.OK)
    self.ws.run('apply', self.plan['id'], '--commit', expect=harness.WAITING)

  def history(self, expect=harness.OK):
    return self.ws.run_json('history', 'contoso', expect=expect)['plans'][0]

  def test_before_anything_is_done(self):
    entry = self.history()
    self.assertEqual(entry['outcome'], 'not begun')
    self.assertEqual((entry['approvals'], entry['events'], entry['problems']), ([], [], []))
    self.assertEqual(entry['planned']['email'], ALEX)

  def test_no_plans(self):
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('customers/fabrikam.yaml', text.replace('customer: contoso', 'customer: fabrikam'))
    self.assertEqual(self.ws.run_json('history', 'fabrikam', expect=harness.OK)['plans'], [])

  def test_a_customer_whose_file_is_gone(self):
    """The plans still tell; of a name that nobody ever had there is nothing to tell."""
    (self.ws.repo / 'customers/contoso.yaml').unlink()
    self.assertEqual(len(self.ws.run_json('history', 'contoso', expect=harness.OK)['plans']), 1)
    self.assertIn("there is no customer 'fabrikam'", self.ws.run('history', 'fabrikam', expect=harness.INVALID).err)

  def test_what_is_not_committed_yet(self):
    self.go()
    committed = self.history()
    self.assertFalse(committed['uncommitted'])
    self.ws.run('step', self.plan['id'], 'redeem-key', '--done', '--note', 'done \x1b[31mby hand', expect=harness.OK)
    entry = self.history()
    self.assertTrue(entry['uncommitted'])
    self.assertGreater(entry['journal_lines'], committed['journal_lines'])
    evidence = [event for event in entry['events'] if event['event'] == 'evidence']
    self.assertEqual([event['kind'] for event in evidence], ['redeem-key'])
    text = self.ws.run('history', 'contoso', expect=harness.OK).out
    self.assertNotIn('\x1b', text)
    self.assertIn('by hand', text)

  def cut(self, *args):
    """A run that is killed in the middle, as a power cut would."""
    self.server.control('fault', kind='latency', latency_ms=20000, match={'method': 'POST', 'path': '*/assignLicense', 'count': 0})
    process = self.ws.start('apply', self.plan['id'], *args)
    self.assertTrue(harness.wait_until(lambda: self.journal.exists() and '"write"' in self.journal.read_text()))
    harness.kill(process)
    process.communicate()
    self.server.control('clear')

  def test_a_run_that_was_killed(self):
    """It cannot say so itself; that it began, who began it and what it had done by then is told all the same."""
    self.ws.run('approve', self.plan['id'], '--key', self.people.key(ADELE), '--yes', '--commit', expect=harness.OK)
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    self.cut('--no-commit')
    entry = self.history()
    begin = next(event for event in entry['events'] if event['event'] == 'run-begin')
    (run,) = entry['runs_without_end']
    self.assertEqual((run['at'], run['by'], run['run'], run['over']), (begin['at'], begin['by'], begin['run'], False))
    text = self.ws.run('history', 'contoso', expect=harness.OK).out
    self.assertIn('under way, or cut off\n', text)
    self.assertRegex(text, r'Z  no end     the run of \S+\n +it is under way, or was cut off')
    self.ws.run('apply', self.plan['id'], '--no-commit', expect=harness.WAITING)
    entry = self.history()
    self.assertEqual([(row['run'], row['over']) for row in entry['runs_without_end']], [(run['run'], True)])
    lines = self.ws.run('history', 'contoso', expect=harness.OK).out
    self.assertRegex(lines, r'(?s)run begins.*Z  cut off    the run of .*run begins.*run ends')
    self.assertNotIn('no end', lines)

  def test_a_plan_that_was_begun_and_never_committed(self):
    """What it did to the tenant, it did."""
    self.ws.write('seatshift.yaml', contoso.POLICY)
    self.ws.git_commit('nobody has to approve')
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertNotEqual(plan['id'], self.plan['id'])
    self.assertEqual(len(self.ws.run_json('history', 'contoso', expect=harness.OK)['plans']), 1, 'not begun')
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    entry = self.ws.run_json('history', 'contoso', expect=harness.OK)['plans'][-1]
    self.assertEqual((entry['plan'], entry['outcome'], entry['uncommitted'], entry['planned'], entry['problems']),
                     (plan['id'], 'waiting', True, None, []))
    self.assertTrue(entry['events'][0]['by'])
    text = self.ws.run('history', 'contoso', expect=harness.OK).out
    self.assertIn("planned by: not known, plan.json is not on 'main'\n", text)
    self.assertIn('the chain is whole, none of them committed\n', text)

  def test_a_line_that_was_changed(self):
    self.go()
    self.journal.write_text(self.journal.read_text().replace('redeem', 'reseem', 1).replace('"by":"', '"by":"not ', 1))
    self.ws.git_commit('nothing to see')
    entry = self.history(harness.INVALID)
    self.assertTrue(any('rewrote the journal' in problem for problem in entry['problems']), entry['problems'])
    self.assertTrue(any('damaged' in problem or 'does not follow' in problem for problem in entry['problems']))

  def test_a_journal_that_was_written_anew(self):
    """With a chain that is whole: git still knows what it was."""
    self.go()
    previous, lines = None, []
    for line in self.journal.read_text().splitlines():
      entry = json.loads(line)
      if 'by' in entry:
        entry['by'] = 'somebody else'
      entry['prev'] = previous
      line = json.dumps(entry, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
      previous = 'sha256:' + hashlib.sha256(line.encode()).hexdigest()
      lines.append(line + '\n')
    self.journal.write_text(''.join(lines))
    self.ws.git_commit('nothing to see')
    problems = self.history(harness.INVALID)['problems']
    self.assertEqual(len(problems), 1, problems)
    self.assertIn('rewrote the journal', problems[0])

  def test_a_journal_that_was_removed(self):
    """Also where another was begun in its place: removing it first hides nothing."""
    self.go()
    lines = self.journal.read_text().splitlines(keepends=True)
    self.journal.unlink()
    self.ws.git_commit('tidy up')
    problems = self.history(harness.INVALID)['problems']
    self.assertEqual(len(problems), 1, problems)
    self.assertIn('removed the journal', problems[0])
    self.journal.write_text(lines[0])
    self.ws.git_commit('nothing to see')
    problems = self.history(harness.INVALID)['problems']
    self.assertEqual(len(problems), 2, problems)
    self.assertIn('removed the journal', problems[0])
    self.assertIn('rewrote the journal', problems[1])

  def test_a_plan_that_was_edited(self):
    path = self.ws.repo / self.folder / 'plan.json'
    path.write_text(path.read_text().replace('"users_changed":12', '"users_changed":11'))
    self.ws.git_commit('nothing to see')
    self.assertIn('edited', self.history(harness.INVALID)['problems'][0])

  def test_an_approval_that_was_forged(self):
    self.go()
    path = self.ws.repo / self.folder / 'approvals' / f'{ADELE}.txt'
    path.write_text(path.read_text().replace('approved-at: 2', 'approved-at: 1'))
    self.ws.git_commit('nothing to see')
    entry = self.history(harness.INVALID)
    self.assertIn('does not fit the text', entry['problems'][0])
    self.assertFalse(entry['approvals'][0]['good'])

  def test_a_key_that_is_not_valid_any_more_was_good_then(self):
    self.go()
    tomorrow = signing.moment(days=-1)[:10].replace('-', '')
    self.ws.write('allowed_signers', self.people.signer(ADELE, f'valid-before="{tomorrow}"'))
    self.ws.git_commit('Adele leaves')
    self.assertTrue(self.history()['approvals'][0]['good'])
    self.ws.write('allowed_signers', self.people.signer(ADELE, 'valid-before="20200101"'))
    self.ws.git_commit('her key was lost long ago')
    self.assertFalse(self.history(harness.INVALID)['approvals'][0]['good'])


if __name__ == '__main__':
  harness.main()
