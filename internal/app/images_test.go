package app_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// picture returns an image of one gray.
func picture(t *testing.T, gray uint8) string {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 30, 20))
	for i := range m.Pix {
		m.Pix[i] = color.Gray{Y: gray}.Y
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// illustrate gives issue one an image, and the campaign a place for it.
func (d *desk) illustrate(place, img string) {
	d.t.Helper()
	d.save("campaigns/letters/img/pots.png", img)
	d.replace("01-one.md", "The text.", "The text.\n\n![Pots](img/pots.png)")
	d.replace("campaign.yaml", "first:", "images: "+place+"\nfirst:")
}

// served runs do while the desk serves.
func (d *desk) served(relay *testkit.Relay, do func(r *running)) {
	d.t.Helper()
	d.UseMachine(time.Now)
	r := d.serve(d.t, relay, app.ServeOptions{})
	do(r)
	r.stop()
	r.wait()
	d.UseMachine(func() time.Time { return d.machine })
}

// hostedAt finds the address of an image in a message.
var hostedAt = regexp.MustCompile(`src="http://127\.0\.0\.1:8080(/i/[0-9a-f]{32}\.png)"`)

// imageFor returns where the message that somebody got has its image, within the
// readers' pages.
func imageFor(t *testing.T, relay *testkit.Relay, to string) string {
	t.Helper()
	for _, m := range relay.Accepted() {
		if strings.Join(m.To, "") != to {
			continue
		}
		body := strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(m.Body))
		if strings.Contains(body, "cid:") || strings.Contains(body, "image/png") {
			t.Errorf("%s got an image with the message", to)
		}
		if at := hostedAt.FindStringSubmatch(body); at != nil {
			return at[1]
		}
		t.Fatalf("%s got no image: %s", to, body)
	}
	t.Fatalf("%s got no message", to)
	return ""
}

// wantImage fails the test unless the pages have the image there.
func wantImage(t *testing.T, r *running, at, want string) {
	t.Helper()
	resp, err := http.Get(r.base + at)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || string(got) != want || resp.Header.Get("Content-Type") != "image/png" {
		t.Errorf("%s is %s with %d bytes, want %d (%v)", at, resp.Header.Get("Content-Type"), len(got), len(want), err)
	}
}

// TestHostedImagesOutliveTheirFiles sends an issue whose image is fetched, replaces
// the image, sends it to somebody else, removes everything, and starts again: each
// mail shows what it was sent with.
func TestHostedImagesOutliveTheirFiles(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	relay := testkit.Start(t, testkit.Script{})
	first, second := picture(t, 10), picture(t, 200)
	d.illustrate("hosted", first)
	d.step(newsday)
	var ada, bob string
	d.served(relay, func(r *running) {
		relay.Await(t, "ada's first issue", func() bool { return len(relay.Accepted()) == 1 })
		ada = imageFor(t, relay, "ada@example.net")
		wantImage(t, r, ada, first)
	})
	d.save("campaigns/letters/img/pots.png", second)
	d.reread()
	importLines(t, d.instance, "letters", "bob@example.net,Europe/London")
	d.step(week(1))
	d.served(relay, func(r *running) {
		relay.Await(t, "bob's first issue", func() bool { return len(relay.Accepted()) == 3 })
		if bob = imageFor(t, relay, "bob@example.net"); bob == ada {
			t.Errorf("both images are at %s", ada)
		}
		wantImage(t, r, ada, first)
		wantImage(t, r, bob, second)
	})
	d.move("campaigns/letters", "")
	d.restart()
	d.served(relay, func(r *running) {
		wantImage(t, r, ada, first)
		wantImage(t, r, bob, second)
	})
	d.verify(t)
}

// TestOnlyHostedImagesAreKept looks for the images of an issue, the theme's logo
// among them, in the store.
func TestOnlyHostedImagesAreKept(t *testing.T) {
	t.Parallel()
	for _, place := range []string{"embedded", "hosted"} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.save("templates/art/logo.png", picture(t, 99))
			d.save("templates/theme.yaml", "logo: {file: art/logo.png, alt: Letters}\n")
			d.illustrate(place, picture(t, 10))
			bundle, err := d.Library.Bundle("letters", "one")
			if err != nil || len(bundle.Images) != 2 {
				t.Fatalf("%d images (%v)", len(bundle.Images), err)
			}
			for _, img := range bundle.Images {
				kept, err := d.Store.Image(t.Context(), img.Name())
				switch {
				case place == "embedded" && !errors.Is(err, drip.ErrNotFound):
					t.Errorf("%s was kept (%v)", img.Path, err)
				case place == "hosted" && (err != nil || !bytes.Equal(kept.Data, img.Data)):
					t.Errorf("%s was not kept (%v)", img.Path, err)
				}
			}
		})
	}
}

// TestImagesComeToRestLikeAnyFile replaces images in two goes. What was saved in the
// first is a good image by itself, but nobody meant it.
func TestImagesComeToRestLikeAnyFile(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"of a campaign":                          "campaigns/letters/img/pots.png",
		"of the theme":                           "templates/email/logo.png",
		"of the theme, in a folder of their own": "templates/art/logo.png",
		"of the theme, beside it":                "templates/logo.png",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.save("campaigns/letters/img/pots.png", picture(t, 0))
			logo, _ := strings.CutPrefix(file, "templates/")
			if logo != file {
				d.save(file, picture(t, 0))
				d.save("templates/theme.yaml", "logo: {file: "+logo+", alt: Letters}\n")
			}
			d.illustrate("embedded", picture(t, 0))
			d.wantFindings()
			shows := func() (img string) {
				bundle, err := d.Library.Bundle("letters", "one")
				if err != nil {
					t.Fatal(err)
				}
				for _, i := range bundle.Images {
					if i.Path == "/logo" || logo == file {
						img = string(i.Data)
						break
					}
				}
				return img
			}
			d.saves(file, picture(t, 1), time.Second)
			d.saves(file, picture(t, 2), time.Second)
			if _, err := d.Library.Bundle("letters", "one"); !errors.Is(err, drip.ErrNotFound) {
				t.Error("an image was believed while it was being saved")
			}
			d.rests()
			if d.wantFindings(); shows() != picture(t, 2) {
				t.Error("the new image is not in force")
			}
			d.save(file, picture(t, 3)[:60])
			d.reread()
			d.wantFirst("error", "cut off")
			d.saves(file, picture(t, 3), time.Second)
			d.rests()
			if d.wantFindings(); shows() != picture(t, 3) {
				t.Error("the repaired image is not in force")
			}
		})
	}
}

// saves writes a file and reads the files, which must want another look.
func (d *desk) saves(name, text string, want time.Duration) {
	d.t.Helper()
	d.save(name, text)
	d.machine = d.machine.Add(400 * time.Millisecond)
	d.glance(want)
}

// rests reads the files once they are at rest.
func (d *desk) rests() {
	d.t.Helper()
	d.machine = d.machine.Add(time.Second)
	d.glance(0)
}
