"""Reports for CI: JUnit, SARIF, code quality, and complaints in the CI system's own syntax."""

import json
import os
import re
import shutil
import xml.etree.ElementTree

import contoso
import harness

# Of a programme that is sold: nothing is to be said of it.
CUSTOMER = contoso.customer().replace('      order:', '      programme: open-value\n      order:')
BAD = CUSTOMER.replace('retire_by:', 'retire_bye:').replace('seats: 150', 'seats: many')
NASTY = CUSTOMER.replace('customer: contoso', 'customer: "a<&>\\"::error::%0A]]>,;]##vso[x]\\n"')


# SARIF 2.1.0, as far as it is written: what an object must have, and what more it may have.
TEXT = {'text': str}
RULE = {'id': str, 'shortDescription': (TEXT, {}), 'fullDescription': (TEXT, {}), 'help': (TEXT, {}),
        'defaultConfiguration': ({'level': str}, {})}
REGION = {'startLine': int, 'startColumn': int, 'endColumn': int}
PHYSICAL = {'artifactLocation': ({'uri': str}, {}), 'region': (REGION, {})}
NOTIFICATION = ({'level': str, 'message': (TEXT, {})}, {'descriptor': ({'id': str}, {})})
RUN = {'tool': ({'driver': ({'name': str, 'semanticVersion': str, 'rules': [(RULE, {})]}, {'informationUri': str})},
                {}),
       'columnKind': str, 'automationDetails': ({'id': str}, {}),
       'invocations': [({'executionSuccessful': bool, 'exitCode': int,
                         'toolExecutionNotifications': [NOTIFICATION]}, {})],
       'results': [({'ruleId': str, 'ruleIndex': int, 'level': str, 'message': (TEXT, {}),
                     'locations': [({'physicalLocation': (PHYSICAL, {})}, {})]}, {})]}
SARIF = ({'$schema': str, 'version': str, 'runs': [(RUN, {})]}, {})
LEVELS = {'none', 'note', 'warning', 'error'}


def misshapen(value, shape, where='log'):
  """What of a document is not as it must be."""
  if isinstance(shape, list):
    if not isinstance(value, list):
      return [where]
    return [wrong for i, item in enumerate(value) for wrong in misshapen(item, shape[0], f'{where}[{i}]')]
  if not isinstance(shape, tuple):
    return [] if type(value) is shape and (not where.endswith('.level') or value in LEVELS) else [where]
  must, may = shape
  if not isinstance(value, dict):
    return [where]
  wrong = [f'{where}.{name}' for name in set(must) - set(value) | set(value) - set(must) - set(may)]
  for name in set(value) & set(must | may):
    wrong += misshapen(value[name], (must | may)[name], f'{where}.{name}')
  return wrong


