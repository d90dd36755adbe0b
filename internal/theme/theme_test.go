package theme

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

// files is a templates folder with a theme and a logo of 60 × 30 pixels.
func files(t testing.TB, text string) fstest.MapFS {
	t.Helper()
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewGray(image.Rect(0, 0, 60, 30))); err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{File: {Data: []byte(text)}, "email/logo.png": {Data: logo.Bytes()}, "email/note.txt": {Data: []byte("x")}}
}

func TestShippedFileSaysWhatIsBuiltIn(t *testing.T) {
	t.Parallel()
	shipped, err := Load(os.DirFS("../../templates"))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(shipped, Default()) {
		t.Errorf("the shipped theme is %v, want %v", shipped, Default())
	}
	text, err := os.ReadFile("../../templates/" + File)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Names() {
		if !strings.Contains(string(text), "  "+name+":") {
			t.Errorf("the shipped file does not name the color %s", name)
		}
	}
	// What it has as comments is right, too.
	whole := strings.NewReplacer("# logo:", "logo:", "#   ", "  ", "# footer:", "footer:", "# on_pages:", "on_pages:").Replace(string(text))
	if own, err := Load(files(t, whole)); err != nil || own.Logo == nil || own.Footer == "" || !own.OnPages {
		t.Errorf("the examples in the shipped file do not work: %v", err)
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"no file": "", "comments": "# nothing\n", "empty keys": "colors:\nlogo:\nfooter:\n"} {
		fsys := files(t, text)
		if name == "no file" {
			delete(fsys, File)
		}
		if got, err := Load(fsys); err != nil || !reflect.DeepEqual(got, Default()) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	got, err := Load(files(t, "colors:\n  link: {light: \"#00F\", dark: \"#ADF\"}\nlogo: {file: email/logo.png, alt: A  circle}\nfooter: Hello.\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got.Color("link") != (Pair{"#0000ff", "#aaddff"}) || got.Color("page") != Default().Color("page") || got.Footer != "Hello." {
		t.Errorf("the theme is %v", got)
	}
	if l := got.Logo; l == nil || l.Alt != "A circle" || l.Width != 60 || l.Image.Type != "image/png" || l.Image.Height != 30 {
		t.Errorf("the logo is %+v", got.Logo)
	}
}

func TestWrongThemes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"colors: [":                            "theme.yaml:1: the file is not YAML: ",
		"- a":                                  `theme.yaml:1: theme.yaml: expected keys and values`,
		"\ncolor: {}":                          `theme.yaml:2: theme.yaml: there is no "color"; there are colors, logo, footer, on_pages`,
		"colors:\n  txet: {light: a, dark: b}": `theme.yaml:2: colors: there is no "txet"`,
		"colors:\n  text: black":               `theme.yaml:2: colors.text: expected keys and values, found "black"`,
		"colors:\n  text: {light: black, dark: \"#fff\"}":         `theme.yaml:2: colors.text.light: "black" is no color`,
		"colors:\n  text: {light: \"#000\"}":                      "theme.yaml:2: colors.text: expected two colors",
		"colors:\n  text: {lite: \"#000\"}":                       `theme.yaml:2: colors.text: there is no "lite"`,
		"colors:\n  button: {light: \"#888\", dark: \"#86cfd6\"}": "theme.yaml:2: colors.button_text: light is #ffffff on #888888 (button), a contrast of 3.5 to 1; at least 4.5",
		"colors:\n  page: {light: \"#fff\", dark: \"#888\"}":      "theme.yaml:2: colors.muted: dark is #b4bac1 on #888888 (page)",
		"logo: {file: email/logo.png}":                            "theme.yaml:1: logo: expected its file and what it shows",
		"logo: {file: ../logo.png, alt: a}":                       "theme.yaml:1: logo.file: \"../logo.png\" is no path",
		"logo: {file: email/none.png, alt: a}":                    "theme.yaml:1: logo.file: email/none.png cannot be read",
		"logo: {file: email/note.txt, alt: a}":                    "theme.yaml:1: logo.file: email/note.txt: the file is no image",
		"logo: {file: email/logo.png, alt: a, width: 9000}":       `theme.yaml:1: logo.width: "9000" is not between 16 and 400`,
		"on_pages: perhaps":                                       "theme.yaml:1: on_pages: expected true or false",
		"footer: {a: b}":                                          "theme.yaml:1: footer: expected a text",
		"footer: " + strings.Repeat("long ", 200):                 "theme.yaml:1: footer: the text has",
		strings.Repeat("#", maxFile+1):                            "theme.yaml:1: the file has 65537 bytes",
	} {
		if _, err := Load(files(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80q: the error is %v, want %q", text, err, want)
		}
	}
	_, err := Load(files(t, "colors:\n  txet: a\n  link: b\n"))
	if err == nil || len(strings.Split(err.Error(), "\n")) != 3 {
		t.Errorf("not all that is wrong is said at once: %v", err)
	}
}

func TestStyle(t *testing.T) {
	t.Parallel()
	got, err := Default().Style("a { color: light(link);background:dark(page) }\n.highlight(x) light-dark(a, b)\n")
	if want := "a { color: #0b5d66;background:#14171a }\n.highlight(x) light-dark(a, b)\n"; err != nil || got != want {
		t.Errorf("the style is %q, %v", got, err)
	}
	if _, err := Default().Style("\n\na { color: light(lnik) }"); err == nil || !strings.HasPrefix(err.Error(), `3: there is no color "lnik"`) {
		t.Errorf("the error is %v", err)
	}
}

// The examples of WCAG 2 itself.
func TestContrast(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b string
		want float64
	}{{"#000000", "#ffffff", 21}, {"#ffffff", "#000000", 21}, {"#777777", "#ffffff", 4.48}, {"#767676", "#ffffff", 4.54}, {"red", "#ffffff", 0}} {
		if got := Contrast(tc.a, tc.b); math.Abs(got-tc.want) > 0.01 {
			t.Errorf("%s on %s has contrast %.2f, want %.2f", tc.a, tc.b, got, tc.want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("colors: {text: {light: \"#000\", dark: \"#fff\"}}\nlogo: {file: email/logo.png, alt: x}\nfooter: |\n  a\n")
	f.Add("colors: &a\n  text: *a\n")
	f.Add("? [a]\n: b\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Load(files(t, text))
		if err != nil {
			return
		}
		for _, p := range readable {
			a, b := got.Color(p[0]), got.Color(p[1])
			if Contrast(a.Light, b.Light) < MinContrast || Contrast(a.Dark, b.Dark) < MinContrast {
				t.Errorf("%s cannot be read on %s", p[0], p[1])
			}
		}
	})
}
