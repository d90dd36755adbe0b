package compose

import (
	"strings"
	"testing"
)

// TestNoPhraseIsPassedOver: what each phrase can say is found, with the words for which
// texts are looked through first.
func TestNoPhraseIsPassedOver(t *testing.T) {
	t.Parallel()
	said := [][]string{
		{"Dear friend", "dear valued customer", "Dear Sir or Madam"},
		{"100 % guaranteed", "guaranteed 100", "100 percent guaranteed"},
		{"To be removed, please", "to be removed reply"},
		{"THIS IS NOT SPAM", "this e-mail is not spam", "this email is not spam"},
		{"Act now", "order now", "buy now", "call\nnow"},
		{"limited-time offer", "limited time offer", "once in a lifetime", "offer expires"},
		{"risk-free", "no obligation", "no strings attached"},
		{"miracle cure", "make money fast", "earn extra cash"},
		{"you have been selected", "You’re a winner", "congratulations, you won"},
		{"Click here", "click below"},
	}
	if len(said) != len(phrases) {
		t.Fatalf("there are %d phrases, and %d are tried", len(phrases), len(said))
	}
	for i, list := range said {
		for _, text := range list {
			text = "Well: " + text + ", they say."
			if at := phrases[i].in(text, strings.ToLower(text)); len(at) != 2 || at[0] != len("Well: ") {
				t.Errorf("%q is found at %v", text, at)
			}
		}
	}
}
