"""What a journal says is a record, not a proof: nothing is built on it that the tenant does not show."""

import hashlib
import json

import contoso
import harness
import looking
import plan_file
import signing
from signing import ADELE, MEGAN

CANARY = 'adele.vance@contoso.com'
OPEN = '6fd2c87f-b296-42f0-b197-1e91e994b900'  # ENTERPRISEPACK


class Record(looking.Looking):

  def begin(self, required=0, wait=harness.WAITING):
    self.server = self.start(more=f'canary: [{CANARY}]\n')
    self.people = signing.People(self.ws.dir / 'keys')
    if required:
      self.ws.write('seatshift.yaml', signing.policy(required))
    self.ws.write('allowed_signers', self.people.signer(ADELE) + self.people.signer(MEGAN))
    self.ws.git_commit('policy')
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    rows = {action['kind']: [row['id'] for row in self.plan['actions'] if row['kind'] == action['kind']]
            for action in self.plan['actions']}
    self.redeem, = rows['redeem-key']
    self.canary = next(row['id'] for row in self.plan['actions'] if row.get('canary'))
    self.path = self.folder(self.plan) / 'journal.jsonl'

  def forge(self, *done, events=('run-begin', 'ended')):
    """A whole chain, that says that these actions were seen to be done."""
    at = '2026-11-05T09:30:00.000Z'
    lines = [{'at': at, 'event': 'run-begin', 'run': 'r1', 'by': 'somebody'}] if 'run-begin' in events else []
    lines += [{'actions': [action], 'at': at, 'event': 'ended', 'outcome': 'verified', 'run': 'r1'} for action in done]
    lines[0].update(format='seatshift-journal/1', customer='contoso', digest=self.plan['digest'], tenant=contoso.TENANT)
    previous, text = None, ''
    for number, line in enumerate(lines, 1):
      line = plan_file.line({**line, 'prev': previous, 'seq': number})
      previous = 'sha256:' + hashlib.sha256(line.encode()).hexdigest()
      text += line + '\n'
    self.path.write_text(text)

  def sign(self, name=ADELE):
    text = signing.approval(self.plan, name)
    path = f'plans/contoso/{self.plan["id"]}/approvals/{name}.txt'
    self.ws.write(path, text)
    self.ws.write(f'{path}.sig', self.people.sign(name, text))
    self.ws.git_commit('an approval')

  def held(self, user=CANARY):
    return self.server.licenses(contoso.TENANT)[user]


class Forged(Record):

  def apply(self, expect):
    return self.ws.run('apply', self.plan['id'], '--yes', '--no-commit', expect=expect)

  def test_a_key_that_was_not_redeemed(self):
    """The swaps must not begin on the journal's word for the key."""
    self.begin()
    self.forge(self.redeem)
    before = self.path.read_bytes()
    result = self.apply(harness.STALE)
    self.assertIn(f'{self.redeem} redeem-key: the journal says that it is verified, but in the tenant', result.err)
    self.assertEqual((self.server.writes(), self.path.read_bytes()), (0, before))
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.apply(harness.WAITING)
    self.assertIn(OPEN, self.held())

  def test_a_canary_that_was_not_moved(self):
    self.begin()
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    before = self.server.licenses(contoso.TENANT)
    self.forge(self.redeem, self.canary)
    result = self.apply(harness.STALE)
    self.assertIn(f'{self.canary} {CANARY}: the journal says that it is verified, but in the tenant it is as it was '
                  'before the plan', result.err)
    self.assertEqual(self.server.licenses(contoso.TENANT), before)

  def test_who_was_put_back_after_the_canary(self):
    """A true journal: somebody undid it by hand, since it did not go well. The others are not moved then."""
    self.begin()
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.forge(self.redeem, self.canary)
    move = {'add': ['ENTERPRISEPACK'], 'remove': ['STANDARDPACK']}
    self.server.control('user', tenant=contoso.TENANT, upn=CANARY, set=move)
    self.server.control('user', tenant=contoso.TENANT, upn=CANARY, set={'add': move['remove'], 'remove': move['add']})
    self.apply(harness.STALE)
    self.server.control('user', tenant=contoso.TENANT, upn=CANARY, set=move)
    self.apply(harness.WAITING)
    self.assertIn(OPEN, self.held('alex.wilber@contoso.com'))

  def test_who_is_gone_or_somebody_elses_stops_nobody(self):
    self.begin()
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.forge(self.redeem, self.canary)
    self.server.control('user', tenant=contoso.TENANT, upn=CANARY, set={'deleted': True})
    self.apply(harness.WAITING)
    self.assertIn(OPEN, self.held('alex.wilber@contoso.com'))


