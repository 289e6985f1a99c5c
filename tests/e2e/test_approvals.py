"""Approvals: what counts, and every way in which one must not.

Attacks are made with git and ssh-keygen alone, by somebody who can write files, and judged by `apply`
(exit 8, its own message, nothing written) and by `verify`.
"""

import os
import shutil
import subprocess
import threading

import contoso
import harness
import signing
from signing import ADELE, ALEX, MEGAN


class Approvals(harness.TestCase):

  def start(self, signers=None, **policy):
    self.server = self.twin(contoso.document(signing.USERS))
    self.people = signing.People(self.ws.dir / 'keys')
    contoso.set_up(self.ws, self.server)
    self.ws.write('seatshift.yaml', signing.policy(**policy))
    self.ws.write('allowed_signers', signers if signers is not None else
                  ''.join(map(self.people.signer, (ALEX, ADELE, MEGAN))))
    self.ws.git_commit('policy: one approval')
    self.plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    self.folder = f'plans/contoso/{self.plan["id"]}'
    self.base = self.ws.git('rev-parse', 'HEAD').strip()

  def reset(self):
    self.ws.git('checkout', '-q', '-f', 'main')
    self.ws.git('reset', '-q', '--hard', self.base)
    self.ws.git('clean', '-q', '-d', '-f')

  def approve(self, name, *args, expect=harness.OK, **options):
    return self.ws.run('approve', self.plan['id'], '--key', self.people.key(name), '--yes', '--commit', *args,
                       expect=expect, **options)

  def put(self, name, text, signature, commit=True):
    """An approval that seatshift did not write."""
    self.ws.write(f'{self.folder}/approvals/{name}.txt', text)
    if signature is not None:
      self.ws.write(f'{self.folder}/approvals/{name}.txt.sig', signature)
    if commit:
      self.ws.git_commit('an approval')

  def put_signed(self, name, text, key=None, **options):
    self.put(name, text, self.people.sign(key or name, text, **options))

  def refused(self, *messages, status=harness.UNAPPROVED):
    """Neither apply nor verify takes it, and apply says why."""
    before = len(self.server.log())
    result = self.ws.run('apply', self.plan['id'], '--yes', '--no-commit', expect=status)
    for message in messages:
      self.assertIn(message, result.err)
    self.assertEqual(len(self.server.log()), before, 'nothing is asked of the tenant')
    verified = self.ws.run('verify', self.plan['id'])
    self.assertEqual(verified.status, status, verified)
    return result

  def accepted(self):
    result = self.ws.run('apply', self.plan['id'], '--no-commit', expect=harness.WAITING)
    self.assertFalse((self.ws.repo / self.folder / 'journal.jsonl').read_text() == '')
    self.ws.run('verify', self.plan['id'], expect=harness.OK)
    return result

  # What counts.

  def test_one_approval(self):
    self.start()
    shown = self.ws.run('show', self.plan['id'], expect=harness.OK).out
    self.assertIn('1 approval (has 0)', shown)
    self.refused('needs 1 approval and has 0')
    result = self.approve(ADELE)
    self.assertIn('RETIRES', result.err, 'the approver sees the plan')
    self.assertIn('1 approval (has 1)', self.ws.run('show', self.plan['id']).out)
    changed = self.ws.git('show', '--name-only', '--format=', 'HEAD').split()
    self.assertEqual(changed, [f'{self.folder}/approvals/{ADELE}.txt', f'{self.folder}/approvals/{ADELE}.txt.sig'])
    self.assertEqual(self.ws.git('status', '--porcelain'), '')
    self.check_with_ssh_keygen()
    verified = self.ws.run_json('verify', self.plan['id'], expect=harness.OK)['approvals']
    self.assertEqual((verified['required'], verified['valid']), (1, 1))
    self.assertEqual(verified['items'][0]['approver'], ADELE)
    self.accepted()
    self.ws.git('fsck', '--strict')

  def check_with_ssh_keygen(self):
    """The approval is checked by stock tools alone."""
    path = self.ws.repo / self.folder / 'approvals' / f'{ADELE}.txt'
    self.people.keygen('-Y', 'verify', '-f', self.ws.repo / 'allowed_signers', '-I', ADELE, '-n',
                       'seatshift-approval', '-s', f'{path}.sig', input=path.read_bytes())
    self.assertIn(self.plan['digest'], path.read_text())

  def test_written_by_hand(self):
    self.start()
    self.put_signed(ADELE, signing.approval(self.plan, ADELE))
    self.accepted()

  def test_agent_key(self):
    self.start()
    socket = self.ws.dir / 'agent'
    agent = subprocess.Popen(['ssh-agent', '-D', '-a', str(socket)], stdout=subprocess.DEVNULL,
                             env=harness.clean_env())
    try:
      self.assertTrue(harness.wait_until(socket.exists, 10))
      key = self.people.key(ADELE)
      env = {'SSH_AUTH_SOCK': str(socket)}
      subprocess.run(['ssh-add', '-q', key], check=True, env=harness.clean_env(env), timeout=30)
      os.rename(key, self.ws.dir / 'away')
      self.ws.run('approve', self.plan['id'], '--key', f'{key}.pub', '--yes', '--commit', env=env,
                  expect=harness.OK)
    finally:
      agent.terminate()
      agent.wait(10)
    self.accepted()

  def test_identical_plan_keeps_its_approval(self):
    self.start()
    self.approve(ADELE)
    again = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    self.assertEqual(again['id'], self.plan['id'])
    self.accepted()

  def test_two_of_three(self):
    self.start(required=2)
    self.approve(ADELE)
    self.refused('needs 2 approvals and has 1')
    self.approve(MEGAN)
    self.accepted()

  def test_same_person_twice(self):
    """Two names for one key, and two keys for one name, are one person."""
    self.start(required=2)
    other = 'a.vance@example.com'
    self.ws.write('allowed_signers', f'{ADELE},{other} {self.people.public(ADELE)}\n'
                                     f'{ADELE} {self.people.public(MEGAN)}\n')
    self.ws.git_commit('signers')
    self.put_signed(ADELE, signing.approval(self.plan, ADELE))
    self.put_signed(other, signing.approval(self.plan, other), key=ADELE)
    self.put_signed('second', signing.approval(self.plan, ADELE, at=signing.moment(minutes=2)), key=MEGAN)
    self.refused('needs 2 approvals and has 1', 'counted already')

  # The author.

  def test_author(self):
    self.start()
    result = self.approve(ALEX, expect=harness.UNAPPROVED)
    self.assertIn('author', result.err)
    self.assertFalse((self.ws.repo / self.folder / 'approvals').exists())
    self.put_signed(ALEX, signing.approval(self.plan, ALEX))
    self.refused("its approver is the plan's author")

  def test_author_under_another_name(self):
    self.start()
    other = 'boss@example.com'
    self.ws.write('allowed_signers', f'{other},{ALEX} {self.people.public(ALEX)}\n')
    self.ws.git_commit('signers')
    self.put_signed(other, signing.approval(self.plan, other), key=ALEX)
    self.refused("its approver is the plan's author")

  def test_author_may_where_the_policy_says_so(self):
    self.start(author_may_approve=True)
    self.approve(ALEX)
    self.accepted()

  def test_shallow_clone_does_not_know_the_author(self):
    self.start()
    self.approve(ADELE)
    clone = self.ws.dir / 'clone'
    self.ws.git('clone', '-q', '--depth', '1', f'file://{self.ws.repo}', str(clone))
    result = self.ws.run('apply', self.plan['id'], '--no-commit', cwd=clone, expect=harness.UNAPPROVED)
    self.assertIn('shallow', result.err)
    self.assertIn('unshallow', result.err)

  # Attacks on the text and on the signature: name -> (arguments, message).

  def test_attacks_on_an_approval(self):
    self.start()
    good = signing.approval(self.plan, ADELE)
    other_digest = 'sha256:' + 'ab' * 32
    cases = {
      'no signature': (good, None, 'no signature'),
      'signature of nothing': (good, 'x', 'does not fit'),
      'changed text': (good.replace('expires-at: 2', 'expires-at: 3'), self.people.sign(ADELE, good),
                       'does not fit'),
      'another purpose': (good, self.people.sign(ADELE, good, 'git'), 'another purpose'),
      'a stranger': self.signed(signing.approval(self.plan, 'eve@example.com'), 'eve@example.com',
                                'may approve'),
      'a stranger as Adele': self.signed(good, 'eve@example.com', 'may approve'),
      'Megan as Adele': self.signed(good, MEGAN, "somebody else's key"),
      'another plan': self.signed(signing.approval(self.plan, ADELE, digest=other_digest), ADELE, 'another plan'),
      'another customer': self.signed(signing.approval(self.plan, ADELE, customer='fabrikam'), ADELE,
                                      "for the customer 'fabrikam'"),
      'another tenant': self.signed(signing.approval(self.plan, ADELE, tenant_id=contoso.OTHER), ADELE,
                                    'for the tenant'),
      'another domain': self.signed(signing.approval(self.plan, ADELE, tenant_domain='litware.onmicrosoft.com'),
                                    ADELE, 'for the tenant'),
      'expired': self.signed(signing.approval(self.plan, ADELE, at=signing.moment(hours=80),
                                              until=signing.moment(hours=8)), ADELE, 'it expired at'),
      'more time than the policy gives': self.signed(
        signing.approval(self.plan, ADELE, at=signing.moment(hours=80), until=signing.moment(hours=-8000)),
        ADELE, 'it expired at'),
      'of the future': self.signed(signing.approval(self.plan, ADELE, at=signing.moment(hours=-2)), ADELE,
                                   'has not come'),
      'another word on purpose': self.signed(signing.approval(self.plan, ADELE, purpose='look at this plan'),
                                             ADELE, 'not laid out as one'),
      'one line more': self.signed(good + 'also: everything\n', ADELE, 'not laid out as one'),
      'of another version': self.signed(good.replace('approval/1', 'approval/2'), ADELE, 'not an approval'),
      'an escape in a name': self.signed(good.replace(ADELE, ADELE + '\x1b[2J'), ADELE, 'not a name'),
      'of no length': ('', '', 'not an approval'),
      'a pattern for a name': self.signed(good.replace(ADELE, '*@example.com'), ADELE, 'not a name'),
    }
    for name, (text, signature, message) in cases.items():
      with self.subTest(name):
        self.reset()
        self.put(ADELE, text, signature)
        result = self.refused('has 0 on', message)
        self.assertNotIn('\x1b[2J', result.err)
    self.assertEqual(self.server.writes(), 0)

  def signed(self, text, key, message):
    return text, self.people.sign(key, text), message

  def test_attacks_on_the_signers(self):
    """Keys that were good once, or are good for something else."""
    self.start()
    adele = self.people.public(ADELE)
    cases = {
      'taken out': ({'allowed_signers': self.people.signer(MEGAN)}, 'may approve'),
      'not valid any more': ({'allowed_signers': f'{ADELE} valid-before="20200101" {adele}\n'}, 'not valid at'),
      'not valid yet': ({'allowed_signers': f'{ADELE} valid-after="20400101" {adele}\n'}, 'not valid at'),
      'for commits only': ({'allowed_signers': f'{ADELE} namespaces="git" {adele}\n'}, 'may approve'),
      'revoked': ({'revoked_signers': adele + '\n'}, 'its key is revoked'),
      'no signers': ({'allowed_signers': None}, 'may approve'),
    }
    for name, (files, message) in cases.items():
      with self.subTest(name):
        self.reset()
        self.put_signed(ADELE, signing.approval(self.plan, ADELE))
        for path, text in files.items():
          if text is None:
            self.ws.git('rm', '-q', path)
          else:
            self.ws.write(path, text)
        self.ws.git_commit('signers')
        self.refused(message)

  def test_nothing_is_taken_from_the_working_tree(self):
    self.start()
    eve = 'eve@example.com'
    text = signing.approval(self.plan, eve)
    cases = {
      'an approval': ({}, ADELE, 'has 0 on'),
      'signers': ({'allowed_signers': self.people.signer(eve)}, eve, 'has 0 on'),
      'a policy without approvals': ({'seatshift.yaml': signing.policy(required=0)}, None, 'has 0 on'),
      'a policy that names another branch': ({'seatshift.yaml': signing.policy(branch='eve')}, None, 'has 0 on'),
    }
    for name, (files, approver, message) in cases.items():
      with self.subTest(name):
        self.reset()
        for path, content in files.items():
          self.ws.write(path, content)
        if approver:
          text = signing.approval(self.plan, approver)
          self.put(approver, text, self.people.sign(approver, text), commit=False)
        result = self.ws.run('apply', self.plan['id'], '--yes', '--no-commit', expect=harness.UNAPPROVED)
        self.assertIn(message, result.err)
    self.assertEqual(self.server.writes(), 0)

  def test_a_branch_of_ones_own(self):
    """Checked out, with signers and a policy of one's own that names it: the plan's policy is another then."""
    self.start()
    eve = 'eve@example.com'
    self.ws.git('checkout', '-q', '-b', 'feature')
    self.ws.write('allowed_signers', self.people.signer(eve))
    self.put_signed(eve, signing.approval(self.plan, eve))
    self.refused('has 0 on')

  def test_a_branch_of_ones_own_in_a_clone(self):
    """Even with a policy that names it: the remote's default branch says which branch counts."""
    self.start()
    eve = 'eve@example.com'
    clone = self.ws.dir / 'clone'
    self.ws.git('clone', '-q', str(self.ws.repo), str(clone))
    self.ws.repo = clone
    self.ws.git('checkout', '-q', '-b', 'eve')
    self.ws.git_init('eve')
    self.ws.write('seatshift.yaml', signing.policy(branch='eve'))
    self.ws.write('allowed_signers', self.people.signer(eve))
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.folder = f'plans/contoso/{self.plan["id"]}'
    self.put_signed(eve, signing.approval(self.plan, eve))
    result = self.ws.run('apply', self.plan['id'], '--yes', '--no-commit', expect=harness.UNAPPROVED)
    self.assertIn("is not on 'main'", result.err)

  def test_a_plan_that_is_not_on_the_branch(self):
    self.start()
    self.ws.git('reset', '-q', '--hard', 'HEAD~1')
    self.ws.run('plan', 'contoso', expect=harness.OK)
    result = self.ws.run('apply', self.plan['id'], '--yes', expect=harness.UNAPPROVED)
    self.assertIn("is not on 'main'", result.err)

  def test_a_customer_file_that_changed_on_the_branch(self):
    self.start()
    self.approve(ADELE)
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('customers/contoso.yaml', text.replace('jane@', 'mary@'))
    self.ws.git_commit('contoso: somebody else agreed')
    result = self.ws.run('apply', self.plan['id'], expect=harness.UNAPPROVED)
    self.assertIn('does not mean what plan', result.err)

  def test_a_policy_that_changed_on_the_branch(self):
    self.start()
    self.approve(ADELE)
    self.ws.write('seatshift.yaml', signing.policy(required=1, valid_for='24h'))
    self.ws.git_commit('policy: shorter')
    result = self.ws.run('apply', self.plan['id'], expect=harness.UNAPPROVED)
    self.assertIn('does not mean what plan', result.err)

  def test_outside_git(self):
    self.start()
    shutil.rmtree(self.ws.repo / '.git')
    result = self.ws.run('apply', self.plan['id'], '--yes', expect=harness.UNAPPROVED)
    self.assertIn('no approval can count here', result.err)
    self.assertIn('git init', result.err)

  def test_branch_that_is_not_there(self):
    self.start()
    self.ws.git('branch', '-m', 'main', 'trunk')
    result = self.ws.run('apply', self.plan['id'], '--yes', expect=harness.UNAPPROVED)
    self.assertIn("no branch 'main'", result.err)

  def test_a_branch_that_is_called_like_the_commit(self):
    """Everything is read from the commit by its id: a branch of that name does not stand in for it."""
    self.start()
    eve = 'eve@example.com'
    self.ws.git('checkout', '-q', '-b', 'evil')
    self.ws.write('allowed_signers', self.people.signer(eve))
    self.put_signed(eve, signing.approval(self.plan, eve))
    self.ws.git('checkout', '-q', 'main')
    self.ws.git('branch', self.base, 'evil')
    self.refused('has 0 on')

  def test_a_tag_that_is_called_like_the_branch(self):
    self.start()
    eve = 'eve@example.com'
    self.ws.git('checkout', '-q', '-b', 'evil')
    self.ws.write('allowed_signers', self.people.signer(eve))
    self.put_signed(eve, signing.approval(self.plan, eve))
    self.ws.git('tag', 'main', 'evil')
    self.ws.git('checkout', '-q', 'heads/main')
    self.refused('has 0 on')

  # Reuse.

  def finish(self):
    apply = lambda status: self.ws.run('apply', self.plan['id'], '--commit', expect=status)
    apply(harness.WAITING)
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    apply(harness.WAITING)
    self.server.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    apply(harness.OK)

  def test_replay_after_the_end(self):
    self.start()
    self.approve(ADELE)
    self.finish()
    again = self.ws.run_json('apply', self.plan['id'], expect=harness.OK)
    self.assertEqual(again['outcome'], 'nothing')
    written = self.server.writes()
    journal = self.ws.repo / self.folder / 'journal.jsonl'
    text = journal.read_text()
    for name, change in {'forgotten': None, 'cut': ''.join(text.splitlines(True)[:3])}.items():
      with self.subTest(name):
        if change is None:
          journal.unlink()
        else:
          journal.write_text(change)
        result = self.ws.run('apply', self.plan['id'], '--no-commit', expect=harness.UNAPPROVED)
        self.assertIn('used up', result.err)
    journal.write_text(text)
    result = self.approve(MEGAN, expect=harness.UNAPPROVED)
    self.assertIn('nothing to approve', result.err)
    self.assertEqual(self.server.writes(), written)

  def test_a_journal_that_is_behind(self):
    self.start()
    self.approve(ADELE)
    self.ws.run('apply', self.plan['id'], '--commit', expect=harness.WAITING)
    journal = self.ws.repo / self.folder / 'journal.jsonl'
    text = journal.read_text()
    journal.write_text(''.join(text.splitlines(True)[:1]))
    result = self.ws.run('apply', self.plan['id'], '--no-commit', expect=harness.UNAPPROVED)
    self.assertIn('is behind', result.err)
    self.ws.git('checkout', 'main', '--', f'{self.folder}/journal.jsonl')
    self.ws.run('apply', self.plan['id'], '--no-commit', expect=harness.WAITING)

  def test_an_approval_that_expires_at_a_hand_step(self):
    """A run that has begun needs one as well; another by the same person lets it go on."""
    self.start()
    self.put_signed(ADELE, signing.approval(self.plan, ADELE, until=signing.moment(seconds=-4)))
    self.ws.run('apply', self.plan['id'], '--commit', expect=harness.WAITING)
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    self.assertTrue(harness.wait_until(
      lambda: self.ws.run('verify', self.plan['id']).status == harness.UNAPPROVED, 10, 0.3))
    result = self.refused('needs 1 approval and has 0', 'it expired at', 'seatshift approve')
    self.assertEqual(self.server.writes(), 0, result)
    waits = lambda: self.ws.run_json('status', 'contoso', expect=harness.OK)['waiting_for']
    self.assertEqual(waits()[0], f'1 approval (has 0): seatshift approve {self.plan["id"][:8]} --key FILE --commit --yes')
    self.approve(ADELE)
    self.assertFalse([line for line in waits() if 'approval' in line])
    self.ws.run('apply', self.plan['id'], '--commit', expect=harness.WAITING)
    self.assertEqual(set(self.server.assigns().values()), {(1, 1)})

  def test_the_name_of_the_file_says_nothing(self):
    """Who approved is in the signed text alone: renamed or copied, it is the same approval, and once."""
    self.start(required=2)
    text = signing.approval(self.plan, ADELE)
    self.put_signed(MEGAN, text, key=ADELE)
    items = self.ws.run_json('verify', self.plan['id'], expect=harness.UNAPPROVED)['approvals']['items']
    self.assertEqual([item['approver'] for item in items], [ADELE])
    self.put_signed(ADELE, text)
    self.refused('needs 2 approvals and has 1', 'counted already')

  def test_an_approval_that_expires_while_the_run_waits(self):
    """The run that waits at the gate does not pass it on an approval that has run out."""
    self.start()
    self.put_signed(ADELE, signing.approval(self.plan, ADELE, until=signing.moment(seconds=-6)))
    def redeem():
      harness.wait_until(lambda: self.ws.run('verify', self.plan['id']).status == harness.UNAPPROVED, 15, 0.3)
      self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    later = threading.Thread(target=redeem)
    later.start()
    result = self.ws.run('apply', self.plan['id'], '--no-commit', '--wait', '30s', expect=harness.UNAPPROVED)
    later.join(30)
    self.assertRegex(result.err, r'stopped: plan .* too few since one expired at 2')
    self.assertIn('seatshift approve', result.err)
    self.assertEqual(self.server.writes(), 0)

  # The command.

  def test_refusals_of_approve(self):
    self.start()
    key = self.people.key(ADELE)
    cases = [
      ((), harness.INVALID, '--key'),
      (('--key', self.ws.dir / 'none', '--yes'), harness.INVALID, 'there is no key'),
      (('--key', key), harness.UNAPPROVED, 'no terminal'),
      (('--key', key, '--as', 'a b', '--yes'), harness.INVALID, 'not a name'),
      (('--key', key, '--as', MEGAN, '--yes'), harness.UNAPPROVED, "somebody else's key"),
      (('--key', self.people.key('eve@example.com'), '--yes'), harness.UNAPPROVED, "nobody's"),
      (('--key', self.ws.repo / 'seatshift.yaml', '--as', ADELE, '--yes'), harness.ERROR, 'did not sign'),
    ]
    for args, status, message in cases:
      with self.subTest(args):
        result = self.ws.run('approve', self.plan['id'], *args, expect=status)
        self.assertIn(message, result.err)
        self.assertFalse((self.ws.repo / self.folder / 'approvals').exists())

  def test_who_is_not_let_in(self):
    """Said before anybody reads and signs, with the line that lets them in."""
    self.start()
    eve = 'eve@example.com'
    line = f'namespaces="seatshift-approval" {self.people.public(eve)}'
    for more, name in (((), eve), (('--as', 'eve@fabrikam.com'), 'eve@fabrikam.com')):
      result = self.ws.run('approve', self.plan['id'], '--key', self.people.key(eve), '--yes', *more,
                           expect=harness.UNAPPROVED)
      self.assertIn("is nobody's in 'allowed_signers' on 'main'", result.err)
      self.assertIn(f'{name} {line}', result.said)
      self.assertNotIn('RETIRES', result.err, 'nobody reads a plan for nothing')
    for options, words in (('namespaces="seatshift-aproval"', "line 2 of 'allowed_signers' is for the namespace "
                                                              "'seatshift-aproval' alone"),
                           ('namespaces="git"', "line 2 of 'allowed_signers' is for the namespace 'git' alone"),
                           ('namespace="seatshift-approval"', "line 2 of 'allowed_signers' has an option 'namespace'")):
      self.ws.write('allowed_signers', f'# who\n{eve} {options} {self.people.public(eve)}\n')
      self.ws.git_commit('signers')
      result = self.ws.run('approve', self.plan['id'], '--key', self.people.key(eve), '--yes', expect=harness.UNAPPROVED)
      self.assertIn(f"may not approve: {words}", result.said)
      self.assertIn(f'{eve} {line}', result.said)
      self.put_signed(eve, signing.approval(self.plan, eve))
      self.assertIn(f'by the signers\' file of the branch: {words}', self.ws.run('verify', self.plan['id']).said)

  def test_what_does_not_count_yet(self):
    """Signed all the same, since it may come with the same review; with what is missing, before and after."""
    self.start()
    key = self.people.key(ADELE)
    self.ws.git('reset', '-q', '--hard', 'HEAD~1')
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    approve = lambda: self.ws.run('approve', plan['id'], '--key', key, '--yes', expect=harness.OK)
    result = approve()
    for stream in (result.err, result.out):
      self.assertIn(f"not count yet: plan {plan['id']} is not on 'main'", stream)
      self.assertIn('Commit the plan: seatshift plan contoso --commit', stream)
    self.ws.git('checkout', '-q', '-b', 'review')
    self.ws.git_commit('the plan')
    self.assertIn("Merge the branch that has the plan into 'main'.", approve().out)
    self.ws.git_commit('the approval')
    self.ws.git('checkout', '-q', 'main')
    self.ws.git('merge', '-q', '--ff-only', 'review')
    self.assertNotIn('not count yet', approve().said)
    # A policy of which the branch knows nothing: the plan was made from another one.
    self.ws.write('seatshift.yaml', signing.policy(valid_for='24h'))
    plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    self.assertIn("not count yet: 'seatshift.yaml' on 'main' does not mean what plan", approve().out)
    self.ws.git_commit('policy')
    self.assertNotIn('not count yet', approve().said)

  def test_before_anything_is_committed(self):
    """What is printed as the next command is the one that comes next, from the first on."""
    self.start()
    shutil.rmtree(self.ws.repo / '.git')
    shutil.rmtree(self.ws.repo / 'plans')
    self.ws.git_init()
    policy = 'git add seatshift.yaml allowed_signers customers/contoso.yaml && git commit -m policy'

    def expect(command, *args):
      for words in (['show', 'contoso'], ['status', 'contoso'], *args):
        self.assertIn(command, self.ws.run(*words, expect=harness.OK).said, words)

    self.ws.run('plan', 'contoso', expect=harness.OK)
    expect(policy)
    result = self.ws.run('approve', 'contoso', '--key', self.people.key(ADELE), '--yes', expect=harness.UNAPPROVED)
    self.assertIn("in 'allowed_signers' on 'main': there is no branch 'main' here", result.said)
    result = self.ws.run('approve', 'contoso', '--key', self.people.key(ADELE), '--as', ADELE, '--yes', expect=harness.OK)
    self.assertIn(f'not count yet: there is no branch \'main\' here Commit what it takes: {policy}', result.said)
    # The plan alone approves nobody.
    self.ws.run('plan', 'contoso', '--commit', expect=harness.OK)
    expect(policy)
    subprocess.run(policy, shell=True, cwd=self.ws.repo, check=True, capture_output=True, env=harness.clean_env(home=self.ws.home))
    expect('approve ' + self.plan['id'][:8])
    shutil.rmtree(self.ws.repo / '.git')
    self.ws.git_init()
    subprocess.run(policy, shell=True, cwd=self.ws.repo, check=True, capture_output=True, env=harness.clean_env(home=self.ws.home))
    expect('seatshift plan contoso --commit')

  def test_names_are_safe_as_paths(self):
    self.start()
    for name in ('../../../evil', '.hidden', 'a/b', 'UPPER@Example.com', 'jürgen@example.com', 'x' * 128):
      with self.subTest(name):
        self.reset()
        self.ws.write('allowed_signers', f'{name} {self.people.public(ADELE)}\n')
        self.ws.git_commit('signers')
        self.approve(ADELE)
        files = self.ws.git('-c', 'core.quotePath=false', 'show', '--name-only', '--format=', 'HEAD').split()
        self.assertEqual(len(files), 2)
        for path in files:
          self.assertRegex(path, rf'^{self.folder}/approvals/[a-z0-9_@+-][a-z0-9._@+-]*\.txt(\.sig)?$')
        self.accepted()
        (self.ws.repo / self.folder / 'journal.jsonl').unlink()


if __name__ == '__main__':
  harness.main()
