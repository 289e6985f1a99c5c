"""Tokens that end, are refused or are challenged in the middle of a run, for every way of signing in."""

import contoso
import harness
import ways

CLAIMS = {'access_token': {'nbf': {'essential': True, 'value': '1604106651'}}}
NEVER = 'cannot be renewed'


class Renewal(ways.TestCase):

  def tokens(self, way):
    return way.twin.counters().get('tokens', 0)

  def test_tokens_that_live_shorter_than_the_run(self):
    """Two answers take longer than a token is good for."""
    def check(way):
      way.twin.control('settings', token_lifetime_s=1, latency_ms=600)
      if not way.renews:
        way.env['SEATSHIFT_ACCESS_TOKEN'] = self.token(way.twin)
        way.twin.control('advance', ms=1500)
      status, text = self.run_way(way, 'plan', 'contoso', '-v')
      self.assertEqual(status, harness.OK if way.renews else harness.AUTH, text)
      if way.renews:
        self.assertGreater(self.tokens(way), 1)
      else:
        self.assertIn(NEVER, text)
    self.each(check)

  def test_a_token_is_refused_once(self):
    """Withdrawn before its time: another one is obtained, once, and the run goes on."""
    def check(way):
      before = self.tokens(way)
      way.twin.control('fault', kind='401', match={'path': '*/subscribedSkus*'})
      status, text = self.run_way(way, 'plan', 'contoso', '-v')
      self.assertEqual(status, harness.OK if way.renews else harness.AUTH, text)
      self.assertEqual(self.tokens(way) - before, 2 if way.renews else 0)
      if not way.renews:
        self.assertIn(NEVER, text)
    self.each(check)

  def test_tokens_are_refused_for_good(self):
    """A new token does not help: told, and not asked for in a loop."""
    def check(way):
      before = self.tokens(way)
      way.twin.control('fault', kind='401', match={'path': '*/subscribedSkus*', 'count': 0})
      status, text = self.run_way(way, 'plan', 'contoso', '-v')
      self.assertEqual(status, harness.AUTH, text)
      self.assertIn('hint: ', text)
      self.assertLessEqual(self.tokens(way) - before, 2)
    self.each(check)

  def test_claims_challenge(self):
    """Answered once by whoever can pass the claims on; told plainly by who cannot."""
    def check(way):
      if way.person:
        return  # below: the person has to sign in again
      way.twin.control('challenge', tenant=contoso.TENANT, claims=CLAIMS)
      before = self.tokens(way)
      status, text = self.run_way(way, 'plan', 'contoso', '-v')
      self.assertEqual(status, harness.OK if way.answers else harness.AUTH, text)
      self.assertIn('claims challenge' if way.answers else 'stronger or newer sign-in', text)
      self.assertLessEqual(self.tokens(way) - before, 2)
    self.each(check)

  def test_claims_challenge_to_a_person(self):
    """The refresh token would bring the same sign-in again: the person is asked for another one."""
    way = self.device_code()
    way.twin.control('challenge', tenant=contoso.TENANT, claims=CLAIMS)
    process, fd = self.start_way(way, 'plan', 'contoso', '-v')
    found, _ = self.read_until(fd, r'enter the code (\S+)')
    way.twin.control('device', user_code=found[1], tenant=contoso.TENANT, user='adele.vance@contoso.com')
    self.end(process, fd, harness.OK)
    self.assertEqual(self.tokens(way), 2)

  def test_a_run_goes_on_with_another_token(self):
    """Writes too: a token that ends between them is renewed, and nothing is written twice."""
    for make in (ways.TestCase.client_secret, ways.TestCase.certificate_file, ways.TestCase.github,
                 ways.TestCase.device_code):
      with self.subTest(make.__name__):
        self.fresh()
        way = make(self)
        _, text = self.run_way(way, 'plan', 'contoso')
        way.twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
        way.twin.control('fault', kind='expired-token', match={'path': '*/assignLicense', 'nth': 3, 'count': 2})
        status, told = self.run_way(way, 'apply', self.plan_id(text), '--yes')
        self.assertEqual(status, harness.WAITING, told)
        self.assertEqual({successes for _, successes in way.twin.assigns().values()}, {1})


if __name__ == '__main__':
  harness.main()
