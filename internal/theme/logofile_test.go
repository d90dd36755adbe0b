package theme

import "testing"

// TestLogoFileNeedsNoGoodTheme names the file of a logo that cannot be used yet.
func TestLogoFileNeedsNoGoodTheme(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"logo: {file: art/logo.png, alt: Letters}":                        "art/logo.png",
		"logo:\n  file: missing.png\n  width: wide\nfooter: {no: text}\n": "missing.png",
		"logo: {file: ../logo.png, alt: Letters}":                         "",
		"logo: logo.png":       "",
		"logo: {file: [a, b]}": "",
		"colors: {text: red}":  "",
		"logo: {file":          "",
		"":                     "",
	} {
		if got := LogoFile(files(t, text)); got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}
