"""`seatshift init`: what it writes, that it validates, and that it never replaces a file."""

import datetime
import json
import os
import pathlib
import re
import subprocess

import harness

PLAIN = ['.gitattributes', '.gitignore', '.seatshift/customer.schema.json', '.seatshift/fleet.schema.json',
         '.seatshift/repository.schema.json', 'allowed_signers', 'customers/.gitkeep', 'seatshift.yaml']
EXAMPLE = ['.gitattributes', '.gitignore', '.seatshift/customer.schema.json', '.seatshift/fleet.schema.json',
           '.seatshift/repository.schema.json', 'allowed_signers', 'customers/contoso.yaml',
           'seatshift.yaml', 'twin.json']


class Init(harness.TestCase):

  def files(self, folder='.'):
    top = self.ws.repo / folder
    return sorted(str(path.relative_to(top)) for path in top.rglob('*')
                  if path.is_file() and '.git' not in path.relative_to(top).parts[:1])

  def test_plain(self):
    result = self.ws.run('init', expect=harness.OK)
    self.assertEqual(self.files(), PLAIN)
    for path in PLAIN:
      self.assertIn(f'wrote  {path}\n', result.out)
    self.assertNotIn('kept', result.out)
    self.ws.run('validate', expect=harness.OK)

  def test_example_validates(self):
    self.ws.run('init', '--example', 'new/folder', expect=harness.OK)
    self.assertEqual(self.files('new/folder'), EXAMPLE)
    self.ws.run('validate', '-C', 'new/folder', expect=harness.OK)

  def test_the_example_is_of_its_day(self):
    for today, days in (('2026-12-01', ['2026-11-24', '2026-11-27', '2026-12-31']),
                        ('2028-03-04', ['2028-02-26', '2028-02-29', '2028-04-03'])):
      with self.subTest(today):
        clock = {**harness.NOWHERE, 'SEATSHIFT_CLOCK': f'{today}T00:00:00Z'}
        self.ws.run('init', '--example', today, env=clock, expect=harness.OK)
        customer = (self.ws.repo / today / 'customers/contoso.yaml').read_text()
        twin = (self.ws.repo / today / 'twin.json').read_text()
        self.assertEqual(re.findall(r'(?:agreed_on|placed_on|retire_by): ([\d-]{10})\b', customer), days)
        self.assertIn('programme: open-value\n', customer)
        year = datetime.timedelta(365)
        for end in re.findall(r'"ends": "([\d-]{10})T00:00:00Z"', twin):
          self.assertGreater(datetime.date.fromisoformat(end) - datetime.date.fromisoformat(today), year)
        self.assertEqual(twin.count('"ends"'), len(re.findall(r'"ends": "[\d-]{10}T00:00:00Z"', twin)))
        self.assertNotIn('@today', customer + twin)
        valid = self.ws.run('validate', '-C', today, env=clock, expect=harness.OK)
        self.assertNotIn('warning', valid.out + valid.err)

  def test_json(self):
    answer = self.ws.run_json('init', '--example', 'here', expect=harness.OK)
    self.assertEqual(sorted(answer), ['dir', 'format', 'kept', 'next', 'written'])
    self.assertEqual(answer['written'], sorted(EXAMPLE + ['.git']))
    self.assertEqual(answer['kept'], [])
    self.assertTrue(answer['dir'].endswith('here'))

  def test_the_next_commands_work_as_they_stand(self):
    """Typed into a shell one after the other, with nothing but the program on the path."""
    folder = self.ws.dir / 'on the way'
    result = self.ws.run('init', '--example', str(folder), expect=harness.OK)
    commands = re.findall(r'^  (.*)$', result.err[result.err.index('Next:'):], re.M)
    self.assertEqual([command.split()[0] for command in commands], ['cd', 'seatshift', 'export', 'seatshift'])
    with harness.Twin(folder / 'twin.json', self.ws) as twin:  # in place of the one at a fixed port
      commands = [command.replace(':8365', f':{twin.port}') for command in commands if ' twin ' not in command]
      commands.append('seatshift skus contoso')
      done = subprocess.run(['sh', '-ec', '\n'.join(commands)], capture_output=True, text=True, timeout=60, check=False,
                            env=harness.clean_env({'PATH': f'{pathlib.Path(harness.BINARY).parent}:{os.environ["PATH"]}'}))
    self.assertEqual(done.returncode, 0, done.stderr)
    self.assertIn('Moves 23 of 25 people', done.stdout)
    self.assertRegex(done.stdout, r'STANDARDPACK +Office 365 E1; 23 of 30 seats assigned')

  def test_the_next_commands_of_an_empty_repository(self):
    answer = self.ws.run_json('init', expect=harness.OK)
    self.assertEqual([command.split()[:2] for command in answer['next']], [
      ['seatshift', 'new'], ['export', 'AZURE_CLIENT_ID=...'], ['seatshift', 'doctor']])

  def test_keeps_what_is_there(self):
    self.ws.write('seatshift.yaml', 'mine\n')
    os.symlink('/nonexistent/elsewhere', self.ws.repo / 'allowed_signers')
    answer = self.ws.run_json('init', expect=harness.OK)
    self.assertEqual(sorted(answer['kept']), ['allowed_signers', 'seatshift.yaml'])
    self.assertEqual((self.ws.repo / 'seatshift.yaml').read_text(), 'mine\n')
    self.assertTrue((self.ws.repo / 'allowed_signers').is_symlink())
    again = self.ws.run_json('init', expect=harness.OK)
    self.assertEqual(again['written'], [])
    self.assertEqual(sorted(again['kept']), PLAIN)

  def test_makes_a_git_repository_only_where_there_is_none(self):
    made = self.ws.run('init', expect=harness.OK)
    self.assertEqual(self.ws.git('symbolic-ref', 'HEAD').strip(), 'refs/heads/main')
    below = self.ws.run('init', 'below', expect=harness.OK)
    self.assertFalse((self.ws.repo / 'below/.git').exists())
    said = f'No git repository was made: the folder is in that of {self.ws.repo.resolve()}/.git'
    self.assertIn(said, below.err)
    again = self.ws.run('init', expect=harness.OK)
    for own in made, again:
      self.assertNotIn('No git repository', own.err)

  def test_schemas_are_those_of_the_command(self):
    self.ws.run('init', expect=harness.OK)
    for kind in ('customer', 'repository'):
      schema = json.loads((self.ws.repo / f'.seatshift/{kind}.schema.json').read_text())
      self.assertEqual(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema')
      self.assertEqual(schema, self.ws.run('schema', kind, expect=harness.OK).json)

  def test_git_settings_hold(self):
    self.ws.run('init', expect=harness.OK)
    self.ws.git_init()
    self.ws.write('contoso.key', 'x')
    self.ws.write('plans/contoso/3fa9c1d2e4b7/plan.json', '{}\r\n')
    self.assertNotIn('contoso.key', self.ws.git('status', '--porcelain', '-uall'))
    shown = self.ws.git('check-attr', 'text', 'merge', '--',
                        'plans/contoso/3fa9c1d2e4b7/plan.json', 'plans/contoso/3fa9c1d2e4b7/journal.jsonl')
    self.assertEqual(shown.count('text: unset'), 2)
    self.assertIn('journal.jsonl: merge: binary', shown)

  def test_cannot_write(self):
    self.ws.write('file', '')
    result = self.ws.run('init', 'file/below', expect=harness.ERROR)
    self.assertIn('file/below', result.err)
    self.assertEqual(result.out, '')


if __name__ == '__main__':
  harness.main()
