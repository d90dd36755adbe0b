package compose

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/mail"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jhillyerd/enmime/v2"

	"partwork/internal/testkit"
)

// reading is what one program sees in a message.
type reading struct {
	Subject string         `json:"subject"`
	From    box            `json:"from"`
	To      box            `json:"to"`
	Headers map[string]int `json:"headers"` // how often each is there, by name in lower case
	Text    string         `json:"text"`    // LF line ends
	HTML    string         `json:"html"`
	Defects []string       `json:"defects"` // what the program complains of
}

// box is a mailbox of a header.
type box struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// unix gives a text LF line ends.
func unix(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// counted counts headers.
func counted(header map[string][]string) map[string]int {
	out := map[string]int{}
	for name, values := range header {
		out[strings.ToLower(name)] += len(values)
	}
	return out
}

// readStandard reads with the standard library of Go.
func readStandard(t testing.TB, raw []byte) reading {
	t.Helper()
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	out := reading{Headers: counted(msg.Header)}
	if out.Subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	for name, into := range map[string]*box{"From": &out.From, "To": &out.To} {
		list, err := msg.Header.AddressList(name)
		if err != nil || len(list) != 1 {
			t.Fatalf("%s is %q: %v", name, msg.Header.Get(name), err)
		}
		*into = box{list[0].Name, list[0].Address}
	}
	for _, p := range leaves(open(t, raw)) {
		switch p.kind {
		case "text/plain":
			out.Text += unix(string(p.body))
		case "text/html":
			out.HTML += unix(string(p.body))
		}
	}
	return out
}

// leaves lists the parts that have no parts.
func leaves(p part) []part {
	if p.parts == nil {
		return []part{p}
	}
	var out []part
	for _, inner := range p.parts {
		out = append(out, leaves(inner)...)
	}
	return out
}

// readEnmime reads with enmime, which forgives and says what.
func readEnmime(t testing.TB, raw []byte) reading {
	t.Helper()
	env, err := enmime.ReadEnvelope(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	out := reading{Subject: env.GetHeader("Subject"), Headers: counted(env.Root.Header), Text: unix(env.Text), HTML: unix(env.HTML)}
	for name, into := range map[string]*box{"From": &out.From, "To": &out.To} {
		list, err := env.AddressList(name)
		if err != nil || len(list) != 1 {
			t.Fatalf("%s is %q: %v", name, env.GetHeader(name), err)
		}
		*into = box{list[0].Name, list[0].Address}
	}
	for _, problem := range env.Errors {
		if problem.Name == enmime.ErrorCharsetDeclaration {
			continue // a guess from how often letters occur, and a wrong one
		}
		out.Defects = append(out.Defects, problem.Error())
	}
	return out
}

// pythonReader reads messages, one a line in base64, with Python's own library, and
// writes what it sees, one a line in JSON. Headers beyond ASCII (RFC 6532) it reads
// from text only. Names it decodes with the older of its two functions: the newer
// leaves a blank between two encoded words of a name, against RFC 2047 §6.2. The
// blank of a fold right after "Subject:" it takes for a part of the subject.
const pythonReader = `
import base64, email, email.errors, email.policy, json, re, sys
from email.header import decode_header, make_header
from email.utils import parseaddr
def box(m, name):
    (raw,) = [v for k, v in m.raw_items() if k == name]
    label, address = parseaddr(re.sub(r"\r?\n", "", raw))
    (a,) = m[name].addresses
    assert address == a.addr_spec, (address, a.addr_spec)
    return {"name": str(make_header(decode_header(label))), "address": a.addr_spec}
def defects(m):
    found = [(p.get_content_type(), d) for p in m.walk() for d in p.defects] + [(k, d) for k, v in m.items() for d in v.defects]
    return ["%s %r" % f for f in found if not isinstance(f[1], email.errors.NonASCIILocalPartDefect)]
for line in sys.stdin.buffer:
    m = email.message_from_string(base64.b64decode(line).decode("utf-8"), policy=email.policy.default)
    headers = {}
    for k in m.keys():
        headers[k.lower()] = headers.get(k.lower(), 0) + 1
    body = {k: m.get_body((k,)).get_content() for k in ("plain", "html")}
    print(json.dumps({"subject": str(m["subject"]).removeprefix(" "), "from": box(m, "From"), "to": box(m, "To"), "headers": headers,
        "text": body["plain"], "html": body["html"], "defects": defects(m)}))
`

// readPython reads all messages with one interpreter.
func readPython(t testing.TB, raws [][]byte) []reading {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		testkit.Missing(t, "no python3 on the PATH")
	}
	var in bytes.Buffer
	for _, raw := range raws {
		in.WriteString(base64.StdEncoding.EncodeToString(raw) + "\n")
	}
	cmd := exec.Command(path, "-I", "-c", pythonReader)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = &in, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	var all []reading
	for line := range bytes.Lines(out) {
		var r reading
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		r.Text, r.HTML = unix(r.Text), unix(r.HTML)
		all = append(all, r)
	}
	if len(all) != len(raws) {
		t.Fatalf("Python read %d of %d messages\n%s", len(all), len(raws), &stderr)
	}
	return all
}

// meant is what a message is meant to say, whoever reads it.
func meant(p printed, who persona, m *Message) reading {
	from := p.Bundle().From
	r := reading{
		Subject: m.Subject, From: box{from.Name, from.Address.String()}, To: box{p.recipient(who), who.Email.String()},
		Headers: map[string]int{}, Text: m.Text, HTML: m.HTML,
	}
	for _, h := range m.Headers {
		r.Headers[strings.ToLower(h.Name)]++
	}
	return r
}

// proof is a message and what it is meant to say.
type proof struct {
	name string
	raw  []byte
	want reading
}

// proofs are the messages of every issue that ships for every persona.
func proofs(t testing.TB) []proof {
	t.Helper()
	var out []proof
	for i, p := range press(t) {
		for j, who := range tormented(t) {
			if (i+j)%tortureShare == 0 {
				m := p.send(t, who, nil)
				out = append(out, proof{p.name() + "/" + who.Law, m.Bytes, meant(p, who, m)})
			}
		}
	}
	return out
}

// TestThreeParsersAgree has every issue that ships, for every persona, read by
// three programs that share no code. They see what was meant and nothing else.
func TestThreeParsersAgree(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	compare(t, proofs(t))
}

// compare has messages read, and each header be there once.
func compare(t *testing.T, all []proof) {
	t.Helper()
	var raws [][]byte
	for _, p := range all {
		raws = append(raws, p.raw)
	}
	python := readPython(t, raws)
	for i, p := range all {
		for _, read := range []struct {
			by  string
			got reading
		}{{"net/mail", readStandard(t, p.raw)}, {"enmime", readEnmime(t, p.raw)}, {"Python", python[i]}} {
			if diff := cmp.Diff(p.want, read.got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: what %s reads (-meant +read):\n%s", p.name, read.by, diff)
			}
		}
		for name, n := range p.want.Headers {
			if n != 1 {
				t.Errorf("%s: the header %s is there %d times", p.name, name, n)
			}
		}
	}
	t.Logf("%d messages", len(all))
}