class Approving(Record):

  def refused(self, says):
    writes = self.server.writes()
    for words in (['apply', self.plan['id'], '--yes', '--no-commit'], ['verify', self.plan['id']],
                  ['step', self.plan['id'], 'redeem-key', '--show-key'],
                  ['approve', self.plan['id'], '--key', self.people.key(MEGAN), '--yes']):
      self.assertIn(says, self.ws.run(*words, expect=harness.UNAPPROVED).err, words)
    self.assertEqual(self.server.writes(), writes)

  def test_a_journal_that_came_with_the_plan(self):
    """In one commit, in one after it, or in a merge: nobody had approved it, so nobody had carried it out."""
    for how in ('one commit', 'a later one', 'a merge'):
      with self.subTest(how):
        self.begin(required=1)
        if how == 'a merge':
          self.ws.git('switch', '-q', '-c', 'review')
        if how == 'a later one':
          self.ws.git_commit('a plan')
        self.forge(self.redeem, self.canary)
        self.ws.git_commit('a plan, and more')
        if how == 'a merge':
          self.ws.git('switch', '-q', 'main')
          self.ws.git('merge', '-q', '--no-ff', '-m', 'the review', 'review')
        shown = self.ws.run('show', self.plan['id'], expect=harness.OK).out
        self.assertRegex(' '.join(shown.split()), r'Recorded as done already: 1 of \d people and 2 of \d steps')
        self.ws.run('approve', self.plan['id'], '--key', self.people.key(ADELE), '--yes', expect=harness.UNAPPROVED)
        self.sign()
        self.refused('tells of a run in commit')
        self.ws.close()
        self.ws = harness.Workspace()

  def test_what_people_said_before_is_no_run(self):
    self.begin(required=1)
    self.ws.git_commit('a plan')
    self.ws.run('step', self.plan['id'], 'redeem-key', '--done', '--case', '4711', expect=harness.OK)
    self.ws.git_commit('evidence')
    self.ws.run('approve', self.plan['id'], '--key', self.people.key(ADELE), '--yes', '--commit', expect=harness.OK)
    self.ws.run('apply', self.plan['id'], '--commit', expect=harness.WAITING)
    self.ws.run('verify', self.plan['id'], expect=harness.OK)
    self.ws.run('apply', self.plan['id'], '--commit', expect=harness.WAITING)

  def test_who_approves_again_is_told_what_is_recorded(self):
    """The first approval has expired meanwhile."""
    self.begin(required=1)
    self.ws.git_commit('a plan')
    self.sign()
    self.ws.run('apply', self.plan['id'], '--commit', expect=harness.WAITING)
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.ws.run('apply', self.plan['id'], '--commit', expect=harness.WAITING)
    old = signing.approval(self.plan, ADELE, at=signing.moment(hours=100), until=signing.moment(hours=28))
    path = f'plans/contoso/{self.plan["id"]}/approvals/{ADELE}.txt'
    self.ws.write(path, old)
    self.ws.write(f'{path}.sig', self.people.sign(ADELE, old))
    self.ws.git_commit('as it is after some days')
    result = self.ws.run('approve', self.plan['id'], '--key', self.people.key(MEGAN), '--yes', '--commit', expect=harness.OK)
    self.assertRegex(' '.join(result.err.split()), r'Recorded as done already: (\d) of \1 people and \d of \d steps')
    self.assertEqual(json.loads(self.path.read_text().splitlines()[-1])['outcome'], 'waiting')
    self.server.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.ws.run('apply', self.plan['id'], '--commit', expect=harness.OK)


if __name__ == '__main__':
  harness.main()
