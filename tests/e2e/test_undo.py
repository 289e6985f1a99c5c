"""The way back: what a plan did is undone by a plan, person by person, as far as it went."""

import hashlib
import json
import re
import shutil

import contoso
import harness
import signing
from gateway import Gateway
from test_planning import ADELE, ALEX, BIANCA, GROUP, Planning, customer, document, user

USERS = 40


class Undo(harness.TestCase):

  def start(self, users=USERS, document=None, **changes):
    twin = self.twin(document or contoso.document(users))
    contoso.set_up(self.ws, twin, **changes)
    return twin

  def licenses(self, twin):
    return twin.licenses(contoso.TENANT)

  def apply(self, plan, expect, *more):
    return self.ws.run_json('apply', plan['id'], '--yes', *more, expect=expect)

  def moved(self, twin):
    """A plan, carried out until only the retirement is left."""
    plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    self.apply(plan, harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    self.apply(plan, harness.WAITING, '--commit')
    return plan

  def undo(self, plan, *more, expect=harness.OK):
    return self.ws.run_json('undo', plan['id'], *more, expect=expect)


class Whole(Undo):

  def test_everybody_goes_back_in_one_call(self):
    twin = self.start()
    before = self.licenses(twin)
    plan = self.moved(twin)
    self.assertNotEqual(self.licenses(twin), before)
    first, tries = twin.writes(), twin.assigns()

    undo = self.undo(plan, '--commit')
    self.assertEqual(twin.writes(), first, 'undo writes nothing to the tenant')
    self.assertEqual((undo['undoes'], undo['summary']['users_changed']), (plan['id'], USERS))
    self.assertEqual(undo['summary']['licenses_taken'], 0)
    self.assertEqual({action['kind'] for action in undo['actions']}, {'swap-license'})
    self.assertTrue(undo['actions'][0]['canary'], 'who went first goes back first')
    codes = [warning['code'] for warning in undo['warnings']]
    self.assertEqual(codes, ['SS242', 'SS243'])
    self.assertIn('user010@contoso.com', undo['warnings'][0]['message'])
    self.assertIn(undo['id'], self.ws.git('log', '-1', '--format=%s'))
    self.ws.run('verify', undo['id'], expect=harness.OK)
    again = self.undo(plan)
    self.assertEqual(again['id'], undo['id'], 'over unchanged facts it is the same plan')

    self.assertEqual(self.apply(undo, harness.OK)['outcome'], 'done')
    self.assertEqual(self.licenses(twin), before)
    for upn, (_, successes) in twin.assigns().items():
      self.assertEqual(successes - tries[upn][1], 1, upn)
    self.assertEqual(self.apply(undo, harness.OK)['outcome'], 'nothing')
    nothing = self.ws.run('undo', plan['id'], expect=harness.OK)
    self.assertIn('nothing', nothing.out + nothing.err)

  def test_an_undo_is_undone(self):
    twin = self.start(20)
    plan = self.moved(twin)
    moved = self.licenses(twin)
    undo = self.undo(plan)
    self.apply(undo, harness.OK)
    again = self.undo(undo)
    self.assertEqual(again['undoes'], undo['id'])
    self.apply(again, harness.OK)
    self.assertEqual(self.licenses(twin), moved)
    status = self.ws.run_json('status', 'contoso', expect=harness.OK)
    self.assertEqual((status['window']['open'], status['window']['seats']), (True, contoso.SEATS_OPEN))
    self.assertEqual(status['waiting_for'], ['a plan that retires the old subscription, which plan '
                                             f'{again["id"]} does not: seatshift plan contoso'])
    self.ws.run('undo', plan['id'], expect=harness.INVALID)

  def test_a_checkout_from_before_the_undo(self):
    """What the branch has counts, not what the working tree still lacks: the plan is not carried on."""
    twin = self.start(20)
    plan = self.moved(twin)
    self.ws.git_commit('moved')
    before = self.ws.git('rev-parse', 'HEAD').strip()
    undo = self.undo(plan)
    self.apply(undo, harness.OK)
    self.ws.git_commit('undone')
    first = twin.writes()
    self.ws.git('checkout', '-q', before)
    result = self.ws.run('apply', plan['id'], '--yes', '--no-commit', expect=harness.UNAPPROVED)
    self.assertIn(f'undone by plan {undo["id"]}', result.err)
    self.assertEqual(twin.writes(), first)
    people = signing.People(self.ws.dir / 'keys')
    result = self.ws.run('approve', plan['id'], '--key', people.key(signing.ADELE), '--yes',
                         expect=harness.UNAPPROVED)
    self.assertIn(f'undone by plan {undo["id"]}', result.err)

  def removed(self, twin, plan, undo):
    """The plan stays undone, whoever asks for what."""
    first = twin.writes()
    path = self.ws.repo / f'plans/contoso/{plan["id"]}/journal.jsonl'
    journal = path.read_bytes()
    people = signing.People(self.ws.dir / 'keys')
    for words in (['apply', plan['id'], '--yes', '--no-commit'], ['step', plan['id'], 'retire-subscription', '--done'],
                  ['step', plan['id'], 'redeem-key', '--show-key'],
                  ['approve', plan['id'], '--key', people.key(signing.ADELE), '--yes']):
      result = self.ws.run(*words, expect=harness.UNAPPROVED)
      self.assertIn(f'was undone by plan {undo["id"]}', result.err, words)
    self.assertEqual((twin.writes(), path.read_bytes()), (first, journal))

  def test_an_undo_that_a_commit_removed(self):
    """What a commit had once it has: removed since, together with the line in the undone plan's own journal."""
    twin = self.start(20)
    plan = self.moved(twin)
    self.ws.git_commit('moved')
    own = self.ws.repo / f'plans/contoso/{plan["id"]}/journal.jsonl'
    before = own.read_bytes()
    undo = self.undo(plan)
    self.apply(undo, harness.OK)
    own.write_bytes(before)
    self.ws.git_commit('undone')
    self.ws.git('rm', '-q', '-r', f'plans/contoso/{undo["id"]}')
    self.ws.git_commit('tidy up')
    self.removed(twin, plan, undo)
    # The same facts as at the start: another plan, not the undone one again.
    self.ws.run('plan', 'contoso', expect=harness.OK)

  def test_an_undo_that_a_merge_left_out(self):
    """Without a commit of its own that says so."""
    twin = self.start(20)
    plan = self.moved(twin)
    self.ws.git_commit('moved')
    own = self.ws.repo / f'plans/contoso/{plan["id"]}/journal.jsonl'
    before = own.read_bytes()
    self.ws.git('switch', '-q', '-c', 'side')
    undo = self.undo(plan)
    self.apply(undo, harness.OK)
    own.write_bytes(before)
    self.ws.git_commit('undone')
    self.ws.git('switch', '-q', 'main')
    self.ws.git('merge', '-q', '-s', 'ours', '-m', 'nothing of it', 'side')
    self.removed(twin, plan, undo)

  def test_an_undo_that_was_lost(self):
    """Never committed, and its folder is gone: the undone plan's own journal has it, and git is not asked."""
    twin = self.start(20)
    plan = self.moved(twin)
    self.ws.git_commit('moved')
    undo = self.undo(plan)
    self.apply(undo, harness.OK)
    shutil.rmtree(self.ws.repo / f'plans/contoso/{undo["id"]}')
    self.removed(twin, plan, undo)
    shown = self.ws.run('show', plan['id'], expect=harness.OK).out
    self.assertIn(f'UNDONE   by plan {undo["id"]}', shown)
    self.ws.git_commit('what is left')
    self.assertIn(f'undone by plan {undo["id"]}', self.ws.run('history', 'contoso', expect=harness.OK).out)
    # And the line cannot be taken back.
    self.ws.git('checkout', '-q', 'HEAD~1', '--', 'plans')
    self.ws.git_commit('tidy up')
    self.ws.run('apply', plan['id'], '--yes', '--no-commit', expect=harness.INVALID)

  def test_an_undo_that_ended_between_its_two_journals(self):
    twin = self.start(20)
    plan = self.moved(twin)
    before = self.licenses(twin)
    undo = self.undo(plan, '--commit')
    # The first line of the undo's own journal is never written: the process is ended at its lock.
    own = self.ws.repo / f'plans/contoso/{plan["id"]}/journal.jsonl'
    lines = own.read_text().count('\n')
    trace = ['strace', '-E', 'ASAN_OPTIONS=detect_leaks=0', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fsync']
    journal = self.ws.repo / f'plans/contoso/{undo["id"]}/journal.jsonl'
    for when in range(1, 20):
      journal.unlink(missing_ok=True)  # each time from the start: flushes are counted
      process = self.ws.start('apply', undo['id'], '--yes', '--no-commit',
                              under=[*trace, '-e', f'inject=fsync:signal=KILL:when={when}'])
      self.ws.finish(process)
      if own.read_text().count('\n') > lines:
        break
    self.assertFalse(journal.exists() and journal.read_text(), 'nothing was begun')
    self.assertEqual(self.licenses(twin), before)
    self.removed(twin, plan, undo)
    lock = self.ws.run('apply', undo['id'], '--yes', '--commit')
    self.assertEqual(lock.status, harness.OK, lock)
    self.assertEqual(sum(json.loads(line)['event'] == 'undone' for line in own.read_text().splitlines()), 1)
    changed = self.ws.git('show', '--name-only', '--format=', 'HEAD').split()
    self.assertEqual(changed, sorted(f'plans/contoso/{row["id"]}/journal.jsonl' for row in (plan, undo)))
    self.removed(twin, plan, undo)

  def test_a_journal_that_was_cut(self):
    """The way back is made of what was done: a journal that lacks some of it makes none, and carries none."""
    twin = self.start(20)
    plan = self.moved(twin)
    self.ws.git_commit('moved')
    journal = self.ws.repo / f'plans/contoso/{plan["id"]}/journal.jsonl'
    whole = journal.read_text()
    journal.write_text(''.join(whole.splitlines(True)[:8]))
    refused = self.ws.run('undo', plan['id'])
    self.assertIn(refused.status, (harness.INVALID, harness.UNAPPROVED), refused)
    # Made where no commit tells, and carried here with the journal that it was made of.
    other = self.ws.dir / 'no-git'
    shutil.copytree(self.ws.repo, other, ignore=shutil.ignore_patterns('.git'))
    undo = self.ws.run_json('undo', plan['id'], cwd=other, expect=harness.OK)
    self.assertLess(undo['summary']['users_changed'], 20)
    shutil.copytree(other / f'plans/contoso/{undo["id"]}', self.ws.repo / f'plans/contoso/{undo["id"]}')
    first = twin.writes()
    for command in (['verify', undo['id']], ['apply', undo['id'], '--yes']):
      refused = self.ws.run(*command)
      self.assertIn(refused.status, (harness.INVALID, harness.UNAPPROVED), refused)
      self.assertIn('journal', refused.err)
    self.assertEqual(twin.writes(), first)
    journal.write_text(whole)
    self.apply(self.undo(plan), harness.OK)

  def test_what_was_never_begun(self):
    self.start(4)
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertIn('was not begun', self.ws.run('undo', plan['id'], expect=harness.INVALID).err)


class Approved(Undo):
  """With approvals required, an undo needs its own."""

  def test_an_undo_is_a_decision_of_its_own(self):
    twin = self.twin(contoso.document(signing.USERS))
    contoso.set_up(self.ws, twin)
    people = signing.People(self.ws.dir / 'keys')
    self.ws.write('seatshift.yaml', signing.policy())
    self.ws.write('allowed_signers', people_signers(people))
    self.ws.git_commit('policy: somebody else approves')
    before = self.licenses(twin)
    plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    self.approve(people, plan)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    self.ws.run('apply', plan['id'], '--commit', expect=harness.WAITING)
    undo = self.undo(plan, '--commit')
    self.ws.run('apply', undo['id'], '--commit', expect=harness.UNAPPROVED)
    self.approve(people, undo)
    self.ws.run('apply', undo['id'], '--commit', expect=harness.OK)
    self.assertEqual(self.licenses(twin), before)
    self.ws.run('verify', undo['id'], expect=harness.OK)

  def test_an_approval_from_before_the_undo(self):
    """A snapshot says what it likes of its time: of what people decided, the time that they signed counts."""
    twin = self.twin(contoso.document(signing.USERS))
    contoso.set_up(self.ws, twin)
    people = signing.People(self.ws.dir / 'keys')
    self.ws.write('seatshift.yaml', signing.policy())
    self.ws.write('allowed_signers', people_signers(people))
    self.ws.git_commit('policy: somebody else approves')
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    who = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    early, upn = who, next(action['subject']['upn'] for action in who['actions'] if action['kind'] == 'swap-license')
    self.approve(people, early)
    twin.control('user', tenant=contoso.TENANT, upn=upn, set={'usage_location': 'DE'})
    plan = self.ws.run_json('plan', 'contoso', '--commit', expect=harness.OK)
    self.approve(people, plan)
    self.ws.run('apply', plan['id'], '--commit', expect=harness.WAITING)
    undo = self.undo(plan, '--commit')
    self.approve(people, undo)
    self.ws.run('apply', undo['id'], '--commit', expect=harness.OK)
    twin.control('user', tenant=contoso.TENANT, upn=upn, set={'usage_location': 'US'})
    before = self.licenses(twin)
    self.ws.run('apply', early['id'], '--commit', expect=harness.STALE)
    snapshot = self.ws.repo / 'plans/contoso' / early['id'] / 'snapshot.json'
    told = re.sub(r'"read":{"at":"[^"]*"', '"read":{"at":"2099-01-01T00:00:00.000Z"', snapshot.read_text())
    self.assertNotEqual(told, snapshot.read_text())
    snapshot.write_text(told)
    self.ws.git_commit('a time that is not true')
    refused = self.ws.run('apply', early['id'], '--commit', expect=harness.UNAPPROVED)
    self.assertIn(f'given before plan {undo["id"]}, an undo, was begun at', refused.err)
    self.assertEqual(self.licenses(twin), before)
    # What is decided now is decided now.
    self.approve(people, early)
    self.ws.run('apply', early['id'], '--commit', expect=harness.WAITING)

  def approve(self, people, plan):
    self.ws.run('approve', plan['id'], '--key', people.key(signing.ADELE), '--yes', '--commit', expect=harness.OK)


def people_signers(people):
  return people.signer(signing.ADELE)


class Edited(Undo):

  def test_it_is_what_the_undone_plan_and_its_journal_make(self):
    twin = self.start(12)
    plan = self.moved(twin)
    undo = self.undo(plan)
    path = self.ws.repo / 'plans/contoso' / plan['id'] / 'journal.jsonl'
    whole = path.read_text()
    lines = [line for line in whole.splitlines(keepends=True)]
    kept = []
    for line in lines:
      if json.loads(line)['event'] == 'write':
        break
      kept.append(line)
    path.write_text(''.join(kept))
    result = self.ws.run('verify', undo['id'], expect=harness.INVALID)
    self.assertIn('is not what the planner makes', result.err)
    path.unlink()
    self.ws.run('apply', undo['id'], '--yes', expect=harness.INVALID)
    path.write_text(whole)
    self.ws.run('verify', undo['id'], expect=harness.OK)
    (path.parent / 'plan.json').unlink()
    result = self.ws.run('verify', undo['id'], expect=harness.ERROR)
    self.assertIn(f'undoes plan {plan["id"]}', result.err)


class Few(Planning):
  """A tenant of a few people."""

  open_seats = {'sku': 'ENTERPRISEPACK', 'seats': 10, 'created': contoso.CAME, 'ends': contoso.time(1098)}

  def begin(self, people, entries=('holders_of: advisor',), groups=(), more='', expect=harness.WAITING, fault=None,
            unlisted='refuse', seats=20):
    """Open seats are there, and the plan is carried out as far as it goes."""
    base = [{**contoso.tenant(0)['subscriptions'][0], 'seats': seats}, contoso.tenant(0)['subscriptions'][1]]
    doc = document(people, groups, subscriptions=[*base, self.open_seats])
    self.twin_ = self.start(doc, customer(entries, more, unlisted=unlisted))
    self.before = self.held()
    plan = self.plan()
    if fault:
      self.twin_.control('fault', **fault)
    self.apply(plan, expect)
    self.twin_.control('clear')
    return plan

  def held(self):
    """Every licence of everybody, however it comes."""
    return {row['upn']: sorted((license['sku'], license['group'] or '', tuple(sorted(license['disabled'])))
                               for license in row['licenses'])
            for row in self.twin_.state(contoso.TENANT)['users']}

  def change(self, who, **what):
    self.twin_.control('user', tenant=contoso.TENANT, upn=who, set=what)

  def undo(self, plan, expect=harness.OK):
    return self.ws.run_json('undo', plan['id'], expect=expect)

  def back(self, plan, expect=harness.OK):
    undo = self.undo(plan)
    self.apply(undo, expect)
    return undo

  def codes(self, plan, code):
    return [warning['message'] for warning in plan['warnings'] if warning['code'] == code]

class Small(Few):
  """Everything that can have happened since."""

  def test_who_was_changed_since_is_left_alone(self):
    names = ['debra.berger', 'diego.siciliani', 'irvin.sayers', 'lee.gu']
    debra, diego, irvin, lee = (f'{name}@contoso.com' for name in names)
    people = [user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX, BIANCA, debra, diego, irvin, lee)]
    plan = self.begin(people)
    self.change(ALEX, add=[{'sku': 'ENTERPRISEPACK', 'disable': ['YAMMER_ENTERPRISE']}])
    self.change(BIANCA, deleted=True)
    self.change(debra, remove=['ENTERPRISEPACK'], add=['STANDARDPACK'])  # somebody undid it by hand
    self.change(diego, remove=['ENTERPRISEPACK'])
    self.change(irvin, upn='irvin.new@contoso.com')
    self.change(lee, add=['FLOW_FREE'])  # not of the plan
    undo = self.back(plan)
    told = self.codes(undo, 'SS241')
    self.assertEqual(len(told), 3, told)
    self.assertRegex(told[0], f'^{ALEX} is left alone.*: ENTERPRISEPACK has YAMMER_ENTERPRISE off')
    self.assertRegex(told[1], f'^{BIANCA} is left alone.*: the user is gone')
    self.assertRegex(told[2], f'^{diego} is left alone.*ENTERPRISEPACK')
    self.assertEqual(sorted(action['subject']['upn'] for action in undo['actions']),
                     [ADELE, 'irvin.new@contoso.com', lee])
    after = self.held()
    self.assertEqual(after[ADELE], self.before[ADELE])
    self.assertEqual(after['irvin.new@contoso.com'], self.before[irvin])
    self.assertEqual([sku for sku, *_ in after[lee]], [contoso.STANDARDPACK, contoso.FLOW_FREE])
    self.assertEqual(after[debra], self.before[debra])
    self.assertNotIn(debra, self.twin_.assigns(), 'nothing was left to be done')

  def test_as_far_as_it_went(self):
    people = [user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX, BIANCA)]
    plan = self.begin(people, expect=harness.PARTIAL,
                      fault={'kind': '400', 'match': {'method': 'POST', 'path': '/users/*/assignLicense', 'nth': 2}})
    moved = [upn for upn, held in self.held().items() if held != self.before[upn]]
    self.assertEqual(len(moved), 2)
    undo = self.back(plan)
    self.assertEqual(sorted(action['subject']['upn'] for action in undo['actions']), sorted(moved))
    self.assertEqual(self.held(), self.before)
    self.assertEqual(undo['warnings'], [])

  def test_the_plan_was_carried_further_since(self):
    """What it did after the undo was made is not in the undo: half of the way back is none."""
    plan = self.begin([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)], expect=harness.PARTIAL,
                      fault={'kind': '400', 'match': {'method': 'POST', 'path': '/users/*/assignLicense', 'nth': 2}})
    undo = self.undo(plan)
    self.assertEqual(len(undo['actions']), 1)
    self.apply(plan, harness.WAITING)
    moved = self.held()
    for command in (['verify', undo['id']], ['apply', undo['id'], '--yes']):
      refused = self.ws.run(*command, expect=harness.STALE)
      self.assertIn(f'plan {plan["id"]}, which it undoes, was carried further at', refused.err)
      self.assertIn(f'seatshift undo {plan["id"][:8]}', refused.err)
    self.assertEqual(self.held(), moved)
    # Nothing was begun by that: the plan itself may still be resumed.
    self.apply(plan, harness.WAITING)
    self.assertEqual(len(self.back(plan)['actions']), 2)
    self.assertEqual(self.held(), self.before)

  def test_what_came_to_nothing_since(self):
    """The plan was resumed, and did nothing: the undo has all that it did."""
    plan = self.begin([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)])
    undo = self.undo(plan)
    self.change(ADELE, remove=['ENTERPRISEPACK'])
    self.apply(plan, harness.PARTIAL)
    self.change(ADELE, add=['ENTERPRISEPACK'])
    self.ws.run('verify', undo['id'], expect=harness.OK)
    self.apply(undo, harness.OK)
    self.assertEqual(self.held(), self.before)

  def test_too_few_seats_of_the_old_sku(self):
    people = [user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX, BIANCA)]
    plan = self.begin([*people, user('lee.gu@contoso.com'), user('megan.bowen@contoso.com')], seats=4)
    for upn in ('lee.gu@contoso.com', 'megan.bowen@contoso.com'):
      self.change(upn, add=['STANDARDPACK'])
    result = self.ws.run('undo', plan['id'], expect=harness.DENIED)
    self.assertIn('error[SS304]: too few seats of STANDARDPACK: needed 5, there 4, on order 0, short by 1', result.err)
    self.assertIn('Free seats of STANDARDPACK', result.err)
    self.change('lee.gu@contoso.com', remove=['STANDARDPACK'])
    self.back(plan)

  def test_who_held_nothing_holds_nothing(self):
    plan = self.begin([user(ADELE, licenses=['STANDARDPACK']), user(ALEX)],
                      ['holders_of: advisor', f'upn: {ALEX}'])
    undo = self.back(plan)
    self.assertEqual(self.codes(undo, 'SS244'), [f'without the licence that plan {plan["id"]} gave, as before it: {ALEX}'])
    self.assertEqual(undo['summary']['licenses_taken'], 0)
    self.assertEqual(self.held(), self.before)

  def test_services_that_were_off_in_the_new_sku(self):
    """Some hold both before: the new one keeps its own, the old one comes back with its own."""
    both = [{'sku': 'STANDARDPACK', 'disable': ['YAMMER_ENTERPRISE', 'SWAY']},
            {'sku': 'FLOW_FREE', 'disable': ['FLOW_P2_VIRAL']}]
    plan = self.begin([user(ADELE, licenses=both), user(ALEX, licenses=[{'sku': 'STANDARDPACK', 'disable': ['SWAY']}])],
                      ['holders_of: advisor', f'{{upn: {ALEX}, disable: [YAMMER_ENTERPRISE]}}'])
    self.back(plan)
    self.assertEqual(self.held(), self.before)

  def test_unlisted_people_get_back_what_was_taken(self):
    doc = document([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)],
                   subscriptions=[*contoso.tenant(0)['subscriptions'], self.open_seats])
    self.twin_ = self.start(doc, customer([f'upn: {ADELE}'], unlisted='remove'))
    self.ws.write('seatshift.yaml', contoso.POLICY + 'limits: {licenses_taken: 1}\n')
    self.before = self.held()
    plan = self.plan()
    self.apply(plan, harness.WAITING)
    self.assertEqual(self.held()[ALEX], [])
    undo = self.back(plan)
    self.assertEqual(sorted(action['kind'] for action in undo['actions']), ['assign-license', 'swap-license'])
    self.assertEqual(self.held(), self.before)

  def test_a_group_goes_back_as_one(self):
    """One holds the licence directly as well: it goes first on the way there, and comes last on the way back."""
    group = {'id': GROUP, 'name': 'Sales', 'members': [ADELE, ALEX],
             'licenses': [{'sku': 'STANDARDPACK', 'disable': ['SWAY']}]}
    people = [user(ADELE, licenses=[{'sku': 'STANDARDPACK', 'disable': ['SWAY', 'YAMMER_ENTERPRISE']}]), user(ALEX),
              user(BIANCA, licenses=['STANDARDPACK'])]
    plan = self.begin(people, ['group: Sales', f'upn: {BIANCA}'], [group])
    kinds = [action['kind'] for action in plan['actions']]
    undo = self.undo(plan)
    of_kind = {action['kind']: action for action in undo['actions'] if action['subject'].get('upn') != BIANCA}
    self.assertIn('swap-group-license', kinds)
    self.assertEqual(of_kind['assign-license']['after'], [of_kind['swap-group-license']['id']])
    self.ws.run('verify', undo['id'], expect=harness.OK)
    self.apply(undo, harness.OK)
    self.assertEqual(self.held(), self.before)

  def test_a_group_that_was_changed_since(self):
    group = {'id': GROUP, 'name': 'Sales', 'members': [ADELE, ALEX], 'licenses': ['STANDARDPACK']}
    plan = self.begin([user(ADELE), user(ALEX), user(BIANCA)], ['group: Sales'], [group])
    self.twin_.control('group', tenant=contoso.TENANT, group='Sales', add=[BIANCA])
    undo = self.back(plan)
    self.assertIn('3 members', self.codes(undo, 'SS218')[0])
    after = self.held()
    self.assertEqual((after[ADELE], after[ALEX]), (self.before[ADELE], self.before[ALEX]))
    self.assertEqual(after[BIANCA], after[ADELE], 'the group is its members of today')

  def test_changed_after_the_undo_was_planned(self):
    """Never overwritten: the undo is stale, and what comes next is an undo of the tenant as it is, not the move again."""
    plan = self.begin([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX, BIANCA)])
    undo = self.undo(plan)
    self.change(ALEX, add=[{'sku': 'ENTERPRISEPACK', 'disable': ['SWAY']}])
    self.change(BIANCA, deleted=True)
    theirs = self.held()[ALEX]
    told = self.ws.run('apply', undo['id'], '--yes', expect=harness.STALE)
    self.assertIn(f'next: seatshift undo {plan["id"][:8]}', told.out)
    again = self.back(plan)
    self.assertEqual(sorted(told.split(' ')[0] for told in self.codes(again, 'SS241')), [ALEX, BIANCA])
    after = self.held()
    self.assertEqual((after[ADELE], after[ALEX]), (self.before[ADELE], theirs))

  def test_seats_that_others_took_after_the_undo_was_planned(self):
    plan = self.begin([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX, BIANCA)], seats=3)
    undo = self.undo(plan)
    moved = self.held()
    self.twin_.control('user', tenant=contoso.TENANT,
                       create={'upn': 'megan.bowen@contoso.com', 'usage_location': 'US', 'licenses': ['STANDARDPACK']})
    told = self.ws.run('apply', undo['id'], '--yes', expect=harness.STALE)
    self.assertIn('need 3 seats of STANDARDPACK, and 2 of 3 are free (short by 1)', told.out + told.err)
    self.change('megan.bowen@contoso.com', remove=['STANDARDPACK'])
    self.assertEqual({upn: row for upn, row in self.held().items() if upn in moved}, moved)
    self.apply(undo, harness.OK)

  def test_under_except_since(self):
    """As apply would have it: left alone and named, and the others go back."""
    group = {'id': GROUP, 'name': 'Sales', 'members': [BIANCA], 'licenses': ['STANDARDPACK']}
    people = [user(ADELE, licenses=['STANDARDPACK']), user(ALEX, licenses=['STANDARDPACK']), user(BIANCA)]
    plan = self.begin(people, ['holders_of: advisor', 'group: Sales'], [group])
    path = self.ws.repo / 'customers/contoso.yaml'
    path.write_text(path.read_text() + f'    except: [{ADELE}, {BIANCA}]\n')
    undo = self.back(plan)
    self.assertEqual([action['subject']['upn'] for action in undo['actions']], [ALEX])
    told = self.codes(undo, 'SS241')
    self.assertEqual(told, [f'{ADELE} is left alone as plan {plan["id"]} left it: it is under \'except\' in the customer file',
                            f"group 'Sales' is left alone as plan {plan['id']} left it: its member '{BIANCA}' is under "
                            "'except' in the customer file"])
    after = self.held()
    self.assertEqual(after[ALEX], self.before[ALEX])
    self.assertNotEqual(after[ADELE], self.before[ADELE])

  def test_protected_since(self):
    plan = self.begin([user(ADELE, licenses=['STANDARDPACK']), user(ALEX, licenses=['STANDARDPACK'])])
    self.ws.write('seatshift.yaml', contoso.POLICY + f'protected: [{ADELE}]\n')
    self.assertIn('SS317', self.ws.run('undo', plan['id'], expect=harness.DENIED).err)


