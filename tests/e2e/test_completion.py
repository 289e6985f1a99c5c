"""Completion: what the program says may come next, and that the scripts work in their shells."""

import os
import pathlib
import shutil
import subprocess
import unittest

import contoso
import harness


def shell(name):
  return unittest.skipUnless(shutil.which(name), f'{name} is not installed')


class Completion(harness.TestCase):

  def setUp(self):
    super().setUp()
    self.ws.write('seatshift.yaml', contoso.POLICY)
    self.ws.write('customers/contoso.yaml', contoso.customer())
    self.ws.write('customers/fabrikam.yaml', '')

  def words(self, *words, **options):
    """word -> what it is"""
    out = self.ws.run('completion', '--words', '--', *words, expect=harness.OK, **options).out
    return dict(line.partition('\t')[::2] for line in out.splitlines())

  def make_plan(self):
    twin = self.twin(contoso.document(users=10))
    contoso.set_up(self.ws, twin)
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.ws.env = {}
    return plan['id']

  def test_commands(self):
    listed = {command['name']: command['summary']
              for command in self.ws.run_json('help', expect=harness.OK)['commands']}
    self.assertEqual(self.words(''), listed)
    self.assertEqual(self.words('val'), {'validate': listed['validate']})
    self.assertLess(set(listed) | {'sign-in', 'codes'}, set(self.words('help', '')))
    self.assertEqual(self.words('nothing-of-ours', ''), listed)  # still no command
    self.assertEqual(self.ws.run('completion', '--words', '--', expect=harness.OK).out, '')

  def test_every_option_of_every_command(self):
    for command in self.ws.run_json('help', expect=harness.OK)['commands']:
      found = self.words(command['name'], '--')
      for option in command['options']:
        self.assertEqual(found['--' + option['name']], option['summary'])
      self.assertIn('--format', found)

  def test_values_of_options(self):
    self.assertEqual(set(self.words('version', '--color', '')), {'auto', 'always', 'never'})
    self.assertEqual(set(self.words('version', '--color=a')), {'--color=auto', '--color=always'})
    self.assertEqual(set(self.words('init', '--ci', '')), {'github', 'gitlab', 'azure'})
    self.assertLessEqual({'text', 'json', 'markdown', 'junit', 'sarif'}, set(self.words('plan', '--format', '')))
    self.assertEqual(set(self.words('version', '--format', '')), {'text', 'json'})
    self.assertIn('markdown=', self.words('plan', '--also', 'm'))
    self.assertEqual(set(self.words('plan', '--out', '')), {':files'})
    self.assertEqual(set(self.words('-C', '')), {':folders'})
    self.assertEqual(self.words('apply', '--wait', ''), {})

  def test_arguments(self):
    self.assertEqual(set(self.words('plan', '')), {'contoso', 'fabrikam'})
    self.assertEqual(set(self.words('plan', '--commit', 'con')), {'contoso'})
    self.assertEqual(self.words('plan', 'contoso', ''), {})  # takes one only
    self.assertEqual(set(self.words('validate', 'a', '')), {':files'})
    self.assertLess({'customer', 'repository', 'plan', 'error'}, set(self.words('schema', '')))
    self.assertEqual(set(self.words('explain', 'SS30')), {f'SS30{i}' for i in range(1, 10)})
    self.assertEqual(set(self.words('-C', str(self.ws.repo), 'plan', '', cwd='/')), {'contoso', 'fabrikam'})
    self.assertEqual(self.words('plan', '', cwd='/'), {})  # no repository: no complaint either

  def test_plans_and_steps(self):
    plan = self.make_plan()
    self.ws.write('plans/contoso/README', '')
    for command in ('show', 'apply', 'verify', 'step'):
      self.assertEqual(self.words(command, ''), {plan: 'plan of contoso', 'contoso': 'customer, for the newest plan'})
    self.ws.write('fleets/3fa9c1d2e4b7/fleet.json', '')
    self.assertEqual(self.words('approve', '3'),
                     {word: about for word, about in ((plan, 'plan of contoso'), ('3fa9c1d2e4b7', 'fleet'))
                      if word.startswith('3')})
    self.assertEqual(self.words('fleet', 'gate', ''), {'3fa9c1d2e4b7': 'fleet'})
    self.assertEqual(set(self.words('step', plan, '')), {'redeem-key', 'retire-subscription'})
    step = self.words('step', plan, 'red')['redeem-key']
    self.assertEqual(self.words('step', plan, step), {step: 'redeem-key'})
    self.assertEqual(self.words('step', '0000', ''), {})

  def test_a_hostile_name_is_left_out(self):
    (self.ws.repo / 'customers/x\x1b[31m.yaml').write_text('')
    (self.ws.repo / 'customers/y\nz.yaml').write_text('')
    self.assertEqual(set(self.words('plan', '')), {'contoso', 'fabrikam'})

  def test_scripts(self):
    for name in ('bash', 'zsh', 'fish'):
      self.assertIn('completion --words', self.ws.run('completion', name, expect=harness.OK).out)
    for args in ([], ['tcsh'], ['bash', 'zsh']):
      self.assertEqual(self.ws.run('completion', *args, expect=harness.INVALID).out, '')

  def run_in(self, program, script, *args):
    folder = str(pathlib.Path(harness.BINARY).resolve().parent)
    env = harness.clean_env(home=self.ws.home)
    env['PATH'] = folder + os.pathsep + env['PATH']
    done = subprocess.run([program, *args, script], cwd=self.ws.repo, env=env, capture_output=True, text=True,
                          check=False, timeout=60, stdin=subprocess.DEVNULL)
    self.assertEqual((done.returncode, done.stderr), (0, ''), done)
    return done.stdout.splitlines()

  @shell('bash')
  def test_bash(self):
    def complete(*words):
      quoted = ' '.join(f"'{word}'" for word in words)
      return self.run_in('bash', f'''
        source <(seatshift completion bash)
        complete -p seatshift >/dev/null || exit 1
        COMP_WORDS=(seatshift {quoted}) COMP_CWORD={len(words)}
        _seatshift
        printf '%s\\n' "${{COMPREPLY[@]}}"''', '--norc', '-c')
    self.assertEqual(complete('vali'), ['validate'])
    self.assertEqual(complete('plan', 'fab'), ['fabrikam'])
    self.assertEqual(complete('version', '--color', '=', 'al'), ['always'])  # as bash cuts words
    self.assertEqual(complete('version', '--color', '='), ['auto', 'always', 'never'])
    self.assertEqual(sorted(complete('plan', '--out', 'c')), ['customers'])
    self.assertEqual(complete('-C', 'cust'), ['customers'])
    self.assertEqual(complete('plan', '--format', 'js'), ['json'])
    plan = self.make_plan()
    self.assertEqual(complete('apply', plan[:4]), [plan])
    self.assertEqual(complete('step', plan, 'red'), ['redeem-key'])

  @shell('fish')
  def test_fish(self):
    def complete(line):
      return self.run_in('fish', f'seatshift completion fish | source; complete -C {line!r}', '--no-config', '-c')
    self.assertEqual(complete('seatshift plan fab'), ['fabrikam\tcustomer'])
    self.assertEqual([line.split('\t')[0] for line in complete('seatshift vali')], ['validate'])
    self.assertEqual([line.split('\t')[0] for line in complete('seatshift version --color a')], ['always', 'auto'])
    self.assertEqual([line.split('\t')[0] for line in complete('seatshift validate custo')], ['customers/'])
    plan = self.make_plan()
    self.assertEqual(complete(f'seatshift apply {plan[:4]}'), [f'{plan}\tplan of contoso'])
    self.assertEqual([line.split('\t')[0] for line in complete(f'seatshift step {plan} red')], ['redeem-key'])

  @shell('zsh')
  def test_zsh(self):
    def complete(*words):
      quoted = ' '.join(f"'{word}'" for word in words)
      return self.run_in('zsh', f'''
        autoload -Uz compinit; compinit -D -u
        source <(seatshift completion zsh)
        [[ $_comps[seatshift] == _seatshift ]] || exit 1
        _describe() {{ print -l -- ${{(P)3}} }}; _files() {{ print -- files $* }}
        words=(seatshift {quoted}) CURRENT={len(words) + 1}
        _seatshift''', '-f', '-c')
    self.assertEqual(complete('plan', 'fab'), ['fabrikam:customer'])
    self.assertEqual([line.split(':')[0] for line in complete('vali')], ['validate'])
    self.assertEqual([line.split(':')[0] for line in complete('version', '--color', 'a')], ['auto', 'always'])
    self.assertEqual(complete('validate', ''), ['files'])
    self.assertEqual(complete('-C', ''), ['files -/'])
    plan = self.make_plan()
    self.assertEqual(complete('apply', plan[:4]), [f'{plan}:plan of contoso'])
    self.assertEqual([line.split(':')[0] for line in complete('step', plan, 'red')], ['redeem-key'])


if __name__ == '__main__':
  harness.main()
