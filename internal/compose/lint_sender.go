package compose

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// freemail are the domains whose owners tell the world to refuse mail in their name
// that they did not send themselves (DMARC with p=reject or quarantine), or of which
// spam filters believe it; those of several countries without the ending.
var freemail = regexp.MustCompile(`^(?:gmail\.com|googlemail\.com|(?:yahoo|ymail|rocketmail|hotmail|outlook|live|gmx|yandex)\.[a-z.]{2,6}|` +
	`msn\.com|aol\.com|icloud\.com|me\.com|mac\.com|web\.de|proton\.me|protonmail\.com|pm\.me|mail\.ru|zoho\.com|qq\.com|163\.com|126\.com|fastmail\.com)$`)

// noReply is the local part of an address that nobody reads.
var noReply = regexp.MustCompile(`(?i)^(?:no|do[._-]?not|dont)[._-]?reply`)

// lintSender returns what is wrong with those who send a campaign.
func lintSender(c *drip.Campaign) []drip.Finding {
	fs := findings{file: campaignFile(c)}
	if domain := strings.ToLower(c.From.Address.Domain()); freemail.MatchString(domain) {
		fs.add(drip.SeverityError, 0, "from-freemail",
			fmt.Sprintf("from: is an address at %s, which tells other providers to refuse such mail from anybody else's server", domain),
			"send from an address in a domain of your own, and let reply_to: name this one")
	}
	if domain := strings.ToLower(c.ReplyTo.Address.Domain()); !c.ReplyTo.Address.IsZero() && freemail.MatchString(domain) {
		fs.add(drip.SeverityWarning, 0, "reply-freemail",
			fmt.Sprintf("reply_to: is an address at %s; spam filters count it when from: is elsewhere", domain), "use an address in your own domain")
	}
	answers, key := c.From.Address, "from"
	if !c.ReplyTo.Address.IsZero() {
		answers, key = c.ReplyTo.Address, "reply_to"
	}
	if noReply.MatchString(local(answers)) {
		fs.add(drip.SeverityWarning, 0, "noreply", fmt.Sprintf("%s: is an address that nobody reads, but readers answer, and some ask to be let go", key),
			"use an address that a person reads, here or as reply_to:")
	}
	if c.Discreet {
		discreet(c, &fs)
	}
	return fs.list
}

// local returns what stands before the @.
func local(a mailaddr.Address) string {
	s := a.String()
	return s[:max(0, strings.LastIndexByte(s, '@'))]
}

// plainWords say nothing about a topic.
var plainWords = []string{
	"a", "an", "and", "at", "by", "com", "de", "email", "emails", "en", "for", "from", "group", "hello", "in", "info", "letter", "letters", "mail",
	"mails", "my", "net", "news", "newsletter", "of", "on", "one", "or", "org", "our", "series", "team", "the", "time", "to", "us", "uk", "week", "weekly",
	"with", "your",
	// Other languages.
	"das", "dein", "deine", "dem", "den", "der", "des", "die", "du", "el", "et", "für", "la", "le", "les", "mit", "para", "pour", "un", "und", "une", "von", "y", "zum", "zur",
}

// discreet reports the words of a discreet campaign's topic, as far as its title and
// its name tell them, where others than the reader see them.
func discreet(c *drip.Campaign, fs *findings) {
	for _, place := range []struct{ key, text, why string }{
		{"from", c.From.Address.String(), "every mail server on the way reads it"},
		{"reply_to", c.ReplyTo.Address.String(), "every mail server on the way reads it"},
		{"key", c.Key, "it stands in links and headers"},
	} {
		for _, word := range telling(c, place.text) {
			fs.add(drip.SeverityWarning, 0, "discreet",
				fmt.Sprintf("%s: has the word %q, which tells the topic of a discreet campaign; %s", place.key, word, place.why), "choose one that does not")
		}
	}
}

// telling returns the words of a text that tell a campaign's topic.
func telling(c *drip.Campaign, text string) []string {
	topic := slices.Concat(split(c.Title), split(c.ID))
	return slices.DeleteFunc(split(text), func(word string) bool {
		return !slices.Contains(topic, word) || slices.Contains(plainWords, word)
	})
}

// split returns the words of a text in small letters.
func split(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
