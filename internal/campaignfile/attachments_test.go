package campaignfile

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partwork/internal/drip"
)

// pdf is as little of a PDF as can be told from other files.
const pdf = "%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"

// attached is an issue whose front matter has these lines more; the first of them is
// line 4.
func attached(lines string) string {
	return strings.Replace(goodIssue, "---\n", "---\nattachments:\n"+lines+"\n", 1)
}

// appointments is as little of one as can be.
const appointments = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"

func TestAttachments(t *testing.T) {
	t.Parallel()
	docx := "PK\x03\x04 word/document.xml PK\x05\x06"
	for name, tc := range map[string]struct {
		lines, file, data string
		want              string // "name type", or "severity line rule: a part of the message"
	}{
		"a path alone":                     {"- a.pdf", "a.pdf", pdf, "a.pdf application/pdf"},
		"a path in a folder":               {"- files/a.pdf", "files/a.pdf", pdf, "a.pdf application/pdf"},
		"a path with a dot before it":      {"- ./a.pdf", "a.pdf", pdf, "a.pdf application/pdf"},
		"a name of its own":                {"- file: a.pdf\n  name: \"Fragen für den Termin.pdf\"", "a.pdf", pdf, "Fragen für den Termin.pdf application/pdf"},
		"a name that is shouted":           {"- {file: a.pdf, name: A.PDF}", "a.pdf", pdf, "A.PDF application/pdf"},
		"a text":                           {"- a.txt", "a.txt", "Grüße\n", "a.txt text/plain"},
		"a calendar":                       {"- a.ics", "a.ics", appointments, "a.ics text/calendar"},
		"a document":                       {"- a.docx", "a.docx", docx, "a.docx application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		"a picture":                        {"- a.png", "a.png", string(picture(t, png.Encode)), "a.png image/png"},
		"no file":                          {"- b.pdf", "a.txt", "x", `error 3 attachment: the attachment "b.pdf" is not there`},
		"no file, but one that is like it": {"- qestions.pdf", "questions.pdf", pdf, `error 3 attachment: the attachment "qestions.pdf" is not there; did you mean "questions.pdf"?`},
		"an empty file":                    {"- a.pdf", "a.pdf", "", `error 3 attachment: the attachment "a.pdf": the file is empty`},
		"a folder":                         {"- a.pdf", "a.pdf/b", pdf, `error 3 unreadable: the attachment "a.pdf" cannot be read: it is a folder`},
		"a file that is being saved":       {"- a.pdf", "a.pdf", pdf[:20], "error 3 attachment: the attachment \"a.pdf\": the PDF is cut off"},
		"a file that is another":           {"- a.pdf", "a.pdf", "hello", "error 3 attachment: the attachment \"a.pdf\": the file is no PDF"},
		"a picture that is another":        {"- a.gif", "a.gif", string(picture(t, png.Encode)), "the file is image/png, but its name says image/gif"},
		"a text of bytes":                  {"- a.txt", "a.txt", "Gr\xfc\xdfe", "the file is not UTF-8 text"},
		"a calendar that is none":          {"- a.ics", "a.ics", "hello", "the file is no calendar"},
		"an archive called a document":     {"- a.docx", "a.docx", "PK\x03\x04 evil.exe PK\x05\x06", "the file is not what the ending of its name says"},
		"a document with macros":           {"- a.docx", "a.docx", docx + "word/vbaProject.bin" + docx, "the document has macros in it"},
		"a page":                           {"- a.html", "a.html", "<p>", "error 3 attachment: the attachment \"a.html\" is a page or drawing that can hold a program"},
		"a drawing":                        {"- a.svg", "a.svg", "<svg>", "is a page or drawing"},
		"a program":                        {"- a.exe", "a.exe", "MZ", "is a program"},
		"an archive":                       {"- a.zip", "a.zip", "PK", "is an archive"},
		"a file without an ending":         {"- a", "a", "x", "has no ending"},
		"a file of another kind":           {"- a.mp3", "a.mp3", "x", "is of a kind that is not attached; attach one of pdf, txt"},
		"a file of another campaign":       {"- ../other/a.pdf", "a.pdf", pdf, `error 3 attachment: the attachment "../other/a.pdf" lies outside`},
		"a roundabout path to it":          {"- b/../../other/a.pdf", "a.pdf", pdf, "lies outside"},
		"a file of the machine":            {"- /etc/a.pdf", "a.pdf", pdf, "lies outside"},
		"a path of another system":         {`- 'b\a.pdf'`, "a.pdf", pdf, "is no path of a file"},
		"a path with NUL":                  {`- "a.pdf\0"`, "a.pdf", pdf, "is no path of a file"},
		"a file that is set aside":         {"- _files/a.pdf", "_files/a.pdf", pdf, "is set aside"},
		"a hidden file":                    {"- .a.pdf", ".a.pdf", pdf, "is set aside"},
		"the same file twice":              {"- a.pdf\n- ./a.pdf", "a.pdf", pdf, `error 4 attachment: the file "a.pdf" is attached twice`},
		"a name with NUL":                  {"- file: a.pdf\n  name: \"a\\0.pdf\"", "a.pdf", pdf, "error 4 attachment: the name of the attachment, \"a\\x00.pdf\", has the control character U+0000 in it"},
		"a name that turns round":          {"- file: a.pdf\n  name: \"a\\u202Efdp.exe.pdf\"", "a.pdf", pdf, "turns the direction of writing"},
		"a name with a folder":             {"- {file: a.pdf, name: b/a.pdf}", "a.pdf", pdf, `has a '/', which parts folders`},
		"a name with another folder":       {`- {file: a.pdf, name: 'b\a.pdf'}`, "a.pdf", pdf, `has a '\\', which parts folders`},
		"a hidden name":                    {"- {file: a.pdf, name: .a.pdf}", "a.pdf", pdf, "begins with a dot"},
		"an empty name":                    {"- {file: a.pdf, name: ''}", "a.pdf", pdf, "is empty"},
		"a name with another ending":       {"- {file: a.pdf, name: a.exe}", "a.pdf", pdf, `the name "a.exe" has another ending than the file "a.pdf"; let the name end in .pdf`},
		"a name without an ending":         {"- {file: a.pdf, name: Questions}", "a.pdf", pdf, "another ending"},
		"a long name":                      {"- {file: a.pdf, name: " + strings.Repeat("ü", 201) + ".pdf}", "a.pdf", pdf, "more than 200 characters"},
		"a number for a name":              {"- {file: a.pdf, name: 7}", "a.pdf", pdf, "error 3 wrong-type: name is the number 7"},
		"a slip of the pen":                {"- {fiel: a.pdf}", "a.pdf", pdf, `error 3 unknown-key: the key "fiel" is unknown here; did you mean "file"?`},
		"no path":                          {"- {name: a.pdf}", "a.pdf", pdf, `error 3 missing-key: the key "file" is missing`},
		"a list in the list":               {"- [a.pdf]", "a.pdf", pdf, "error 3 wrong-type: an attachment is a list"},
		"too many":                         {strings.Repeat("- a.pdf\n", 20) + "- a.pdf", "a.pdf", pdf, "there are 21 attachments; at most 20 are sent"},
		"a heavy one":                      {"- a.pdf", "a.pdf", heavy(500_000), "warning 3 attachment-size: the attachments take 684 kB of each message"},
		"one that is too heavy":            {"- a.pdf", "a.pdf", heavy(3_000_000), "error 3 attachment-size: the attachments take 4105 kB of each message; at most 4000"},
		"one that is much too heavy":       {"- a.pdf", "a.pdf", heavy(4_100_000), "error 3 attachment-size: the attachment \"a.pdf\" is bigger than all that a message can carry"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, found := LoadOne(files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", attached(tc.lines), "plain/"+tc.file, tc.data), "plain", Options{})
			got := told(c, found)
			if !strings.Contains(got, tc.want) || len(found) > 1 || (c == nil) != strings.Contains(got, "error") {
				t.Errorf("found %q, want %q", got, tc.want)
			}
			for _, f := range found {
				if f.File != "plain/01-a.md" || f.Fix == "" {
					t.Errorf("the finding is %+v", f)
				}
			}
		})
	}
}

// heavy is a PDF of that size.
func heavy(size int) string { return "%PDF-" + strings.Repeat("x", size-10) + "%%EOF" }

// told puts the attachments of a campaign's first issue and the findings into words.
func told(c *drip.Campaign, found []drip.Finding) string {
	var out []string
	if c != nil {
		for _, a := range c.Issues[0].Attachments {
			out = append(out, a.Name+" "+a.Type)
		}
	}
	for _, f := range found {
		out = append(out, fmt.Sprintf("%s %d %s: %s; %s", f.Severity, f.Line, f.Rule, f.Message, f.Fix))
	}
	return strings.Join(out, "\n")
}

// TestOneAttachmentNeedsNoList reads the short ways to write one.
func TestOneAttachmentNeedsNoList(t *testing.T) {
	t.Parallel()
	for _, value := range []string{" a.pdf", " {file: a.pdf, name: B.pdf}", "\n  file: a.pdf\n  name: B.pdf"} {
		issue := strings.Replace(goodIssue, "---\n", "---\nattachments:"+value+"\n", 1)
		c, found := LoadOne(files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", issue, "plain/a.pdf", pdf), "plain", Options{})
		if c == nil || len(c.Issues[0].Attachments) != 1 || c.Issues[0].Attachments[0].File != "a.pdf" || string(c.Issues[0].Attachments[0].Data) != pdf {
			t.Errorf("%q: %v", value, found)
		}
	}
}

// TestAttachmentsOfTheSameName: readers save them in one folder.
func TestAttachmentsOfTheSameName(t *testing.T) {
	t.Parallel()
	c, found := LoadOne(files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", attached("- a.pdf\n- b/A.pdf"), "plain/a.pdf", pdf, "plain/b/A.pdf", pdf), "plain", Options{})
	if got := told(c, found); !strings.HasPrefix(got, `error 4 attachment: two attachments have the name "A.pdf"`) {
		t.Errorf("found %q", got)
	}
}

// TestDraftsMayLackTheirAttachments: they are not sent.
func TestDraftsMayLackTheirAttachments(t *testing.T) {
	t.Parallel()
	draft := strings.Replace(attached("- a.pdf\n- b.exe"), "---\n", "---\ndraft: true\n", 1)
	c, found := LoadOne(files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", draft), "plain", Options{})
	if c == nil || len(c.Issues[0].Attachments) > 0 || len(found) != 2 || found[0].Severity != drip.SeverityWarning || found[0].Line != 4 {
		t.Errorf("found %v", found)
	}
}

// TestAttachmentsBehindLinks follows links on a disk, but not out of the campaign's
// folder.
func TestAttachmentsBehindLinks(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ link, target, want string }{
		"to a file beside it":           {"a.pdf", "real.pdf", "a.pdf application/pdf"},
		"to a folder that is hidden":    {"files", ".data/files", "a.pdf application/pdf"},
		"to another campaign":           {"a.pdf", "../other/a.pdf", "error 3 attachment: the attachment \"a.pdf\" is a link that leads out of the campaign's folder; put the file itself"},
		"through a folder and back":     {"a.pdf", ".data/../../plain/real.pdf", "is a link that leads out"},
		"to the machine":                {"a.pdf", "/etc/passwd", "is a link that leads out"},
		"out of the campaigns":          {"a.pdf", "../../secret.pdf", "is a link that leads out"},
		"to itself":                     {"a.pdf", "a.pdf", "is a link that leads out"},
		"to nothing":                    {"a.pdf", "gone.pdf", "is not there"},
		"to a folder that is another's": {"files", "../other", "is a link that leads out"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			top := t.TempDir()
			for file, text := range map[string]string{
				"campaigns/plain/campaign.yaml": goodCampaign, "campaigns/plain/real.pdf": pdf, "campaigns/other/a.pdf": pdf, "secret.pdf": pdf,
				"campaigns/plain/.data/files/a.pdf": pdf,
				"campaigns/plain/01-a.md":           attached("- " + map[string]string{"a.pdf": "a.pdf", "files": "files/a.pdf"}[tc.link]),
			} {
				at := filepath.Join(top, filepath.FromSlash(file))
				if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Symlink(tc.target, filepath.Join(top, "campaigns/plain", tc.link)); err != nil {
				t.Fatal(err)
			}
			root, err := os.OpenRoot(filepath.Join(top, "campaigns"))
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			c, found := LoadOne(root.FS(), "plain", Options{})
			want := tc.want
			if tc.link == "files" {
				want = strings.Replace(want, `"a.pdf"`, `"files/a.pdf"`, 1)
			}
			if got := told(c, found); !strings.Contains(got, want) {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
}
