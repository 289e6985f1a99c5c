"""A dress rehearsal: nothing is needed for it, nothing is reached by it, and it says when something is wrong."""

import json
import pathlib
import re

import contoso
import harness
import signing

USERS = 12


class Rehearse(harness.TestCase):

  def planned(self, users=USERS, policy=None):
    """A saved plan; the twin is gone afterwards, and so is everything that could sign in."""
    twin = self.twin(contoso.document(users))
    contoso.set_up(self.ws, twin)
    if policy:
      self.ws.write('seatshift.yaml', policy)
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.twin_ = twin
    return plan

  def alone(self):
    self.ws.env = {}

  def rehearse(self, plan, *more, expect=harness.OK):
    return self.ws.run_json('rehearse', plan['id'], *more, expect=expect)

  def test_the_whole_of_it(self):
    plan = self.planned()
    before = self.twin_.counters()['requests']
    self.alone()
    report = self.rehearse(plan, '--runs', '60')
    self.assertEqual((report['runs'], report['alike'], report['good']), (60, 60, True), report)
    self.assertEqual(report['undisturbed']['waits'], [action['id'] for action in plan['actions'] if action['by'] == 'hand'])
    self.assertTrue(report['undo']['to_the_start'])
    self.assertGreater(report['undo']['alike'], 10)
    self.assertGreater(report['ended_early'], 20)
    self.assertEqual(report, self.rehearse(plan, '--runs', '60'), 'the same seed, the same rehearsal')
    other = self.rehearse(plan, '--runs', '20', '--seed', '5000')
    self.assertNotEqual(other['rare_paths'], report['rare_paths'])
    self.assertEqual(self.twin_.counters()['requests'], before, 'nothing was asked of the tenant')
    text = self.ws.run('rehearse', plan['id'], '--runs', '5', expect=harness.OK).said
    for words in ('5 of 5 runs ended alike', 'UNDONE', 'Modelled:', 'Not modelled:', 'waits for a0001 redeem-key'):
      self.assertIn(words, text)

  def test_rare_paths_are_reached(self):
    """Each is counted; one that no run went would be a rehearsal of the easy ways only."""
    report = self.rehearse(self.planned(), '--runs', '150')
    self.assertEqual([name for name, count in report['rare_paths'].items() if not count], [])
    self.assertTrue(report['good'])

  def connections(self, *args):
    """What a command asks of the network, as the kernel sees it."""
    trace = self.ws.dir / 'trace.txt'
    process = self.ws.start(*args, under=['strace', '-E', 'ASAN_OPTIONS=detect_leaks=0', '-f', '-qq', '-e',
                                          'trace=%network', '-o', trace])
    result = self.ws.finish(process)
    self.assertEqual(result.status, harness.OK, result)
    return [line for line in trace.read_text().splitlines() if re.search(r'\b(socket|connect|bind|sendto)\(', line)]

  def test_it_opens_no_connection(self):
    plan = self.planned(4)
    self.assertTrue(self.connections('status', 'contoso'), 'the trace sees a command that does')
    self.alone()
    self.assertEqual(self.connections('rehearse', plan['id'], '--runs', '10', '--format', 'json'), [])

  def test_a_report_is_bound_to_its_plan(self):
    plan = self.planned()
    self.rehearse(plan, '--runs', '12', '--save')
    path = self.ws.repo / 'plans/contoso' / plan['id'] / 'rehearsal.json'
    saved = json.loads(path.read_text())
    self.assertEqual((saved['digest'], saved['runs']), (plan['digest'], 12))
    shown = self.ws.run_json('show', plan['id'], expect=harness.OK)['rehearsal']
    self.assertEqual({name: shown[name] for name in ('alike', 'good', 'runs', 'seed', 'version')},
                     {name: saved[name] for name in ('alike', 'good', 'runs', 'seed', 'version')})
    self.assertEqual((shown['undo'], shown['requests']), ({name: saved['undo'][name] for name in ('alike', 'runs')},
                                                          saved['undisturbed']['requests']))
    self.assertIsNone(shown['first_divergence'])
    for face in ('text', 'markdown', 'html'):
      shown = self.ws.run('show', plan['id'], '--format', face, expect=harness.OK).out
      self.assertIn('12 disturbed runs, all ended alike', shown, face)
    for face, words in (('text', ('Rehearsal', 'undisturbed')), ('markdown', ('The rehearsal', 'not modelled')),
                        ('html', ('<a href="#rehearsal">', '<h2 id="rehearsal">', 'not modelled'))):
      shown = ' '.join(self.ws.run('show', plan['id'], '--format', face, expect=harness.OK).out.split())
      for word in (*words, f'{saved["undisturbed"]["requests"]} requests', '12 of 12 runs ended alike', 'led back to the start',
                   'seatshift ' if face == 'text' else saved['not_modelled'][0]):
        self.assertIn(word, shown, face)
    path.write_text(path.read_text().replace(saved['snapshot'], 'sha256:' + 64 * '0'))
    self.assertNotIn('disturbed runs', self.ws.run('show', plan['id'], expect=harness.OK).out)

  def needed(self, plan, says, *more):
    result = self.ws.run('apply', plan['id'], '--yes', '--no-commit', *more, expect=harness.UNAPPROVED)
    self.assertIn('must be rehearsed', result.err)
    self.assertIn(says, result.err)
    self.assertIn('--save --commit', result.err)
    key = self.ws.run('step', plan['id'], 'redeem-key', '--show-key', *more, expect=harness.UNAPPROVED)
    self.assertIn('must be rehearsed', key.err)
    self.assertEqual(self.ws.run('verify', plan['id'], *more).status, harness.UNAPPROVED)
    self.assertEqual(self.twin_.writes(), 0)

  def test_a_report_that_says_no(self):
    """It is among what there is to decide; what stands in it is data, whoever wrote it."""
    plan = self.planned(4)
    self.rehearse(plan, '--runs', '6', '--save')
    path = self.ws.repo / 'plans/contoso' / plan['id'] / 'rehearsal.json'
    hostile = '</dd><script>alert(1)</script> | `x` \x1b[2J\n# heading @everybody'
    saved = {**json.loads(path.read_text()), 'good': False, 'alike': 5, 'modelled': [hostile],
             'first_divergence': {'disturbance': hostile, 'found': hostile, 'seed': 3}}
    path.write_text(json.dumps(saved))
    for face in ('text', 'markdown', 'html'):
      shown = self.ws.run('show', plan['id'], '--full', '--format', face, expect=harness.OK).out
      lines, shown = shown, ' '.join(shown.split()) if face == 'text' else shown
      shown = re.sub(r'</?span[^>]*>', '', shown)  # what the page keeps in one line: only the words count
      self.assertIn('its rehearsal did not end as it should: 5 of 6 runs ended alike', shown, face)
      self.assertIn(f'seatshift rehearse {plan["id"][:8]} --runs 1 --seed 3', shown, face)
      for word in ('\x1b', '\n# heading', *(['<script>alert'] if face == 'html' else [])):
        self.assertNotIn(word, lines, face)

  def test_a_policy_may_ask_for_it(self):
    plan = self.planned(policy=contoso.POLICY.replace('{required: 0}', '{required: 0, rehearsed: true}'))
    self.needed(plan, 'must be rehearsed')
    self.rehearse(plan, '--runs', '99', '--save')
    self.needed(plan, 'had 99 runs, and 100 are needed')
    self.rehearse(plan, '--runs', '100', '--save')
    # The file is believed for no more than it is: a part of it is done again.
    trace = self.ws.dir / 'trace.txt'
    process = self.ws.start('apply', plan['id'], '--yes', under=['strace', '-E', 'ASAN_OPTIONS=detect_leaks=0', '-f', '-qq',
                                                                 '-e', 'trace=mkdir,mkdirat', '-o', trace])
    self.assertEqual(self.ws.finish(process).status, harness.WAITING)
    self.assertIn('seatshift-rehearsal-', trace.read_text())
    self.assertFalse(list(pathlib.Path('/dev/shm').glob(f'seatshift-rehearsal-*/{plan["id"]}*')))

  def test_a_report_that_does_not_count(self):
    plan = self.planned(policy=contoso.POLICY.replace('{required: 0}', '{required: 0, rehearsed: true}'))
    self.rehearse(plan, '--runs', '100', '--save')
    path = self.ws.repo / 'plans/contoso' / plan['id'] / 'rehearsal.json'
    good = path.read_text()
    saved = json.loads(good)
    for says, change in ((f'{saved["version"]}', {'version': '0.0.1'}), ('did not end well', {'alike': 99}),
                         ('did not end well', {'good': False}), ('of another plan', {'digest': 'sha256:' + 64 * '0'}),
                         ('of another snapshot', {'snapshot': 'sha256:' + 64 * '0'}),
                         ('another format', {'format': 'seatshift-rehearsal/0'})):
      path.write_text(json.dumps({**saved, **change}))
      self.needed(plan, says)
    for bad in (good.replace('"runs":100', '"runs":100,"runs":100'), good[:-10]):
      path.write_text(bad)
      self.ws.run('apply', plan['id'], '--yes', expect=harness.INVALID)
    # Nor through a link, wherever it leads.
    (self.ws.dir / 'elsewhere.json').write_text(good)
    path.unlink()
    path.symlink_to(self.ws.dir / 'elsewhere.json')
    self.assertIn('link', self.ws.run('apply', plan['id'], '--yes', expect=harness.INVALID).err)
    self.assertEqual(self.twin_.writes(), 0)

  def test_it_is_read_where_the_plan_is_approved(self):
    """A report in the working tree alone is nobody's; and the branch's policy may ask for it where this one does not."""
    people = signing.People(self.ws.dir / 'keys')
    plan = self.planned(policy=signing.policy(1, rehearsed=True))
    self.ws.write('allowed_signers', people.signer(signing.ADELE))
    self.ws.git_commit('a plan')
    self.ws.run('approve', plan['id'], '--key', people.key(signing.ADELE), '--yes', '--commit', expect=harness.OK)
    self.rehearse(plan, '--save')
    self.needed(plan, 'must be rehearsed')
    path = f'plans/contoso/{plan["id"]}/rehearsal.json'
    self.ws.git('switch', '-q', '-c', 'side')
    self.rehearse(plan, '--save', '--commit')
    self.assertEqual(self.ws.git('show', '--name-only', '--format=', 'HEAD').split(), [path])
    self.needed(plan, 'must be rehearsed')
    self.ws.git('branch', '-q', '-f', 'main', 'side')
    self.ws.run('verify', plan['id'], expect=harness.OK)
    self.ws.run('apply', plan['id'], '--no-commit', expect=harness.WAITING)
    # A link in the commit.
    self.ws.git('switch', '-q', 'main')
    (self.ws.repo / path).unlink()
    (self.ws.repo / path).symlink_to('plan.json')
    self.ws.git_commit('a link')
    self.assertIn('link', self.ws.run('apply', plan['id'], '--no-commit', expect=harness.INVALID).err)

  def test_the_branchs_policy_asks_for_it(self):
    plan = self.planned(policy=contoso.POLICY.replace('{required: 0}', '{required: 0, rehearsed: true}'))
    self.ws.git_commit('a plan')
    self.ws.git('switch', '-q', '-c', 'side')
    self.ws.write('seatshift.yaml', contoso.POLICY)
    mine = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertNotEqual(mine['id'], plan['id'])
    self.needed(mine, 'must be rehearsed')
    self.rehearse(mine, '--runs', '100', '--save')
    self.ws.run('apply', mine['id'], '--yes', expect=harness.WAITING)

  def test_a_snapshot_that_was_edited_is_refused(self):
    plan = self.planned()
    path = self.ws.repo / 'plans/contoso' / plan['id'] / 'snapshot.json'
    path.write_text(path.read_text().replace('"usage_location":"US"', '"usage_location":null', 1))
    self.ws.run('rehearse', plan['id'], '--runs', '5', expect=harness.INVALID)

  def test_an_undo_is_rehearsed_too(self):
    twin = self.twin(contoso.document(6))
    contoso.set_up(self.ws, twin)
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.OK)
    undo = self.ws.run_json('undo', plan['id'], expect=harness.OK)
    report = self.rehearse(undo, '--runs', '20')
    self.assertEqual((report['alike'], report['undisturbed']['waits']), (20, ['a0001']), report)


if __name__ == '__main__':
  harness.main()
