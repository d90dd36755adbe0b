package campaignfile

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
)

// picture returns an image of 30 × 20 pixels as encode writes it.
func picture(t *testing.T, encode func(w io.Writer, m image.Image) error) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := encode(&out, image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.White, color.Black})); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestImages(t *testing.T) {
	t.Parallel()
	asPNG := picture(t, png.Encode)
	asJPEG := picture(t, func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) })
	asGIF := picture(t, func(w io.Writer, m image.Image) error { return gif.Encode(w, m, nil) })
	for name, tc := range map[string]struct {
		file string
		data []byte
		want string // the type, or a part of the message
	}{
		"a PNG":                            {"a.png", asPNG, "image/png"},
		"a JPEG":                           {"a.jpg", asJPEG, "image/jpeg"},
		"a GIF":                            {"a.gif", asGIF, "image/gif"},
		"a JPEG that is called PNG":        {"a.png", asJPEG, "image/jpeg"},
		"a PNG that is being saved":        {"a.png", asPNG[:len(asPNG)-5], "is cut off"},
		"a JPEG that is being saved":       {"a.jpg", asJPEG[:len(asJPEG)-2], "is cut off"},
		"a PNG with half of its head":      {"a.png", asPNG[:20], "is damaged"},
		"an empty file":                    {"a.png", nil, "the file is empty"},
		"a drawing":                        {"a.svg", []byte(`<?xml version="1.0"?><svg/>`), "an SVG drawing"},
		"a WebP image":                     {"a.webp", []byte("RIFF\x10\x00\x00\x00WEBPVP8 "), "a WebP image"},
		"a text":                           {"a.png", []byte("hello"), "no image"},
		"a name with a blank":              {"my pot.png", asPNG, "the name of the image"},
		"more than a message can carry":    {"a.png", append(bytes.Clone(asPNG), make([]byte, 1<<20)...), "bigger than 1 MiB"},
		"an image that no issue speaks of": {"b.png", []byte("hello"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			issue := goodIssue + "![x](img/" + tc.file + ")\n"
			if tc.want == "" {
				issue = goodIssue
			}
			c, found := LoadOne(files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", issue,
				"plain/img/"+tc.file, string(tc.data), "plain/img/_source/x.png", "x"), "plain", Options{})
			switch {
			case tc.want == "":
				if c == nil || len(c.Images) > 0 {
					t.Errorf("the campaign is %v, findings %v", c, found)
				}
			case strings.HasPrefix(tc.want, "image/"):
				if c == nil || len(c.Images) != 1 {
					t.Fatalf("found %v", found)
				}
				if got := c.Images[0]; got.Type != tc.want || got.Width != 30 || got.Height != 20 || got.Path != "img/"+tc.file || !bytes.Equal(got.Data, tc.data) {
					t.Errorf("the image is %s %s %d×%d", got.Path, got.Type, got.Width, got.Height)
				}
			default:
				if c != nil || len(found) != 1 || found[0].File != "plain/img/"+tc.file || !strings.Contains(found[0].Message, tc.want) {
					t.Errorf("found %v, want %q", found, tc.want)
				}
			}
		})
	}
}

// TestImagePlace reads where readers have the images from. Only hosting them is
// worth a word, which names the line.
func TestImagePlace(t *testing.T) {
	t.Parallel()
	for line, tc := range map[string]struct {
		hosted bool
		want   string // of the finding
	}{
		"":                 {},
		"images: embedded": {},
		"images: hosted":   {hosted: true, want: "warning hosted-images: hosted images tell your server who opens the mail; embedded ones do not"},
		"images: remote":   {want: `error choice: images is "remote"; expected "embedded" or "hosted"`},
		"images: true":     {want: "error wrong-type: images is the switch true; expected a text"},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			c, found := LoadOne(files("plain/campaign.yaml", goodCampaign+line+"\n", "plain/01-a.md", goodIssue), "plain", Options{})
			if c != nil && c.HostedImages != tc.hosted || c == nil && !strings.HasPrefix(tc.want, "error") {
				t.Errorf("the campaign is %+v", c)
			}
			if tc.want == "" {
				if len(found) > 0 {
					t.Errorf("found %v", found)
				}
				return
			}
			at := strings.Count(goodCampaign, "\n") + 1
			if len(found) != 1 || found[0].Line != at || string(found[0].Severity)+" "+found[0].Rule+": "+found[0].Message != tc.want {
				t.Errorf("found %+v, want line %d %q", found, at, tc.want)
			}
		})
	}
	embedded, _ := LoadOne(files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue), "plain", Options{})
	hosted, _ := LoadOne(files("plain/campaign.yaml", goodCampaign+"images: hosted\n", "plain/01-a.md", goodIssue), "plain", Options{})
	if Timetable(embedded) != Timetable(hosted) || Outline(embedded) != Outline(hosted) {
		t.Error("where images are moves the series")
	}
}