class Retired(Few):
  """The old subscription is cancelled: back by hand, as long as that can be done."""

  def retired(self, status='Suspended'):
    plan = self.begin([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)])
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.apply(plan, harness.OK)
    if status != 'Suspended':
      self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION, status)
    return plan

  def test_it_is_reactivated_first(self):
    plan = self.retired()
    undo = self.undo(plan)
    first = undo['actions'][0]
    self.assertEqual((first['kind'], first['by'], first['subject']['subscription']),
                     ('reactivate-subscription', 'hand', contoso.SUBSCRIPTION))
    self.assertEqual([action['after'] for action in undo['actions'][1:]], [[first['id']]] * 2)
    until = first['expect']['ends']
    card = self.ws.run('step', undo['id'], 'reactivate-subscription', expect=harness.OK)
    for text in ('20 × STANDARDPACK', contoso.SUBSCRIPTION, until, 'Global', 'Reactivate', 'contoso.onmicrosoft.com'):
      self.assertIn(text, card.out + card.err)
    writes = self.twin_.writes()
    waiting = self.apply(undo, harness.WAITING)
    self.assertEqual(waiting['waiting_for'], [first['id']])
    self.assertEqual(self.twin_.writes(), writes, 'nobody is touched before it is there')
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'Enabled')
    self.apply(undo, harness.OK)
    self.assertEqual(self.held(), self.before)
    self.ws.run('verify', undo['id'], expect=harness.OK)
    # And forward again: what came back goes again.
    again = self.undo(undo)
    self.assertEqual([action['kind'] for action in again['actions']],
                     ['swap-license', 'swap-license', 'retire-subscription'])

  def test_forward_again_is_billed_twice_by_the_day_of_the_file(self):
    day = contoso.day(60)
    undo = self.undo(self.retired())
    self.apply(undo, harness.WAITING)
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'Enabled')
    self.apply(undo, harness.OK)
    path = self.ws.repo / 'customers/contoso.yaml'
    text = path.read_text()
    advisor = f'subscription: {contoso.SUBSCRIPTION}}}'
    self.assertIn(advisor, text)
    path.write_text(text.replace(advisor, f'{advisor[:-1]}, retire_by: {day}}}'))
    again = self.undo(undo)
    (retire,) = [action for action in again['actions'] if action['kind'] == 'retire-subscription']
    self.assertIn(f'"retire_by":"{day}"', (self.ws.repo / 'plans/contoso' / again['id'] / 'plan.json').read_text())
    self.assertIn(f'by {day}', self.ws.run('step', again['id'], retire['id'], expect=harness.OK).said)
    for command in ('status', 'drift'):
      self.apply(again, harness.WAITING)
      window = self.ws.run_json(command, 'contoso')['window']
      self.assertEqual((window['open'], window['seats'], window['last_safe_day']), (True, 20, day), command)
    self.ws.run('verify', again['id'], expect=harness.OK)

  def test_a_row_that_the_seats_contradict(self):
    """It is listed as Enabled, and nobody can be given a seat of it: nobody is moved back before the tenant counts them."""
    undo = self.undo(self.retired())

    def alter(exchange):
      if exchange.method == 'GET' and exchange.path.startswith('/v1.0/directory/subscriptions'):
        answer = exchange.json()
        for row in answer['value']:
          row['status'] = 'Enabled' if row['id'] == contoso.SUBSCRIPTION else row['status']
        exchange.put(answer)

    writes = self.twin_.writes()
    with Gateway(self.twin_, alter) as gateway:
      result = self.ws.run('apply', undo['id'], '--yes', env=gateway.env(), expect=harness.WAITING)
    self.assertIn('is Enabled; its seats cannot be assigned yet', ' '.join(result.err.split()))
    self.assertEqual(self.twin_.writes(), writes)
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'Enabled')
    self.apply(undo, harness.OK)

  def test_the_step_says_what_is_to_be_done(self):
    undo = self.undo(self.retired())
    text = self.ws.run('show', undo['id'], expect=harness.OK).out
    self.assertRegex(text, f'reactivate +{contoso.SUBSCRIPTION}')
    self.assertNotRegex(text, f'(?m)^ +cancel +{contoso.SUBSCRIPTION}')

  def test_it_is_deleted(self):
    for status, word in (('Deleted', 'deleted'), ('absent', 'gone')):
      with self.subTest(status=status):
        plan = self.retired(status)
        result = self.ws.run('undo', plan['id'], expect=harness.DENIED)
        self.assertRegex(result.err, rf'error\[SS341\]: subscription {contoso.SUBSCRIPTION} of STANDARDPACK was '
                                     rf'retired and is {word}: seen cancelled on \d{{4}}-\d\d-\d\d, it could be '
                                     r'reactivated until \d{4}-\d\d-\d\d')
        self.assertNotEqual(self.held(), self.before)
        self.setUp()

  def without_it(self):
    """The tenant, but for the list of subscriptions, which lacks the one that was retired."""
    def alter(exchange):
      if exchange.method == 'GET' and exchange.path.startswith('/v1.0/directory/subscriptions'):
        answer = exchange.json()
        exchange.put({**answer, 'value': [row for row in answer['value'] if row['id'] != contoso.SUBSCRIPTION]})

    return Gateway(self.twin_, alter)

  def test_a_list_that_lacks_it(self):
    """Nothing is concluded from a list that is not whole: neither that it is gone, nor that it has not to go."""
    plan = self.retired()
    with self.without_it() as gateway:
      refused = self.ws.run('undo', plan['id'], env=gateway.env(), expect=harness.INCOMPLETE)
      self.assertIn(f'subscription {contoso.SUBSCRIPTION} of STANDARDPACK is not listed, and the list of subscriptions is '
                    'incomplete: it lacks 20 seats that the tenant counts of that SKU', ' '.join(refused.err.split()))
      self.assertNotIn('gone', refused.err)
    undo = self.undo(plan)
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'Enabled')
    self.apply(undo, harness.OK)
    # The way there again would end with its retirement.
    with self.without_it() as gateway:
      self.ws.run('undo', undo['id'], env=gateway.env(), expect=harness.INCOMPLETE)

  def test_it_comes_back_smaller(self):
    plan = self.retired()
    undo = self.undo(plan)
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'LockedOut')
    told = self.ws.run('apply', undo['id'], '--yes', expect=harness.WAITING)
    self.assertIn('is LockedOut', told.out + told.err)


