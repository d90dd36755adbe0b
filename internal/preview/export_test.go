package preview

import (
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"partwork/internal/testkit"
)

// TestExport follows every link of the export: all of them lead to a page of it.
func TestExport(t *testing.T) {
	t.Parallel()
	f := shelf(t, series())
	wrote := map[string]string{}
	done, err := Export(Options{Load: f.load, Now: func() time.Time { return noon }}, func(name string, data []byte) error {
		wrote[name] = string(data)
		return nil
	})
	if err != nil || done.Campaigns != 1 || done.Issues != 2 || !slices.Equal(done.Without, []string{"campaigns/garden/03-three.md"}) {
		t.Fatalf("exported %+v (%v)", done, err)
	}
	for name, text := range wrote {
		if !strings.HasSuffix(name, ".html") || strings.HasSuffix(name, ".mail.html") {
			continue
		}
		p := testkit.ParseHTML(t, text)
		var links []string
		for tag, key := range map[string]string{"a": "href", "iframe": "src", "link": "href"} {
			for _, n := range p.All(tag) {
				links = append(links, n.Attr(key))
			}
		}
		for _, link := range links {
			if _, there := wrote[path.Join(path.Dir(name), link)]; !there {
				t.Errorf("%s links to %s, which is not there", name, link)
			}
		}
		if n := len(p.All("script")); n > 0 {
			t.Errorf("%s has %d scripts", name, n)
		}
	}
	if mail := wrote["garden/one.mail.html"]; !strings.Contains(mail, "Hi Anna,") || strings.Contains(mail, "_link-") ||
		!strings.Contains(mail, `content="default-src &#39;none&#39;`) {
		t.Errorf("the message is\n%s", mail)
	}
	review := testkit.ParseHTML(t, wrote["garden/_review.html"])
	if n := len(review.All("article div.remarks")); n != 2 {
		t.Errorf("there is room for remarks on %d issues", n)
	}
	one := testkit.ParseHTML(t, wrote["garden/one.html"])
	if sandbox := one.One(t, "iframe[sandbox]").Attr("sandbox"); sandbox != "" {
		t.Errorf("the sandbox is %q", sandbox)
	}
}
