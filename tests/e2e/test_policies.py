"""The example policies for conftest, evaluated by Open Policy Agent over golden plans.

What each rule finds is counted here once more, from the plan's own members. The evaluator is installed from npm,
pinned by tests/policies/package-lock.json; where node or npm or its registry is not there, the tests are skipped
with a word.
"""

import concurrent.futures
import functools
import json
import pathlib
import shutil
import subprocess
import tempfile

import harness
import npm
import test_golden_on_twin as golden

ROOT = pathlib.Path(__file__).resolve().parents[2]
POLICIES = ROOT / 'cmd/templates/conftest'
TESTS = ROOT / 'tests/policies'
NEEDED = 'two-moves-one-call', 'unlisted-remove', 'group-moves'
NO_PLAN = 'this is not the output of seatshift show PLAN --format json'


class Case(golden.Played):
  """A golden case, only planned."""

  def is_refused(self, expected):
    self.shown = None

  def is_applied(self):
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.shown = self.ws.run('show', plan['id'], '--format', 'json').out if plan['actions'] else json.dumps(plan)


def shown(case):
  played = Case(case)
  played.run()
  return case.name, played.shown


@functools.cache
def plans():
  """Every third golden plan, and some that have to be among them, as `show` prints them."""
  cases = [path.parent for path in sorted(golden.CASES.glob('*/customer.yaml'))
           if path.parent.name not in golden.ELSEWHERE and not (path.parent / 'error.txt').exists()]
  with concurrent.futures.ThreadPoolExecutor(golden.AT_ONCE) as pool:
    chosen = sorted({*cases[::3], *(golden.CASES / name for name in NEEDED)})
    return {name: text for name, text in pool.map(shown, chosen) if text}


class Policies(harness.TestCase):

  def setUp(self):
    super().setUp()
    self.node = npm.installed(TESTS, 'evaluate.js')
    if isinstance(self.node, str):
      self.skipTest(self.node)
    self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

  def judge(self, texts, policies=POLICIES):
    files = []
    for number, text in enumerate(texts):
      files.append(self.folder / f'{number}.json')
      files[-1].write_text(text)
    done = subprocess.run(['node', 'evaluate.js', policies, *files], cwd=self.node.name, capture_output=True, text=True,
                          check=False, timeout=200, stdin=subprocess.DEVNULL)
    self.assertEqual(done.returncode, 0, done.stderr[-2000:])
    return [json.loads(line) for line in done.stdout.splitlines()]

  def judge_one(self, plan, policies=POLICIES):
    return self.judge([plan if isinstance(plan, str) else json.dumps(plan)], policies)[0]

  def test_every_golden_plan(self):
    seen = set()
    for (name, text), found in zip(plans().items(), self.judge(plans().values()), strict=True):
      with self.subTest(name):
        plan = json.loads(text)
        changes = [(it['id'], it['kind'], it['change']) for it in plan['actions']]
        self.assertEqual(found['deny_no_plan'], [])
        self.assertEqual(ids(found['deny_licence_taken']),
                         [name for name, _, change in changes if change.get('remove') and not change.get('add')])
        self.assertEqual(ids(found['deny_open_end']), [name for name, kind, change in changes if kind == 'retire-subscription'
                                                       and not change['retire_by']])
        self.assertEqual(sorted(found['warn_planner']), sorted({f'{it["code"]}: {it["message"]}' for it in plan.get('warnings', [])
                                                                if it['code'] != 'SS204'}))
        seen.update(rule for rule, said in found.items() if said)
    self.assertGreater(len(plans()), 25)
    self.assertTrue({'deny_licence_taken', 'warn_planner', 'warn_cannot_be_undone'} <= seen, seen)

  def test_numbers(self):
    """At the limits and one past them."""
    plan = json.loads(plans()['two-moves-one-call'])
    for people, canary, rules in ((9, False, set()), (10, False, {'warn_no_canary'}), (10, True, set()),
                                  (500, True, set()), (501, True, {'deny_too_many'})):
      plan['summary']['users_changed'] = people
      plan['actions'][-1]['canary'] = canary
      with self.subTest(people=people, canary=canary):
        found = self.judge_one(plan)
        self.assertEqual({rule for rule in ('warn_no_canary', 'deny_too_many') if found[rule]}, rules)

  def test_what_is_no_plan_is_refused(self):
    plan = json.loads(plans()['two-moves-one-call'])
    file = {key: value for key, value in plan.items() if key not in ('digest', 'id', 'path', 'plan')}
    for other in ({}, {'format': 'seatshift-error/1'}, file, {'actions': []}):
      with self.subTest(str(other)[:40]):
        self.assertEqual(self.judge_one(other)['deny_no_plan'], [NO_PLAN])

  def test_an_exception_is_of_one_customer_and_one_rule(self):
    text = next(text for text in plans().values()
                if any(it['kind'] == 'remove-license' for it in json.loads(text)['actions']))
    plan = json.loads(text)
    self.assertEqual(self.judge_one(plan)['exception'], [])
    plan['customer'] = 'fabrikam'
    self.assertEqual(self.judge_one(plan)['exception'], [['licence_taken']])
    own = self.folder / 'own'
    shutil.copytree(POLICIES, own)
    (own / 'exception.rego').write_text((own / 'exception.rego').read_text().replace('"fabrikam"', '"contoso"'))
    found = self.judge_one(text, own)
    self.assertTrue(found['deny_licence_taken'])
    self.assertEqual(found['exception'], [['licence_taken']])


def ids(messages):
  return sorted(message.partition(':')[0] for message in messages)


if __name__ == '__main__':
  harness.main()
