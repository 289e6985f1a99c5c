"""Whose tenant and whose journal: what a plan's record is trusted for."""

import base64
import hashlib
import json
import re
import shutil
import subprocess

import contoso
import harness
import looking
import plan_file
import signing
from signing import ADELE, ALEX


class OneTenant(looking.Looking):
  """Wherever a plan and a tenant meet, the plan, the customer file and the token name the same one."""

  def prepare(self):
    twin = self.start()
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    return twin

  def pin(self, tenant_id, domain):
    text = looking.customer().replace(contoso.TENANT, tenant_id).replace('contoso.onmicrosoft.com', domain)
    self.ws.write('customers/contoso.yaml', text)

  def assertAllRefuse(self, twin, status):
    commands = (
      ['step', self.plan, 'redeem-key', '--show-key'], ['step', self.plan, 'redeem-key', '--look'],
      ['step', self.plan, 'redeem-key', '--open'], ['step', self.plan, 'redeem-key'], ['step', self.plan],
      ['step', self.plan, 'redeem-key', '--done', '--case', '4711'],
      ['status', 'contoso'], ['status', 'contoso', '--offline'], ['status'], ['drift', 'contoso'],
      ['apply', self.plan, '--yes'], ['undo', self.plan])
    asked = len(twin.log())
    journal = self.ws.repo / 'plans/contoso' / self.plan / 'journal.jsonl'
    before = journal.read_bytes()
    for command in commands:
      with self.subTest(command):
        result = self.ws.run(*command, expect=status)
        self.assertNotIn(contoso.KEY, result.out + result.err)
        self.assertNotIn('retired', result.out)
    self.assertEqual(len(twin.log()), asked, 'neither tenant was asked, and nobody had to sign in')
    self.assertEqual(journal.read_bytes(), before)

  def test_one_tenant_is_one_customer(self):
    """Said by validate and by plan: two files for one tenant, and a file for the partner's own."""
    twin = self.start()
    asked = len(twin.log())
    text = looking.customer().replace('customer: contoso', 'customer: litware')
    for what, other in (('tenant', text.replace('contoso.onmicrosoft.com', 'litware.onmicrosoft.com')),
                        ('domain', text.replace(contoso.TENANT, contoso.OTHER)), ('tenant', text.replace(contoso.TENANT, contoso.TENANT.upper()))):
      self.ws.write('customers/litware.yaml', other)
      for name, first in (('litware', 'contoso'), ('contoso', 'litware')):
        refused = self.ws.run('plan', name, expect=harness.INVALID).err
        self.assertRegex(refused, rf"SS120\]: the {what} '[^']*' is also that of customer '{first}'")
      self.assertIn('SS120', self.ws.run('validate', expect=harness.INVALID).err)
    self.assertEqual(len(twin.log()), asked)
    # Words in a comment, or a file that cannot be read, are no claim.
    self.ws.write('customers/litware.yaml', text.replace('contoso.onmicrosoft.com', 'litware.onmicrosoft.com')
                  .replace(contoso.TENANT, contoso.OTHER) + f'# not {contoso.TENANT}\n')
    self.ws.write('customers/fabrikam.yaml', f'tenant: {contoso.TENANT}\n')
    self.ws.run('plan', 'contoso', expect=harness.OK)

  def test_the_partners_own_tenant(self):
    twin = self.start()
    asked = len(twin.log())
    self.pin(contoso.PARTNER, 'fabrikam.onmicrosoft.com')
    self.assertIn("is the partner's own tenant", self.ws.run('validate', expect=harness.INVALID).err)
    self.assertIn("is the partner's own tenant", self.ws.run('validate', 'customers/contoso.yaml', expect=harness.INVALID).err)
    refused = self.ws.run('plan', 'contoso', expect=harness.WRONG_TENANT).err
    self.assertIn(f"wrong tenant: '{contoso.PARTNER}' is the partner's own tenant, and not a customer's", refused)
    self.assertEqual(len(twin.log()), asked)

  def begin(self):
    twin = self.prepare()
    self.ws.run('apply', self.plan, '--yes', expect=harness.WAITING)
    return twin

  def test_the_file_names_another_tenant(self):
    twin = self.begin()
    self.pin(contoso.OTHER, 'litware.onmicrosoft.com')
    self.assertAllRefuse(twin, harness.STALE)
    says = self.ws.run('status', 'contoso', expect=harness.STALE).err
    self.assertIn(contoso.TENANT, says)
    self.assertIn(contoso.OTHER, says)
    # The right one again, in other letters: it is one tenant.
    self.pin(contoso.TENANT.upper(), 'contoso.onmicrosoft.com')
    self.ws.run('status', 'contoso', expect=harness.OK)

  def test_the_file_names_the_partners_own(self):
    twin = self.begin()
    self.pin(contoso.PARTNER, 'fabrikam.onmicrosoft.com')
    self.assertAllRefuse(twin, harness.WRONG_TENANT)

  def test_the_plans_tenant_is_the_partners_own(self):
    twin = self.begin()
    self.ws.write('seatshift.yaml', contoso.POLICY.replace(contoso.PARTNER, contoso.TENANT.upper()))
    self.assertAllRefuse(twin, harness.WRONG_TENANT)

  def test_one_customers_mistake_is_one_line(self):
    self.begin()
    self.ws.write('customers/litware.yaml', looking.customer().replace('customer: contoso', 'customer: litware'))
    self.pin(contoso.OTHER, 'litware.onmicrosoft.com')
    rows = {row['customer']: row for row in self.ws.run_json('status', expect=harness.STALE)['customers']}
    self.assertEqual(rows['contoso']['error']['code'], harness.STALE)
    self.assertNotIn('stages', rows['contoso'])
    self.assertIn('stages', rows['litware'])

  def test_a_key_is_for_a_plan_that_the_planner_makes(self):
    """A plan that somebody wrote about another tenant is no plan, even where its digest fits."""
    twin = self.prepare()
    folder = self.ws.repo / 'plans/contoso' / self.plan
    value = json.loads((folder / 'plan.json').read_text())
    value['tenant'] = {'id': contoso.OTHER, 'domain': 'litware.onmicrosoft.com', 'name': 'Litware Inc'}
    facts = (folder / 'snapshot.json').read_bytes()
    self.pin(contoso.OTHER, 'litware.onmicrosoft.com')
    asked = len(twin.log())
    forged = plan_file.save(self.ws.repo, value, facts)
    for snapshot, words, statuses in ((facts, 'is of tenant', (harness.WRONG_TENANT,)),
                                      (facts.replace(contoso.TENANT.encode(), contoso.OTHER.encode()), 'stays hidden',
                                       (harness.STALE, harness.INVALID))):
      (self.ws.repo / 'plans/contoso' / forged / 'snapshot.json').write_bytes(snapshot)
      result = self.ws.run('step', forged, 'redeem-key', '--show-key')
      self.assertIn(result.status, statuses, result)
      self.assertIn(words, result.err)
      self.assertNotIn(contoso.KEY, result.out + result.err)
    self.assertEqual(len(twin.log()), asked)


