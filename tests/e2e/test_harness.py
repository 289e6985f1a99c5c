"""The leak scanner itself: it must find a secret wherever a run could leave one."""

import harness

SECRET = 'ABCDE-FGHJK-LMNPQ-RSTVW-7QX2K'


class Scanner(harness.TestCase):

  def assert_found(self, where, *secrets, **options):
    with self.assertRaisesRegex(AssertionError, where):
      self.ws.scan(*(secrets or (SECRET,)), **options)

  def test_clean(self):
    self.ws.write('a.txt', 'only the end is shown: 7QX2K\n')
    self.ws.run('version')
    self.assertGreater(self.ws.scan(SECRET), 2)

  def test_in_a_file_in_any_form(self):
    for form in (SECRET, SECRET.replace('-', ''), SECRET.lower()):
      path = self.ws.write('deep/down/a.txt', f'x{form}y')
      self.assert_found('a.txt')
      path.unlink()
    self.ws.scan(SECRET)

  def test_in_a_file_name(self):
    self.ws.write(f'{SECRET}.txt', '')
    self.assert_found('the name of')

  def test_in_output(self):
    self.ws.run('help', SECRET)
    self.assert_found('std')

  def test_in_git_objects(self):
    self.ws.git_init()
    path = self.ws.write('a.txt', SECRET)
    self.ws.git_commit('add')
    path.unlink()
    self.ws.git_commit('remove')
    self.assert_found('a git object')
    self.ws.git('gc', '-q', '--prune=now')
    self.assert_found('a git object')

  def test_in_a_commit_message(self):
    self.ws.git_init()
    self.ws.git_commit(f'with {SECRET}')
    self.assert_found('.')

  def test_token(self):
    self.ws.write('log', 'Bearer eyJhbGciOiJub25lIn0.eyJ0aWQiOiIwIn0.c2ln')
    self.assert_found('access token', 'nothing')
    self.ws.scan('nothing', tokens=False)
    self.ws.scan('nothing', allowed=('repo/log',))


if __name__ == '__main__':
  harness.main()
