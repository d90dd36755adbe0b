package compose

import (
	"errors"
	"strings"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// Reader is the person a message is for, and where in the series they are.
type Reader struct {
	Email      mailaddr.Address
	Name       string
	Timezone   string
	Attributes map[string]string
	// Number and Count say which issue of how many this is, both from 1.
	Number, Count int
	// Dates are this reader's dates, for {{.Series}}. An issue that is not
	// among them is listed without a date.
	Dates []Date
}

// Date is when a reader gets, or got, an issue.
type Date struct {
	// Issue is the issue's id.
	Issue string
	// Text is the local date in words, such as "Tuesday, March 24".
	Text string
}

// Values are the merge values of one message: what the edition needs from the
// reader and nothing else. They are pinned in the ledger at the first mark: see Pin.
type Values struct {
	Number, Count int
	// Fields are the reader's values for the paths that the edition uses, such as
	// "Subscriber.Name"; those without one are absent.
	Fields Fields
	// Dates are the texts for the entries of the series, in their order.
	Dates []string
}

// Merge picks from the reader what the edition uses.
func (e *Edition) Merge(r Reader) Values {
	v := Values{Number: r.Number, Count: r.Count}
	for _, path := range e.fields {
		if value := clean(r.field(path), maxValue); value != "" {
			if v.Fields == nil {
				v.Fields = make(Fields, 0, len(e.fields))
			}
			v.Fields = append(v.Fields, Field{Path: path, Value: value})
		}
	}
	if len(e.series) > 0 {
		v.Dates = make([]string, 0, len(e.series))
	}
	for _, entry := range e.series {
		v.Dates = append(v.Dates, clean(r.date(entry), maxValue))
	}
	return v
}

// field returns the reader's value, or "" if there is none.
func (r Reader) field(path string) string {
	switch path {
	case fieldName:
		return r.Name
	case fieldEmail:
		return r.Email.String()
	case fieldTimezone:
		return r.Timezone
	}
	return r.Attributes[strings.TrimPrefix(path, fieldSubscriber)]
}

// date returns the text of the reader's date for an issue, or "".
func (r Reader) date(issue string) string {
	for _, d := range r.Dates {
		if d.Issue == issue {
			return d.Text
		}
	}
	return ""
}

// Links are a reader's own links, absolute https URLs (http is accepted for the
// demonstration on this machine). A link that the edition does not use may be
// empty.
type Links struct {
	// Unsubscribe leaves the series; it also serves RFC 8058 one-click. Every
	// message needs it.
	Unsubscribe string
	// Confirm is the confirmation's link.
	Confirm string
	// Preferences and View are used by editions that were compiled with them.
	Preferences, View string
	// Images is the address below which hosted images are fetched, each by its
	// Image.Name; used by editions that show some.
	Images string
}

// ErrMissing says that a reader lacks a value that the issue has no default for.
var ErrMissing = errors.New("the reader has no value for a merge field that has no default")

// Position returns where an issue stands among those of the campaign that are
// sent, from 1, and how many they are. A draft is counted for itself only.
func Position(c *drip.Campaign, issue int) (number, count int) {
	for i := range c.Issues {
		if c.Issues[i].Draft && i != issue {
			continue
		}
		count++
		if i <= issue {
			number++
		}
	}
	return number, count
}