class Pair(Few):
  """Both plans say which the other is, and what was taken back is not done again under what approved it."""

  def test_a_plan_that_was_undone_is_over(self):
    plan = self.begin([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)])
    status = self.ws.run_json('status', 'contoso', expect=harness.OK)['undo']
    self.assertEqual((status['way'], status['until'], status['text']), ('open', None, 'possible'))
    self.ws.git_commit('planned')
    undo = self.undo(plan)
    self.apply(plan, harness.WAITING)  # an undo that was not begun changes nothing
    self.apply(undo, harness.OK)
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.UNAPPROVED)
    self.assertIn(f'plan {plan["id"]} was undone by plan {undo["id"]}', result.err)
    told = self.ws.run('status', 'contoso', expect=harness.OK).said
    self.assertIn(f'plan {undo["id"]}, which undoes {plan["id"]}', told)
    self.assertIn(f'twice since {contoso.day(-9)}', told)
    self.assertIn('no step of this plan ends either', told)
    self.assertRegex(self.ws.run('show', undo['id'], expect=harness.OK).out, r'FINDS +Before +STANDARDPACK')
    self.ws.git_commit('undone')
    plans = {row['plan']: row for row in self.ws.run_json('history', 'contoso', expect=harness.OK)['plans']}
    self.assertEqual((plans[undo['id']]['undoes'], plans[plan['id']]['undone_by']), (plan['id'], undo['id']))
    text = self.ws.run('history', 'contoso', expect=harness.OK).out
    self.assertIn(f'undone by plan {undo["id"]}', text)
    self.assertRegex(text, rf'Z  undone     plan {undo["id"]} is about to begin, by\s+\S')
    self.assertNotRegex(text, r'\s,')
    shown = self.ws.run('show', plan['id'], expect=harness.OK).said
    self.assertIn(f'UNDONE by plan {undo["id"]}', shown)
    self.assertIn(f'State: undone by plan {undo["id"]} ', shown)
    self.assertIn(f'Undone by plan {undo["id"]}; nothing is to be approved: it moved ', shown)
    for words in ('NEEDS', 'UNDO ', 'Moves', 'loses'):  # of what is over, nobody has to weigh anything
      self.assertNotIn(words, shown)
    self.assertNotIn('seatshift apply', shown)  # what comes next is never to do it again
    self.assertNotIn('Needs your decision', shown)
    self.assertIn(f'UNDOES plan {plan["id"]}', self.ws.run('show', undo['id'], expect=harness.OK).said)
    # The same facts again: another plan, another decision.
    fresh = self.plan()
    self.assertNotEqual(fresh['id'], plan['id'])
    self.assertEqual(fresh['follows'], undo['id'])
    self.assertEqual(fresh['actions'], plan['actions'])
    self.ws.run('verify', fresh['id'], expect=harness.OK)
    self.apply(fresh, harness.WAITING)
    # What is there now is the work of the fresh one.
    refused = self.ws.run('undo', plan['id'], expect=harness.INVALID)
    self.assertIn(f'was undone by plan {undo["id"]}, and plan {fresh["id"]} was begun since', refused.err)
    self.assertIn(f'seatshift undo {fresh["id"][:8]}', refused.err)
    # And back again: the way back is another one too.
    again = self.back(fresh)
    self.assertNotEqual(again['id'], undo['id'])
    self.assertEqual(self.held(), self.before)

  def test_an_undo_that_was_left_over(self):
    """Two were made; after the one and a plan of its own, the other would take back what that plan did."""
    plan = self.begin([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)])
    undo = self.undo(plan)
    self.change(ALEX, usage_location='DE')
    other = self.undo(plan)
    self.assertNotEqual(other['id'], undo['id'])
    self.assertIn('State: planned', self.shown(other))
    self.apply(undo, harness.OK)
    # It was made of what was there before that one: nobody carries it out, and nothing asks for it.
    for command in (['verify', other['id']], ['apply', other['id'], '--yes']):
      refused = self.ws.run(*command, expect=harness.STALE)
      self.assertIn(f'plan {undo["id"]}, an undo, was begun at', refused.err)
      self.assertIn(f'seatshift undo {plan["id"][:8]}', refused.err)
    self.assert_left_over(other, f'plan {undo["id"]}, an undo, was begun at')
    self.assertIn('State: done', self.shown(undo))
    self.assertIn(f'State: undone by plan {undo["id"]}', self.shown(plan))
    fresh = self.plan()
    self.apply(fresh, harness.WAITING)
    moved = self.held()
    self.assertNotEqual(moved, self.before)
    self.assert_left_over(other, f'was undone by plan {undo["id"]}, and plan {fresh["id"]} was begun since')
    for command in (['verify', other['id']], ['approve', other['id'], '--key', 'none'], ['apply', other['id'], '--yes']):
      refused = self.ws.run(*command, expect=harness.INVALID)
      self.assertIn(f'was undone by plan {undo["id"]}, and plan {fresh["id"]} was begun since', refused.err)
      self.assertIn(f'seatshift undo {fresh["id"][:8]}', refused.err)
    self.assertEqual(self.held(), moved)
    # The one that was carried out is still what it was.
    self.ws.run('verify', undo['id'], expect=harness.OK)
    self.back(fresh)
    self.assertEqual(sorted(self.held()), sorted(self.before))

  def shown(self, plan):
    return ' '.join(self.ws.run('show', plan['id'], expect=harness.OK).out.split())

  def assert_left_over(self, plan, why):
    text = self.shown(plan)
    self.assertIn('State: left over, never applied', text)
    self.assertNotIn('Needs your decision', text)
    for face, shown in self.faces(plan):
      self.assertIn('left over, never applied', shown, face)
      self.assertRegex(re.sub(r'`|</?\w+>', '', shown), rf'TOO LATE.*{why}', face)
    for next_command in ('Apply it with', 'Approve it with', 'Resume it with'):
      self.assertNotIn(next_command, text)

  def test_a_plan_from_before_the_undo(self):
    """Made for what the undo took away, and never begun: to go there again is decided anew."""
    self.twin_ = self.start(document([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)],
                                     subscriptions=[*contoso.tenant(0)['subscriptions'], self.open_seats]),
                            customer(['holders_of: advisor']))
    self.before = self.held()
    early = self.plan()
    self.change(ALEX, usage_location='DE')
    plan = self.plan()
    self.assertNotEqual(early['id'], plan['id'])
    self.apply(plan, harness.WAITING)
    undo = self.back(plan)
    self.change(ALEX, usage_location='US')
    for command in (['verify', early['id']], ['approve', early['id'], '--key', 'none'], ['apply', early['id'], '--yes']):
      refused = self.ws.run(*command, expect=harness.STALE)
      self.assertIn(f'and plan {undo["id"]}, an undo, was begun at', refused.err)
      self.assertIn('seatshift plan contoso', refused.err)
    self.assert_left_over(early, f'plan {undo["id"]}, an undo, was begun at')
    self.assertEqual(self.held(), self.before)
    # The same facts again: another plan, another decision.
    fresh = self.plan()
    self.assertNotEqual(fresh['id'], early['id'])
    self.assertEqual((fresh['follows'], fresh['actions']), (undo['id'], early['actions']))
    self.assertEqual(self.plan()['id'], fresh['id'])
    self.ws.run('verify', fresh['id'], expect=harness.OK)
    self.apply(fresh, harness.WAITING)
    self.assertNotEqual(self.held(), self.before)

  def test_a_word_of_a_step_is_no_run(self):
    """A plan from before the undo of which somebody said that a step is done was not begun by that."""
    self.twin_ = self.start(document([user(ADELE, licenses=['STANDARDPACK'])]),
                            customer(['holders_of: advisor']))
    early = self.plan()
    self.ws.run('step', early['id'], 'redeem-key', '--done', '--case', '4711', expect=harness.OK)
    self.change(ADELE, usage_location='DE')
    plan = self.plan()
    self.apply(plan, harness.WAITING)
    self.twin_.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.apply(plan, harness.WAITING)
    self.back(plan)
    self.change(ADELE, usage_location='US')
    before = self.held()
    refused = self.ws.run('apply', early['id'], '--yes', expect=harness.STALE)
    self.assertIn('an undo, was begun at', refused.err)
    self.assertEqual(self.held(), before)
    # Where it is the newest that git has, status waits for another one.
    folder, aside = self.ws.repo / 'plans/contoso' / early['id'], self.ws.dir / 'aside'
    folder.rename(aside)
    self.ws.git_commit('the others')
    aside.rename(folder)
    self.ws.git_commit('this one')
    [waits] = self.status()['waiting_for']
    self.assertIn(f'nothing of plan {early["id"]}, which is left over', waits)
    self.assertIn('seatshift plan contoso', waits)

  def drift(self, expect=harness.CHANGES):
    return self.ws.run_json('drift', 'contoso', '--detailed-exitcode', expect=expect)

  def status(self):
    return self.ws.run_json('status', 'contoso', expect=harness.OK)

  def test_a_file_that_asks_again_is_one_decision(self):
    """Not an accident for each person: nothing has moved but by the undo."""
    group = {'id': GROUP, 'name': 'Sales', 'members': [BIANCA], 'licenses': ['STANDARDPACK']}
    people = [user(ADELE, licenses=['STANDARDPACK']), {**user(ALEX, licenses=['STANDARDPACK']), 'usage_location': None},
              user(BIANCA)]
    plan = self.begin(people, ['holders_of: advisor', 'group: Sales'], [group], 'defaults: {usage_location: US}\n')
    undo = self.undo(plan)
    self.twin_.control('fault', kind='400', match={'method': 'POST', 'path': '/users/*/assignLicense', 'nth': 1})
    self.apply(undo, harness.PARTIAL)
    self.twin_.control('clear')
    kinds = [row['kind'] for row in self.drift()['differences']]
    self.assertEqual(kinds, ['undone'], 'under way')
    self.assertEqual(self.status()['waiting_for'], [f'1 person to move back: seatshift apply {undo["id"][:8]} --yes'])
    self.apply(undo, harness.OK)
    (row,) = self.drift()['differences']
    self.assertEqual((row['kind'], row['subject'], row['by']), ('undone', plan['id'], None))
    self.assertRegex(row['what'], f'^the move was undone by plan {undo["id"]} on {row["since"][:10]}, and '
                                  'customers/contoso.yaml asks for it again, for 2 people and 1 group: .*plan anew')
    status = self.status()
    self.assertEqual((status['stages']['users_moved'], status['stages']['reactivated']), (3, 'needless'))
    (waits,) = status['waiting_for']
    self.assertRegex(waits, f'^a decision: plan {plan["id"]} was undone, and customers/contoso.yaml asks')
    self.assertTrue(status['window']['open'])
    text = self.ws.run('status', 'contoso', expect=harness.OK).out
    self.assertIn('users moved  3 of 3 back', text)
    for word in ('key in hand', 'redeemed', 'agreed'):
      self.assertNotIn(word, text, 'stages of the way there')
    # What others do is told beside it.
    self.change(ADELE, add=['ENTERPRISEPACK'])
    self.assertEqual([row['kind'] for row in self.drift()['differences']], ['user', 'undone'])
    self.change(ADELE, remove=['ENTERPRISEPACK'])
    # Another wish is another wish.
    path = self.ws.repo / 'customers/contoso.yaml'
    path.write_text(path.read_text().replace('sku: ENTERPRISEPACK', 'sku: SPE_E3').replace('group: Sales', f'upn: {ADELE}'))
    self.assertNotIn('undone', [row['kind'] for row in self.drift()['differences']])
    self.assertEqual(self.status()['waiting_for'], [])

  def test_what_a_reactivation_is_waited_for(self):
    plan = self.begin([user(ADELE, licenses=['STANDARDPACK'])])
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.apply(plan, harness.OK)
    undo = self.undo(plan)
    waits = ['a0001 reactivate-subscription: the retired subscription to be reactivated in contoso.onmicrosoft.com',
             f'1 person to move back: seatshift apply {undo["id"][:8]} --yes']
    for options in ([], ['--offline']):
      status = self.ws.run_json('status', 'contoso', *options, expect=harness.OK)
      self.assertEqual((status['waiting_for'], status['stages']['reactivated']), (waits, 'no'))
      self.assertFalse(status['window']['open'])
    self.apply(undo, harness.WAITING)
    self.assertEqual(self.drift(harness.OK)['differences'], [], 'seats that are to come back are not missed')
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'Enabled')
    self.assertEqual(self.status()['stages']['reactivated'], 'yes')
    self.apply(undo, harness.OK)
    window = self.status()['window']
    self.assertEqual((window['open'], window['seats'], window['days'], window['last_safe_day']), (True, 20, 1, None))
    self.assertEqual([row['kind'] for row in self.drift()['differences']], ['undone'])

  def test_cancelled_again_after_the_undo(self):
    """Whoever was brought back stands on what is gone; nobody pays for it any more, and nobody calls that fine."""
    plan = self.begin([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)])
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.apply(plan, harness.OK)
    undo = self.undo(plan)
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'Enabled')
    self.apply(undo, harness.OK)
    status = self.status()
    self.assertEqual((status['stages']['redeemed'], status['stages']['retired']), ('yes', 'no'))
    self.assertNotIn('ALARM', str(status))
    self.assertRegex(self.ws.run('status', expect=harness.OK).out, r'(?m)^contoso +yes +yes +\S+ +yes +2 of 2 back +no ')
    self.cancelled_again(undo)

  def test_cancelled_after_an_undo_that_reactivated_nothing(self):
    plan = self.begin([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)])
    undo = self.undo(plan)
    self.apply(undo, harness.OK)
    self.assertTrue(self.status()['window']['open'])
    self.cancelled_again(undo)

  def test_an_undo_that_nobody_began(self):
    """It changes nothing of what is told of the subscription, and says which undo would be the right one."""
    plan = self.begin([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)])
    self.ws.git_commit('moved')
    undo = self.undo(plan)
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.ws.run('apply', plan['id'], '--yes', '--commit', expect=harness.OK)
    said = self.ws.run('status', 'contoso', expect=harness.OK).said
    self.assertIn(f'plan {undo["id"]}, which undoes {plan["id"]}', said)
    self.assertIn('once: the Advisor subscription is gone', said)
    self.assertNotIn('again, and', said)
    self.assertNotIn('ALARM', said)
    result = self.ws.run('undo', undo['id'], expect=harness.INVALID)
    self.assertIn(f"'seatshift undo {plan['id'][:8]}' makes it anew", result.err)

  def cancelled_again(self, undo):
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    status = self.status()
    self.assertRegex(status['waiting_for'][0], f'^ALARM: 2 people stand on subscription {contoso.SUBSCRIPTION}, which is '
                                               f'cancelled again: have it reactivated by {contoso.day(90)}, by a Global')
    self.assertFalse(status['window']['open'])
    self.assertEqual((status['stages']['redeemed'], status['stages']['retired']), ('yes', 'yes'))
    drift = self.drift()
    self.assertEqual([row['kind'] for row in drift['differences']], ['cancelled-again', 'undone'])
    self.assertFalse(drift['window']['open'])
    for command in ('status', 'drift'):
      said = self.ws.run(command, 'contoso', expect=harness.OK).said
      self.assertIn('once: the old subscription is cancelled again, and people stand on it', said)
      self.assertNotIn('twice', said)
    # The files alone cannot know.
    self.assertIn('twice since', self.ws.run('status', 'contoso', '--offline', expect=harness.OK).said)
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'Enabled')
    self.assertNotIn('ALARM', str(self.status()))

  def followed(self, plan, follows):
    """The same plan, that says it follows another: named by its digest, as it should be."""
    path = self.ws.repo / 'plans/contoso' / plan['id']
    text = (path / 'plan.json').read_text()
    text = re.sub(r'"follows":"[0-9a-f]*",\n', '', text)
    text = text.replace('\n"format":', f'\n"follows":"{follows}",\n"format":')
    digest = hashlib.sha256(text.encode()).hexdigest()
    folder = path.parent / digest[:12]
    folder.mkdir(exist_ok=True)
    (folder / 'plan.json').write_text(text)
    shutil.copy(path / 'snapshot.json', folder)
    return digest[:12]

  def test_what_a_plan_follows_is_proved(self):
    plan = self.begin([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)])
    undo = self.undo(plan)
    for follows, says in (('0123456789ab', 'cannot be used'), (undo['id'], 'which was not begun'),
                          (plan['id'], 'is not over')):
      mine = self.followed(plan, follows)
      result = self.ws.run('verify', mine, expect=harness.INVALID)
      self.assertIn(f'says that it follows plan {follows}', result.err)
      self.assertIn(says, result.err)
      self.ws.run('apply', mine, '--yes', expect=harness.INVALID)
      shutil.rmtree(self.ws.repo / 'plans/contoso' / mine)
    self.apply(undo, harness.OK)
    fresh = self.plan()
    self.assertEqual(fresh['follows'], undo['id'])
    self.ws.run('verify', fresh['id'], expect=harness.OK)
    # Another customer's plan is none, wherever it lies; and the one of the same facts has to be there.
    shutil.copytree(self.folder_of(undo), self.ws.repo / 'plans/litware' / undo['id'])
    self.folder_of(undo).rename(self.ws.dir / 'undo')
    self.assertIn('cannot be used', self.ws.run('verify', fresh['id'], expect=harness.INVALID).err)
    (self.ws.dir / 'undo').rename(self.folder_of(undo))
    self.folder_of(plan).rename(self.ws.dir / 'plan')
    self.assertIn('that is over', self.ws.run('verify', fresh['id'], expect=harness.INVALID).err)
    (self.ws.dir / 'plan').rename(self.folder_of(plan))
    self.ws.run('verify', fresh['id'], expect=harness.OK)

  def folder_of(self, plan):
    return self.ws.repo / 'plans/contoso' / plan['id']

  def test_every_face_says_until_when(self):
    plan = self.begin([user(ADELE, licenses=['STANDARDPACK'])])
    for face in ('text', 'markdown', 'html'):
      shown = self.ws.run('show', plan['id'], '--format', face, expect=harness.OK).said
      self.assertIn('freely before step 2; within 90 days of it by reactivating the subscription first', shown, face)

  def faces(self, plan):
    # The page keeps a day or an id in one line; here only the words count.
    return [(face, ' '.join(re.sub(r'</?span[^>]*>', '', self.ws.run('show', plan['id'], '--format', face,
                                                                     expect=harness.OK).out).split()))
            for face in ('text', 'markdown', 'html')]

  def test_every_face_marks_the_steps(self):
    self.begin([user(ADELE, licenses=['STANDARDPACK']), {**user(ALEX, licenses=['STANDARDPACK']), 'usage_location': None}],
               more='defaults: {usage_location: US}\ncanary: [adele.vance@contoso.com]\n')
    plan = self.ws.run_json('show', 'contoso', expect=harness.OK)
    self.assertEqual([action['undo'] for action in plan['actions']],
                     ['until-retired', 'never', 'until-retired', 'until-retired'])
    text = self.ws.run('show', plan['id'], expect=harness.OK).out
    self.assertRegex(text, r'(?m)^✓  1  <4 ~ swap-license .*\n✓  2  x  \+ set-usage-location .*\n'
                           r'✓  3  <4 ~ swap-license .*\n   4  <! - retire-subscription .*\n +✓ done, <4 freely before step 4, <! by reactivating, x stays$')
    for face, shown in self.faces(plan)[1:]:
      for words in ('freely before step 4', 'stays', 'by reactivating, within 90 days of it'):
        self.assertIn(words, shown, face)
    rows = self.ws.run('show', plan['id'], '--format', 'csv', expect=harness.OK).out.splitlines()
    self.assertEqual([row.split(',')[-1] for row in rows], ['undo', 'until-retired', 'until-retired'])
    for face in ('dot', 'mermaid'):
      self.assertIn('freely before step 4', self.ws.run('show', plan['id'], '--format', face, expect=harness.OK).out)

  def test_whoever_approves_an_undo_sees_what_it_costs(self):
    plan = self.begin([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)])
    undo = self.undo(plan)
    for face, shown in self.faces(undo):
      self.assertIn('back from Office 365 E3 to Office 365 E1', shown, face)
      self.assertRegex(shown, 'Paid for both.*20 seats of Office 365 E1 .*beside what there is of Office 365 E3', face)
      self.assertRegex(shown, f'twice since {contoso.day(-9)}, .*no step of this plan ends either', face)
      self.assertRegex(shown, 'service for everybody who had it before plan', face)
      self.assertNotIn('REVIVES', shown, face)
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.apply(plan, harness.OK)
    undo = self.undo(plan)
    day = undo['actions'][0]['expect']['ends']
    for face, shown in self.faces(undo):
      self.assertRegex(shown, rf'REVIVES.*Before.*STANDARDPACK.*step 1, by hand, possible until.*{day}', face)
      self.assertRegex(shown, rf'Paid for both.*from step 1 on, .*It can be reactivated until.*{day}.*then it is deleted', face)
      self.assertIn('twice from step 1 on, 20 seats; no step of this plan ends either', shown, face)
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'Enabled')
    self.apply(undo, harness.OK)
    for face, shown in self.faces(undo):
      self.assertNotIn('It can be reactivated until', shown, face)
      self.assertIn('1 day × 20 seats', shown, face)
      # It goes on: somebody still has to decide, and it is not among what is done.
      self.assertRegex(shown, 'Needs your decision.*Paid for both.*until somebody cancels one', face)
      self.assertEqual(shown.count('Paid for both'), 1, face)
      self.assertIn('no step of this plan ends either', shown, face)

  def test_an_undo_that_only_takes(self):
    """Where nothing was retired, people held nothing before: they go back to that."""
    doc = document([user(ADELE), user(ALEX)], subscriptions=[*contoso.tenant(0)['subscriptions'], self.open_seats])
    text = customer([f'upn: {ADELE}']).replace(f'    advisor: {{sku: STANDARDPACK, subscription: {contoso.SUBSCRIPTION}}}\n', '')
    self.twin_ = self.start(doc, text.replace('    unlisted: refuse\n', ''))
    self.before = self.held()
    plan = self.plan()
    self.apply(plan, harness.OK)
    undo = self.undo(plan)
    for face, shown in self.faces(undo):
      self.assertIn('Takes Office 365 E3 back from', shown, face)
      self.assertNotIn('Paid for both', shown, face)
    self.apply(undo, harness.OK)
    self.assertEqual(self.held(), self.before)
    self.assertEqual([row['kind'] for row in self.drift()['differences']], ['undone'])

  def test_what_is_possible_today(self):
    plan = self.begin([user(ADELE, licenses=['STANDARDPACK'])])
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.apply(plan, harness.OK)
    status = self.ws.run_json('status', 'contoso', expect=harness.OK)['undo']
    self.assertEqual(status['way'], 'reactivate')
    ends = next(row['ends'] for row in self.twin_.state(contoso.TENANT)['subscriptions']
                if row['id'] == contoso.SUBSCRIPTION)
    self.assertEqual(status['until'], ends[:10])
    self.assertIn(f'possible until {ends[:10]}, once the old subscription is reactivated',
                  self.ws.run('status', 'contoso', expect=harness.OK).said)
    self.twin_.cancel(contoso.TENANT, contoso.SUBSCRIPTION, 'Deleted')
    status = self.ws.run_json('status', 'contoso', expect=harness.OK)['undo']
    self.assertEqual((status['way'], status['until']), ('closed', None))


