# For Homebrew on Linux. Checked for syntax here, not built: give `url` and `sha256` those of the release's tarball
# (SHA256SUMS of .ci/package) and put the file into a tap.
class Seatshift < Formula
  desc "Move customers from one Microsoft sales model to another"
  homepage "https://example.com/seatshift"
  url "https://example.com/seatshift/seatshift-0.1.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "MIT"

  depends_on "meson" => :build
  depends_on "ninja" => :build
  depends_on "pkgconf" => :build
  depends_on "python@3.12" => :build
  depends_on "cjson"
  depends_on "curl"
  depends_on "libgit2"
  depends_on "libmicrohttpd"
  depends_on "libyaml"
  depends_on :linux
  depends_on "openssl@3"

  def install
    system "meson", "setup", "build", "-Dtests=false", *std_meson_args
    system "meson", "compile", "-C", "build"
    system "meson", "install", "-C", "build"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/seatshift version")
    system bin/"seatshift", "init", "--example", testpath/"customers"
    system bin/"seatshift", "-C", testpath/"customers", "validate"
  end
end