class Reports(harness.TestCase):

  def repository(self, customer):
    self.ws.write('seatshift.yaml', contoso.POLICY)
    self.ws.write('customers/contoso.yaml', customer)

  def sarif(self, *args, expect):
    document = self.ws.run(*args, '--format', 'sarif', expect=expect).json
    self.assertEqual(misshapen(document, SARIF), [])
    self.assertEqual(document['version'], '2.1.0')
    run, = document['runs']
    rules = run['tool']['driver']['rules']
    self.assertGreater(len(rules), 60)
    for rule in rules:
      self.assertRegex(rule['id'], r'^SS\d{3}$')
      self.assertGreater(len(rule['help']['text']), 60, rule['id'])
      self.assertEqual(rule['defaultConfiguration']['level'], 'warning' if rule['id'] < 'SS3' and
                       rule['id'] >= 'SS2' else 'error')
    for result in run['results']:
      self.assertEqual(rules[result['ruleIndex']]['id'], result['ruleId'])
      region = result['locations'][0]['physicalLocation']['region']
      self.assertGreater(region['endColumn'], region['startColumn'])
    self.assertEqual(run['invocations'][0]['exitCode'], expect)
    return run

  def junit(self, *args, expect):
    root = xml.etree.ElementTree.fromstring(self.ws.run(*args, '--format', 'junit', expect=expect).out)
    suite, = root.findall('testsuite')
    for name, kind in (('tests', 'testcase'), ('failures', 'testcase/failure'), ('errors', 'testcase/error')):
      self.assertEqual(int(suite.get(name)), len(suite.findall(kind)), name)
      self.assertEqual(suite.get(name), root.get(name))
    # What the schemas of Jenkins' plugins know: no file, no line.
    for case in suite.findall('testcase'):
      self.assertLessEqual(set(case.keys()), {'name', 'classname', 'time'})
      self.assertLessEqual({child.tag for child in case}, {'failure', 'error', 'skipped', 'system-out', 'system-err'})
    return suite

  def test_validate_in_order(self):
    self.repository(CUSTOMER)
    suite = self.junit('validate', expect=harness.OK)
    self.assertEqual([case.get('name') for case in suite], ['seatshift.yaml', 'customers/contoso.yaml'])
    self.assertEqual(self.sarif('validate', expect=harness.OK)['results'], [])
    self.assertEqual(self.ws.run('validate', '--format', 'codequality', expect=harness.OK).json, [])

  def test_validate_with_errors(self):
    self.repository(BAD)
    lines = BAD.splitlines()
    want = {('SS106', 1 + next(i for i, line in enumerate(lines) if 'retire_bye' in line)),
            ('SS109', 1 + next(i for i, line in enumerate(lines) if 'seats: many' in line))}
    suite = self.junit('validate', expect=harness.INVALID)
    cases = [case for case in suite if case.find('failure') is not None]
    self.assertEqual({(case.find('failure').get('type'), int(re.search(r':([0-9]+) SS', case.get('name'))[1]))
                      for case in cases}, want)
    self.assertEqual({case.get('classname') for case in cases}, {'customers/contoso.yaml'})
    results = self.sarif('validate', expect=harness.INVALID)['results']
    places = [result['locations'][0]['physicalLocation'] for result in results]
    self.assertEqual({(result['ruleId'], place['region']['startLine'])
                      for result, place in zip(results, places)}, want)
    self.assertEqual({place['artifactLocation']['uri'] for place in places}, {'customers/contoso.yaml'})
    issues = self.ws.run('validate', '--format', 'codequality', expect=harness.INVALID).json
    self.assertEqual({(issue['check_name'], issue['location']['lines']['begin']) for issue in issues}, want)
    self.assertEqual(len({issue['fingerprint'] for issue in issues}), len(issues))
    # People read on the other stream what the machine reads on this one.
    self.assertIn("did you mean 'retire_by'",
                  self.ws.run('validate', '--format', 'sarif', expect=harness.INVALID).err.lower())

  def test_paths_are_those_of_the_work_tree(self):
    """Whatever folder the command was started in, and wherever the customers' repository lies in the work tree."""
    self.repository(BAD)
    top = self.ws.dir / 'work-tree'
    (top / '.git').mkdir(parents=True)
    shutil.copytree(self.ws.repo, top / 'msp', ignore=shutil.ignore_patterns('.git'))
    file = top / 'msp/customers/contoso.yaml'
    for folder, *named in [(top, '-C', 'msp'), (top / 'msp/customers', 'contoso.yaml'), (self.ws.dir, file)]:
      args = [*named[:2], 'validate'] if named[0] == '-C' else ['validate', *named]
      with self.subTest(folder):
        issues = self.ws.run(*args, '--format', 'codequality', cwd=folder, expect=harness.INVALID).json
        self.assertEqual({issue['location']['path'] for issue in issues}, {'msp/customers/contoso.yaml'})

  def test_hostile_text(self):
    self.repository(NASTY)
    self.junit('validate', expect=harness.INVALID)
    self.sarif('validate', expect=harness.INVALID)
    for variable in ('GITHUB_ACTIONS', 'TF_BUILD'):
      with self.subTest(variable=variable):
        result = self.ws.run('validate', env={variable: 'true'}, expect=harness.INVALID)
        starts = ('::error ', '::warning ') if variable == 'GITHUB_ACTIONS' else ('##vso[task.logissue ',)
        ours = [line for line in result.err.splitlines() if line.startswith(starts)]
        self.assertGreaterEqual(len(ours), 2)
        for line in result.err.splitlines():
          if line in ours:
            line = line[2:]  # the one order that is meant
          self.assertNotIn('##vso[', line)
          self.assertFalse(line.lstrip().startswith('::'), line)

  def test_github(self):
    self.repository(BAD)
    result = self.ws.run('validate', env={'GITHUB_ACTIONS': 'true'}, expect=harness.INVALID)
    self.assertRegex(result.err, r'(?m)^::error file=customers/contoso\.yaml,line=\d+,col=\d+,'
                                 r'title=SS106 unknown key::.*retire_bye.*%0A.*retire_by')
    self.assertRegex(result.err, r'(?m)^::error title=invalid ')  # the command's own end
    self.assertNotIn('::error', result.out)
    plain = self.ws.run('validate', expect=harness.INVALID)
    self.assertNotIn('::error', plain.err)

  def test_azure(self):
    self.repository(BAD)
    result = self.ws.run('validate', env={'TF_BUILD': 'True'}, expect=harness.INVALID)
    self.assertRegex(result.err, r'(?m)^##vso\[task\.logissue type=error;sourcepath=customers/contoso\.yaml;'
                                 r'linenumber=\d+;columnnumber=\d+;code=SS106;\].*retire_bye.*%0A')
    self.assertNotIn('##vso', result.out)

  def test_key_is_hidden(self):
    self.repository(CUSTOMER.replace('{env: CONTOSO_OPEN_KEY, ends_in: 7QX2K}', contoso.KEY))
    for name in ('text', 'json', 'junit', 'sarif', 'codequality'):
      self.ws.run('validate', '--format', name, env={'GITHUB_ACTIONS': 'true', 'TF_BUILD': 'True'},
                  expect=harness.INVALID)
    self.ws.scan(contoso.KEY, allowed=('repo/customers/contoso.yaml',))

  def test_plan(self):
    twin = self.twin(contoso.document())
    contoso.set_up(self.ws, twin)
    self.repository(CUSTOMER)
    suite = self.junit('plan', 'contoso', '--also', 'markdown=plan.md', expect=harness.OK)
    self.assertEqual(suite.get('name'), 'plan contoso')
    self.assertEqual(suite.get('failures'), '0')
    self.assertTrue((self.ws.repo / 'plan.md').read_text().startswith('<!-- seatshift:plan contoso -->'))
    self.assertEqual(len(os.listdir(self.ws.repo / 'plans/contoso')), 1)
    self.assertEqual(self.sarif('plan', 'contoso', expect=harness.OK)['results'], [])

  def test_plan_refused(self):
    twin = self.twin(contoso.document())
    contoso.set_up(self.ws, twin, seats=10)
    self.repository(CUSTOMER.replace('seats: 150', 'seats: 10'))
    suite = self.junit('plan', 'contoso', expect=harness.DENIED)
    self.assertEqual([failure.get('type') for failure in suite.iter('failure')], ['SS304'])
    self.assertEqual(suite.get('errors'), '0')
    result, = self.sarif('plan', 'contoso', expect=harness.DENIED)['results']
    self.assertEqual(result['ruleId'], 'SS304')
    self.assertEqual(result['locations'][0]['physicalLocation']['artifactLocation']['uri'],
                     'customers/contoso.yaml')
    issue, = json.loads(self.ws.run('plan', 'contoso', '--format', 'codequality', expect=harness.DENIED).out)
    self.assertEqual(issue['check_name'], 'SS304')
    told = self.ws.run('plan', 'contoso', env={'GITHUB_ACTIONS': 'true'}, expect=harness.DENIED).err
    self.assertRegex(told, r'(?m)^::error file=customers/contoso\.yaml,line=\d+,col=\d+,title=SS304 ')

  def test_plan_that_could_not_be_made(self):
    twin = self.twin(contoso.document())
    contoso.set_up(self.ws, twin, name='Fabrikam Ltd')
    suite = self.junit('plan', 'contoso', expect=harness.WRONG_TENANT)
    self.assertEqual([error.get('type') for error in suite.iter('error')], ['wrong-tenant'])
    run = self.sarif('plan', 'contoso', expect=harness.WRONG_TENANT)
    self.assertFalse(run['invocations'][0]['executionSuccessful'])
    self.assertEqual(len(run['invocations'][0]['toolExecutionNotifications']), 1)
    self.repository(BAD)
    self.assertEqual({result['ruleId'] for result in self.sarif('plan', 'contoso', expect=harness.INVALID)['results']},
                     {'SS106', 'SS109'})


if __name__ == '__main__':
  harness.main()