class Many(Planning):
  """Two hundred people: direct, through groups, of several SKUs, services switched off one by one."""

  def test_two_hundred(self):
    off = ['YAMMER_ENTERPRISE', 'SWAY', 'FLOW_O365_P1', 'POWERAPPS_O365_P1', 'Deskless', 'STREAM_O365_E1', 'BPOS_S_TODO_1']
    people, members, business = [], [], []
    for number in range(200):
      upn = contoso.upn(number)
      row = user(upn)
      if number >= 160:
        business.append(upn)
        row['licenses'] = [{'sku': 'O365_BUSINESS_ESSENTIALS', 'disable': ['SWAY'] if number % 2 else []}]
      elif number >= 130:
        members.append(upn)
      else:
        row['licenses'] = [{'sku': 'STANDARDPACK', 'disable': [name for bit, name in enumerate(off) if number >> bit & 1]}]
        if number % 5 == 0:
          row['licenses'].append('FLOW_FREE')
      people.append(row)
    groups = [{'id': f'c0ffee00-0000-4000-8000-00000000000{n}', 'name': f'Team {n}', 'members': members[n::3],
               'licenses': [{'sku': 'STANDARDPACK', 'disable': off[:n]}]} for n in range(3)]
    second = '6f2d8a4c-51b7-4e0e-9c3d-2b8e7f6a1d91'
    subscriptions = [*contoso.tenant(0)['subscriptions'],
                     {'id': second, 'sku': 'O365_BUSINESS_ESSENTIALS', 'seats': 45, 'created': '2025-12-01T00:00:00Z',
                      'ends': contoso.time(367)}]
    subscriptions += [{'sku': sku, 'seats': seats, 'created': contoso.CAME, 'ends': contoso.time(1098)}
                      for sku, seats in (('ENTERPRISEPACK', 170), ('SMB_BUSINESS_ESSENTIALS', 50))]
    order = f'order: {{distributor: Example Distribution, reference: PO-4711, placed_on: {contoso.ORDERED}}}'
    more = f"""  - open: {{sku: SMB_BUSINESS_ESSENTIALS, seats: 50, {order}}}
    advisor: {{sku: O365_BUSINESS_ESSENTIALS, subscription: {second}}}
    users: [holders_of: advisor]
canary: [{contoso.upn(3)}]
"""
    entries = ['holders_of: advisor', *(f'group: Team {n}' for n in range(3))]
    twin = self.start(document(people, groups, subscriptions=subscriptions), customer(entries, more, seats=170))
    held = lambda: {row['upn']: row['licenses'] for row in twin.state(contoso.TENANT)['users']}
    before = held()
    plan = self.plan()
    self.apply(plan, harness.WAITING)
    self.assertFalse([upn for upn, licenses in held().items() if licenses == before[upn]], 'everybody moves')
    tries, writes = twin.assigns(), twin.writes()
    undo = self.ws.run_json('undo', plan['id'], expect=harness.OK)
    self.assertEqual(undo['summary']['users_changed'], 200)
    self.apply(undo, harness.OK)
    after = held()
    for upn, licenses in before.items():
      key = lambda row: (row['sku'], row['group'] or '')
      strip = lambda rows: [(key(row), sorted(row['disabled'])) for row in sorted(rows, key=key)]
      self.assertEqual(strip(after[upn]), strip(licenses), upn)
    self.assertEqual({upn: won - tries.get(upn, (0, 0))[1] for upn, (_, won) in twin.assigns().items()},
                     {upn: 1 for upn in tries})
    self.assertEqual(twin.writes() - writes, 170 + 3)


if __name__ == '__main__':
  harness.main()
