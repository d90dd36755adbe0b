package compose

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"partwork/internal/testkit"
)

// themed returns the shipped layouts with a theme.
func themed(t *testing.T, yaml string, files fstest.MapFS) *Layouts {
	t.Helper()
	fsys := overlay(t, "theme.yaml", yaml)
	for name, f := range files {
		fsys[name] = f
	}
	l, err := LoadLayouts(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestThemeColorsLogoAndFooter(t *testing.T) {
	t.Parallel()
	logo := pot(t, "", 400, 100)
	l := themed(t, `
colors: {link: {light: "#5b0b66", dark: "#f0b0ff"}}
logo: {file: email/logo.png, alt: "Reading & more", width: 200}
footer: |
  A project of the reading circle at our library, which has met every Thursday since 1987 & goes on.
  All are welcome.
`, fstest.MapFS{"email/logo.png": {Data: logo.Data}})
	c := illustrated(t, "[A page](https://www.nhs.uk/) and ![Pots](img/pots.png).\n")
	b := NewBundle(c, 0, l)
	m := send(t, b, anna(c, 0))
	page := testkit.ParseHTML(t, m.HTML)
	if img := page.One(t, "img.logo"); img.Attr("alt") != "Reading & more" || img.Attr("width") != "200" || img.Attr("height") != "50" {
		t.Errorf("the logo is %s by %s, %q", img.Attr("width"), img.Attr("height"), img.Attr("alt"))
	}
	if link := page.One(t, "td.sheet a"); !strings.Contains(link.Attr("style"), "#5b0b66") || !strings.Contains(m.HTML, "#f0b0ff") {
		t.Errorf("the link has the style %q", link.Attr("style"))
	}
	if !strings.Contains(m.HTML, "since 1987 &amp; goes on.<br/>All are welcome.") {
		t.Error("the HTML part lacks the footer")
	}
	if !strings.Contains(m.Text, "\n\nA project of the reading circle at our library, which has met every\nThursday since 1987 & goes on.\nAll are welcome.\n\nPartwork demo") {
		t.Errorf("the footer of the text part is wrong:\n%s", m.Text)
	}
	related := open(t, m.Bytes).parts[1].parts
	if len(related) != 3 || !bytes.Equal(related[2].body, logo.Data) {
		t.Errorf("the message has %d related parts; the logo is not the last", len(related))
	}
	back, err := DecodeBundle(b.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(send(t, back, anna(c, 0)).Bytes, m.Bytes) {
		t.Error("a stored bundle makes another message")
	}
	if m := send(t, NewConfirmation(c, l), anna(c, 0)); !strings.Contains(m.HTML, `class="logo"`) {
		t.Error("the confirmation lacks the logo")
	}
	if _, found := Compile(NewBundle(illustrated(t, "![x](/logo)\n"), 0, l)); len(found) == 0 {
		t.Error("an issue can show the logo as an image of its own")
	}
}

func TestThemeIsReportedByLine(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("../../templates/" + fileStyle)
	if err != nil {
		t.Fatal(err)
	}
	for file, tc := range map[string]struct{ text, want string }{
		"theme.yaml": {"colors:\n  text: {light: \"#999999\", dark: \"#eeeeee\"}\n", "theme.yaml:2: colors.text: light is #999999 on #eceefa (ask)"},
		fileStyle:    {"p { color: light(nothing); }\n" + string(css), `email/style.css:1: there is no color "nothing"`},
	} {
		if _, err := LoadLayouts(overlay(t, file, tc.text)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: the error is %v, want %q", file, err, tc.want)
		}
	}
}