class Tokens(looking.Looking):
  """A token that can be read says for which tenant it is; one that does not is no way round the question."""

  def token(self, payload):
    def part(value):
      return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip('=')
    return f'{part({"alg": "none"})}.{part(payload)}.c2ln'

  def test_without_a_tenant(self):
    twin = self.start()
    graph = {'aud': 'https://graph.microsoft.com', 'appid': contoso.CLIENT, 'roles': ['Organization.Read.All']}
    for payload in (graph, {**graph, 'tid': None}, {**graph, 'tid': ''}, {**graph, 'tid': 7},
                    {**graph, 'tid': [contoso.TENANT]}, {**graph, 'tid': contoso.TENANT + ' '}, {}, [], 'text'):
      with self.subTest(payload):
        for command in (['plan', 'contoso'], ['status', 'contoso'], ['doctor', 'contoso']):
          result = self.ws.run(*command, env={'SEATSHIFT_ACCESS_TOKEN': self.token(payload)})
          if command[0] != 'doctor':
            self.assertEqual(result.status, harness.WRONG_TENANT, result)
          else:
            self.assertNotEqual(result.status, harness.OK, result)
    self.assertEqual([row['path'] for row in twin.log() if '/v1.0/' in row['path']], [])

  def test_one_that_cannot_be_read_is_left_to_the_service(self):
    twin = self.start()
    self.ws.run('plan', 'contoso', env={'SEATSHIFT_ACCESS_TOKEN': 'opaque'}, expect=harness.AUTH)
    self.assertTrue([row for row in twin.log() if '/v1.0/' in row['path']])


