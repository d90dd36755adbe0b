package compose

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/mail"
	"os/exec"
	"path"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/jhillyerd/enmime/v2"
	"pgregory.net/rapid"

	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// fileNames are names of files as strangers, other systems and attackers write them, and
// what readers see.
var fileNames = map[string]string{
	"questions.pdf":                    "questions.pdf",
	"Fragen für den Termin.pdf":        "Fragen für den Termin.pdf",
	"Übung \"1\"\x00.pdf":              `Übung "1".pdf`,
	"a\r\nBcc: victim@example.com.pdf": "aBcc: victim@example.com.pdf",
	`"; filename="evil.exe`:            `"; filename="evil.exe`,
	`back\slash/and folder.pdf`:        "back-slash-and folder.pdf",
	"../../etc/passwd.pdf":             "-..-etc-passwd.pdf",
	"...hidden.pdf":                    "hidden.pdf",
	"a\u202Efdp.exe.pdf":               "afdp.exe.pdf",
	"\u200Fa\u2066b\u200E.pdf":         "ab.pdf",
	"מה לשאול.pdf":                     "מה לשאול.pdf",
	"أسئلة 1.pdf":                      "أسئلة 1.pdf",
	"山田さんの質問.pdf":                      "山田さんの質問.pdf",
	"👩‍👩‍👧 Family 🏴󠁧󠁢󠁥󠁮󠁧󠁿.pdf": "👩‍👩‍👧 Family 🏴󠁧󠁢󠁥󠁮󠁧󠁿.pdf",
	"100% sure %41%00.pdf":               "100% sure %41%00.pdf",
	"UTF-8''x.pdf":                       "UTF-8''x.pdf",
	"=?utf-8?q?evil=2Eexe?=":             "= ?utf-8?q?evil=2Eexe?=",
	"=?utf-8?b?ZXZpbC5leGU=?=.pdf":       "= ?utf-8?b?ZXZpbC5leGU= ?=.pdf",
	"it's a * (test) [1]; a, b & c.pdf":  "it's a * (test) [1]; a, b & c.pdf",
	"=_boundary.pdf":                     "=_boundary.pdf",
	"--mixed-pw-x.pdf":                   "--mixed-pw-x.pdf",
	"\xff\xfe.pdf":                       "attachment.pdf",
	" . ":                                "attachment",
	"":                                   "attachment",
	"\ue000\ue0010.pdf":                  "0.pdf",
	"a  b\t.pdf":                         "a b.pdf",
	"e\u0301.pdf":                        "e\u0301.pdf",
	strings.Repeat("n", 196) + ".pdf":    strings.Repeat("n", 196) + ".pdf",
	strings.Repeat("ü", 196) + ".pdf":    strings.Repeat("ü", 196) + ".pdf",
	strings.Repeat("🪴", 196) + ".pdf":    strings.Repeat("🪴", 196) + ".pdf",
	strings.Repeat("x", 900) + ".pdf":    strings.Repeat("x", 196) + ".pdf",
	"a." + strings.Repeat("long", 90):    ("a." + strings.Repeat("long", 90))[:200],
	strings.Repeat("word ", 30) + ".pdf": strings.Repeat("word ", 30) + ".pdf",
}

// enclosed is an attachment as one program sees it.
type enclosed struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	Data    []byte   `json:"data"`
	Defects []string `json:"defects"`
}

// enclosedByStandard reads with the standard library of Go.
func enclosedByStandard(t testing.TB, raw []byte) []enclosed {
	t.Helper()
	var out []enclosed
	for _, p := range open(t, raw).parts[1:] {
		_, params, err := mime.ParseMediaType(mail.Header(p.header).Get("Content-Disposition"))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, enclosed{Name: params["filename"], Type: p.kind, Data: p.body})
	}
	return out
}

