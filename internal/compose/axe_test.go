package compose

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"partwork/internal/testkit"
)

// gallery serves pages by their names, as a mail reader would show them.
func gallery(t testing.TB, pages map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[strings.Trim(r.URL.Path, "/")]
		if !ok {
			w.WriteHeader(http.StatusNoContent) // the browser asks for an icon
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// looks are the windows that messages are looked at in, in light and dark.
var looks = []struct{ width, height int }{{600, 800}, {320, 640}, {1200, 900}}

// TestShippedMessagesAreAccessible has axe-core look at every issue that ships and
// at the confirmations: in the light or in the dark at the width of the column, and the
// other way in turns on a telephone and on a wide screen. Nobody is kept from reading, and
// nothing has to be scrolled sideways.
func TestShippedMessagesAreAccessible(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	pages := map[string]string{"illustrated": illustration(t)}
	var views []testkit.View
	url := gallery(t, pages)
	look := func(name string, width, height int, dark bool) {
		views = append(views, testkit.View{
			Name: strings.ReplaceAll(name, "/", "-"), URL: url + "/" + name, Width: width, Height: height, Dark: dark,
			Forgive: name == "illustrated",
		})
	}
	who := tormented(t)
	for i, p := range press(t) {
		if i%tortureShare != 0 {
			continue
		}
		pages[p.name()] = p.send(t, who[i%len(who)], nil).HTML
		dark := i%4 < 2
		look(p.name(), 600, 800, dark)
		other := looks[1+i%2]
		look(p.name(), other.width, other.height, !dark)
	}
	for _, l := range looks {
		look("illustrated", l.width, l.height, false)
		look("illustrated", l.width, l.height, true)
	}
	for _, a := range testkit.Audits(t, views) {
		if a.Overflow > 0 {
			t.Errorf("%s is %d pixels wider than its window of %d", a.View.Name, a.Overflow, a.View.Width)
		}
		for _, v := range a.Violations {
			if v.Grave() {
				t.Errorf("%s at %d, dark %v: %s", a.View.Name, a.View.Width, a.View.Dark, v)
			}
		}
	}
}

// illustration is a message with everything that the shipped ones lack, as a reader
// sees it whose program shows no images.
func illustration(t testing.TB) string {
	t.Helper()
	c := illustrated(t, `Hi {{.Subscriber.Name}}, this is *new*: `+"`code`"+` and a
<https://example.com/a-long-address-that-does-not-fit-on-any-telephone-however-it-is-held?and=it&goes=on&and=on>.

![Three pots on a sill](img/wide.png "Ours, in May")

### Smaller

> A thought of somebody else, in a quotation.

    pre-formatted text that goes on for longer than a telephone is wide, without a break

> [!SAFETY]
> | a | b | c | d |
> |---|---|---|---|
> | Short | Kraftfahrzeughaftpflicht | 3 | 4 |

> [!ASK]
> Why?

***

[A button]({{.Links.Unsubscribe}})
`)
	return send(t, NewBundle(c, 0, layouts(t)), anna(c, 0)).HTML
}
