package compose

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"partwork/campaigns"
	"partwork/internal/campaignfile"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// layouts returns the shipped layouts.
func layouts(t testing.TB) *Layouts {
	t.Helper()
	l, err := LoadLayouts(os.DirFS("../../templates"))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// shipped reads a shipped campaign, as far as messages need it.
func shipped(t testing.TB, name string) *drip.Campaign {
	t.Helper()
	files, err := fs.Glob(campaigns.Files(), name+"/[0-9]*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no issues in %s: %v", name, err)
	}
	slices.Sort(files)
	c := campaign("")
	c.Issues = nil
	for _, file := range files {
		b, err := fs.ReadFile(campaigns.Files(), file)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(b), "---\n")
		front, body, _ := strings.Cut(rest, "---\n")
		is := drip.Issue{Body: []byte(body), File: file, BodyLine: strings.Count(front, "\n") + 3}
		for line := range strings.Lines(front) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			if unquoted, err := strconv.Unquote(value); err == nil {
				value = unquoted
			}
			switch key {
			case "id":
				is.ID = value
			case "subject":
				is.Subject = value
			case "preheader":
				is.Preheader = value
			}
		}
		c.Issues = append(c.Issues, is)
	}
	return c
}

// personas reads the made-up readers that ship with a campaign.
func personas(t testing.TB, name string) []Reader {
	t.Helper()
	c, _ := campaignfile.LoadOne(campaigns.Files(), name, campaignfile.Options{})
	people, found := campaignfile.Personas(campaigns.Files(), c, campaignfile.Options{})
	if len(people) == 0 || len(found) > 0 {
		t.Fatalf("%s has %d personas: %v", name, len(people), found)
	}
	var out []Reader
	for _, p := range people {
		out = append(out, Reader{Email: p.Email, Name: p.Name, Timezone: p.Timezone, Attributes: p.Attributes})
	}
	return out
}

// campaign returns a campaign with one issue of the given body.
func campaign(body string) *drip.Campaign {
	from, err := mailaddr.ParseMailbox("MS Reading Circle <letters@example.org>")
	if err != nil {
		panic(err)
	}
	return &drip.Campaign{
		ID: "ms-therapies", Key: "s7k2qd", Title: "Treatments for MS, one at a time", Language: "en",
		From: from, PostalAddress: "Partwork demo, 1 Example Street, London, United Kingdom",
		Issues: []drip.Issue{{
			ID: "one", Subject: "The first issue", Preheader: "What it is about.",
			Body: []byte(body), File: "ms-therapies/01-one.md", BodyLine: 6,
		}},
	}
}

// anna returns a reader at the given issue of c.
func anna(c *drip.Campaign, issue int) Reader {
	r := Reader{
		Email: addr("anna@example.net"), Name: "Anna", Timezone: "Europe/London",
		Attributes: map[string]string{"city": "York"},
		Number:     issue + 1, Count: len(c.Issues),
	}
	day := time.Date(2026, 3, 24, 0, 0, 0, 0, time.UTC)
	for i := range c.Issues {
		r.Dates = append(r.Dates, Date{Issue: c.Issues[i].ID, Text: day.AddDate(0, 0, 7*i).Format("Monday, January 2")})
	}
	return r
}

// addr parses an address that is known to be right.
func addr(s string) mailaddr.Address {
	a, err := mailaddr.Parse(s)
	if err != nil {
		panic(err)
	}
	return a
}

// links are a reader's links.
var links = Links{
	Unsubscribe: "https://letters.example.org/u/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCd",
	Confirm:     "https://letters.example.org/c/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCd",
	Preferences: "https://letters.example.org/p/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCd",
	View:        "https://letters.example.org/v/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCd",
}

// stamp is a message's stamp.
var stamp = Stamp{
	MessageID: "01hqzv8m3k7w9x2c4d5e6f7g8h@example.org",
	Date:      time.Date(2026, 3, 24, 9, 0, 0, 0, time.FixedZone("", 0)),
}

// send compiles an issue and composes it for r; findings that are errors fail.
func send(t testing.TB, b Bundle, r Reader) *Message {
	t.Helper()
	e, found := Compile(b)
	for _, f := range found {
		if f.Severity == drip.SeverityError {
			t.Errorf("compile: %s", f)
		}
	}
	m, err := e.Compose(mailaddr.Mailbox{Name: r.Name, Address: r.Email}, e.Merge(r), links, stamp)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// eachShipped calls f for every issue of every shipped campaign.
func eachShipped(t *testing.T, f func(t *testing.T, name string, m *Message)) {
	for _, name := range []string{campaigns.MSTherapies, campaigns.GardenNotes} {
		c := shipped(t, name)
		for i := range c.Issues {
			t.Run(fmt.Sprintf("%s/%s", name, c.Issues[i].ID), func(t *testing.T) {
				f(t, name, send(t, NewBundle(c, i, layouts(t)), anna(c, i)))
			})
		}
	}
}
