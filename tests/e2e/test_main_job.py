"""The main job, end to end: from a YAML file to a verified move on a live (twin) tenant.

200 users, of whom 150 hold the Advisor SKU; a key redeemed by a person; users moved each in one call;
the Advisor subscription cancelled by a person; and everything that must not happen on the way.
"""

import json
import pathlib
import shutil

import contoso
import harness


class MainJob(harness.TestCase):

  def start(self, users=contoso.USERS, **changes):
    twin = self.twin(contoso.document(users))
    contoso.set_up(self.ws, twin, **changes)
    return twin

  def plan(self):
    return self.ws.run_json('plan', 'contoso', expect=harness.OK)

  def apply(self, plan, expect):
    return self.ws.run_json('apply', plan['id'], '--yes', expect=expect)

  def licenses(self, twin):
    return twin.licenses(contoso.TENANT)

  def scan(self):
    """Looks for the canaries in all that was printed and written; the twin's own file must know its secret."""
    self.ws.scan(contoso.KEY, contoso.SECRET, allowed=('twin.json',))

  def finish(self, twin, plan):
    """From a fresh plan to its end, with the person's part played on the twin."""
    self.apply(plan, harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    self.apply(plan, harness.WAITING)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    return self.apply(plan, harness.OK)

  def test_whole_job(self):
    twin = self.start()
    before = self.licenses(twin)
    self.ws.run('validate', expect=harness.OK)
    plan = self.plan()
    self.assertEqual(plan['summary']['users_changed'], contoso.HOLDERS)
    self.assertEqual(plan['summary']['by_hand'], 2)
    self.assertEqual(plan['summary']['licenses_taken'], 0)
    self.assertEqual(twin.writes(), 0, 'planning writes nothing')

    waiting = self.apply(plan, harness.WAITING)
    self.assertEqual(waiting['outcome'], 'waiting')
    self.assertEqual(self.licenses(twin), before, 'no licence changes before the seats are there')
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)

    waiting = self.apply(plan, harness.WAITING)
    self.check_moved(twin, before)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)

    done = self.apply(plan, harness.OK)
    self.assertEqual(done['outcome'], 'done')
    self.check_moved(twin, before)

    fresh = self.ws.run('plan', 'contoso', '--detailed-exitcode', expect=harness.OK)
    self.assertIn('nothing', (fresh.out + fresh.err).lower())
    self.check_second_apply(twin, plan)
    self.scan()

  def check_moved(self, twin, before):
    """Every holder has the Open SKU instead, with what was off still off; nobody else was touched."""
    after = self.licenses(twin)
    for upn, old in before.items():
      expected = dict(old)
      if contoso.STANDARDPACK in expected:
        expected[contoso.ENTERPRISEPACK] = expected.pop(contoso.STANDARDPACK)
      self.assertEqual(sorted(after[upn]), sorted(expected), upn)
      for sku, disabled in expected.items():
        self.assertTrue(set(disabled) <= set(after[upn][sku]), upn)
    once = {upn: (1, 1) for upn, old in before.items() if contoso.STANDARDPACK in old}
    self.assertEqual(len(once), contoso.HOLDERS)
    # One call each, and the user has gone from one SKU to the other: so it added and removed together.
    self.assertEqual(twin.assigns(), once)

  def check_second_apply(self, twin, plan):
    written = twin.writes()
    again = self.apply(plan, harness.OK)
    self.assertEqual(again['outcome'], 'nothing')
    self.assertEqual(twin.writes(), written, 'a second apply writes nothing')

  def test_plan_is_the_same_for_the_same_meaning(self):
    self.start()
    first = self.plan()
    text = (self.ws.repo / 'customers/contoso.yaml').read_text()
    head, tail = text.split('agreement:\n')
    self.ws.write('customers/contoso.yaml', '# Checked twice.\n' + head + 'agreement:\n' +
                  tail.replace('  agreed_by: jane@contoso.com\n', '')
                  .replace('  reason:', '  agreed_by: jane@contoso.com\n  reason:'))
    self.ws.run('validate', expect=harness.OK)
    self.assertEqual(self.plan()['id'], first['id'])
    self.assertEqual(len(list((self.ws.repo / 'plans/contoso').iterdir())), 1)

  def test_commit_leaves_index_and_working_tree_alone(self):
    self.start()
    self.ws.write('notes.txt', 'draft\n')
    self.ws.write('staged.txt', 'staged\n')
    self.ws.git('add', 'staged.txt')
    plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    changed = self.ws.git('show', '--name-only', '--format=', 'HEAD').split()
    folder = f'plans/contoso/{plan["id"]}'
    self.assertEqual(changed, [f'{folder}/plan.json', f'{folder}/snapshot.json'])
    self.assertEqual(self.ws.git('status', '--porcelain').splitlines(),
                     ['A  staged.txt', '?? notes.txt'])
    self.ws.git('fsck', '--strict')
    self.scan()

  def test_no_plan_for_the_wrong_tenant(self):
    """Each way in which the identity can be wrong: exit 5, no plan, no write, nothing else asked."""
    cases = {
      'domain of another tenant': {'domain': 'litware.onmicrosoft.com'},
      'another name': {'name': 'Contoso GmbH'},
      'id of another tenant': {'tenant_id': contoso.OTHER},
      "the partner's own tenant": {'tenant_id': contoso.PARTNER,
                                   'domain': 'fabrikam.onmicrosoft.com', 'name': 'Fabrikam Partners'},
    }
    twin = self.start()
    for name, changes in cases.items():
      with self.subTest(name):
        self.ws.write('customers/contoso.yaml', contoso.customer(**changes))
        asked = len(twin.log())
        self.ws.run('plan', 'contoso', expect=harness.WRONG_TENANT)
        new = [entry['path'] for entry in twin.log()[asked:]]
        self.assertEqual([path for path in new if not any(part in path for part in ('/organization', '/token', '/.well-known/'))], [])
    self.assertEqual(twin.writes(), 0)
    self.assertFalse((self.ws.repo / 'plans').exists())

  def test_token_of_another_tenant_is_not_used(self):
    twin = self.start()
    plan = self.plan()
    token = self.token(twin, contoso.OTHER)
    asked = len(twin.log())
    for args in (['plan', 'contoso'], ['apply', plan['id'], '--yes']):
      self.ws.run(*args, env={'SEATSHIFT_ACCESS_TOKEN': token}, expect=harness.WRONG_TENANT)
    self.assertEqual(len(twin.log()), asked, 'not one request with that token')
    self.assertEqual(twin.writes(), 0)
    self.scan()
    self.ws.scan(token, allowed=('twin.json',))

  def token(self, twin, tenant):
    form = (f'client_id={contoso.CLIENT}&client_secret={contoso.SECRET}&grant_type=client_credentials'
            '&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default').encode()
    status, answer = twin.request('POST', f'/{tenant}/oauth2/v2.0/token', form,
                                  {'Content-Type': 'application/x-www-form-urlencoded'})
    self.assertEqual(status, 200, answer)
    return answer['access_token']

  def test_bad_credentials(self):
    twin = self.start()
    wrong = 'canary-Yq7~another_secret'
    result = self.ws.run('plan', 'contoso', env={'AZURE_CLIENT_SECRET': wrong}, expect=harness.AUTH)
    self.assertIn('AADSTS', result.err)
    result = self.ws.run('plan', 'contoso', env={'AZURE_CLIENT_SECRET': ''}, expect=harness.AUTH)
    self.assertIn('AZURE_CLIENT_SECRET', result.err)
    self.assertEqual(twin.writes(), 0)
    self.ws.scan(wrong)

  def test_edited_plan_is_refused(self):
    twin = self.start()
    plan = self.plan()
    folder = self.ws.repo / 'plans/contoso' / plan['id']
    text = (folder / 'plan.json').read_text()
    edits = {
      'a user taken out of the summary': text.replace(f'"users_changed":{contoso.HOLDERS}',
                                                      f'"users_changed":{contoso.HOLDERS - 1}'),
      'another tenant': text.replace(contoso.TENANT, contoso.OTHER),
      'white space': text + '\n',
      'cut off': text[:-40],
    }
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    for name, edited in edits.items():
      with self.subTest(name):
        self.assertNotEqual(edited, text)
        (folder / 'plan.json').write_text(edited)
        result = self.ws.run('apply', f'plans/contoso/{plan["id"]}', '--yes')
        self.assertIn(result.status, (harness.INVALID, harness.DENIED, harness.STALE), result)
    self.rename_to_its_digest(folder, edits['a user taken out of the summary'])
    self.assertEqual(twin.writes(), 0)

  def rename_to_its_digest(self, folder, edited):
    """A plan edited with care: its folder has the right name, but nobody can compute it from its snapshot."""
    import hashlib
    name = hashlib.sha256(edited.encode()).hexdigest()[:12]
    careful = shutil.copytree(folder, folder.parent / name)
    (pathlib.Path(careful) / 'plan.json').write_text(edited)
    result = self.ws.run('apply', f'plans/contoso/{name}', '--yes')
    self.assertIn(result.status, (harness.INVALID, harness.DENIED, harness.STALE), result)

  def test_needs_a_yes_without_a_terminal(self):
    twin = self.start()
    plan = self.plan()
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    result = self.ws.run('apply', plan['id'])
    self.assertNotEqual(result.status, harness.OK)
    self.assertIn('--yes', result.err)
    self.assertEqual(twin.writes(), 0)

  def test_too_few_seats(self):
    self.start(seats=100)
    result = self.ws.run('plan', 'contoso', expect=harness.DENIED)
    self.assertIn('SS304', result.err)
    self.assertRegex(result.err, r'customers/contoso\.yaml:\d+:\d+: error')
    self.assertIn('50', result.err, 'short by')
    self.assertFalse((self.ws.repo / 'plans').exists())

  def test_kill_in_the_middle(self):
    """SIGKILL after some writes, several times; apply again ends in the same tenant, nothing done twice."""
    twin = self.start()
    before = self.licenses(twin)
    plan = self.plan()
    self.apply(plan, harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    kills = 0
    for step in range(1, 5):
      twin.control('settings', latency_ms=15)
      run = self.ws.start('apply', plan['id'], '--yes')
      reached = harness.wait_until(
        lambda goal=step * 30: run.poll() is not None or twin.writes() >= goal)
      self.assertTrue(reached)
      if run.poll() is None:
        harness.kill(run)
        kills += 1
      self.ws.finish(run)
    self.assertGreater(kills, 0, 'at least one run was caught in the middle')
    twin.control('settings', latency_ms=0)
    self.apply(plan, harness.WAITING)
    self.check_moved(twin, before)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.apply(plan, harness.OK)
    self.check_second_apply(twin, plan)
    self.check_journal(plan)
    self.scan()

  def check_journal(self, plan):
    """Every line is JSON, numbered from 1, and holds the hash of the line before."""
    import hashlib
    lines = (self.ws.repo / 'plans/contoso' / plan['id'] / 'journal.jsonl').read_bytes().splitlines()
    previous = None
    for number, line in enumerate(lines, 1):
      entry = json.loads(line)
      self.assertEqual(entry['seq'], number)
      self.assertEqual(entry['prev'], previous)
      previous = 'sha256:' + hashlib.sha256(line).hexdigest()
    self.assertGreater(len(lines), 5)

  def test_same_end_without_a_kill(self):
    """Two repositories, one twin each: the same facts give the same plan and the same tenant."""
    twin = self.start()
    plan = self.plan()
    self.finish(twin, plan)
    other = harness.Workspace()
    self.addCleanup(other.close)
    second = self.twin_in(other)
    contoso.set_up(other, second)
    self.assertEqual(other.run_json('plan', 'contoso', expect=harness.OK)['id'], plan['id'])

  def twin_in(self, workspace):
    twin = harness.Twin(contoso.document(), workspace)
    twin.__enter__()
    self.addCleanup(twin.__exit__, None, None, None)
    return twin


if __name__ == '__main__':
  harness.main()