// enclosedByEnmime reads with enmime.
func enclosedByEnmime(t testing.TB, raw []byte) []enclosed {
	t.Helper()
	env, err := enmime.ReadEnvelope(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var out []enclosed
	for _, a := range env.Attachments {
		one := enclosed{Name: a.FileName, Type: a.ContentType, Data: a.Content}
		for _, problem := range a.Errors {
			one.Defects = append(one.Defects, problem.Error())
		}
		out = append(out, one)
	}
	return out
}

// pythonAttachments writes what Python's own library sees of a message's attachments.
const pythonAttachments = `
import base64, email, email.policy, json, sys
for line in sys.stdin.buffer:
    m = email.message_from_bytes(base64.b64decode(line), policy=email.policy.default)
    print(json.dumps([{"name": p.get_filename(), "type": p.get_content_type(), "data": base64.b64encode(p.get_payload(decode=True)).decode(),
        "defects": [repr(d) for d in p.defects] + [repr(d) for v in p.values() for d in v.defects]} for p in m.iter_attachments()]))
`

// enclosedByPython reads all messages with one interpreter.
func enclosedByPython(t testing.TB, raws [][]byte) [][]enclosed {
	t.Helper()
	interpreter, err := exec.LookPath("python3")
	if err != nil {
		testkit.Missing(t, "no python3 on the PATH")
	}
	var in, stderr bytes.Buffer
	for _, raw := range raws {
		in.WriteString(base64.StdEncoding.EncodeToString(raw) + "\n")
	}
	cmd := exec.Command(interpreter, "-I", "-c", pythonAttachments)
	cmd.Stdin, cmd.Stderr = &in, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	var all [][]enclosed
	for line := range bytes.Lines(out) {
		var list []enclosed
		if err := json.Unmarshal(line, &list); err != nil {
			t.Fatal(err)
		}
		for i := range list {
			if len(list[i].Defects) == 0 {
				list[i].Defects = nil
			}
		}
		all = append(all, list)
	}
	if len(all) != len(raws) {
		t.Fatalf("Python read %d of %d messages", len(all), len(raws))
	}
	return all
}

// TestThreeParsersAgreeOnAttachments has names of all kinds read by three programs that
// share no code. They see the name and the bytes that were meant, and complain of nothing.
func TestThreeParsersAgreeOnAttachments(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	text := []byte("Grüße\nzwei\r\nZeilen\rund \x00")
	var raws [][]byte
	var wants [][]enclosed
	for name, want := range fileNames {
		c := packed("Hi.\n", name)
		data := c.Issues[0].Attachments[0].Data
		c.Issues[0].Attachments = append(c.Issues[0].Attachments,
			drip.Attachment{Name: name, Type: "text/csv", Data: text},
			drip.Attachment{Name: name, Type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Data: data[:57]})
		raws = append(raws, send(t, NewBundle(c, 0, layouts(t)), anna(c, 0)).Bytes)
		wants = append(wants, []enclosed{
			{Name: want, Type: "application/pdf", Data: data}, {Name: want, Type: "text/csv", Data: text},
			{Name: want, Type: c.Issues[0].Attachments[2].Type, Data: data[:57]},
		})
	}
	python := enclosedByPython(t, raws)
	for i, raw := range raws {
		for by, got := range map[string][]enclosed{"net/mail": enclosedByStandard(t, raw), "enmime": enclosedByEnmime(t, raw), "Python": python[i]} {
			if diff := cmp.Diff(wants[i], got); diff != "" {
				t.Errorf("what %s reads (-meant +read):\n%s", by, diff)
			}
		}
	}
}

// TestHeadsOfAttachments reads the very lines.
func TestHeadsOfAttachments(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"questions.pdf": "name=\"questions.pdf\"|filename=\"questions.pdf\"",
		"Übung 1.pdf":   "name=\"_bung 1.pdf\"|filename*=UTF-8''%C3%9Cbung%201.pdf",
		"50%.pdf":       "name=\"50_.pdf\"|filename*=UTF-8''50%25.pdf",
		"山田.pdf":        "name=\"attachment.pdf\"|filename*=UTF-8''%E5%B1%B1%E7%94%B0.pdf",
		strings.Repeat("n", 80) + ".pdf": "name=\"" + strings.Repeat("n", 56) + ".pdf\"|filename*0*=UTF-8''" + strings.Repeat("n", 53) +
			";| filename*1*=" + strings.Repeat("n", 27) + ".pdf",
	} {
		var out bytes.Buffer
		Attachment{Name: name, Type: "application/pdf"}.writeHead(&out)
		first, second, _ := strings.Cut(want, "|")
		want := "Content-Type: application/pdf;\n " + first + "\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment;\n " + strings.ReplaceAll(second, "|", "\n") + "\n\n"
		if diff := cmp.Diff(want, unix(out.String())); diff != "" {
			t.Errorf("the head (-want +got):\n%s", diff)
		}
	}
}

// TestNamesAreSafe draws names: whatever they are, what is shown is fit for a file, the
// fallback is plain, and the lines are short.
func TestNamesAreSafe(t *testing.T) {
	t.Parallel()
	gen := partsOf("a", ".", "..", "/", `\`, "\u202e", "\x00", "é", "山", "🪴", "%", `"`, "'", "*", "=?", "?=", " ", ".pdf", strings.Repeat("x", 90), "\xff", "\ue000")
	rapid.Check(t, func(t *rapid.T) {
		a := Attachment{Name: gen.Draw(t, "name"), Type: "application/pdf"}
		name := a.ShownName()
		if err := drip.CheckAttachmentName(name); err != nil {
			t.Fatalf("%q is shown as %q, which %s", a.Name, name, err)
		}
		if again := (Attachment{Name: name}).ShownName(); again != name {
			t.Fatalf("%q is shown as %q, and that as %q", a.Name, name, again)
		}
		if plain := asciiName(name); !plainName(plain) || plain == "" || len(plain) > plainNameLen {
			t.Fatalf("%q is %q in ASCII", name, plain)
		}
		var out bytes.Buffer
		a.writeHead(&out)
		for line := range strings.SplitSeq(out.String(), "\r\n") {
			if len(line) > encodedLine || strings.ContainsFunc(line, func(r rune) bool { return r > '~' || unicode.IsControl(r) }) || strings.Contains(line, "=?") {
				t.Fatalf("the line %q of %q", line, a.Name)
			}
		}
		if _, params, err := mime.ParseMediaType(unfolded(out.String(), "Content-Disposition")); err != nil || params["filename"] != name {
			t.Fatalf("%q is read as %q (%v)", name, params["filename"], err)
		}
	})
}

// unfolded returns the value of a header field.
func unfolded(head, name string) string {
	for _, h := range readHeaders([]byte(head)) {
		if h.Name == name {
			return h.Value
		}
	}
	return ""
}

// TestFitNamesStayAsTheyAre: what check accepts is what readers see.
func TestFitNamesStayAsTheyAre(t *testing.T) {
	t.Parallel()
	for name := range fileNames {
		if drip.CheckAttachmentName(name) != nil || path.Ext(name) != ".pdf" || strings.Contains(name, "  ") || strings.ContainsRune(name, '\ue000') {
			continue
		}
		if got := (Attachment{Name: name}).ShownName(); got != name || !utf8.ValidString(got) {
			t.Errorf("%q is shown as %q", name, got)
		}
	}
}
