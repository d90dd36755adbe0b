package preview

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// look is how somebody looks at things: whom as, and in which way. Every page hands it
// on in its links. What is as usual is left out of them.
type look struct {
	as                          string // a number of a persona, or "s" and that of a subscriber
	view, width, colors, images string
	inbox                       string
}

// choice is one of several ways.
type choice struct {
	Value, Label, Path string
	// Key is the key that chooses it.
	Key     string
	Current bool
}

// The ways to look at a message, and at its HTML part. The first of each is usual.
var (
	views = []choice{
		{Value: "", Label: "Message", Key: "1"}, {Value: "text", Label: "Plain text", Key: "2"},
		{Value: "headers", Label: "Headers", Key: "3"}, {Value: "source", Label: "MIME source", Key: "4"},
		{Value: "file", Label: "File", Key: "5"}, {Value: "changes", Label: "Changes", Key: "6"},
		{Value: "links", Label: "Links", Key: "7"},
	}
	widths  = []choice{{Value: "", Label: "Desktop"}, {Value: "tablet", Label: "Tablet"}, {Value: "phone", Label: "Phone"}}
	colors  = []choice{{Value: "", Label: "Light"}, {Value: "dark", Label: "Dark"}, {Value: "inverted", Label: "Inverted"}}
	images  = []choice{{Value: "", Label: "Images"}, {Value: "off", Label: "No images"}}
	inboxes = []choice{{Value: "", Label: "Desktop inbox"}, {Value: "phone", Label: "Phone inbox"}}
)

// lookOf reads the look out of a query; what is unknown is as usual.
func lookOf(q url.Values) look {
	return look{
		as: q.Get("as"), view: pick(views, q.Get("view")), width: pick(widths, q.Get("width")),
		colors: pick(colors, q.Get("colors")), images: pick(images, q.Get("images")), inbox: pick(inboxes, q.Get("inbox")),
	}
}

// pick returns value if it is one of the choices, and the first choice otherwise.
func pick(from []choice, value string) string {
	if slices.ContainsFunc(from, func(c choice) bool { return c.Value == value }) {
		return value
	}
	return from[0].Value
}

// at returns the address of a page for this look.
func (l look) at(path string) string {
	q := url.Values{}
	for key, value := range map[string]string{
		"as": l.as, "view": l.view, "width": l.width, "colors": l.colors, "images": l.images, "inbox": l.inbox,
	} {
		if value != "" {
			q.Set(key, value)
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// choices links the ways of one kind from a page, leaving all else as it is.
func (l look) choices(from []choice, path string, field func(*look) *string) []choice {
	out := slices.Clone(from)
	for i := range out {
		other := l
		out[i].Current = *field(&l) == out[i].Value
		*field(&other) = out[i].Value
		out[i].Path = other.at(path)
	}
	return out
}

// persona returns the number of the persona, within those that there are.
func (l look) persona(count int) int {
	if n, err := strconv.Atoi(l.as); err == nil && n > 0 && n < count {
		return n
	}
	return 0
}

// subscriber returns the number of the subscriber, if it is one.
func (l look) subscriber() (int64, bool) {
	number, ok := strings.CutPrefix(l.as, "s")
	n, err := strconv.ParseInt(number, 10, 64)
	return n, ok && err == nil && n > 0
}
