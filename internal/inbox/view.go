package inbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// How much of a long list is on the page.
const (
	maxReaders = 300
	maxLetters = 200
)

// view is what the page shows.
type view struct {
	// Pane is what a narrow window shows: readers, letters or letter.
	Pane, Title string
	Progress    *progressView
	Readers     []readerView
	MoreReaders int
	Total       int
	People      int
	Reader      *readerView // nil for everybody
	Letters     []letterView
	Older       int
	Letter      *openView
	Missing     bool

	web *web
}

// readerView is a mailbox in the list.
type readerView struct {
	Mailbox
	Name, Initial, Zone, City, Now string
	Hue                            int
	Current                        bool
}

// letterView is a message in the list.
type letterView struct {
	Message
	Reader          *readerView // when everybody's are shown
	Time, Machine   string
	Current, Unread bool
}

// openView is the open message.
type openView struct {
	Message
	Tab, Time, Machine, Place, Shown string
	HTML                             bool
	Tabs                             []tabView
	Headers                          [][2]string
}

// tabView is one way to look at a message.
type tabView struct {
	Href, Title string
	Current     bool
}

// progressView is the strip at the top.
type progressView struct {
	Progress
	Percent      int
	Day, Machine string
}

// newView is the page for one reader, or with 0 for everybody.
func (w *web) newView(pane string, mailbox int) *view {
	v := &view{Pane: pane, Title: w.opts.Title, web: w}
	if w.opts.Progress != nil {
		v.Progress = describeProgress(w.opts.Progress())
	}
	byNumber := map[int]*readerView{}
	for _, box := range w.inbox.Mailboxes() {
		reader := v.describe(box)
		reader.Current = box.Number == mailbox
		byNumber[box.Number] = &reader
		v.Total += box.Count
		v.People++
		if reader.Current {
			v.Reader = &reader
		}
		if len(v.Readers) < maxReaders || reader.Current {
			v.Readers = append(v.Readers, reader)
		} else {
			v.MoreReaders++
		}
	}
	v.list(mailbox, byNumber)
	return v
}

// describe is a mailbox with what is known of its reader.
func (v *view) describe(box Mailbox) readerView {
	name, zone := v.web.opts.Describe(box.Address)
	r := readerView{Mailbox: box, Name: name, Zone: strings.ReplaceAll(zone, "_", " "), City: city(zone), Hue: box.Number % 6}
	if r.Name == "" {
		r.Name, _, _ = strings.Cut(box.Address, "@")
	}
	first, _ := utf8.DecodeRuneInString(r.Name)
	r.Initial = strings.ToUpper(string(first))
	if v.Progress != nil && !v.Progress.Calendar.IsZero() {
		r.Now = v.Progress.Calendar.In(location(zone)).Format("Mon 15:04")
	}
	return r
}

// city is the last part of a time zone's name, which is mostly a city.
func city(zone string) string {
	return strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " ")
}

// list sets the messages, the newest first.
func (v *view) list(mailbox int, readers map[int]*readerView) {
	messages := v.web.inbox.filter(func(m Message) bool { return mailbox == 0 || m.Mailbox == mailbox })
	slices.Reverse(messages)
	if over := len(messages) - maxLetters; over > 0 {
		messages, v.Older = messages[:maxLetters], over
	}
	unread := v.web.inbox.unread(messages)
	for _, m := range messages {
		l := letterView{Message: m, Unread: unread[m.ID]}
		l.Time, l.Machine = v.when(m, "Mon 2 Jan · 15:04")
		if mailbox == 0 {
			l.Reader = readers[m.Mailbox]
		}
		v.Letters = append(v.Letters, l)
	}
}

// when is the arrival of a message on its reader's clock, for people and for
// machines.
func (v *view) when(m Message, layout string) (people, machines string) {
	_, zone := v.web.opts.Describe(m.To)
	at := m.Arrived.In(location(zone))
	return at.Format(layout), at.Format(time.RFC3339)
}

// location is a time zone, or UTC for one that is not known.
func location(zone string) *time.Location {
	if loc, err := time.LoadLocation(zone); err == nil && zone != "Local" {
		return loc
	}
	return time.UTC
}

// describeProgress is the strip at the top.
func describeProgress(p Progress) *progressView {
	v := &progressView{Progress: p}
	if p.Total > 0 {
		v.Percent = min(100, 100*p.Done/p.Total)
	}
	if !p.Calendar.IsZero() {
		v.Day = p.Calendar.UTC().Format("Mon 2 Jan 2006, 15:04")
		v.Machine = p.Calendar.UTC().Format(time.RFC3339)
	}
	return v
}

// tabTitle is the name of a way to look at a message, empty for none.
func tabTitle(tab string) string {
	switch tab {
	case "":
		return "Letter"
	case "text":
		return "Text"
	case "headers":
		return "Headers"
	case "source":
		return "Source"
	default:
		return ""
	}
}

// open sets the open message.
func (v *view) open(m Message, tab string) {
	c := m.Content()
	o := &openView{Message: m, Tab: tab, HTML: c.HTML != ""}
	o.Time, o.Machine = v.when(m, "Monday 2 January 2006, 15:04")
	o.Place = "UTC"
	if v.Reader != nil && v.Reader.City != "" {
		o.Place = "in " + v.Reader.City
	}
	for _, t := range []string{"", "text", "headers", "source"} {
		o.Tabs = append(o.Tabs, tabView{
			Href: strings.TrimSuffix(fmt.Sprintf("/m/%d/%s", m.ID, t), "/"), Title: tabTitle(t), Current: t == tab,
		})
	}
	switch {
	case tab == "source":
		o.Shown = strings.ToValidUTF8(string(m.Raw), "\ufffd")
	case tab == "headers":
		o.Headers = headerList(m.Raw)
	case tab == "text" || !o.HTML:
		o.Shown = c.Text
	}
	v.Letter = o
	for i := range v.Letters {
		v.Letters[i].Current = v.Letters[i].ID == m.ID
	}
}

// headerList is the header fields in the order of the message, unfolded (RFC
// 5322 §2.2.3) and decoded.
func headerList(raw []byte) [][2]string {
	head, _, _ := strings.Cut(string(raw), "\r\n\r\n")
	var list [][2]string
	for line := range strings.SplitSeq(head, "\r\n") {
		if last := len(list) - 1; last >= 0 && strings.HasPrefix(strings.ReplaceAll(line, "\t", " "), " ") {
			list[last][1] += " " + strings.TrimSpace(line)
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		list = append(list, [2]string{name, strings.TrimSpace(value)})
	}
	for i := range list {
		list[i][1] = decodeWords(list[i][1])
	}
	return list
}
