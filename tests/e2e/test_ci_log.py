"""Nothing that somebody wrote into a file or a tenant gives a command to the CI system whose log it is shown in."""

import json
import re

import contoso
import harness
from looking import Looking, customer, tenant

# What a runner trims from a line before it looks (.NET's Char.IsWhiteSpace), and what nobody sees.
BLANKS = '\t\x0b\x0c \x85\xa0\u1680\u2000\u2003\u2009\u200a\u2028\u2029\u202f\u205f\u3000'
UNSEEN = ('\xad', '\u200b', '\u2060', '\u2800', '\ufeff', '\U0001d173', '\U0001d17a', '\U0001bca0', '\U0001bca3', '\U000e0041')
COMMAND = re.compile(r'##[a-zA-Z]*\[')


def orders(text):
  """The lines that GitHub Actions, Azure Pipelines or TeamCity would act on."""
  return [line for line in re.split('[\r\n]', text) if line.strip(BLANKS).startswith('::') or COMMAND.search(line)]


class CiLog(Looking):

  def inert(self, *args, **options):
    result = self.ws.run(*args, **options)
    for stream in (result.out, result.err):
      self.assertEqual(orders(stream), [], args)
      self.assertFalse([c for c in UNSEEN if c in stream], args)
    return result

  def test_the_model_of_a_runner(self):
    for line in ('::error::x', '\u3000\xa0::error::x', 'a ##[error]x', '##vso[x]', 'a\n \u2003::x', 'a\r::x'):
      self.assertTrue(orders(line), line)
    for line in ('a ::error::x', '## [x]', '\u200b::x'):
      self.assertFalse(orders(line), line)

  def test_lines_of_a_file_that_are_shown_back(self):
    self.start()
    path = self.ws.repo / 'customers/contoso.yaml'
    before = path.read_text()
    # libyaml ends a key at U+2028 and the like and refuses controls: those lines are shown as well.
    for blank in BLANKS.replace('\t', ''):
      with self.subTest(blank=f'U+{ord(blank):04x}'):
        path.write_text(f'{blank}::error file=x::{blank}\n{before}')
        self.inert('validate', 'customers/contoso.yaml', expect=harness.INVALID)
        path.write_text(f'{before}{blank}::add-mask::x\n')
        self.inert('validate', 'customers/contoso.yaml', expect=harness.INVALID)
    for unseen in UNSEEN:
      path.write_text(before.replace('version: 1', f'version: 1\nna{unseen}me: x'))
      self.inert('validate', 'customers/contoso.yaml', expect=harness.INVALID)
    # The command is in two pieces: before the place that is marked, and in it.
    for piece in ('##vso[task.setvariable variable=x]y', '##[error]x', '::error::x', '##teamcity[x]'):
      for text in (f'"{piece}": x\n{before}', f'{before}x{piece}\n', f"{before}x: '{piece}\n"):
        path.write_text(text)
        self.inert('validate', 'customers/contoso.yaml', expect=harness.INVALID)

  def test_rows_of_a_list(self):
    self.start()
    path = self.ws.repo / 'customers/contoso.yaml'
    path.write_text(path.read_text().replace('- holders_of: advisor', '- csv: people.csv'))
    for blank in ('', *BLANKS):
      for row in (f'{blank}::error::x', f'{blank}::error::x,{blank}::x,y,z', f'"{blank}::error::x"', 'x,##[error]y'):
        self.ws.write('customers/people.csv', f'upn,usage_location\n{row}\n')
        self.inert('validate', 'customers/contoso.yaml', expect=harness.INVALID)

  def test_names_from_a_tenant(self):
    """In every format; those in JSON say the same as before."""
    document = contoso.document(0)
    document['tenants'][0] = tenant()
    name = '\u3000::error::x ##vso[task.complete result=Failed;]y ##[x'
    document['tenants'][0]['name'] = name
    document['tenants'][0]['users'][0]['name'] = f'{"wrapped here " * 20}::add-mask::{"x " * 20}##[x'
    twin = self.twin(document)
    contoso.set_up(self.ws, twin)
    self.ws.write('customers/contoso.yaml', customer())
    plan = self.inert('plan', 'contoso', expect=harness.OK).out
    identity = re.search(r'Plan ([0-9a-f]{12})', plan)[1]
    for form in ('text', 'json', 'markdown', 'html', 'csv', 'dot', 'mermaid', 'powershell'):
      self.inert('show', identity, '--format', form, expect=harness.OK)
    shown = self.inert('show', identity, '--format', 'json').json
    kept = json.loads((self.ws.repo / 'plans/contoso' / identity / 'plan.json').read_text())
    self.assertEqual(kept['tenant'], shown['tenant'])
    for args in (['status'], ['status', 'contoso'], ['drift', 'contoso'], ['doctor', 'contoso'], ['step', identity],
                 ['step', identity, 'redeem-key'], ['verify', identity], ['history', 'contoso'],
                 ['apply', identity, '--yes', '--events', 'fd:2']):
      self.inert(*args)
      self.inert(*args, '--format', 'json')
    wrong = self.ws.repo / 'customers/contoso.yaml'
    wrong.write_text(wrong.read_text().replace('domain: contoso.onmicrosoft.com', 'domain: contoso.onmicrosoft.com\n  name: x'))
    result = self.inert('plan', 'contoso', expect=harness.WRONG_TENANT)
    self.assertIn('x3a:error::x', result.err)

  def test_what_the_command_line_says(self):
    for word in ('::error::x', '\xa0::error::x', '##[error]x', '##vso[x]'):
      self.inert(word, expect=harness.INVALID)
      self.inert('show', word, expect=harness.INVALID)
      self.inert('-C', word, 'status', expect=harness.INVALID)
      self.inert('status', '--format', word, expect=harness.INVALID)


if __name__ == '__main__':
  harness.main()
