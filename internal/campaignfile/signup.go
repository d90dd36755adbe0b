package campaignfile

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"partwork/internal/drip"
)

const (
	// maxConsent is the most that people are asked to say, in characters: nobody reads more.
	maxConsent = 1000
	// maxVersion bounds the name of a consent's version, in characters.
	maxVersion = 40
)

var signUpKeys = []string{"open", "consent", "version"}

// readSignUp reads whether people can join by themselves, and what they say then.
// Nobody can unless it is said that they may.
func readSignUp(s *section) drip.SignUp {
	e, ok := s.entries["signup"]
	if !ok {
		return drip.SignUp{}
	}
	spot := s.spot.on(e.valueLine())
	entries, ok := mappingEntries(spot, e.node)
	if !ok {
		return drip.SignUp{}
	}
	inner := newSection(spot, entries, signUpKeys)
	signUp := drip.SignUp{Open: inner.flag("open")}
	if signUp.Open {
		inner.require("consent", `"I want to get these letters by email. I can stop at any time."`)
	}
	signUp.Form.Text = readConsent(inner)
	if version, given := line(inner, "version"); given {
		signUp.Form.Version = version
		if version == "" || utf8.RuneCountInString(version) > maxVersion {
			inner.at("version").errorf(RuleText, `write a short name, such as "2026-11"`,
				"version has %d characters; expected 1 to %d", utf8.RuneCountInString(version), maxVersion)
		}
	}
	if signUp.Form.Text != "" && signUp.Form.Version == "" {
		signUp.Form.Version = versionOf(signUp.Form.Text)
	}
	return signUp
}

// readConsent returns what people say who sign up: a text of one or more lines.
func readConsent(s *section) string {
	const key = "consent"
	text, ok := s.text(key, "")
	if !ok {
		return ""
	}
	text = strings.TrimSpace(text)
	bad := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && breaksLine(r) })
	switch n := utf8.RuneCountInString(text); {
	case text == "":
		s.at(key).errorf(RuleText, "write what people agree to when they sign up", "%s is empty", key)
	case bad >= 0:
		s.at(key).errorf(RuleText, "remove it", "%s has %s in it", key, nameRune([]rune(text[bad:])[0]))
	case n > maxConsent:
		s.at(key).errorf(RuleText, "say it shorter, or link to the rest from your own page", "%s has %d characters; expected at most %d", key, n, maxConsent)
	}
	return text
}

// versionOf names a text that its author gave no version: another text has another name.
func versionOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + hex.EncodeToString(sum[:4])
}