class Journals(harness.TestCase):
  """A journal belongs to its plan, and no commit takes back what it says."""

  def start(self, required=1):
    document = contoso.document(signing.USERS)
    for user in document['tenants'][0]['users']:
      user.pop('licenses', None)
    self.server = self.twin(document)
    self.people = signing.People(self.ws.dir / 'keys')
    contoso.set_up(self.ws, self.server, seats=20)
    text = contoso.customer(seats=20)  # nothing is retired: a run ends sooner
    text = text.replace(text[text.index('    advisor:'):text.index('    users:')], '')
    self.ws.write('customers/contoso.yaml', text.replace('holders_of: advisor', 'user001@contoso.com'))
    self.ws.write('seatshift.yaml', signing.policy(required) if required else contoso.POLICY)
    self.ws.write('allowed_signers', self.people.signer(ADELE) + self.people.signer(ALEX))
    self.ws.git_commit('policy')
    self.required = required
    self.plan = self.make()

  def make(self):
    plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    self.approve(plan)
    return plan

  def approve(self, plan):
    if self.required:
      self.ws.run('approve', plan['id'], '--key', self.people.key(ADELE), '--yes', '--commit', expect=harness.OK)

  def folder(self, plan):
    return self.ws.repo / 'plans/contoso' / plan['id']

  def journal(self, plan):
    return self.folder(plan) / 'journal.jsonl'

  def apply(self, plan, expect=harness.OK):
    return self.ws.run('apply', plan['id'], '--yes', '--commit', expect=expect)

  def finish(self):
    self.apply(self.plan, harness.WAITING)
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', 20)
    self.apply(self.plan)

  def refused(self, plan, *says):
    """By every reader, before anything is asked of the tenant."""
    asked, journal = len(self.server.log()), self.journal(plan)
    before = journal.read_bytes() if journal.exists() else None
    results = [self.ws.run('apply', plan['id'], '--yes', '--no-commit'), self.ws.run('verify', plan['id']),
               self.ws.run('show', plan['id'], '--evidence', self.ws.dir / 'evidence'),
               self.ws.run('step', plan['id'], 'redeem-key', '--show-key')]
    for result in results:
      self.assertIn(result.status, (harness.INVALID, harness.UNAPPROVED), result)
      for text in says:
        self.assertIn(text, result.err)
    self.assertFalse((self.ws.dir / 'evidence').exists())
    self.assertEqual(len(self.server.log()), asked)
    self.assertEqual(journal.read_bytes() if journal.exists() else None, before)
    self.ws.run('history', 'contoso', expect=harness.INVALID)

  def rechain(self, lines):
    previous, text = None, ''
    for number, line in enumerate(lines, 1):
      line = plan_file.line({**line, 'prev': previous, 'seq': number})
      previous = 'sha256:' + hashlib.sha256(line.encode()).hexdigest()
      text += line + '\n'
    return text

  def lines(self, plan):
    return [json.loads(line) for line in self.journal(plan).read_text().splitlines()]

  def test_the_first_line_says_whose_it_is(self):
    self.start()
    self.ws.run('step', self.plan['id'], 'redeem-key', '--done', '--case', '4711', expect=harness.OK)
    self.apply(self.plan, harness.WAITING)
    lines = self.lines(self.plan)
    self.assertEqual(lines[0]['event'], 'evidence')
    self.assertEqual([lines[0][name] for name in ('customer', 'digest', 'tenant', 'format')],
                     ['contoso', self.plan['digest'], contoso.TENANT, 'seatshift-journal/1'])
    for line in lines[1:]:
      self.assertFalse({'customer', 'digest', 'tenant', 'format'} & line.keys(), line)
    for change in ({'digest': 'sha256:' + '0' * 64}, {'customer': 'litware'}, {'tenant': contoso.OTHER}):
      self.journal(self.plan).write_text(self.rechain([{**lines[0], **change}, *lines[1:]]))
      self.assertIn('not of plan', self.ws.run('verify', self.plan['id'], expect=harness.INVALID).err)
      self.ws.run('status', 'contoso', '--offline', expect=harness.INVALID)
    head = ('customer', 'digest', 'tenant', 'format')
    self.journal(self.plan).write_text(
      self.rechain([{name: lines[0][name] for name in lines[0] if name not in head}, *lines[1:]]))
    self.assertIn('does not say', self.ws.run('verify', self.plan['id'], expect=harness.INVALID).err)

  def test_git_moves_it_into_another_plans_folder(self):
    self.start()
    self.ws.git('switch', '-q', '-c', 'run')
    self.finish()
    self.ws.git('switch', '-q', 'main')
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    self.ws.write('customers/contoso.yaml', text.replace('    users:\n', '    users:\n      - user002@contoso.com\n'))
    other = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertNotEqual(other['id'], self.plan['id'])
    self.ws.git('rm', '-q', '-r', f'plans/contoso/{self.plan["id"]}')
    self.ws.git_commit('plan again')
    self.ws.git('-c', 'merge.directoryRenames=true', '-c', 'merge.renames=true', '-c', 'diff.renames=true',
                'merge', '-q', '-X', 'find-renames=1%', '-m', 'the run', 'run', check=False)
    self.assertTrue(self.journal(other).exists(), 'git took the one folder for the other, renamed')
    self.ws.git_commit('the run')
    self.approve_anyway(other)
    self.refused(other, f'is of plan {self.plan["id"]}')

  def approve_anyway(self, plan):
    text = signing.approval(plan, ADELE)
    path = self.folder(plan) / f'approvals/{ADELE}.txt'
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    (path.parent / f'{ADELE}.txt.sig').write_text(self.people.sign(ADELE, text))
    self.ws.git_commit('an approval')

  def test_a_finished_plan_whose_journal_a_commit_cut(self):
    self.start()
    self.finish()
    whole = self.journal(self.plan).read_text()
    lines = whole.splitlines(keepends=True)
    for kept in (0, 1, len(lines) // 2, len(lines) - 1):
      with self.subTest(kept=kept):
        self.journal(self.plan).write_text(''.join(lines[:kept]))
        self.ws.git_commit('tidy up')
        self.refused(self.plan, 'was finished at')
    self.journal(self.plan).unlink()
    self.ws.git_commit('tidy up more')
    self.refused(self.plan, 'was finished at')
    self.assertIn('was finished at', self.ws.run('approve', self.plan['id'], '--key', self.people.key(ADELE), '--yes',
                                                 expect=harness.UNAPPROVED).err)
    self.journal(self.plan).write_text(whole)
    self.ws.git_commit('put back')
    self.ws.run('verify', self.plan['id'], expect=harness.OK)
    self.apply(self.plan)

  def clone_after_removal(self):
    """What was removed before the clone begins."""
    self.finish()
    self.journal(self.plan).unlink()
    self.ws.git_commit('tidy up')
    self.refused(self.plan, 'was finished at')
    clone = self.ws.dir / 'clone'
    self.ws.git('clone', '-q', '--depth', '1', f'file://{self.ws.repo}', str(clone))
    return clone

  def test_a_clone_that_lacks_the_history(self):
    self.start()
    clone = self.clone_after_removal()
    asked = len(self.server.log())
    for words in (['apply', self.plan['id'], '--yes', '--no-commit'], ['verify', self.plan['id']],
                  ['show', self.plan['id'], '--evidence', self.ws.dir / 'evidence'],
                  ['approve', self.plan['id'], '--key', self.people.key(ADELE), '--yes'],
                  ['undo', self.plan['id']]):
      result = self.ws.run('-C', clone, *words)
      self.assertIn(result.status, (harness.INVALID, harness.UNAPPROVED), result)
      self.assertIn('git fetch --unshallow', result.err)
    self.assertIn('shallow clone', self.ws.run('-C', clone, 'history', 'contoso', expect=harness.INVALID).out)
    self.assertEqual(len(self.server.log()), asked)
    self.ws.git('-C', str(clone), 'fetch', '-q', '--unshallow')
    self.assertIn('was finished at', self.ws.run('-C', clone, 'apply', self.plan['id'], '--yes', '--no-commit',
                                                 expect=harness.UNAPPROVED).err)

  def test_a_clone_that_lacks_the_history_where_nobody_approves(self):
    """It works, and says what it cannot see; the tenant is as it was left, and nothing is written."""
    self.start(required=0)
    clone = self.clone_after_removal()
    written = self.server.writes()
    result = self.ws.run('-C', clone, 'apply', self.plan['id'], '--yes', '--no-commit')
    self.assertIn('this is a shallow clone', result.err)
    self.assertEqual(self.server.writes(), written)
    self.ws.git('-C', str(clone), 'fetch', '-q', '--unshallow')
    self.assertIn('was finished at', self.ws.run('-C', clone, 'apply', self.plan['id'], '--yes', '--no-commit',
                                                 expect=harness.INVALID).err)

  def test_nothing_is_added_to_what_is_over(self):
    self.start()
    self.apply(self.plan, harness.WAITING)
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', 20)
    self.apply(self.plan)
    before = self.journal(self.plan).read_bytes()
    result = self.ws.run('step', self.plan['id'], 'redeem-key', '--done', '--case', '4711', expect=harness.DENIED)
    self.assertIn('is carried out', result.err)
    result = self.ws.run('step', self.plan['id'], 'redeem-key', '--show-key', expect=harness.DENIED)
    self.assertIn('is done (verified)', result.err)
    self.assertNotIn(contoso.KEY, result.out + result.err)
    self.assertEqual(self.journal(self.plan).read_bytes(), before)

  def test_a_whole_chain_that_tells_another_story(self):
    self.start()
    self.apply(self.plan, harness.WAITING)
    self.journal(self.plan).write_text(self.rechain([{**line, 'by': 'somebody'} for line in self.lines(self.plan)]))
    self.ws.git_commit('nothing to see')
    self.refused(self.plan, 'says something else')

  def test_a_merge_that_left_it_out(self):
    """Git's own log of the file shows nothing of it."""
    self.start()
    self.ws.git('switch', '-q', '-c', 'run')
    self.finish()
    self.ws.git('switch', '-q', 'main')
    self.ws.git('merge', '-q', '-s', 'ours', '-m', 'the run', 'run')
    self.assertNotIn('journal', self.ws.git('log', '--format=', '--name-only', '--', f'plans/contoso/{self.plan["id"]}'))
    self.refused(self.plan, 'was finished at')

  def test_evidence_ties_the_signers_to_git(self):
    """Whoever writes another signer into the folder, and sums that fit, is found out by its own commands."""
    self.start()
    self.ws.write('keys/who', self.people.signer(ADELE))
    self.ws.write('keys/revoked_signers', self.people.public(ALEX) + '\n')
    self.ws.write('seatshift.yaml', signing.policy(signers='keys/who'))
    self.ws.git_commit('signers elsewhere')
    self.plan = self.make()
    where = self.ws.dir / 'evidence'
    self.ws.run('show', self.plan['id'], '--evidence', where, expect=harness.OK)
    commands = '\n'.join(line[3:] for line in (where / 'README.txt').read_text().splitlines() if line.startswith('   '))
    self.assertEqual(self.check(where, commands), '')
    for name in ('allowed_signers', 'revoked_signers'):
      with self.subTest(name):
        forged = self.ws.dir / f'forged-{name}'
        shutil.copytree(where, forged)
        shutil.rmtree(forged / 'repository')
        (forged / name).write_text((forged / name).read_text() + self.people.signer(ALEX))
        sums = [line.split('  ', 1)[1] for line in (forged / 'SHA256SUMS').read_text().splitlines()]
        (forged / 'SHA256SUMS').write_text(''.join(
          f'{hashlib.sha256((forged / sum).read_bytes()).hexdigest()}  {sum}\n' for sum in sums))
        self.assertNotEqual(self.check(forged, commands), '')

  def check(self, folder, commands):
    """What an auditor is told that does not fit."""
    done = subprocess.run(['sh', '-c', commands], cwd=folder, capture_output=True, check=False, timeout=60,
                          env=harness.clean_env(home=self.ws.home))
    return '\n'.join(line for line in (done.stdout + done.stderr).decode().splitlines() if 'differ' in line or 'EOF on' in line)

  def test_where_nobody_has_to_approve(self):
    self.start(required=0)
    self.finish()
    self.journal(self.plan).unlink()
    refused = self.ws.run('apply', self.plan['id'], '--yes', expect=harness.INVALID)
    self.assertIn('was finished at', refused.err)
    self.ws.git_commit('tidy up')
    self.refused(self.plan, 'was finished at')


class Newest(looking.Looking):
  """Which plan counts is said by git and the journals; a copy of one says nothing."""

  def make(self, retire_by=looking.RETIRE_BY):
    self.ws.write('customers/contoso.yaml', looking.customer(retire_by=retire_by))
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    return plan, self.ws.repo / 'plans/contoso' / plan

  def newest(self):
    return self.ws.run_json('status', 'contoso', '--offline', expect=harness.OK)['plan']

  def test_a_date_in_a_snapshot_or_a_commit_says_nothing(self):
    self.start()
    first, folder = self.make()
    snapshot = folder / 'snapshot.json'
    snapshot.write_text(re.sub(r'"read":{"at":"20\d\d', '"read":{"at":"2099', snapshot.read_text()))
    self.assertIn('2099', snapshot.read_text())
    self.ws.git('add', '-A')
    self.ws.git('commit', '-q', '-m', 'the first', '--date', '2098-01-01T00:00:00Z')
    self.assertEqual(self.newest(), first)
    second, _ = self.make(looking.TERM_ENDS)
    self.assertNotEqual(first, second)
    self.assertEqual(self.newest(), second, 'what is not committed is newer than what is')
    self.ws.git_commit('the second')
    self.assertEqual(self.newest(), second)
    self.assertIn(second, self.ws.run('show', 'contoso', expect=harness.OK).out)
    # What is gone on with counts from then on: uncommitted, and as git has it.
    self.make()
    self.ws.run('apply', first, '--yes', '--no-commit', expect=harness.WAITING)
    self.assertEqual(self.newest(), first)
    self.ws.git_commit('the journal')
    self.assertEqual(self.newest(), first)
    self.assertIn(first, self.ws.run('drift', 'contoso', expect=harness.OK).out)

  def test_a_copy_under_another_customer(self):
    twin = self.start()
    plan, folder = self.make()
    self.ws.write('customers/litware.yaml', looking.customer().replace('customer: contoso', 'customer: litware'))
    shutil.copytree(folder, self.ws.repo / 'plans/litware' / plan)
    self.ws.git_commit('a copy')
    self.ws.run('show', plan, expect=harness.OK)
    self.ws.run('verify', plan[:6], expect=harness.OK)
    self.ws.run('apply', plan, '--yes', '--no-commit', expect=harness.WAITING)
    shutil.copy(folder / 'journal.jsonl', self.ws.repo / 'plans/litware' / plan)
    rows = {row['customer']: row for row in self.ws.run_json('status', '--offline', expect=harness.OK)['customers']}
    self.assertEqual((rows['contoso']['plan'], rows['litware']['plan']), (plan, None))
    self.ws.run('discover', '--tenant', contoso.OTHER, '--out', 'customers/other.yaml', expect=harness.OK)
    self.ws.run('show', f'plans/litware/{plan}', expect=harness.INVALID)
    self.ws.run('apply', plan, '--yes', '--no-commit', expect=harness.WAITING)
    self.assertEqual(twin.writes(), 0)

  def test_a_copy_beside_it(self):
    """As an editor or a careful person makes one; what is renamed or edited, and not copied, is told."""
    self.start()
    plan, folder = self.make()
    copies = [folder.parent / f'{plan}.bak', folder.parent / f'{plan[:8]}0000']
    for copy in copies:
      shutil.copytree(folder, copy)
    self.ws.git_commit('copies')
    for words in (['show', plan], ['show', plan[:6]], ['verify', 'contoso'], ['status', 'contoso', '--offline']):
      self.ws.run(*words, expect=harness.OK)
    self.assertEqual(self.newest(), plan)
    self.ws.run('apply', plan, '--yes', '--no-commit', expect=harness.WAITING)
    self.ws.run('show', copies[1], expect=harness.INVALID)
    folder.rename(folder.parent / 'away')
    self.assertIn('edited or moved', self.ws.run('status', 'contoso', '--offline', expect=harness.INVALID).err)


if __name__ == '__main__':
  harness.main()
