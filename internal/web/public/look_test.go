package public_test

import (
	"bytes"
	"image"
	"image/png"
	"io/fs"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"partwork/internal/testkit"
	"partwork/internal/theme"
	"partwork/internal/web/public"
	"partwork/templates"
)

// themed are the shipped templates with a theme and a logo.
type themed struct{ own fstest.MapFS }

func (f themed) Open(name string) (fs.File, error) {
	if _, ok := f.own[name]; ok {
		return f.own.Open(name)
	}
	return templates.Files().Open(name)
}

// newThemed is the pages with a theme.
func newThemed(t testing.TB, text, publicURL string) (*site, error) {
	t.Helper()
	s := newSite(t)
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewGray(image.Rect(0, 0, 120, 30))); err != nil {
		t.Fatal(err)
	}
	var err error
	s.Handler, err = public.New(public.Options{
		Audience: s.audience, PublicURL: publicURL, Logger: slog.New(slog.NewTextHandler(&s.log, nil)),
		Templates: themed{fstest.MapFS{"theme.yaml": {Data: []byte(text)}, "email/logo.png": {Data: logo.Bytes()}}},
	})
	return s, err
}

const ownTheme = `colors:
  link: {light: "#7a1f5c", dark: "#f0b6dc"}
  button: {light: "#7a1f5c", dark: "#f0b6dc"}
  button_text: {light: "#ffffff", dark: "#2a0b20"}
logo: {file: email/logo.png, alt: "Post & Lane", width: 60}
footer: |
  Post Lane Letters
  <Leeds>
`

// The colors are always the theme's; logo and footer, which could tell a topic to whoever
// was forwarded a link, only if the theme says so.
func TestPagesWearTheTheme(t *testing.T) {
	t.Parallel()
	plain, err := newThemed(t, ownTheme, "https://letters.example.org")
	if err != nil {
		t.Fatal(err)
	}
	css := text(t, plain.get(t, "/style.css"))
	if !strings.Contains(css, "--link: #7a1f5c;") || !strings.Contains(css, "--link: #f0b6dc;") || regexp.MustCompile(`(?m):\s*(?:light|dark)\(`).MatchString(css) {
		t.Errorf("the style is\n%.900s", css)
	}
	r := plain.get(t, plain.leave)
	body := text(t, r)
	if strings.Contains(body, "Post") || strings.Contains(body, "<img") || strings.Contains(r.Header.Get("Content-Security-Policy"), "img-src") {
		t.Errorf("the page shows more than colors:\n%s", body)
	}

	whole, err := newThemed(t, ownTheme+"on_pages: true\n", "https://example.org/letters")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", whole.leave, whole.prefs, whole.confirm, "/nothing"} {
		r := whole.get(t, path)
		page := testkit.ParseHTML(t, text(t, r))
		img := page.One(t, ".logo img")
		if img.Attr("alt") != "Post & Lane" || img.Attr("width") != "60" || img.Attr("height") != "15" || page.One(t, "footer").Text() != "Post Lane Letters <Leeds>" {
			t.Errorf("%.4s: logo %q, footer %q", path, img.Attr("alt"), page.One(t, "footer").Text())
		}
		if csp := r.Header.Get("Content-Security-Policy"); csp != "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'" {
			t.Errorf("the policy is %s", csp)
		}
		logo := whole.get(t, img.Attr("src"))
		if logo.StatusCode != http.StatusOK || logo.Header.Get("Content-Type") != "image/png" || !strings.HasPrefix(text(t, logo), "\x89PNG") || !strings.HasPrefix(img.Attr("src"), "/letters/logo/") {
			t.Errorf("the logo %s: %d", img.Attr("src"), logo.StatusCode)
		}
	}
	if r := whole.get(t, "/logo/"+strings.Repeat("0", 32)); r.StatusCode != http.StatusNotFound {
		t.Errorf("another logo: %d", r.StatusCode)
	}
}

func TestUnreadableThemesAreRefused(t *testing.T) {
	t.Parallel()
	_, err := newThemed(t, "colors:\n  button: {light: \"#888888\", dark: \"#86cfd6\"}\n", "https://letters.example.org")
	if err == nil || !strings.Contains(err.Error(), "theme.yaml:2: colors.button_text: light is #ffffff on #888888 (button), a contrast of 3.5") {
		t.Errorf("the error is %v", err)
	}
}

// background and ink are pairs of a text and what it stands on in the pages' style: the
// theme has checked them, so no theme can make a page unreadable.
func TestTheStyleUsesPairsThatTheThemeChecks(t *testing.T) {
	t.Parallel()
	css := text(t, newSite(t).get(t, "/style.css"))
	color := map[string]theme.Pair{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(css, -1) {
		pair, dark := color[m[1]]
		if !dark {
			pair.Light = m[2]
		} else {
			pair.Dark = m[2]
		}
		color[m[1]] = pair
	}
	for _, on := range [][2]string{
		{"ink", "sheet"}, {"heading", "sheet"}, {"soft", "sheet"}, {"soft", "paper"}, {"link", "sheet"}, {"link", "tint"}, {"ink", "tint"},
		{"on-button", "button"}, {"sheet", "ink"}, {"wrong", "wrong-tint"},
	} {
		ink, ground := color[on[0]], color[on[1]]
		if theme.Contrast(ink.Light, ground.Light) < theme.MinContrast || theme.Contrast(ink.Dark, ground.Dark) < theme.MinContrast {
			t.Errorf("%s %v on %s %v", on[0], ink, on[1], ground)
		}
	}
}
