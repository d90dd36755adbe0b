package public

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"time"
)

// The elements of a feed (RFC 4287 §4).
type (
	atom struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr,omitempty"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  atomPerson  `xml:"author"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomPerson struct {
		Name string `xml:"name"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated string   `xml:"updated"`
		Link    atomLink `xml:"link"`
		Summary string   `xml:"summary,omitempty"`
	}
)

// atomFeed writes an archive as an Atom feed (RFC 4287), the last issue first. base is
// the public URL without a final slash. It names no address of anybody.
func atomFeed(a Archive, base string) ([]byte, error) {
	list := base + "/a/" + a.Key
	author := a.Sender
	if author == "" {
		author = a.Title // §4.1.1: there has to be one
	}
	var updated time.Time
	feed := atom{
		Lang: a.Language, ID: a.ID, Title: a.Title, Author: atomPerson{author},
		Links: []atomLink{{"self", "application/atom+xml", list + "/" + feedName}, {"alternate", "text/html", list}},
	}
	for i := len(a.Issues) - 1; i >= 0; i-- {
		is := &a.Issues[i]
		if is.Saved.After(updated) {
			updated = is.Saved
		}
		feed.Entries = append(feed.Entries, atomEntry{
			ID: is.ID, Title: is.Subject, Updated: stamped(is.Saved), Summary: is.Preheader,
			Link: atomLink{"alternate", "text/html", list + "/" + strconv.FormatInt(is.No, 10)},
		})
	}
	feed.Updated = stamped(updated)
	var out bytes.Buffer
	out.WriteString(xml.Header)
	enc := xml.NewEncoder(&out)
	enc.Indent("", " ")
	if err := enc.Encode(feed); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// stamped writes an instant as RFC 3339 does (RFC 4287 §3.3).
func stamped(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }
